/// How the input is written.
public enum ImportFormat: String, Sendable, CaseIterable {
    /// RFC 4180, with a header.
    case csv
    /// A JSON object on each line.
    case jsonl
    /// JSON objects one after the other, in arrays, or in the list of a response.
    case json
}

/// One record as read, nothing interpreted.
struct ImportRecord {
    /// What the record holds.
    enum Content {
        /// By the place in the header; nil is NULL.
        case fields([[UInt8]?])
        /// By name; nil is NULL.
        case members([JSONMember])
        /// It cannot be read.
        case broken(ImportFault, String)
    }

    /// The line it begins in, from 1.
    var line: Int
    /// As it stands in the input, without its line end.
    var raw: ArraySlice<UInt8>
    var content: Content
}

/// What hands over records one by one.
protocol RecordReader: AnyObject {
    var format: ImportFormat { get }
    /// The next record, nil at the end.
    func next() throws -> ImportRecord?
}

/// The largest record, so that a lost quote does not read the whole file into memory.
let recordBytesMax = 4_194_304

extension ByteSource {
    /// Picks the way to read by what is asked for, the name's ending, or else the first character.
    func format(asked: ImportFormat?) throws -> ImportFormat {
        if let asked { return asked }
        let name = path.lowercased()
        if name.hasSuffix(".csv") { return .csv }
        var first: UInt8?
        var place = 0
        repeat {
            while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
            if place < bytes.count { first = bytes[place] }
        } while try first == nil && fill()
        guard let first else { throw ImportError.empty(path: path) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return .csv }
        guard first == UInt8(ascii: "{") else { return .json }
        return try startsWithLineOfJSON(place) ? .jsonl : .json
    }

    /// Whether the first line is an object by itself, and no response with a list in it.
    private func startsWithLineOfJSON(_ start: Int) throws -> Bool {
        var end = start
        while true {
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            guard end == bytes.count, end - start < recordBytesMax, try fill() else { break }
        }
        var parser = JSONParser(bytes[start..<end])
        // A first line that is broken JSON, but ends as an object does, is a broken line.
        guard let members = try? parser.object() else {
            let last = bytes[start..<end].last { $0 > 0x20 }
            return path.lowercased().hasSuffix(".jsonl") || path.lowercased().hasSuffix(".ndjson")
                || (last == UInt8(ascii: "}") && !JSONReader.namesList(bytes[start..<end]))
        }
        return !members.contains { JSONReader.isList($0) }
    }
}
