import Postgres
import RegionStore
import TestCluster

extension Party {
    /// A link as `bashu.link` has it.
    struct LinkState: Sendable, Equatable {
        let state: String
        let reason: String
        let sqlState: String?
        let attempts: Int
    }

    /// The name under which others know this party, and under which it may log in there, made known to `other`.
    func admit(_ other: Party) async throws {
        let grants = try await connection(as: .owner)
        let login = other.login
        try await grants.run { session in
            for grant in try Installer.grants(session, kind: "peer", role: login) { try session.script(grant) }
        }
        await grants.close()
        try await run(
            """
            INSERT INTO bashu.peer (name, login) VALUES ('\(other.name)', '\(login)')
            ON CONFLICT (name) DO UPDATE SET login = excluded.login
            """, as: .owner)
    }

    /// Lets this party's daemon pull from `other`.
    ///
    /// - Parameter conninfo: another way there than the right one.
    func pull(from other: Party, conninfo: String? = nil) async throws {
        let conninfo = conninfo ?? other.cluster.conninfo(database: other.database, user: login)
        try await run(
            """
            INSERT INTO bashu.peer (name, conninfo)
            VALUES ('\(other.name)', \(Session.quoteLiteral(conninfo)))
            ON CONFLICT (name) DO UPDATE SET conninfo = excluded.conninfo
            """, as: .owner)
    }

    /// Stops pulling from a peer for a while.
    func pause(_ peer: String) async throws {
        try await run("UPDATE bashu.peer SET paused = true WHERE name = '\(peer)'", as: .owner)
        try await eventually("link \(name) to \(peer) is paused") { try await link(peer)?.state == "paused" }
    }

    /// Pulls from it again.
    func resume(_ peer: String) async throws {
        try await run("UPDATE bashu.peer SET paused = false WHERE name = '\(peer)'", as: .owner)
    }

    /// The link to a peer, nil before the daemon has looked at it.
    func link(_ peer: String) async throws -> LinkState? {
        let found = try await rows(
            "SELECT state, coalesce(reason, ''), sql_state, attempts FROM bashu.link WHERE peer = $1", [.text(peer)])
        return found.first.map {
            LinkState(
                state: $0[0] ?? "", reason: $0[1] ?? "", sqlState: $0[2], attempts: $0[3].flatMap { Int($0) } ?? 0)
        }
    }

    /// Waits for a state of the link to a peer; returns it.
    @discardableResult
    func awaitLink(
        _ peer: String, timeout: Duration = .seconds(15), _ condition: (LinkState) -> Bool
    ) async throws -> LinkState {
        var last: LinkState?
        do {
            try await eventually("link from \(name) to \(peer)", timeout: timeout, every: .milliseconds(20)) {
                last = try await link(peer)
                return last.map(condition) ?? false
            }
        } catch let error as NeverHappened {
            let found = last.map { "\($0)" } ?? "no link"
            throw FederationError("\(error); it is: \(found); the daemon says:\n\(daemonLog)")
        }
        guard let last else { throw FederationError("no link from \(name) to \(peer)") }
        return last
    }

    /// How far this database is, as text that is equal where the vectors are.
    func vector() async throws -> String {
        try await value(
            """
            SELECT coalesce(string_agg(o.name || '=' || a.number, ' ' ORDER BY o.name COLLATE "C"), '')
              FROM bashu.applied a JOIN bashu.origin o ON o.id = a.origin_id WHERE a.number > 0
            """) ?? ""
    }

    /// Whether something written here is not cut yet, or a ruling or a row waits to be taken up.
    func hasWork() async throws -> Bool {
        try await value(
            """
            SELECT n.kind = 'region' AND EXISTS (SELECT FROM bashu.pending) OR EXISTS (SELECT FROM bashu.recheck)
                OR EXISTS (SELECT FROM bashu.ruling WHERE state = 'waiting')
              FROM bashu.node n
            """) == "t"
    }
}
