internal import FoundationEssentials
internal import Glibc
internal import Reasons

/// The daemon's state file: which life the database had, and how far it had published, kept outside the database so
/// that a database that was copied or put back to an earlier state can be told from the one that the daemon left.
///
/// One line of JSON, replaced as a whole. While it is open no other daemon on this machine can use it.
public final class LifeFile {
    struct Content: Codable, Equatable {
        var token: String
        var origin: String
        /// The origin's last batch.
        var number: Int64
    }

    let path: String
    private let lock: CInt
    /// What could not be written.
    private var owed: Content?
    /// What the file says; nil while there is none.
    private(set) var content: Content?

    /// Opens the state file of a database in a folder, which must be there.
    ///
    /// - Throws: `LifeFileError`.
    init(folder: String, database: String) throws {
        path = folder + "/\(database).life"
        lock = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw LifeFileError.unusable(path: path, reason: String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw LifeFileError.inUse(path: path)
        }
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            content = try JSONDecoder().decode(Content.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            Glibc.close(lock)
            throw LifeFileError.unusable(
                path: path, reason: "it is not what bashud has written; without the file a new origin begins")
        }
    }

    deinit { Glibc.close(lock) }

    /// The life has published a batch.
    func published(_ number: Int64) throws {
        guard var content, content.number < number else { return }
        content.number = number
        try write(content)
    }

    /// Writes what could not be written before, if anything: until then nothing more may be published.
    func settle() throws {
        if let owed { try write(owed) }
    }

    /// Replaces what the file says.
    func write(_ new: Content) throws {
        guard new != content else { return }
        owed = new
        try replace(Array(try JSONText.encode(new).utf8))
        (content, owed) = (new, nil)
    }

    /// By a new file in its place: half of one is never there.
    private func replace(_ bytes: [UInt8]) throws(LifeFileError) {
        let temporary = path + ".new"
        let file = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unusable(errno) }
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count
        let cause = isWritten ? 0 : errno
        guard Glibc.close(file) == 0, isWritten, rename(temporary, path) == 0 else {
            let error = unusable(cause == 0 ? errno : cause)
            unlink(temporary)
            throw error
        }
    }

    private func unusable(_ code: CInt) -> LifeFileError {
        .unusable(path: path, reason: String(cString: strerror(code)))
    }
}

/// The daemon's state file cannot be used.
public enum LifeFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It cannot be read or written.
    case unusable(path: String, reason: String)
    /// Another daemon on this machine has it: of this database, or of a copy of it.
    case inUse(path: String)

    public var description: String {
        switch self {
        case .unusable(let path, let reason):
            Reason(LifeReason.state_file_unusable, ["path": path, "message": reason]).text
        case .inUse(let path): Reason(LifeReason.state_file_in_use, ["path": path]).text
        }
    }
}
