internal import Glibc
internal import Reasons

/// A file that has its name only when it is whole and on the disk: until then it is called NAME.part.
public final class OutputFile {
    public let path: String
    private let partial: String
    private let replaces: Bool
    private var descriptor: Int32 = -1
    private var isDone = false
    /// Bytes written so far.
    public private(set) var bytes: Int64 = 0

    /// - Parameter replaces: whether an older file of that name makes way; else it is an error.
    /// - Throws: `TransferError`.
    public init(path: String, replaces: Bool = false) throws {
        self.path = path
        self.replaces = replaces
        partial = path + ".part"
        try checkName()
        descriptor = open(partial, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw failure(partial) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
            close(descriptor)
            isDone = true
            throw TransferError(.file_busy, ["file": partial])
        }
        guard ftruncate(descriptor, 0) == 0 else { throw failure(partial) }
    }

    deinit {
        guard !isDone else { return }
        if descriptor >= 0 {
            unlink(partial)
            close(descriptor)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            guard count >= 0 || errno == EINTR else { throw failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(0, count)))
        }
        self.bytes += Int64(bytes.count)
    }

    /// Gives the file its name. It is on the disk when this returns.
    public func commit() throws {
        guard fsync(descriptor) == 0 else { throw failure(path) }
        try checkName()
        guard rename(partial, path) == 0 else { throw failure(path) }
        isDone = true
        close(descriptor)
        try Self.syncFolder(of: path)
    }

    private func checkName() throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard replaces, status.st_mode & S_IFMT == S_IFREG else { throw TransferError(.file_exists, ["file": path]) }
    }

    /// The new name is lost in a power cut otherwise.
    private static func syncFolder(of path: String) throws {
        let cut = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let folder = open(cut, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { close(folder) }
        // Some file systems of sticks know no such thing.
        guard fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw TransferError(.file_unusable, ["file": path, "message": String(cString: strerror(errno))])
        }
    }

    private func failure(_ path: String) -> TransferError {
        TransferError(.file_unusable, ["file": path, "message": String(cString: strerror(errno))])
    }
}
