/// Merges arrays element by element, by the history of their column: an element is in when some write added it and no
/// write that had seen that addition lacks it. What a write found that no logged write before it added counts as added
/// by that write. Adding wins over a concurrent removal.
///
/// The idea is that of the observed-remove set (Shapiro et al., "A comprehensive study of Convergent and Commutative
/// Replicated Data Types", 2011), with changes in the place of tags.
struct UnionMerge {
    private struct Write {
        let index: Int
        let before: Set<ArrayElement>
        let after: Set<ArrayElement>
        let isNull: Bool
    }

    private let writes: [Write]
    private let graph: MergeGraph

    /// Nil when a value is no one-dimensional array.
    init?(column: Int, writes indices: [Int], graph: MergeGraph) {
        self.graph = graph
        var writes: [Write] = []
        for index in indices {
            let change = graph.changes[index]
            guard let image = change.image else { continue }
            guard let after = Self.elements(image[column]) else { return nil }
            let base = change.kind == .update && change.written.contains(column) ? change.base.map { $0[column] } : nil
            guard let before = Self.elements(base ?? RowImage.null) else { return nil }
            writes.append(Write(index: index, before: before, after: after, isNull: image[column] == RowImage.null))
        }
        self.writes = writes
    }

    private static func elements(_ field: ArraySlice<UInt8>) -> Set<ArrayElement>? {
        guard field != RowImage.null else { return [] }
        return ArrayElement.parse(field).map { Set($0) }
    }

    /// The merged array as COPY text; NULL only where every write that nobody has overwritten says so.
    var value: [UInt8] {
        let last = writes.filter { write in !writes.contains { graph.precedes(write.index, $0.index) } }
        if last.allSatisfy(\.isNull) { return Array(RowImage.null) }
        let all = writes.reduce(into: Set<ArrayElement>()) { $0.formUnion($1.after) }
        return ArrayElement.text(all.filter(isIn).sorted())
    }

    private func isIn(_ element: ArrayElement) -> Bool {
        let adders = adders(of: element)
        return adders.contains { adder in
            // An adder that found the element and dropped it lacks it itself.
            adder.after.contains(element)
                && !writes.contains { graph.precedes(adder.index, $0.index) && !$0.after.contains(element) }
        }
    }

    /// The writes that added the element, or found it where no write before them had.
    private func adders(of element: ArrayElement) -> [Write] {
        var known: [Int: Bool] = [:]
        func adds(_ write: Write) -> Bool {
            if let answer = known[write.index] { return answer }
            // Changes that claim to have seen each other: no region can apply them, but nothing may break.
            known[write.index] = false
            let isFound = write.before.contains(element)
            let answer =
                isFound
                ? !writes.contains { graph.precedes($0.index, write.index) && adds($0) }
                : write.after.contains(element)
            known[write.index] = answer
            return answer
        }
        return writes.filter { adds($0) }
    }
}

/// An element of an array: text, or NULL, which comes last.
struct ArrayElement: Hashable, Comparable {
    /// Nil for NULL.
    let bytes: [UInt8]?

    static func < (left: ArrayElement, right: ArrayElement) -> Bool {
        guard let one = left.bytes else { return false }
        guard let other = right.bytes else { return true }
        return one.lexicographicallyPrecedes(other)
    }

    /// The elements of a one-dimensional array given as COPY text; nil for anything else.
    static func parse(_ field: ArraySlice<UInt8>) -> [ArrayElement]? {
        guard let text = field.withUnsafeBytes({ CopyText.unescape($0) }), text.first == UInt8(ascii: "{"),
            text.last == UInt8(ascii: "}"), text.count >= 2
        else { return nil }
        var elements: [ArrayElement] = []
        var index = 1
        let end = text.count - 1
        while index < end {
            var bytes: [UInt8] = []
            let isQuoted = text[index] == UInt8(ascii: "\"")
            if isQuoted {
                index += 1
                while index < end, text[index] != UInt8(ascii: "\"") {
                    if text[index] == UInt8(ascii: "\\") { index += 1 }
                    guard index < end else { return nil }
                    bytes.append(text[index])
                    index += 1
                }
                index += 1
            } else {
                while index < end, text[index] != UInt8(ascii: ",") {
                    guard text[index] != UInt8(ascii: "{") else { return nil }
                    if text[index] == UInt8(ascii: "\\") { index += 1 }
                    guard index < end else { return nil }
                    bytes.append(text[index])
                    index += 1
                }
            }
            elements.append(ArrayElement(bytes: !isQuoted && bytes.elementsEqual("NULL".utf8) ? nil : bytes))
            guard index >= end || text[index] == UInt8(ascii: ",") else { return nil }
            index += 1
        }
        return elements
    }

    /// The array as PostgreSQL writes it, as COPY text.
    static func text(_ elements: [ArrayElement]) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard let bytes = element.bytes else {
                text += Array("NULL".utf8)
                continue
            }
            let isPlain = !bytes.isEmpty && !bytes.contains(where: mustQuote) && !isNullWord(bytes)
            if isPlain {
                text += bytes
                continue
            }
            text.append(UInt8(ascii: "\""))
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        var field: [UInt8] = []
        text.withUnsafeBytes { CopyText.append($0, to: &field) }
        return field
    }

    private static func mustQuote(_ byte: UInt8) -> Bool {
        #""\{},"#.utf8.contains(byte) || byte == 0x20 || (0x09...0x0d).contains(byte)
    }

    private static func isNullWord(_ bytes: [UInt8]) -> Bool {
        bytes.count == 4 && zip(bytes, "null".utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
