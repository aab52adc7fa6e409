import CLibCrypto

/// UUIDs of version 5: named by a text within a namespace (RFC 9562, section 5.5).
public enum NameUUID {
    /// What the catalogue derives its identifiers in: `catalogue.namespace()`.
    public static let catalogue: [UInt8] = [
        0x4c, 0xcc, 0x0c, 0xd5, 0xa7, 0x81, 0x49, 0x4b, 0xb9, 0x75, 0x9e, 0x88, 0xb1, 0x0c, 0x6c, 0x5d,
    ]

    /// The UUID of `name`, taken as UTF-8, as 36 lower-case characters.
    ///
    /// - Parameter namespace: the 16 bytes of the namespace's UUID.
    public static func text(namespace: [UInt8], name: String) -> String {
        precondition(namespace.count == 16, "a UUID has 16 bytes")
        let input = namespace + Array(name.utf8)
        var digest = [UInt8](repeating: 0, count: 20)
        let status = EVP_Digest(input, input.count, &digest, nil, EVP_sha1(), nil)
        precondition(status == 1, "SHA-1 takes any input")
        digest[6] = (digest[6] & 0x0f) | 0x50
        digest[8] = (digest[8] & 0x3f) | 0x80
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in digest.prefix(16).enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(0x2d) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
