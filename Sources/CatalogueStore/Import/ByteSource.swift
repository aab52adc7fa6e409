internal import Glibc

/// The bytes of a file or of standard input, a window at a time, checked to be UTF-8.
final class ByteSource {
    /// What it is called in messages: the path, `-` for standard input.
    let path: String
    /// The size where it is known.
    let totalBytes: Int?
    /// The window: what was read and not yet dropped.
    private(set) var bytes: [UInt8] = []
    /// Bytes dropped so far, all of them used.
    private(set) var droppedBytes = 0
    private(set) var isAtEnd = false

    private let descriptor: Int32
    private let pieceBytes: Int
    /// The beginning of a character whose end has not been read.
    private var carried: [UInt8] = []
    /// Line ends in what is read and checked.
    private var linesRead = 0
    private var isFirst = true

    /// Opens a file; `-` is standard input.
    init(path: String, pieceBytes: Int = 262_144) throws {
        self.path = path
        self.pieceBytes = pieceBytes
        guard path != "-" else {
            descriptor = STDIN_FILENO
            totalBytes = nil
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ImportError.file(path: path, reason: String(cString: strerror(errno))) }
        var status = stat()
        let known = fstat(descriptor, &status) == 0
        guard !known || status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            totalBytes = nil
            throw ImportError.folder(path: path)
        }
        totalBytes = known && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// Reads one more piece into the window; false at the end.
    func fill() throws -> Bool {
        guard !isAtEnd else { return false }
        var piece = carried
        let start = piece.count
        piece.append(contentsOf: repeatElement(0, count: pieceBytes))
        var count = -1
        repeat {
            count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress?.advanced(by: start), pieceBytes) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw ImportError.file(path: path, reason: String(cString: strerror(errno))) }
        piece.removeLast(pieceBytes - count)
        isAtEnd = count == 0
        carried = []
        if !isAtEnd { carried = Self.takeUnfinished(&piece) }
        try check(piece)
        if isFirst, piece.count >= 3 || isAtEnd {
            isFirst = false
            if piece.starts(with: [0xEF, 0xBB, 0xBF]) { piece.removeFirst(3) }
        }
        bytes.append(contentsOf: piece)
        return !isAtEnd
    }

    /// Forgets the first `count` bytes of the window.
    func drop(_ count: Int) {
        bytes.removeFirst(count)
        droppedBytes += count
    }

    /// Removes and returns an unfinished character at the end.
    private static func takeUnfinished(_ piece: inout [UInt8]) -> [UInt8] {
        for back in 1...3 where piece.count >= back {
            let byte = piece[piece.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            guard length > back else { return [] }
            defer { piece.removeLast(back) }
            return Array(piece.suffix(back))
        }
        return []
    }

    private func check(_ piece: [UInt8]) throws {
        if let zero = piece.firstIndex(of: 0) {
            throw ImportError.binary(path: path, line: linesRead + Self.lineEnds(piece[..<zero]) + 1)
        }
        guard String(validating: piece, as: UTF8.self) != nil else {
            let line = linesRead + Self.validLines(piece) + 1
            // A UTF-16 mark, or the head of an archive, which workbooks are.
            let isText = !(line == 1 && (piece.starts(with: [0xFF, 0xFE]) || piece.starts(with: [0x50, 0x4B, 3, 4])))
            throw isText ? ImportError.encoding(path: path, line: line) : .binary(path: path, line: line)
        }
        linesRead += Self.lineEnds(piece[...])
    }

    /// How many lines before the first that is not UTF-8.
    private static func validLines(_ piece: [UInt8]) -> Int {
        let lines = piece.split(separator: 0x0A, omittingEmptySubsequences: false)
        return lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    }

    static func lineEnds(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBufferPointer { buffer in
            var count = 0
            for byte in buffer where byte == 0x0A { count += 1 }
            return count
        }
    }
}
