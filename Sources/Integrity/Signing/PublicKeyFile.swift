import CLibCrypto

extension PublicKey {
    private static let label = "PUBLIC KEY"

    /// The key as people hand it out: SubjectPublicKeyInfo in PEM.
    public var pem: String {
        guard let target = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(target) }
        PEM_write_bio(target, Self.label, "", spki, spki.count)
        var bytes = [UInt8](repeating: 0, count: 2_048)
        let count = BIO_read(target, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
    }

    /// The public keys in a PEM text, whatever stands around them; empty when one of them is not a key of an algorithm
    /// that is known here.
    public static func keys(pem: [UInt8], _ provider: some SignatureProvider) -> [PublicKey] {
        guard pem.count <= 1 << 20, let source = BIO_new_mem_buf(pem, Int32(pem.count)) else { return [] }
        defer { BIO_free(source) }
        var keys: [PublicKey] = []
        while let (name, spki) = next(source) {
            guard name == label else { continue }
            guard let key = provider.publicKey(spki) else { return [] }
            keys.append(key)
        }
        return keys
    }

    /// The next block of a PEM text: its name and its bytes.
    private static func next(_ source: OpaquePointer) -> (String, [UInt8])? {
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        defer { ERR_clear_error() }
        guard PEM_read_bio(source, &name, &header, &data, &count) == 1, let name, let data else { return nil }
        defer {
            CRYPTO_free(name, "", 0)
            CRYPTO_free(header, "", 0)
            CRYPTO_free(data, "", 0)
        }
        return (String(cString: name), Array(UnsafeBufferPointer(start: data, count: count)))
    }
}
