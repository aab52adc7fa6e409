import ArgumentParser
import Console
import Postgres
import RegionStore
import Settings

struct PeerAdd: ControlCommand {
    static let configuration = page(
        "peer add", "NAME [--conninfo CONNINFO] [--login ROLE | --by-file]", .peerAdd, PeerPage.peerAddMore)

    @Argument(help: help(.peerName))
    var name: String

    @Option(help: help(.conninfo, value: "conninfo"))
    var conninfo: String?

    @Option(help: help(.login, value: "role"))
    var login: String?

    @Flag(help: help(.byFile))
    var byFile = false

    @Flag(help: help(.noWait))
    var noWait = false

    @OptionGroup var global: GlobalOptions

    /// How long to wait for the first contact: a dead host must not keep a script waiting.
    private static let contactSeconds = 10

    func validate() throws {
        guard conninfo != nil || login != nil || byFile else {
            throw ValidationError(speech(PeerMessage.needsOne))
        }
        guard login == nil || !byFile else { throw ValidationError(speech(PeerMessage.loginOrFile)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        if let conninfo, Conninfo.containsPassword(conninfo) {
            throw SettingsError.password(place: .commandLine, key: "--conninfo")
        }
        if let conninfo, !context.settings.acceptsUnprotectedPeers,
            let mode = try NetworkPlace(conninfo: conninfo).weakness
        {
            throw Failure(.usage, speech(PeerMessage.unprotected, ["mode": mode]))
        }
        return try await context.connected(as: .owner) { connection in
            let daemonLives = try await add(connection)
            context.print(speech(PeerMessage.added, ["name": name]))
            guard conninfo != nil, !noWait else { return .done }
            guard daemonLives else {
                context.print(speech(PeerMessage.addedDaemonDown, ["name": name]))
                return .done
            }
            return try await firstContact(connection, context)
        }
    }

    private func add(_ connection: Connection) async throws -> Bool {
        let (name, conninfo, login, byFile) = (name, conninfo, login, byFile)
        return try await connection.run { session in
            let node = try Status.readNode(session)
            guard name != node.region else {
                throw Failure(.failed, speech(PeerMessage.selfName, ["name": name]))
            }
            try Peers.add(session, name: name, conninfo: conninfo, login: login, byFile: byFile)
            return try Status.readDaemon(session).isAlive
        }
    }

    /// Waits until the daemon has tried the link once.
    private func firstContact(_ connection: Connection, _ context: Context) async throws -> ExitStatus {
        let patience = Patience(connection, context.terminal, seconds: Self.contactSeconds)
        let name = name
        let doing = speech(PeerMessage.testWaiting, ["name": name])
        let peer: Peers.Peer? = try await patience.until { session in
            let peer = try Peers.list(session).first { $0.name == name }
            guard let peer, let state = peer.state, state != "connecting" else { return .notYet(doing) }
            return .answer(peer)
        }
        guard let peer, let state = peer.state else {
            context.print(speech(PeerMessage.linkState, ["name": name, "state": Words.linkState("connecting")]))
            return .lagging
        }
        if let reason = peer.reason {
            context.print(
                speech(
                    PeerMessage.linkReason,
                    ["name": name, "state": Words.linkState(state), "reason": speech.reason(reason)]))
        } else {
            context.print(speech(PeerMessage.linkState, ["name": name, "state": Words.linkState(state)]))
        }
        return ["down", "held"].contains(state) ? .lagging : .done
    }
}
