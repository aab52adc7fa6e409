internal import Glibc

/// The file of rejected records: as they were, each with its line and the reason in columns that an import passes
/// over, so that the mended file can be imported as it is.
final class RejectsFile {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isEmpty = true

    /// Creates the file, so that one that cannot be written is told before anything is done.
    init(path: String, input: String) throws {
        self.path = path
        var own = stat()
        var other = stat()
        if stat(path, &own) == 0, stat(input, &other) == 0, own.st_ino == other.st_ino, own.st_dev == other.st_dev {
            throw ImportError.file(path: path, reason: "it is the input")
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ImportError.file(path: path, reason: String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// The header of a CSV file, before its first record.
    func header(_ bytes: [UInt8]) throws {
        try write(Array("import_line,import_reason,".utf8) + bytes + [0x0A])
    }

    func csv(line: Int, reason: String, raw: String) throws {
        let quoted = reason.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        try write(Array("\(line),\"\(quoted)\",\(raw)\n".utf8))
    }

    func json(line: Int, reason: String, raw: String) throws {
        let flat = String(raw.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : Character($0) })
        let rest = flat.unicodeScalars.drop { $0.value <= 0x20 }
        let head = "{\"import_line\":\(line),\"import_reason\":\(Self.quoted(reason))"
        guard rest.first == "{" else {
            return try write(Array("\(head),\"import_raw\":\(Self.quoted(raw))}\n".utf8))
        }
        let inner = String(Substring(rest.dropFirst()))
        let isBare = inner.unicodeScalars.first { $0.value > 0x20 } == "}"
        try write(Array("\(head)\(isBare ? "" : ",")\(inner)\n".utf8))
    }

    /// Writes what is left; a file without records is taken away.
    func finish() throws {
        try flush()
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw failure() }
        // Never a device or a pipe.
        var status = stat()
        if isEmpty, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG { unlink(path) }
    }

    private func write(_ bytes: [UInt8]) throws {
        isEmpty = false
        buffer += bytes
        if buffer.count > 65_536 { try flush() }
    }

    private func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw failure() }
            rest = rest.dropFirst(max(0, count))
        }
        buffer = []
    }

    private func failure() -> ImportError { .file(path: path, reason: String(cString: strerror(errno))) }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\u{0}"..<" ":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
