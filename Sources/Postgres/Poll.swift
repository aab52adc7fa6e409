import Glibc

/// The one place where the layer waits for file descriptors.
enum Poll {
    /// Blocks until one of `descriptors` can be read (or is closed at the other end), or the time is over.
    ///
    /// - Parameters:
    ///   - milliseconds: nil for no limit.
    ///   - writing: waits until they can be written instead.
    /// - Returns: for each descriptor whether it is ready; none when the time is over.
    static func wait(_ descriptors: [Int32], milliseconds: Int?, writing: Bool = false) throws -> [Bool] {
        // libpq gives -1 for the socket of a lost connection, and poll would wait for it for ever.
        guard descriptors.allSatisfy({ $0 >= 0 }) else { return descriptors.map { $0 < 0 } }
        let events = Int16(writing ? POLLOUT : POLLIN)
        var entries = descriptors.map { pollfd(fd: $0, events: events, revents: 0) }
        let deadline = milliseconds.map { ContinuousClock.now + .milliseconds($0) }
        while true {
            let count = poll(&entries, nfds_t(entries.count), remaining(deadline))
            if count >= 0 { return entries.map { $0.revents != 0 } }
            // A signal handler ran: wait for the rest of the time.
            guard errno == EINTR else {
                throw PostgresError(.connectionLost, "waiting for the socket failed (errno \(errno))")
            }
        }
    }

    /// Milliseconds until `deadline`, rounded up, as poll takes them.
    private static func remaining(_ deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = (deadline - .now) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 1e9)))
    }
}
