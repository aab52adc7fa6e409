public import Postgres
internal import Reasons
public import Replication
internal import Transfer

/// Files of batches, as this database remembers them: those that were made here, and those that were taken.
public enum Transfers {
    /// One of them. Times are microseconds since 1970 UTC.
    public struct Transfer: Sendable {
        public let peer: String
        /// Made here; else taken here.
        public let isOutgoing: Bool
        public let serial: Int64
        public let file: String
        /// Of its content, in hexadecimal.
        public let digest: String
        /// By its maker's clock.
        public let madeAt: Int64
        /// When it was written or taken here.
        public let doneAt: Int64
        public let after: Vector
        public let through: Vector
        public let batches: Int64
        /// Of the file.
        public let bytes: Int64
        /// Whether its recipient has all of it in its log, and in its tables, as far as is known here.
        public let isStored: Bool
        public let isApplied: Bool
    }

    /// The last ones, newest first.
    public static func list(_ session: Session, limit: Int) throws -> [Transfer] {
        try session.query(SQLText.named("transfer_list"), [.int(limit)]).map { row in
            Transfer(
                peer: try row.text("peer"), isOutgoing: try row.bool("outgoing"), serial: try row.int("serial"),
                file: try row.text("file"), digest: try row.text("digest"), madeAt: try row.int("made_at"),
                doneAt: try row.int("done_at"), after: try JSONText.vector(row.text("after")),
                through: try JSONText.vector(row.text("through")), batches: try row.int("batches"),
                bytes: try row.int("bytes"), isStored: try row.bool("stored"), isApplied: try row.bool("applied"))
        }
    }

    /// The session that exports and imports work in: one of the daemon's, whose texts of values are those of the log.
    public static func target(_ target: ConnectionTarget) -> ConnectionTarget {
        DaemonSession.target(target).lockTimeout(milliseconds: 10_000)
    }
}

/// This database, for a file.
struct TransferHere {
    let region: String
    let kind: String
    let databaseID: String

    /// - Throws: `TransferError` unless the session is the daemon's: its rights are what it takes.
    init(_ session: Session) throws {
        guard let row = try session.queryOne(SQLText.named("transfer_here")) else { throw ControlError.notInstalled }
        let (daemon, role) = (try row.text("daemon_role"), try row.text("role"))
        guard daemon == role else { throw TransferError(.not_the_daemon, ["role": daemon, "user": role]) }
        region = try row.text("region")
        kind = try row.text("kind")
        databaseID = try row.text("database_id")
    }
}

/// The other side of a file.
struct TransferPeer {
    let name: String
    let login: String?
    let region: String
    /// Of its database; nil before a file came from it.
    let databaseID: String?
    let received: Vector
    /// Batches whose signatures it lacks, by its last file.
    let unsigned: [TransferLateSource.Range]
    /// Number of the last file that was made for it; 0 for none.
    let serial: Int64
    /// Where that one goes on to.
    let after: Vector

    /// - Throws: `ControlError.noSuchPeer`.
    init(_ name: String, _ session: Session) throws {
        guard let row = try session.queryOne(SQLText.named("transfer_peer"), [.text(name)]) else {
            throw ControlError.noSuchPeer(name)
        }
        self.name = name
        login = row[text: "login"]
        region = row[text: "region"] ?? name
        databaseID = row[text: "database"]
        received = try JSONText.vector(row.text("received"))
        unsigned = try session.query(SQLText.named("transfer_peer_unsigned"), [.text(name)]).map { row in
            .init(origin: OriginID(try row.text("origin")), first: try row.int("first"), last: try row.int("last"))
        }
        serial = try row.int("serial")
        after = try JSONText.vector(row.text("after"))
    }

    /// How a peer by files is kept in `bashu.peer`: no role can have such a login.
    static func login(byFile name: String) -> String { loginPrefix + name }
    static let loginPrefix = "file:"
}

extension Vector {
    /// As files have it.
    init(numbers: [String: Int64]) {
        self.init(Dictionary(uniqueKeysWithValues: numbers.map { (OriginID($0.key), $0.value) }))
    }

    var numbers: [String: Int64] { Dictionary(uniqueKeysWithValues: origins.map { ($0.name, self[$0]) }) }
}

extension Session {
    /// How far this database is, as far as it is flushed to disk.
    func durablePosition() throws -> (applied: Vector, received: Vector) {
        var tracker = PositionTracker()
        while true {
            if let position = try tracker.advance(self) { return position }
            // A commit that waits for its flush takes all before it to the disk.
            try transaction {
                try execute("SET LOCAL synchronous_commit = on")
                try execute("SELECT pg_catalog.pg_logical_emit_message(true, 'bashu', '')")
            }
        }
    }
}

extension BatchSignature {
    init(_ other: TransferSignature) {
        self.init(fingerprint: other.fingerprint, algorithm: other.algorithm, signature: other.bytes)
    }

    var travelling: TransferSignature {
        TransferSignature(fingerprint: fingerprint, algorithm: algorithm, bytes: signature)
    }
}
