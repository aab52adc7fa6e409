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
        let pulse = Pulse.current
        while true {
            pulse?.beat()
            let left = remaining(deadline)
            let slice = slice(of: left, pulse)
            let count = poll(&entries, nfds_t(entries.count), slice)
            if count > 0 || (count == 0 && slice == left) { return entries.map { $0.revents != 0 } }
            // A slice is over, or a signal handler ran: wait for the rest of the time.
            guard count == 0 || errno == EINTR else {
                throw PostgresError(.connectionLost, "waiting for the socket failed (errno \(errno))")
            }
        }
    }

    /// The whole time where nobody watches, else at most so much that the pulse keeps beating.
    private static func slice(of milliseconds: Int32, _ pulse: Pulse?) -> Int32 {
        guard let pulse else { return milliseconds }
        let most = Int32((pulse.slice / .milliseconds(1)).rounded(.up))
        return milliseconds < 0 ? most : min(milliseconds, most)
    }

    /// Milliseconds until `deadline`, rounded up, as poll takes them.
    private static func remaining(_ deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let left = (deadline - .now) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 1e9)))
    }
}
