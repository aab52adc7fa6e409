internal import Glibc
public import Postgres
internal import RegionStore

/// How an export is written.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// RFC 4180 with a header: NULL is an empty field, an empty text is `""`.
    case csv
    /// A JSON object on each line: NULL is null; numbers and booleans as such, every other value as its text.
    case jsonl
}

/// Gives back a table, ordered by its key, as an import takes it without a difference.
public enum Exporter {
    /// Writes the table to a file, or to standard output for `-`. A file that was there is replaced once all is
    /// written. Generated columns are left out.
    ///
    /// - Returns: the number of rows.
    @discardableResult
    public static func run(
        _ session: Session, table name: String, to path: String, _ format: ExportFormat,
        progress: (Int) -> Void = { _ in }
    ) throws -> Int {
        try session.script(SQLText.named("import_settings"))
        let table = try ImportTable.find(session, name)
        let columns = table.columns.map { column in
            format == .csv || column.isPlain ? column.quoted : "\(column.quoted)::text AS \(column.quoted)"
        }
        let sql = filled(
            format == .csv ? "export_csv" : "export_jsonl",
            [
                "columns": columns.joined(separator: ", "), "table": table.qualified,
                "key": table.key.map { "\(table.qualified).\($0.quoted)" }.joined(separator: ", "),
            ])
        let file = try ExportFile(path: path)
        var rows = 0
        try session.copyOut(sql) { bytes in
            rows += 1
            if format == .csv { try file.write(bytes) } else { try file.write(unescaped(bytes)) }
            if rows.isMultiple(of: 2_000) { progress(rows) }
        }
        try file.finish()
        return format == .csv ? max(0, rows - 1) : rows
    }

    /// COPY doubles the backslash; JSON has no other byte that it touches.
    private static func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if byte == 0x5C, !isEscaped {
                isEscaped = true
                continue
            }
            isEscaped = false
            result.append(byte)
        }
        return result
    }
}

/// A file that takes the place of another when it is whole.
private final class ExportFile {
    private let path: String
    private let unfinished: String?
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(path: String) throws {
        self.path = path
        // A device or a pipe is written as it is.
        var status = stat()
        let isOther = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
        unfinished = path == "-" || isOther ? nil : path + ".unfinished"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        descriptor = path == "-" ? STDOUT_FILENO : open(unfinished ?? path, flags, 0o644)
        guard descriptor >= 0 else { throw failure() }
    }

    deinit {
        guard descriptor > STDOUT_FILENO else { return }
        close(descriptor)
        if let unfinished { unlink(unfinished) }
    }

    func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count > 65_536 { try flush() }
    }

    func finish() throws {
        try flush()
        guard let unfinished else { return }
        guard fsync(descriptor) == 0, rename(unfinished, path) == 0 else { throw failure() }
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
}
