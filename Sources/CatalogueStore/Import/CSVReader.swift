/// Reads RFC 4180: quotes, line ends within them, LF or CRLF. An empty field is NULL, an empty quoted one is a text.
final class CSVReader: RecordReader {
    let format = ImportFormat.csv
    /// The names of the columns.
    private(set) var header: [String] = []
    /// The header as it stands.
    private(set) var headerBytes: [UInt8] = []

    private let source: ByteSource
    private var place = 0
    private var line = 1
    private var separator = UInt8(ascii: ",")

    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Reads the header. Where it has no comma, a tab or a semicolon may separate its names.
    init(_ source: ByteSource) throws {
        self.source = source
        guard let end = try lineEnd(from: 0) else { throw ImportError.empty(path: source.path) }
        let first = source.bytes[..<end]
        for other in [UInt8(ascii: "\t"), UInt8(ascii: ";")]
        where !first.contains(separator) && first.contains(other) {
            separator = other
        }
        guard let record = try next() else { throw ImportError.empty(path: source.path) }
        guard case .fields(let fields) = record.content else {
            throw ImportError.unknownColumns([String(decoding: first, as: UTF8.self)], table: "", columns: [])
        }
        header = fields.map { Self.trimmed($0 ?? []) }
        headerBytes = Array(record.raw)
        while header.count > 1, header.last == "" { header.removeLast() }
        if let twice = header.indices.first(where: { header[..<$0].contains(header[$0]) }) {
            throw ImportError.repeatedColumn(header[twice])
        }
    }

    private static func trimmed(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).trimmingBlanks
    }

    func next() throws -> ImportRecord? {
        while true {
            if place > 1 << 20 {
                source.drop(place)
                place = 0
            }
            guard try place < source.bytes.count || source.fill() else { return nil }
            guard place < source.bytes.count else { continue }
            // A line with nothing in it is no record.
            let byte = source.bytes[place]
            if byte == Self.newline {
                place += 1
                line += 1
                continue
            }
            if byte == Self.carriageReturn {
                if place + 1 == source.bytes.count { _ = try source.fill() }
                if place + 1 < source.bytes.count, source.bytes[place + 1] == Self.newline {
                    place += 2
                    line += 1
                    continue
                }
            }
            return try record()
        }
    }

    /// The record at `place`. When it cannot be read, its first line alone is given up: the next may be whole.
    private func record() throws -> ImportRecord {
        let start = place
        let firstLine = line
        while true {
            let scan = scan(from: start)
            switch scan {
            case .record(let fields, let end, let next):
                let lines = ByteSource.lineEnds(source.bytes[start..<end])
                let expected = header.isEmpty ? fields.count : header.count
                if fields.count != expected, !fields.dropFirst(expected).allSatisfy({ $0 == nil })
                    || fields.count < expected
                {
                    if lines > 0 { return try giveUpLine(start, .quote, "") }
                    place = next
                    line += 1
                    let detail = "\(fields.count)/\(expected)"
                    return ImportRecord(
                        line: firstLine, raw: source.bytes[start..<end], content: .broken(.fieldCount, detail))
                }
                place = next
                line += lines + 1
                return ImportRecord(
                    line: firstLine, raw: source.bytes[start..<end], content: .fields(Array(fields.prefix(expected))))
            case .broken: return try giveUpLine(start, .quote, "")
            case .unfinished:
                guard source.bytes.count - start < recordBytesMax else { return try giveUpLine(start, .quote, "") }
                _ = try source.fill()
            }
        }
    }

    private func giveUpLine(_ start: Int, _ fault: ImportFault, _ detail: String) throws -> ImportRecord {
        let firstLine = line
        let end = try lineEnd(from: start) ?? source.bytes.count
        guard end - start <= recordBytesMax else { throw ImportError.tooLarge(line: line) }
        place = min(end + 1, source.bytes.count)
        line += 1
        return ImportRecord(line: firstLine, raw: source.bytes[start..<end], content: .broken(fault, detail))
    }

    /// Where the line that begins at `start` ends, reading on as needed; nil when there is nothing at all.
    private func lineEnd(from start: Int) throws -> Int? {
        var end = start
        while true {
            while end < source.bytes.count, source.bytes[end] != Self.newline { end += 1 }
            if end < source.bytes.count { return end }
            guard end - start <= recordBytesMax, try source.fill() else { return end > start ? end : nil }
        }
    }

    private enum Scan {
        case record([[UInt8]?], end: Int, next: Int)
        /// Text behind a closing quote, or the end of the input before one.
        case broken
        /// More has to be read.
        case unfinished
    }

    private func scan(from start: Int) -> Scan {
        let separator = separator
        let isAtEnd = source.isAtEnd
        return source.bytes.withUnsafeBufferPointer { bytes in
            var fields: [[UInt8]?] = []
            fields.reserveCapacity(max(4, header.count))
            var place = start
            while true {
                var field: [UInt8]?
                if place < bytes.count, bytes[place] == Self.quote {
                    guard let (value, end) = Self.quoted(bytes, place) else { return isAtEnd ? .broken : .unfinished }
                    field = value
                    place = end
                } else {
                    let begin = place
                    while place < bytes.count, bytes[place] != separator, bytes[place] != Self.newline { place += 1 }
                    guard place < bytes.count || isAtEnd else { return .unfinished }
                    var end = place
                    let endsLine = place == bytes.count || bytes[place] == Self.newline
                    if endsLine, end > begin, bytes[end - 1] == Self.carriageReturn { end -= 1 }
                    field = end > begin ? Array(bytes[begin..<end]) : nil
                }
                fields.append(field)
                guard place < bytes.count else {
                    return isAtEnd ? .record(fields, end: place, next: place) : .unfinished
                }
                switch bytes[place] {
                case separator: place += 1
                case Self.newline:
                    let end = place > start && bytes[place - 1] == Self.carriageReturn ? place - 1 : place
                    return .record(fields, end: end, next: place + 1)
                case Self.carriageReturn:
                    // Behind a quoted field.
                    guard place + 1 < bytes.count || isAtEnd else { return .unfinished }
                    guard place + 1 == bytes.count || bytes[place + 1] == Self.newline else { return .broken }
                    return .record(fields, end: place, next: min(place + 2, bytes.count))
                default: return .broken
                }
            }
        }
    }

    /// A quoted field and the place behind its closing quote; nil when that is not in the window.
    private static func quoted(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (value: [UInt8], end: Int)? {
        var value: [UInt8] = []
        var place = start + 1
        while place < bytes.count {
            guard bytes[place] == quote else {
                value.append(bytes[place])
                place += 1
                continue
            }
            guard place + 1 < bytes.count, bytes[place + 1] == quote else { return (value, place + 1) }
            value.append(quote)
            place += 2
        }
        return nil
    }
}

extension String {
    /// Without blanks at both ends, ideographic ones and invisible marks included.
    var trimmingBlanks: String {
        let blanks: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n", "\u{A0}", "\u{3000}", "\u{FEFF}", "\u{200B}"]
        var scalars = unicodeScalars[...]
        while let first = scalars.first, blanks.contains(first) { scalars.removeFirst() }
        while let last = scalars.last, blanks.contains(last) { scalars.removeLast() }
        return String(scalars)
    }
}
