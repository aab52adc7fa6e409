/// Encodes rows for `COPY … FROM STDIN (FORMAT binary)`.
///
/// Call `beginRow`, one value method for each column in order, and so on; hand over with `flush`, end with `finish`.
public struct BinaryCopyWriter {
    /// What is encoded and not yet handed over.
    public private(set) var bytes: [UInt8] = []
    private let columns: Int16

    /// Seconds from 1970-01-01 to 2000-01-01, where PostgreSQL's clock starts.
    private static let epochSeconds: Int64 = 946_684_800

    /// An encoder for rows of `columns` columns; begins with the header.
    public init(columns: Int) {
        self.columns = Int16(columns)
        bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
        bytes += [UInt8](repeating: 0, count: 8)
    }

    /// Starts a row.
    public mutating func beginRow() { append(columns) }

    /// NULL of any type.
    public mutating func null() { append(Int32(-1)) }

    /// A `smallint`.
    public mutating func int2(_ value: Int16) { field(value) }

    /// An `integer`.
    public mutating func int4(_ value: Int32) { field(value) }

    /// A `bigint`.
    public mutating func int8(_ value: Int64) { field(value) }

    /// A `boolean`.
    public mutating func bool(_ value: Bool) { field(Int8(value ? 1 : 0)) }

    /// A `"char"`: one ASCII character.
    public mutating func char(_ value: Unicode.Scalar) { field(UInt8(truncatingIfNeeded: value.value)) }

    /// A `text`; must not contain U+0000, which the server refuses.
    public mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { raw($0) }
    }

    /// A `bytea`, or the binary form of any other type.
    public mutating func raw(_ value: some Collection<UInt8>) {
        append(Int32(value.count))
        bytes.append(contentsOf: value)
    }

    /// A `timestamptz` from microseconds since 1970-01-01 UTC.
    public mutating func timestamptz(microseconds: Int64) {
        field(microseconds - Self.epochSeconds * 1_000_000)
    }

    /// A `text`, or NULL for nil.
    public mutating func text(_ value: String?) {
        if let value { text(value) } else { null() }
    }

    /// Hands over once about `limit` bytes are gathered.
    public mutating func flush(into writer: CopyWriter, limit: Int = 65_536) throws {
        guard bytes.count >= limit else { return }
        try writer.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Hands over the rest and the trailer.
    public mutating func finish(into writer: CopyWriter) throws {
        append(Int16(-1))
        try flush(into: writer, limit: 0)
    }

    private mutating func field(_ value: some FixedWidthInteger) {
        append(Int32(value.bitWidth / 8))
        append(value)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
