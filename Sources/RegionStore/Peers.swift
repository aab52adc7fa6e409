public import Postgres

/// The parties that this database exchanges changes with.
public enum Peers {
    /// One line of `bashuctl peer list`. Times are microseconds since 1970 UTC.
    public struct Peer: Sendable {
        public let name: String
        /// libpq connection string, nil when nothing is pulled from it.
        public let conninfo: String?
        /// The role under which it pulls from here, nil when it never does.
        public let login: String?
        /// It takes what is here in files.
        public let isByFile: Bool
        public let isPaused: Bool
        /// State and reason of the link, nil before the daemon has looked.
        public let state: String?
        public let reason: String?
        public let region: String?
        public let addedAt: Int64
        public let lastContact: Int64?
        /// When it last reported what it has stored.
        public let reportedAt: Int64?
    }

    /// Every peer, by name.
    public static func list(_ session: Session) throws -> [Peer] {
        try session.query(SQLText.named("ctl_peers")).map { row in
            Peer(
                name: try row.text("name"), conninfo: row[text: "conninfo"], login: row[text: "login"],
                isByFile: try row.bool("by_file"), isPaused: try row.bool("paused"),
                state: row[text: "state"], reason: row[text: "reason"],
                region: row[text: "region"], addedAt: try row.int("added_at"),
                lastContact: try row[int: "last_contact"], reportedAt: try row[int: "reported_at"])
        }
    }

    /// Adds a peer, and grants its login what a peer needs. The daemon connects to it by itself.
    ///
    /// - Parameters:
    ///   - conninfo: where to pull from; without a password, which the caller has checked.
    ///   - login: an existing role that can log in and is no superuser.
    ///   - byFile: it takes what is here in files (`bashuctl batch export`), and has no login.
    /// - Throws: `ControlError` for a name or role that will not do, or `PostgresError`.
    public static func add(
        _ session: Session, name: String, conninfo: String?, login: String?, byFile: Bool = false
    ) throws {
        guard isName(name) else { throw ControlError.badPeerName(name) }
        if let login {
            guard !login.hasPrefix(TransferPeer.loginPrefix) else { throw ControlError.fileLogin(login) }
            guard let role = try session.queryOne(SQLText.named("ctl_role"), [.text(login)]) else {
                throw ControlError.noSuchRole(login)
            }
            guard try role.bool("can_login") else { throw ControlError.roleCannotLogin(login) }
            guard try !role.bool("superuser") else { throw ControlError.roleIsSuperuser(login) }
            guard try !role.bool("daemon") else { throw ControlError.roleIsDaemon(login) }
        }
        do {
            try session.transaction {
                let kept = byFile ? TransferPeer.login(byFile: name) : login
                try session.execute(SQLText.named("ctl_peer_add"), [.text(name), .text(conninfo), .text(kept)])
                guard let login else { return }
                for grant in try Installer.grants(session, kind: "peer", role: login) { try session.script(grant) }
            }
        } catch let error as PostgresError where error.sqlState == .uniqueViolation {
            if let login, error.constraint == "peer_login_key" { throw ControlError.loginTaken(login) }
            throw ControlError.peerExists(name)
        }
    }

    /// Forgets a peer and what is known of it, and takes from its login what a peer needs.
    public static func remove(_ session: Session, name: String) throws {
        try session.transaction {
            guard let row = try session.queryOne(SQLText.named("ctl_peer_remove"), [.text(name)]) else {
                throw ControlError.noSuchPeer(name)
            }
            guard let login = row[text: "login"] else { return }
            for revoke in try session.query(SQLText.named("ctl_peer_revokes"), [.text(login)]) {
                try session.script(revoke.text("statement"))
            }
        }
    }

    /// Stops or resumes pulling from a peer.
    public static func setPaused(_ session: Session, name: String, _ paused: Bool) throws {
        guard try session.execute(SQLText.named("ctl_peer_pause"), [.text(name), .bool(paused)]) == 0 else { return }
        guard try list(session).contains(where: { $0.name == name }) else { throw ControlError.noSuchPeer(name) }
        throw ControlError.peerNotPulled(name)
    }

    /// Whether a peer may have that name: 1 to 64 letters, digits, `_`, `.` or `-` of ASCII.
    public static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || ["_", ".", "-"].contains(scalar))
            }
    }
}
