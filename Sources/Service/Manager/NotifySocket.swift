import Glibc

/// The datagram socket of a service manager, as sd_notify(3) describes it.
struct NotifySocket: Sendable {
    /// How long the manager may take to take a message.
    private static let patienceSeconds = 2

    private let path: String

    /// The socket that the environment names; nil when no manager listens, or on a socket of another kind.
    init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@") else { return nil }
        let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
        guard path.utf8.count > 1, path.utf8.count <= longest else { return nil }
        self.path = path
    }

    /// Sends one message of `NAME=value` lines; false when it was not taken.
    func send(_ lines: [String]) -> Bool {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8)
            // An abstract address begins with a zero byte and has none at its end.
            if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.utf8.count + (path.hasPrefix("/") ? 1 : 0))
        let text = Array(lines.joined(separator: "\n").utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                sendto(socket, text, text.count, Int32(MSG_NOSIGNAL), generic, length)
            }
        }
        return sent == text.count
    }
}
