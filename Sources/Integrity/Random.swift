import CLibCrypto

/// `count` bytes from the system's cryptographic generator.
public func randomBytes(_ count: Int) -> [UInt8] {
    precondition(count >= 0 && count <= 1 << 20, "a small number of random bytes")
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        let status = RAND_bytes(buffer.baseAddress, Int32(count))
        precondition(status == 1, "libcrypto's random generator works")
        filled = count
    }
}

/// Twelve lower-case hexadecimal digits: the token in an origin's name.
public func randomToken() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: randomBytes(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
