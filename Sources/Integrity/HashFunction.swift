import CLibCrypto

/// A hash function by the system's libcrypto, with one context for many small inputs.
///
/// Looking an algorithm up and allocating a context costs more than hashing a line, so both are done once.
/// Not to be used by two threads at a time.
public final class HashFunction {
    /// Hash functions with digests of 32 bytes.
    public enum Algorithm: Sendable, CaseIterable {
        /// FIPS 180-4.
        case sha256
        /// GB/T 32905.
        case sm3

        /// Whether this machine's libcrypto has it.
        public var isAvailable: Bool { fetched != nil }

        fileprivate var fetched: FetchedAlgorithm? {
            switch self {
            case .sha256: FetchedAlgorithm.sha256
            case .sm3: FetchedAlgorithm.sm3
            }
        }
    }

    /// Which function it is.
    public let algorithm: Algorithm
    private let context: OpaquePointer

    /// A hash function ready for its first input; one that `isAvailable`.
    public init(_ algorithm: Algorithm = .sha256) {
        guard let fetched = algorithm.fetched, let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex2(context, fetched.pointer, nil) == 1
        else {
            // Only when memory is exhausted: nothing could be published or received without it.
            preconditionFailure("libcrypto cannot make a context for \(algorithm)")
        }
        self.algorithm = algorithm
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes to the input.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        let status = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "a hash function takes any input")
    }

    /// Adds one byte to the input.
    public func update(_ byte: UInt8) {
        withUnsafeBytes(of: byte) { update($0) }
    }

    /// The digest of the input since the last call; the next input starts afresh.
    public func finish() -> Digest32 {
        var digest = Digest32()
        let status = withUnsafeMutableBytes(of: &digest.words) { bytes in
            EVP_DigestFinal_ex(context, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, nil)
        }
        // A nil algorithm keeps the one that the context has.
        precondition(status == 1 && EVP_DigestInit_ex2(context, nil, nil) == 1, "a digest can be finished")
        return digest
    }

    /// The digest of these bytes.
    public func digest(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
        update(bytes)
        return finish()
    }

    /// The 32 bytes of the digest of these bytes.
    public static func digest(_ bytes: [UInt8], _ algorithm: Algorithm = .sha256) -> [UInt8] {
        bytes.withUnsafeBytes { HashFunction(algorithm).digest($0).bytes }
    }
}

/// An algorithm, held for the life of the program.
private struct FetchedAlgorithm: @unchecked Sendable {
    /// Reference-counted by libcrypto and immutable after the fetch; never freed.
    let pointer: OpaquePointer

    /// Fetched once: an explicit fetch takes locks and walks the providers.
    static let sha256 = FetchedAlgorithm("SHA256")
    static let sm3 = FetchedAlgorithm("SM3")

    private init?(_ name: String) {
        guard let pointer = EVP_MD_fetch(nil, name, nil) else { return nil }
        self.pointer = pointer
    }
}
