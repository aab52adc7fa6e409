internal import Integrity

/// The short code of a file that was taken: for a receipt by telephone. Whoever has not taken the file is not told it,
/// and a digit that was misheard is another file's.
///
/// 60 bits of SHA-256 over who took the file and the digest of everything in it, in groups of four characters. I, L, O
/// and U are not among them: read as 1, 1, 0 and V.
public struct TransferCode: Sendable, Equatable, CustomStringConvertible {
    private let characters: String

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    private static let length = 12

    /// - Parameters:
    ///   - digest: of the file.
    ///   - region: whom the file was made for: a region's code, or an institution's name.
    init(digest: [UInt8], takenBy region: String) {
        let bytes = HashFunction.digest(Array("bashu receipt\n\(region)\n".utf8) + digest)
        var rest: UInt64 = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 4
        var characters = ""
        for _ in 0..<Self.length {
            characters = String(Self.alphabet[Int(rest % 32)]) + characters
            rest /= 32
        }
        self.characters = characters
    }

    /// A code as people write it, in capitals or not, with hyphens or without; nil for anything else.
    public init?(_ text: String) {
        let meant: [Character: Character] = ["I": "1", "L": "1", "O": "0", "U": "V"]
        let characters = text.uppercased().filter { $0 != "-" && $0 != " " }.map { meant[$0] ?? $0 }
        guard characters.count == Self.length, characters.allSatisfy(Self.alphabet.contains) else { return nil }
        self.characters = String(characters)
    }

    public var description: String {
        let all = Array(characters)
        return stride(from: 0, to: all.count, by: 4).map { String(all[$0..<$0 + 4]) }.joined(separator: "-")
    }
}
