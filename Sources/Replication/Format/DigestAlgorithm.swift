/// What a batch's tree is made with, by the name in its header. Digests have 32 bytes.
///
/// Names of shapes and of keys are always made with SHA-256: they live longer than a batch.
public enum DigestAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// FIPS 180-4. Every release reads it.
    case sha256
    /// GB/T 32905.
    case sm3
}
