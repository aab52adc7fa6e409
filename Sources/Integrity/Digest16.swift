/// The first 16 bytes of the SHA-256 digest of `bytes`: names shapes and keys.
///
/// For many inputs keep a `HashFunction` and take `digest(_:).first16` of it.
public func digest16(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    Array(HashFunction(.sha256).digest(bytes).bytes.prefix(16))
}

/// The first 16 bytes of the SHA-256 digest of `bytes`: names shapes and keys.
public func digest16(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes { digest16($0) }
}

/// The first 16 bytes of the SHA-256 digest of the UTF-8 bytes of `text`: the digest of a key.
public func digest16(_ text: String) -> [UInt8] {
    digest16(Array(text.utf8))
}
