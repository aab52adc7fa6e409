import CLibCrypto

/// SHA-256 by the system's libcrypto, with one context for many small inputs.
///
/// Looking an algorithm up and allocating a context costs more than hashing a line, so both are done once.
/// Not to be used by two threads at a time.
public final class SHA256 {
    /// Bytes of a digest.
    public static let digestBytes = 32

    /// Fetched once: an explicit fetch takes locks and walks the providers.
    private static let algorithm = Algorithm()
    private let context: OpaquePointer

    /// A hash function ready for its first input.
    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, SHA256.algorithm.pointer, nil) == 1 else {
            // Only when memory is exhausted: nothing could be published or received without it.
            preconditionFailure("libcrypto cannot allocate a SHA-256 context")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes to the input.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "SHA-256 takes any input")
    }

    /// Adds one byte to the input.
    public func update(_ byte: UInt8) {
        withUnsafeBytes(of: byte) { update($0) }
    }

    /// Adds a digest to the input.
    public func update(_ digest: Digest32) {
        withUnsafeBytes(of: digest.words) { update($0) }
    }

    /// The digest of the input since the last call; the next input starts afresh.
    public func finish() -> Digest32 {
        var digest = Digest32()
        let status = withUnsafeMutableBytes(of: &digest.words) { bytes in
            EVP_DigestFinal_ex(context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, nil)
        }
        // A nil algorithm keeps the one that the context has.
        precondition(status == 1 && EVP_DigestInit_ex2(context, nil, nil) == 1, "SHA-256 can be finished")
        return digest
    }

    /// The digest of these bytes.
    public func digest(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        update(bytes)
        return finish()
    }

    /// The 32 bytes of the digest of these bytes.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { SHA256().digest($0).bytes }
    }
}

/// The algorithm, held for the life of the program.
private struct Algorithm: @unchecked Sendable {
    /// Reference-counted by libcrypto and immutable after the fetch; never freed.
    let pointer: OpaquePointer

    init() {
        guard let pointer = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("this machine's libcrypto has no SHA-256")
        }
        self.pointer = pointer
    }
}
