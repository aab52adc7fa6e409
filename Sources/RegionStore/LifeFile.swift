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
            throw LifeFileError.unusable(path: path, reason: "\(error)")
        }
    }

    deinit { Glibc.close(lock) }

    /// The life has published a batch.
    func published(_ number: Int64) throws {
        guard var content, content.number < number else { return }
        content.number = number
        try write(content)
    }

    /// Replaces what the file says.
    func write(_ new: Content) throws {
        guard new != content else { return }
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            try encoder.encode(new).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw LifeFileError.unusable(path: path, reason: "\(error)")
        }
        content = new
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
