internal import CZlib

/// Compresses bytes as gzip does and hands the result on, some kilobytes at a time.
final class GzipWriter {
    private var stream = z_stream()
    private var output = [UInt8](repeating: 0, count: 65_536)
    private let sink: (UnsafeRawBufferPointer) throws -> Void

    /// - Parameter sink: gets what is to be written.
    init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sink = sink
        // 15: the largest window; 16 more: a gzip header, without a name or a time.
        let status = deflateInit2_(
            &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib cannot begin: \(status)")
    }

    deinit { deflateEnd(&stream) }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            // zlib reads it and no more.
            stream.next_in = UnsafeMutablePointer(mutating: piece.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(piece.count)
            while stream.avail_in > 0 { try step(Z_NO_FLUSH) }
        }
    }

    /// Writes what is left, and gzip's own end.
    func finish() throws {
        while try step(Z_FINISH) != Z_STREAM_END {}
    }

    @discardableResult
    private func step(_ flush: Int32) throws -> Int32 {
        var status = Z_OK
        let made = output.withUnsafeMutableBufferPointer { buffer in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(buffer.count)
            status = deflate(&stream, flush)
            return buffer.count - Int(stream.avail_out)
        }
        precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "zlib takes any input")
        if made > 0 { try output.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<made])) } }
        return status
    }
}
