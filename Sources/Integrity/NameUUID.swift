import CLibCrypto

/// UUIDs of version 5: named by a text within a namespace (RFC 9562, section 5.5).
public enum NameUUID {
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
