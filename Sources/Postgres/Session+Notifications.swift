import CLibPQ
import Glibc

/// A message of NOTIFY.
public struct Notification: Sendable, Hashable {
    /// The channel.
    public let channel: String
    /// The payload, often empty.
    public let payload: String
    /// The sender's server process.
    public let processID: Int32
}

extension Session {
    /// Listens on a channel, from the end of the surrounding transaction on.
    public func listen(_ channel: String) throws {
        try execute("LISTEN \(Self.quoteIdentifier(channel))")
    }

    /// Blocks until a notification is here, `waker` or `canceller` is called, or the time is over.
    ///
    /// - Returns: every notification that has arrived; empty when none has. Throws `connectionLost` as soon as the
    ///   server closes the session.
    public func waitForNotification(timeoutMilliseconds: Int) throws -> [Notification] {
        try statement { connection in
            let deadline = ContinuousClock.now + .milliseconds(max(0, timeoutMilliseconds))
            while true {
                let arrived = notifications(connection)
                if !arrived.isEmpty { return arrived }
                let left = max(0, Int(((deadline - .now) / .milliseconds(1)).rounded(.up)))
                let ready = try Poll.wait(
                    [PQsocket(connection), waker.descriptor, canceller.signal.descriptor], milliseconds: left)
                if ready[0] {
                    guard PQconsumeInput(connection) == 1 else { throw lost(connection) }
                }
                if ready[1] || ready[2] || left == 0 {
                    waker.drain()
                    return notifications(connection)
                }
            }
        }
    }

    private func notifications(_ connection: OpaquePointer) -> [Notification] {
        var arrived: [Notification] = []
        while let notification = PQnotifies(connection) {
            let value = notification.pointee
            arrived.append(
                Notification(
                    channel: value.relname.map { String(cString: $0) } ?? "",
                    payload: value.extra.map { String(cString: $0) } ?? "", processID: value.be_pid))
            PQfreemem(notification)
        }
        return arrived
    }
}
