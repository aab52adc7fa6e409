import Glibc

/// Files of private keys: readable by one user, and by nobody else.
enum KeyFile {
    private static let bytesMax = 16_384

    static func read(_ reference: KeyReference) throws(SignatureError) -> [UInt8] {
        let file = Glibc.open(reference.name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw inaccessible(reference) }
        defer { Glibc.close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw inaccessible(reference) }
        guard facts.st_mode & S_IFMT == S_IFREG, facts.st_size <= bytesMax else {
            throw .notAKey(key: reference.name)
        }
        guard facts.st_uid == geteuid() else {
            throw .foreign(key: reference.name, owner: facts.st_uid, user: geteuid())
        }
        guard facts.st_mode & 0o077 == 0 else {
            throw .exposed(key: reference.name, mode: String(facts.st_mode & 0o777, radix: 8))
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw inaccessible(reference) }
        return Array(bytes.prefix(count))
    }

    /// A new file that only its owner can read, on disk when this returns.
    static func write(_ bytes: [UInt8], _ reference: KeyReference) throws(SignatureError) {
        let file = Glibc.open(reference.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw errno == EEXIST ? .exists(key: reference.name) : inaccessible(reference) }
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let cause = inaccessible(reference)
        guard Glibc.close(file) == 0, isWritten else {
            unlink(reference.name)
            throw cause
        }
    }

    private static func inaccessible(_ reference: KeyReference) -> SignatureError {
        .inaccessible(key: reference.name, reason: String(cString: strerror(errno)))
    }
}
