internal import CZlib
internal import Glibc
internal import Reasons

/// Reads a gzip file from its beginning, some hundred kilobytes at a time.
final class GzipReader {
    /// Why there is no more.
    enum Failure: Error {
        /// The file ends before gzip's end.
        case cutShort
        /// These are not the bytes of gzip: what zlib says.
        case damaged(String)
        /// The system cannot read it.
        case unreadable(String)
    }

    private let descriptor: Int32
    private var stream = z_stream()
    private var input = [UInt8](repeating: 0, count: 65_536)
    private var pending = 0..<0
    private var hasEnded = false
    /// Bytes of the file that have been read.
    private(set) var position: Int64 = 0
    let size: Int64

    /// Opens a file; nil in place of a reader means that it is none.
    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TransferError(.file_unusable, ["file": path, "message": String(cString: strerror(errno))])
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw TransferError(.not_a_file, ["file": path])
        }
        size = Int64(status.st_size)
        let begun = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(begun == Z_OK, "zlib cannot begin: \(begun)")
    }

    deinit {
        inflateEnd(&stream)
        close(descriptor)
    }

    /// Reads into `target`; 0 at gzip's end, where the file ends too.
    ///
    /// - Throws: `Failure`.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !hasEnded else { return 0 }
        while true {
            if pending.isEmpty { try fill() }
            let atEnd = pending.isEmpty
            let available = pending
            var status = Z_OK
            let made: Int = input.withUnsafeMutableBufferPointer { buffer in
                stream.next_in = buffer.baseAddress.map { $0 + available.lowerBound }
                stream.avail_in = UInt32(available.count)
                stream.next_out = target.assumingMemoryBound(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(target.count)
                status = inflate(&stream, Z_NO_FLUSH)
                return target.count - Int(stream.avail_out)
            }
            pending = available.upperBound - Int(stream.avail_in)..<available.upperBound
            switch status {
            case Z_STREAM_END:
                hasEnded = true
                if pending.isEmpty { try fill() }
                guard pending.isEmpty else { throw Failure.damaged("something follows its end") }
                return made
            case Z_OK, Z_BUF_ERROR:
                if made > 0 { return made }
                if atEnd { throw Failure.cutShort }
            default:
                throw Failure.damaged(stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
            }
        }
    }

    private func fill() throws {
        var count = -1
        repeat {
            count = input.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Failure.unreadable(String(cString: strerror(errno))) }
        position += Int64(count)
        pending = 0..<count
    }
}
