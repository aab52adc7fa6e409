internal import Replication

extension ChangeKind {
    /// Whether the line is a change: the other lines of a batch are bashu, shape, end and root.
    static func begins(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let end = line.firstIndex(of: CopyText.tab) else { return false }
        let word = line[..<end]
        return allCases.contains { word.elementsEqual($0.word.utf8) }
    }

    /// The shape that a change line names; nil when it names none.
    static func shape(of line: UnsafeRawBufferPointer) -> Digest16? {
        guard let start = line.firstIndex(of: CopyText.tab) else { return nil }
        let rest = line[(start + 1)...]
        let end = rest.firstIndex(of: CopyText.tab) ?? line.count
        return Digest16(hex: UnsafeRawBufferPointer(rebasing: rest[..<end]))
    }
}
