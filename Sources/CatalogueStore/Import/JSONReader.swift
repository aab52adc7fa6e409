/// Reads JSON objects: one a line, or one after the other, in arrays, or in the list of a platform's response.
///
/// Of a response, `{"total": 2, "records": [{…}, {…}]}`, the list counts and the rest is passed over.
final class JSONReader: RecordReader {
    let format: ImportFormat

    private let source: ByteSource
    private var place = 0
    private var line = 1
    /// What is open around the place.
    private var open: [Container] = []

    private enum Container {
        case array
        /// A response, or an object on the way to its list.
        case response
    }

    /// Names of the list in a response, and of objects that hold it.
    private static let lists: Set<String> = ["records", "rows", "list", "data", "result", "items"]
    /// How far ahead a response's list is looked for.
    private static let lookAhead = 65_536

    init(_ source: ByteSource, _ format: ImportFormat) {
        self.source = source
        self.format = format
    }

    /// Whether a member is what a response holds its records in.
    static func isList(_ member: JSONMember) -> Bool {
        member.isNested && lists.contains(member.name) && opensList((member.value ?? [])[...])
    }

    /// An object, or an array of objects or of nothing.
    private static func opensList(_ value: ArraySlice<UInt8>) -> Bool {
        let inner = value.dropFirst().first { $0 > 0x20 }
        return value.first == UInt8(ascii: "{")
            || (value.first == UInt8(ascii: "[") && (inner == UInt8(ascii: "{") || inner == UInt8(ascii: "]")))
    }

    /// Whether an object, of which only the beginning may be there, has such a member.
    static func namesList(_ bytes: ArraySlice<UInt8>) -> Bool {
        var depth = 0
        var name: ArraySlice<UInt8> = []
        var stringStart: Int?
        var isEscaped = false
        for (place, byte) in zip(bytes.indices, bytes) {
            if let start = stringStart {
                if byte == UInt8(ascii: "\""), !isEscaped {
                    stringStart = nil
                    if depth == 1 { name = bytes[start..<place] }
                }
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): stringStart = place + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if depth == 1, lists.contains(String(decoding: name, as: UTF8.self)), opensList(bytes[place...]) {
                    return true
                }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return false }
            default: break
            }
        }
        return false
    }

    func next() throws -> ImportRecord? {
        if place > 1 << 20 {
            source.drop(place)
            place = 0
        }
        return format == .jsonl ? try nextLine() : try nextObject()
    }

    private func nextLine() throws -> ImportRecord? {
        while true {
            var end = place
            while true {
                while end < source.bytes.count, source.bytes[end] != 0x0A { end += 1 }
                guard end == source.bytes.count, try source.fill() else { break }
                guard end - place <= recordBytesMax else { throw ImportError.tooLarge(line: line) }
            }
            let bytes = source.bytes[place..<end]
            let isLast = end == source.bytes.count
            guard !isLast || !bytes.isEmpty else { return nil }
            let found = line
            place = isLast ? end : end + 1
            line += 1
            if bytes.contains(where: { $0 > 0x20 }) { return Self.record(found, bytes) }
        }
    }

    private static func record(_ line: Int, _ bytes: ArraySlice<UInt8>) -> ImportRecord {
        let raw = bytes.last == 0x0D ? bytes.dropLast() : bytes
        var parser = JSONParser(raw)
        do {
            return ImportRecord(line: line, raw: raw, content: .members(try parser.object()))
        } catch {
            return ImportRecord(line: line, raw: raw, content: .broken(.json, error.reason))
        }
    }

    private func nextObject() throws -> ImportRecord? {
        while let byte = try peek() {
            switch (byte, open.last) {
            case (0x0A, _):
                line += 1
                place += 1
            case (UInt8(ascii: "["), .array), (UInt8(ascii: "["), nil):
                open.append(.array)
                place += 1
            case (UInt8(ascii: "]"), .array), (UInt8(ascii: "}"), .response):
                open.removeLast()
                place += 1
            case (UInt8(ascii: "{"), .response), (UInt8(ascii: "["), .response):
                try enterOrSkip(byte)
            case (UInt8(ascii: "\""), .response):
                memberName = try skipValue().dropFirst().dropLast()
            case (UInt8(ascii: "{"), _):
                if try isResponse() {
                    open.append(.response)
                    place += 1
                } else {
                    return try object()
                }
            case (0x09, _), (0x0D, _), (0x20, _), (UInt8(ascii: ","), _), (_, .response):
                place += 1
            default:
                return try straggler()
            }
        }
        guard open.isEmpty else {
            open = []
            return ImportRecord(line: line, raw: [], content: .broken(.json, "the end comes before a closing bracket"))
        }
        return nil
    }

    /// The string that stood last in a response: a name, when a value follows.
    private var memberName: ArraySlice<UInt8> = []

    private func enterOrSkip(_ byte: UInt8) throws {
        if Self.lists.contains(String(decoding: memberName, as: UTF8.self)) {
            open.append(byte == UInt8(ascii: "[") ? .array : .response)
            place += 1
        } else {
            _ = try skipValue()
        }
    }

    /// The record that begins here, to its closing bracket.
    private func object() throws -> ImportRecord {
        let start = place
        let found = line
        guard let end = try valueEnd(from: start) else {
            // Its bracket is missing: give up this line, the next record may be whole.
            return try straggler()
        }
        line += ByteSource.lineEnds(source.bytes[start..<end])
        place = end
        return Self.record(found, source.bytes[start..<end])
    }

    /// What is no record, to the end of its line.
    private func straggler() throws -> ImportRecord {
        let start = place
        while let byte = try peek(), byte != 0x0A { place += 1 }
        return ImportRecord(
            line: line, raw: source.bytes[start..<place], content: .broken(.json, "no whole object in this line"))
    }

    private func skipValue() throws -> ArraySlice<UInt8> {
        let start = place
        let end = try valueEnd(from: start) ?? source.bytes.count
        line += ByteSource.lineEnds(source.bytes[start..<end])
        place = end
        return source.bytes[start..<end]
    }

    /// Behind the closing bracket or quote of what opens at `start`; nil when there is none.
    private func valueEnd(from start: Int) throws -> Int? {
        var place = start
        var depth = 0
        var inString = false
        while true {
            while place < source.bytes.count {
                let byte = source.bytes[place]
                place += 1
                if inString {
                    if byte == UInt8(ascii: "\\") {
                        if place == source.bytes.count { _ = try source.fill() }
                        place += 1
                    } else if byte == UInt8(ascii: "\"") {
                        inString = false
                        if depth == 0 { return place }
                    }
                } else if byte == UInt8(ascii: "\"") {
                    inString = true
                } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                    depth += 1
                } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                    depth -= 1
                    if depth <= 0 { return place }
                }
            }
            guard place - start <= recordBytesMax, try source.fill() else { return nil }
        }
    }

    /// Whether the object that begins here holds a list of records rather than being one.
    private func isResponse() throws -> Bool {
        guard open.isEmpty else { return false }
        while source.bytes.count - place < Self.lookAhead, try source.fill() {}
        return Self.namesList(source.bytes[place...].prefix(Self.lookAhead))
    }

    private func peek() throws -> UInt8? {
        while place >= source.bytes.count {
            guard try source.fill() else { return nil }
        }
        return source.bytes[place]
    }
}
