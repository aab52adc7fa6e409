import Postgres

/// Writes rows of `bashu.chunk` in the binary format of COPY, the bytes as they are and where they lie.
struct ChunkWriter {
    private let origin: Int32
    private let writer: CopyWriter

    init(origin: Int32, writer: CopyWriter) {
        self.origin = origin
        self.writer = writer
    }

    /// Signature, flags, no header extension.
    func begin() throws {
        try writer.write(Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00] + [UInt8](repeating: 0, count: 8))
    }

    func write(_ number: Int64, _ part: Int64, _ bytes: UnsafeRawBufferPointer) throws {
        var row: [UInt8] = []
        append(Int16(4), to: &row)
        append(Int32(4), to: &row)
        append(origin, to: &row)
        append(Int32(8), to: &row)
        append(number, to: &row)
        append(Int32(4), to: &row)
        append(Int32(truncatingIfNeeded: part), to: &row)
        append(Int32(truncatingIfNeeded: bytes.count), to: &row)
        try writer.write(row)
        try writer.write(bytes)
    }

    func end() throws {
        try writer.write([0xff, 0xff])
    }

    private func append(_ value: some FixedWidthInteger, to row: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { row.append(contentsOf: $0) }
    }
}
