import Glibc
import Synchronization

/// A TCP proxy on 127.0.0.1 that does to its connections what networks do.
///
/// One thread serves all of them. It ends, and cuts everything, with the last owner of the proxy.
final class Proxy: Sendable {
    /// Whither bytes go.
    enum Direction: Sendable, CaseIterable { case toServer, toClient }

    /// What happens once to one connection.
    enum Fault: Sendable, CaseIterable {
        /// Both ends see a reset.
        case cut
        /// Both ends see an orderly end in the middle of what was being said.
        case truncate
        /// This direction ends, the other goes on.
        case halfClose
        /// One byte has another value.
        case corrupt
    }

    /// What happens to every connection, now and until it is something else.
    enum Weather: Sendable, Equatable {
        case fair
        /// Every piece takes so long.
        case slow(milliseconds: Int)
        /// Connections are accepted, and nothing is said any more.
        case silent
        /// Connections are cut, new ones too.
        case refusing
    }

    /// A fault that waits for its byte.
    struct Strike: Sendable {
        let fault: Fault
        let direction: Direction
        /// Bytes that pass in this direction before it, on all connections together.
        var after: Int
    }

    struct State: Sendable {
        var weather = Weather.fair
        var strikes: [Strike] = []
        /// Faults that have happened.
        var struck = 0
        /// Bytes that have come from the one side to be given to the other.
        var passed = 0
        var isOver = false
    }

    /// What the thread and the owners share: the thread must not own the proxy.
    final class Shared: Sendable { let state = Mutex(State()) }

    /// Where it listens.
    let port: Int
    private let shared = Shared()

    /// - Throws: `ProxyError` when there is no port or no thread.
    init(to serverPort: Int) throws {
        let (listener, port) = try Sockets.listen()
        self.port = port
        let loop = ProxyLoop(listener: listener, serverPort: serverPort, shared: shared)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ProxyLoop>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(loop).toOpaque())
        guard status == 0 else { throw ProxyError(description: "no thread (\(status))") }
        pthread_detach(thread)
    }

    deinit { shared.state.withLock { $0.isOver = true } }

    var weather: Weather {
        get { shared.state.withLock { $0.weather } }
        set { shared.state.withLock { $0.weather = newValue } }
    }

    /// Faults that have happened so far.
    var struck: Int { shared.state.withLock { $0.struck } }

    /// Bytes that have come so far.
    var passed: Int { shared.state.withLock { $0.passed } }

    /// Lets a fault happen after so many bytes in a direction.
    func strike(_ fault: Fault, _ direction: Direction, after: Int = 0) {
        shared.state.withLock { $0.strikes.append(Strike(fault: fault, direction: direction, after: after)) }
    }

    /// Fair weather, and no fault that has not happened yet.
    func heal() {
        shared.state.withLock {
            $0.weather = .fair
            $0.strikes = []
        }
    }
}

struct ProxyError: Error, CustomStringConvertible {
    let description: String
}

/// What little is needed of sockets.
enum Sockets {
    static func listen() throws -> (descriptor: Int32, port: Int) {
        let descriptor = make()
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard descriptor >= 0, done else { throw ProxyError(description: "no port (errno \(errno))") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A connection to a port of this machine, nil when there is none.
    static func connect(_ port: Int) -> Int32? {
        let descriptor = make()
        var address = loopback(port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Closes so that the other end sees a reset.
    static func reset(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    private static func make() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}
