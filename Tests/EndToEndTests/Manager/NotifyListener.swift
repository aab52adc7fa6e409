import Glibc
import Synchronization
import TestCluster

@testable import TestFederation

/// The other end of `NOTIFY_SOCKET`: keeps what a daemon tells its service manager.
final class NotifyListener: Sendable {
    enum Kind { case path, abstract }

    private static let counter = Atomic(0)

    /// What the daemon is given.
    let address: String
    private let socket: Int32
    private let heard = Mutex<[[String: String]]>([])

    init(_ kind: Kind = .path) throws {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        address = (kind == .path ? "/tmp/" : "@") + "bashu-notify-\(getpid())-\(number)"
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw FederationError("no socket (errno \(errno))") }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { bytes in
            bytes.copyBytes(from: address.utf8)
            if kind == .abstract { bytes[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + address.utf8.count + (kind == .path ? 1 : 0))
        let bound = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
        }
        guard bound == 0 else { throw FederationError("\(address) cannot be bound (errno \(errno))") }
    }

    deinit {
        close(socket)
        if address.hasPrefix("/") { unlink(address) }
    }

    /// Every message so far, fields by name.
    var messages: [[String: String]] {
        heard.withLock { heard in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return heard }
                var fields: [String: String] = [:]
                for line in String(decoding: buffer[0..<count], as: UTF8.self).split(separator: "\n") {
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    fields[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
                }
                heard.append(fields)
            }
        }
    }

    /// The last status line.
    var status: String { messages.last { $0["STATUS"] != nil }?["STATUS"] ?? "" }

    /// How often a message had this field.
    func count(_ field: String) -> Int { messages.count { $0[field] != nil } }

    /// Waits for messages with this field: so many more than there are now.
    func more(_ field: String, _ number: Int = 1, timeout: Duration = .seconds(20)) async throws {
        let before = count(field)
        try await eventually("\(number) × \(field)", timeout: timeout) { count(field) >= before + number }
    }

    /// Waits for a status line with this text.
    func status(contains text: String, timeout: Duration = .seconds(20)) async throws {
        do {
            try await eventually("status \(text)", timeout: timeout) { status.contains(text) }
        } catch {
            throw FederationError("\(error); the last status is: \(status)")
        }
    }
}
