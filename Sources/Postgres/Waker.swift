import CLibPQ
import Glibc

/// Ends another thread's wait at once. A call made while nobody waits ends the next wait.
public final class Waker: Sendable {
    /// Readable while a wake is pending.
    let descriptor: Int32

    /// Throws `connectionFailed` when the process has no file descriptors left.
    init() throws {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw PostgresError(.connectionFailed, "no file descriptor left (errno \(errno))")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Ends the wait. Any thread may call it, also after the session is closed.
    public func wake() {
        // Fails only when the counter is full: then a wake is pending already.
        _ = eventfd_write(descriptor, 1)
    }

    /// Takes back every pending wake.
    func drain() {
        var count: UInt64 = 0
        _ = eventfd_read(descriptor, &count)
    }
}
