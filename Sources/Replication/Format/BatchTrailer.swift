/// The last line of a batch before its root.
public struct BatchTrailer: Hashable, Sendable {
    /// Hints of one timeline that the cut took out of `pending`.
    public struct Consumed: Hashable, Sendable {
        /// Eight hexadecimal digits: the timeline as WAL file names begin with it.
        public let timeline: String
        /// The `seq` values, both ends included.
        public let sequence: ClosedRange<Int64>

        /// A run of pending rows.
        public init(timeline: String, sequence: ClosedRange<Int64>) {
            self.timeline = timeline
            self.sequence = sequence
        }
    }

    /// Number of changes.
    public let changeCount: Int64
    /// Lowest and highest hybrid time of the changes, microseconds since 1970 UTC; nil when there are none.
    public let hlc: ClosedRange<Int64>?
    /// What the cut consumed, in the order of the origin.
    public let consumed: [Consumed]

    /// A trailer.
    public init(changeCount: Int64, hlc: ClosedRange<Int64>?, consumed: [Consumed]) {
        self.changeCount = changeCount
        self.hlc = hlc
        self.consumed = consumed
    }

    /// The line, without its line end.
    public var line: [UInt8] {
        var output: [UInt8] = []
        let ranges = consumed.map { "\($0.timeline):\($0.sequence.lowerBound)-\($0.sequence.upperBound)" }
        let fields: [String?] = [
            "end", String(changeCount), hlc.map { String($0.lowerBound) }, hlc.map { String($0.upperBound) },
            ranges.joined(separator: " "),
        ]
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(CopyText.tab) }
            CopyText.append(field, to: &output)
        }
        return output
    }

    /// Reads a trailer in line `number`.
    public init(parsing line: UnsafeRawBufferPointer, number: Int) throws(FormatError) {
        var cursor = FieldCursor(line, line: number)
        guard try cursor.text("line kind") == "end" else { throw cursor.fault(.unexpectedLine, "not a trailer") }
        changeCount = try cursor.number("change count")
        let low = cursor.slice(try cursor.next())
        let high = cursor.slice(try cursor.next())
        if changeCount == 0 {
            guard CopyText.isNull(low), CopyText.isNull(high) else {
                throw cursor.fault(.hlcRange, "a batch without changes has no hlc range")
            }
            hlc = nil
        } else {
            guard let from = FieldCursor.number(low), let to = FieldCursor.number(high), from <= to else {
                throw cursor.fault(.hlcRange, "the hlc range is malformed")
            }
            hlc = from...to
        }
        consumed = try BatchTrailer.consumed(try cursor.text("consumed"), cursor)
        try cursor.finish()
    }

    /// What the cut consumed, read from the end of a batch: its trailer and root, and whatever comes before them.
    ///
    /// - Returns: nothing where the trailer is not whole in these bytes.
    /// - Throws: `FormatError` for a line that is no trailer.
    public static func consumed(inEnd bytes: [UInt8]) throws(FormatError) -> [Consumed] {
        let lines = bytes.split(separator: CopyText.newline, omittingEmptySubsequences: false)
        // The trailer, the root, and nothing behind its line end; one line before them shows that the trailer is whole.
        guard lines.count >= 4 else { return [] }
        let line = Array(lines[lines.count - 3])
        return try BatchTrailer(line: line).consumed
    }

    private init(line: [UInt8]) throws(FormatError) {
        let parsed: Result<BatchTrailer, FormatError> = line.withUnsafeBytes { bytes in
            do throws(FormatError) {
                return .success(try BatchTrailer(parsing: bytes, number: 1))
            } catch {
                return .failure(error)
            }
        }
        self = try parsed.get()
    }

    private static func consumed(_ text: String, _ cursor: FieldCursor) throws(FormatError) -> [Consumed] {
        guard !text.isEmpty else { return [] }
        var result: [Consumed] = []
        for range in text.split(separator: " ", omittingEmptySubsequences: false) {
            let halves = range.split(separator: ":", omittingEmptySubsequences: false)
            let ends = halves.last?.split(separator: "-", omittingEmptySubsequences: false) ?? []
            guard halves.count == 2, halves[0].utf8.count == 8, ends.count == 2,
                let from = number(ends[0]), let to = number(ends[1]), from <= to
            else { throw cursor.fault(.badField, "the list of consumed hints is malformed") }
            result.append(Consumed(timeline: String(halves[0]), sequence: from...to))
        }
        return result
    }

    private static func number(_ text: Substring) -> Int64? {
        var digits = text
        return digits.withUTF8 { FieldCursor.number(UnsafeRawBufferPointer($0)) }
    }
}
