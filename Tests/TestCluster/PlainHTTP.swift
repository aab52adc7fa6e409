import Dispatch
import Glibc

/// What a server answered.
public struct PlainAnswer: Sendable {
    /// 200, 404 …; 0 when it closed the connection without an answer.
    public let status: Int
    /// By name in lower case.
    public let headers: [String: String]
    public let body: String
}

/// A client that sends exactly what it is told, to 127.0.0.1, one request to a connection.
public struct PlainHTTP: Sendable {
    public let port: Int

    public init(port: Int) { self.port = port }

    /// Asks for a path.
    public func get(_ path: String, method: String = "GET", _ headers: [String: String] = [:]) async throws
        -> PlainAnswer
    {
        let lines = headers.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
        return try await send("\(method) \(path) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\(lines)\r\n")
    }

    /// Sends these bytes and reads until the server closes, without blocking a thread that the server may need: the
    /// global queues and Swift's pool have the same few.
    public func send(_ request: String) async throws -> PlainAnswer {
        try await withCheckedThrowingContinuation { continuation in
            let queue = DispatchQueue(label: "test.http")
            queue.async {
                continuation.resume(with: Result { try exchange(request) })
            }
        }
    }

    private func exchange(_ request: String) throws -> PlainAnswer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestClusterError("no socket (errno \(errno))") }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw TestClusterError("cannot connect to port \(port) (errno \(errno))") }
        let bytes = Array(request.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            if count < 0, errno == EAGAIN { throw TestClusterError("no end of the answer: \(all.count) bytes") }
            guard count > 0 else { break }
            all += part[0..<count]
        }
        return Self.parse(String(decoding: all, as: UTF8.self))
    }

    private static func parse(_ text: String) -> PlainAnswer {
        guard let end = text.utf8Range(of: "\r\n\r\n") else { return PlainAnswer(status: 0, headers: [:], body: text) }
        let lines = String(text[..<end.lowerBound]).split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return PlainAnswer(status: status, headers: headers, body: String(text[end.upperBound...]))
    }
}

extension String {
    /// Where a text stands in this one, byte by byte.
    fileprivate func utf8Range(of other: String) -> Range<String.Index>? {
        let wanted = Array(other.utf8)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            if utf8[index...].starts(with: wanted) { return index..<utf8.index(index, offsetBy: wanted.count) }
            index = utf8.index(after: index)
        }
        return nil
    }
}
