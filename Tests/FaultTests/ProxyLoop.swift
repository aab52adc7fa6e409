import Glibc
import Synchronization

/// The proxy's thread: looks at every socket, and passes on what may pass.
///
/// Used by its own thread alone, but for `shared`.
final class ProxyLoop: @unchecked Sendable {
    /// One direction of a connection.
    private struct Flow {
        let direction: Proxy.Direction
        let from: Int32
        let to: Int32
        var waiting: [UInt8] = []
        var due = ContinuousClock.now
        /// Nothing comes any more.
        var hasEnded = false
        /// The other side has been told so.
        var hasTold = false
    }

    private struct Pipe {
        var flows: [Flow]
        let client: Int32
        let server: Int32
        var isClosed = false
    }

    private static let pieceMax = 8_192
    /// How long it may take until a new weather is noticed.
    private static let turnMilliseconds: Int32 = 4

    private let listener: Int32
    private let serverPort: Int
    private let shared: Proxy.Shared
    private var pipes: [Pipe] = []

    init(listener: Int32, serverPort: Int, shared: Proxy.Shared) {
        self.listener = listener
        self.serverPort = serverPort
        self.shared = shared
    }

    func run() {
        while true {
            let (weather, isOver) = shared.state.withLock { ($0.weather, $0.isOver) }
            if isOver { break }
            turn(weather)
        }
        for pipe in pipes where !pipe.isClosed { cut(pipe) }
        close(listener)
    }

    private func turn(_ weather: Proxy.Weather) {
        var looks = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        for flow in pipes.flatMap(\.flows) {
            let isReading = weather != .silent && flow.waiting.isEmpty && !flow.hasEnded
            looks.append(pollfd(fd: isReading ? flow.from : -1, events: Int16(POLLIN), revents: 0))
        }
        poll(&looks, nfds_t(looks.count), Self.turnMilliseconds)
        if weather == .refusing {
            for index in pipes.indices { cut(index) }
        } else if weather != .silent {
            var look = 1
            for pipe in pipes.indices {
                for flow in pipes[pipe].flows.indices {
                    if looks[look].revents != 0, !pipes[pipe].isClosed { read(pipe, flow, weather) }
                    look += 1
                }
                if !pipes[pipe].isClosed { write(pipe) }
            }
        }
        pipes.removeAll(where: \.isClosed)
        if looks[0].revents != 0 { accept(weather) }
    }

    private func accept(_ weather: Proxy.Weather) {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        // Not for daemons that are started meanwhile: in their hands it would stay open.
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard weather != .refusing, let server = Sockets.connect(serverPort) else { return Sockets.reset(client) }
        pipes.append(
            Pipe(
                flows: [
                    Flow(direction: .toServer, from: client, to: server),
                    Flow(direction: .toClient, from: server, to: client),
                ], client: client, server: server))
    }

    private func read(_ pipe: Int, _ flow: Int, _ weather: Proxy.Weather) {
        var bytes = [UInt8](repeating: 0, count: Self.pieceMax)
        let count = recv(pipes[pipe].flows[flow].from, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard count >= 0 else { return cut(pipe) }
        guard count > 0 else {
            pipes[pipe].flows[flow].hasEnded = true
            return
        }
        bytes.removeLast(bytes.count - count)
        if case .slow(let milliseconds) = weather {
            pipes[pipe].flows[flow].due = .now + .milliseconds(milliseconds)
        }
        guard let (fault, place) = fault(pipes[pipe].flows[flow].direction, count) else {
            pipes[pipe].flows[flow].waiting = bytes
            return
        }
        switch fault {
        case .cut: cut(pipe)
        case .corrupt:
            bytes[place] ^= 0x10
            pipes[pipe].flows[flow].waiting = bytes
        case .halfClose:
            pipes[pipe].flows[flow].waiting = Array(bytes[..<place])
            pipes[pipe].flows[flow].hasEnded = true
        case .truncate:
            pipes[pipe].flows[flow].waiting = Array(bytes[..<place])
            for flow in pipes[pipe].flows.indices { pipes[pipe].flows[flow].hasEnded = true }
        }
    }

    /// The fault whose byte is among the next `count`, and where.
    private func fault(_ direction: Proxy.Direction, _ count: Int) -> (Proxy.Fault, Int)? {
        shared.state.withLock { state in
            state.passed += count
            var found: (Proxy.Fault, Int)?
            for index in state.strikes.indices.reversed() where state.strikes[index].direction == direction {
                let place = state.strikes[index].after
                state.strikes[index].after -= count
                guard place < count, found == nil else { continue }
                found = (state.strikes.remove(at: index).fault, max(place, 0))
                state.struck += 1
            }
            return found
        }
    }

    private func write(_ pipe: Int) {
        for index in pipes[pipe].flows.indices {
            let flow = pipes[pipe].flows[index]
            guard flow.due <= .now else { continue }
            if !flow.waiting.isEmpty {
                let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
                let count = send(flow.to, flow.waiting, flow.waiting.count, flags)
                if count < 0, errno == EAGAIN || errno == EINTR { continue }
                guard count >= 0 else { return cut(pipe) }
                pipes[pipe].flows[index].waiting.removeFirst(count)
            }
            if pipes[pipe].flows[index].waiting.isEmpty, flow.hasEnded, !flow.hasTold {
                shutdown(flow.to, Int32(SHUT_WR))
                pipes[pipe].flows[index].hasTold = true
            }
        }
        guard pipes[pipe].flows.allSatisfy(\.hasTold) else { return }
        close(pipes[pipe].client)
        close(pipes[pipe].server)
        pipes[pipe].isClosed = true
    }

    private func cut(_ index: Int) {
        guard !pipes[index].isClosed else { return }
        cut(pipes[index])
        pipes[index].isClosed = true
    }

    private func cut(_ pipe: Pipe) {
        Sockets.reset(pipe.client)
        Sockets.reset(pipe.server)
    }
}
