public import Postgres
public import Replication

/// Work that only the daemon can do, because it alone holds the keys to the peers: a row that it answers.
public enum Requests {
    /// What is asked for.
    public enum Kind: String, Sendable {
        /// Take everything committed so far into the log.
        case cut
        /// Compare tables with the log, or with a peer.
        case verify
        /// Connect to a peer and say how that went.
        case testPeer = "test_peer"
    }

    /// How far it is.
    public enum State: Sendable, Equatable {
        case waiting, running
        /// The answer, as JSON text.
        case done(result: String)
        /// Why it could not be done.
        case failed(reason: String)
        /// The row is gone: somebody took the request back.
        case gone
    }

    /// Leaves a request and returns its number. `argument` is a JSON object.
    public static func ask(_ session: Session, _ kind: Kind, argument: String = "{}") throws -> Int64 {
        guard
            let row = try session.queryOne(
                SQLText.named("ctl_request"), [.text(kind.rawValue), .text(argument)])
        else { throw StoreError.unexpectedResult("a request without a number") }
        return try row.int("id")
    }

    /// The state of a request.
    public static func state(_ session: Session, _ id: Int64) throws -> State {
        guard let row = try session.queryOne(SQLText.named("ctl_request_state"), [.int(id)]) else { return .gone }
        switch try row.text("state") {
        case "waiting": return .waiting
        case "running": return .running
        case "done": return .done(result: row[text: "result"] ?? "{}")
        default: return .failed(reason: try failure(row[text: "result"]))
        }
    }

    /// Takes back a request that the daemon has not begun.
    public static func cancel(_ session: Session, _ id: Int64) throws {
        try session.execute(SQLText.named("ctl_request_cancel"), [.int(id)])
    }

    private struct Failure: Decodable {
        let reason: String?
        let error: String?
    }

    private static func failure(_ result: String?) throws -> String {
        guard let result else { return "" }
        let failure = try? JSONText.decode(Failure.self, result)
        return failure?.reason ?? failure?.error ?? result
    }
}

extension Requests {
    /// The own origin and the number of its last batch; nil for a replica, which has none.
    public static func ownPosition(_ session: Session) throws -> (origin: OriginID, number: Int64)? {
        guard let row = try session.queryOne(SQLText.named("ctl_own_position")) else { return nil }
        return (OriginID(try row.text("name")), try row.int("number"))
    }

    /// How far a peer is with one origin.
    public struct PeerProgress: Sendable {
        /// The highest batch that the peer is known to have applied.
        public let applied: Int64
        /// Whether it pulls from here, and so reports by itself.
        public let reports: Bool
        public let isPaused: Bool
        /// State of our own link to it, which is where its position is seen when it does not report.
        public let linkState: String?
        public let linkReason: String?
    }

    /// How far peer `name` is with `origin`.
    ///
    /// - Throws: `ControlError.noSuchPeer`, or `PostgresError`.
    public static func progress(_ session: Session, of name: String, in origin: OriginID) throws -> PeerProgress {
        guard let row = try session.queryOne(SQLText.named("ctl_peer_has"), [.text(name), .text(origin.name)])
        else { throw ControlError.noSuchPeer(name) }
        return PeerProgress(
            applied: try row.int("number"), reports: try row.bool("reports"), isPaused: try row.bool("paused"),
            linkState: row[text: "state"], linkReason: row[text: "reason"])
    }
}

extension Requests {
    /// How far a join is.
    public struct JoinProgress: Sendable {
        /// `joining` until everything is projected.
        public let state: String
        public let peer: String?
        /// What there is to receive; empty until the daemon has asked the peer.
        public let target: Vector
        public let applied: Vector
        /// Changes received and changes projected into the tables.
        public let receivedChanges: Int64
        public let projectedChanges: Int64
        public let linkState: String?
        public let linkReason: String?
    }

    /// Marks this empty database as joining from a peer; the daemon does the rest. May be repeated.
    ///
    /// - Throws: `ControlError` when the peer is unknown or the database is not empty.
    public static func join(_ session: Session, from peer: String) throws {
        if try session.execute(SQLText.named("ctl_join"), [.text(peer)]) > 0 { return }
        guard let known = try Peers.list(session).first(where: { $0.name == peer }) else {
            throw ControlError.noSuchPeer(peer)
        }
        throw known.conninfo == nil ? ControlError.peerNotPulled(peer) : ControlError.notEmpty
    }

    /// How far the join is.
    public static func joinProgress(_ session: Session) throws -> JoinProgress {
        guard let row = try session.queryOne(SQLText.named("ctl_join_state")) else { throw ControlError.notInstalled }
        return JoinProgress(
            state: try row.text("state"), peer: row[text: "join_peer"],
            target: try JSONText.vector(row.text("target")), applied: try JSONText.vector(row.text("applied")),
            receivedChanges: try row.int("received"), projectedChanges: try row.int("projected"),
            linkState: row[text: "link_state"], linkReason: row[text: "reason"])
    }
}

extension Installer {
    /// What an installed database is: what an upgrade need not name. Nil when nothing is installed.
    public static func present(_ session: Session) throws -> InstallRequest? {
        guard try session.queryOne(SQLText.named("ctl_installed"))?.bool("installed") == true,
            let row = try session.queryOne(SQLText.named("ctl_node_request")),
            let kind = NodeKind(rawValue: try row.text("kind"))
        else { return nil }
        return InstallRequest(kind: kind, region: try row.text("region"), daemonRole: try row.text("daemon_role"))
    }
}
