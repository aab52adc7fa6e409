/// The line that stands in a batch where a change has been taken out: its leaf digest, so that the batch's root stays
/// what it was, the first half of its key's digest, so that its erasure can be found, and as many bytes as before, so
/// that everything else stays where it was.
public struct GoneLine: Sendable, Hashable {
    /// Digest of the leaf that the change was, 32 bytes.
    public let leaf: [UInt8]
    /// The first eight bytes of its key's digest.
    public let key: [UInt8]

    /// What the line begins with.
    public static let word: StaticString = "gone"

    /// Reads the line without its line end.
    public init(parsing line: UnsafeRawBufferPointer, number: Int = 0) throws(FormatError) {
        var cursor = FieldCursor(line, line: number)
        guard try cursor.text("line kind") == "gone" else { throw cursor.fault(.unexpectedLine, "not a gone line") }
        guard let leaf = Hex.bytes(cursor.slice(try cursor.next())), leaf.count == BatchHeader.digestBytes else {
            throw cursor.fault(.badField, "the digest of the leaf is malformed")
        }
        self.leaf = leaf
        guard let key = Hex.bytes(cursor.slice(try cursor.next())), key.count == 8 else {
            throw cursor.fault(.badField, "the digest of the key is malformed")
        }
        self.key = key
        guard cursor.slice(try cursor.next()).allSatisfy({ $0 == UInt8(ascii: "-") }) else {
            throw cursor.fault(.badField, "the filling is malformed")
        }
        try cursor.finish()
    }

    /// Whether a line says that a change is gone.
    public static func begins(_ line: UnsafeRawBufferPointer) -> Bool {
        let count = word.utf8CodeUnitCount
        guard line.count > count, line[count] == CopyText.tab else { return false }
        return word.withUTF8Buffer { $0.elementsEqual(UnsafeRawBufferPointer(rebasing: line[..<count])) }
    }
}
