public import Postgres
import Replication

extension Status {
    /// Reads the status in one snapshot.
    ///
    /// - Throws: `ControlError.notInstalled`, or `PostgresError`.
    public static func read(_ session: Session) throws -> Status {
        try session.transaction(.repeatableRead, readOnly: true) {
            let node = try readNode(session)
            let cases = try session.query(SQLText.named("ctl_case_counts")).map {
                (try $0.text("state"), try $0.int("cases"))
            }
            return Status(
                node: node, daemon: try readDaemon(session),
                links: try readLinks(session),
                consumers: try session.query(SQLText.named("ctl_consumers")).map(Consumer.init(row:)),
                origins: try session.query(SQLText.named("ctl_origins")).map(Origin.init(row:)),
                matrix: try readMatrix(session),
                pending: try readPending(session),
                held: try session.query(SQLText.named("ctl_held")).map(Held.init(row:)),
                troubles: try session.query(SQLText.named("ctl_troubles")).map(Trouble.init(row:)),
                openCases: cases.first { $0.0 == "open" }?.1 ?? 0,
                decidedCases: cases.first { $0.0 == "decided" }?.1 ?? 0,
                logBytes: try session.queryOne(SQLText.named("ctl_log_bytes"))?.int("bytes") ?? 0)
        }
    }

    /// What this database is.
    ///
    /// - Throws: `ControlError.notInstalled`, `SchemaMismatch` for a schema of another version, or `PostgresError`.
    public static func readNode(_ session: Session) throws -> Node {
        guard try session.queryOne(SQLText.named("ctl_installed"))?.bool("installed") == true else {
            throw ControlError.notInstalled
        }
        let version = try session.queryOne(SQLText.named("ctl_version"))?[int: "version"].map(Int.init)
        guard version == Installer.version else {
            throw SchemaMismatch(installed: version, expected: Installer.version)
        }
        guard let row = try session.queryOne(SQLText.named("ctl_node")) else { throw ControlError.notInstalled }
        return Node(
            database: try row.text("database"), kind: try row.text("kind"), region: try row.text("region"),
            state: try row.text("state"), joinPeer: row[text: "join_peer"],
            origin: row[text: "origin"].map { OriginID($0) }, now: try row.int("now"))
    }

    /// Whether the daemon lives, and what it says of itself.
    public static func readDaemon(_ session: Session) throws -> Daemon {
        guard let row = try session.queryOne(SQLText.named("ctl_daemon")) else { throw ControlError.notInstalled }
        return Daemon(
            isAlive: try row.bool("alive"), version: row[text: "version"], processID: try row[int: "pid"],
            host: row[text: "host"], startedAt: try row[int: "started_at"],
            heartbeatAt: try row[int: "heartbeat_at"], activity: row[text: "activity"],
            problem: row[text: "problem"])
    }

    /// The peers that are pulled from.
    public static func readLinks(_ session: Session) throws -> [Link] {
        try session.query(SQLText.named("ctl_links")).map(Link.init(row:))
    }

    private static func readPending(_ session: Session) throws -> Pending {
        guard let row = try session.queryOne(SQLText.named("ctl_pending")) else {
            return Pending(keys: 0, markers: 0, oldest: nil)
        }
        return Pending(keys: try row.int("keys"), markers: try row.int("markers"), oldest: try row[int: "oldest"])
    }
}

extension Status.Link {
    fileprivate init(row: Row) throws {
        self.init(
            peer: try row.text("name"), isPaused: try row.bool("paused"), state: try row.text("state"),
            reason: row[text: "reason"], sqlState: row[text: "sql_state"], since: try row[int: "since"],
            lastContact: try row[int: "last_contact"], nextTryAt: try row[int: "next_try_at"],
            attempts: try row.int("attempts"), clockOffsetMilliseconds: try row[int: "clock_offset_ms"],
            peerRegion: row[text: "peer_region"], peerKind: row[text: "peer_kind"],
            peerVector: try JSONText.vector(row.text("peer_vector")), missingBatches: try row.int("missing"),
            waitingChanges: try row.int("waiting"), unseenBatches: try row.int("unseen"),
            oldest: try row[int: "oldest"])
    }
}

extension Status.Consumer {
    fileprivate init(row: Row) throws {
        self.init(
            peer: try row.text("name"), login: row[text: "login"], isByFile: try row.bool("by_file"),
            lastFile: try row[int: "file_serial"].map { ($0, try row.int("file_made_at")) },
            clockOffsetMilliseconds: try row[int: "clock_offset_ms"], region: row[text: "region"],
            kind: row[text: "kind"], reportedAt: try row[int: "reported_at"],
            applied: try JSONText.vector(row.text("applied")), missingBatches: try row.int("missing"),
            waitingChanges: try row.int("waiting"), oldest: try row[int: "oldest"],
            keptBytes: try row.int("kept_bytes"), keptUntil: try row[int: "kept_until"])
    }
}

extension Status.Origin {
    fileprivate init(row: Row) throws {
        self.init(
            origin: OriginID(try row.text("name")), region: try row.text("region"), isOwn: try row.bool("own"),
            applied: try row.int("applied"), received: try row.int("received"),
            waitingChanges: try row.int("waiting"), through: try row[int: "through"], hold: nil)
        guard let reason = row[text: "hold_reason"] else { return }
        hold = Hold(
            number: try row.int("hold_number"), reason: reason, sqlState: row[text: "hold_sql_state"],
            since: try row.int("hold_since"), attempts: try row.int("hold_attempts"))
    }
}

extension Status.Held {
    fileprivate init(row: Row) throws {
        self.init(
            table: try TableName(row: row), reason: try row.text("reason"), keys: try row.int("keys"),
            since: try row.int("since"),
            examples: try ArrayText.parse(row.text("examples")).map { try RowKey($0) })
    }
}

extension Status.Trouble {
    fileprivate init(row: Row) throws {
        self.init(
            table: try TableName(row: row), key: try row[text: "key"].map { try RowKey($0) },
            reason: try row.text("reason"))
    }
}

extension TableName {
    /// From columns `schema_name` and `table_name`; a table that is gone without a trace is named by a dash.
    init(row: Row) throws {
        self.init(schema: row[text: "schema_name"] ?? "public", table: row[text: "table_name"] ?? "-")
    }
}
