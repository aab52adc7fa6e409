public import Postgres
internal import Reasons
public import Replication

/// Looks for what will go wrong: in the database, its server, its roles and its links.
public enum Doctor {
    /// How bad a finding is.
    public enum Severity: String, Sendable, Comparable {
        case ok, warning, critical

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .critical: 2
            }
        }

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// One thing that was looked at.
    public struct Finding: Sendable, Equatable {
        /// Which sentence is said of it, such as "table_fault".
        public let code: String
        public let severity: Severity
        /// What the sentence names. `age` is in seconds, `until` in microseconds since 1970 UTC.
        public let facts: [String: String]

        /// A finding.
        public init(_ code: String, _ severity: Severity, _ facts: [String: String] = [:]) {
            self.code = code
            self.severity = severity
            self.facts = facts
        }
    }

    /// Looks at everything that this database knows.
    ///
    /// - Parameters:
    ///   - version: of this program.
    ///   - digest: what own batches are to be hashed with.
    ///   - transactionSeconds: how long a transaction may be open.
    /// - Throws: `ControlError.notInstalled`, or `PostgresError` when the session is lost.
    public static func examine(
        _ session: Session, version: String, digest: DigestAlgorithm, transactionSeconds: Int64
    ) throws -> [Finding] {
        guard try Installer.installedVersion(session) != nil else { throw ControlError.notInstalled }
        var findings = try look(session, "doctor_server")
        findings.append(try schema(session))
        findings += try look(session, "doctor_encoding")
        findings += try look(session, "doctor_collation", well: "collation")
        findings += try look(session, "doctor_daemon", [.text(version)])
        findings += try look(session, "doctor_role")
        findings += try look(session, "doctor_grants", well: "grants")
        findings += try look(session, "doctor_tables", well: "tables")
        findings += try look(session, "doctor_links")
        findings += try lives(session)
        findings += try look(session, "doctor_transactions", [.int(transactionSeconds)], well: "transactions")
        findings += try look(session, "doctor_slots", well: "slots")
        findings += try look(session, "doctor_retention", well: "retention")
        findings += try look(session, "doctor_digest", [.text(digest.rawValue)])
        findings += try look(session, "doctor_keys", well: "keys")
        findings += try look(session, "doctor_guard", well: "guard")
        findings += try look(session, "doctor_indexes", well: "indexes")
        findings += try look(session, "doctor_sequences", well: "sequences")
        findings += try look(session, "doctor_vacuum")
        findings += try look(session, "doctor_connections")
        return findings + (try look(session, "doctor_sizes"))
    }

    /// The peers that the daemon can be asked to test.
    public static func peers(_ session: Session) throws -> [String] {
        try session.query(SQLText.named("doctor_peers")).map { try $0.text("name") }
    }

    /// What the daemon's answer to a test of a peer means.
    ///
    /// - Parameter answer: JSON text, as the request has it.
    public static func findings(ofPeer name: String, answer: String) throws -> [Finding] {
        let result = try JSONText.decode(PeerAnswer.self, answer)
        var findings = [Finding("peer", .ok, ["peer": name, "region": result.node?.region ?? "-"])]
        if let schema = result.node?.schema, schema != Int64(Installer.version) {
            findings.append(
                Finding(
                    "peer_schema", .warning,
                    ["peer": name, "there": "\(schema)", "here": "\(Installer.version)"]))
        }
        findings += (result.differences ?? []).map {
            Finding("peer_differs", .critical, ["peer": name, "difference": $0])
        }
        return findings
    }

    private struct PeerAnswer: Decodable {
        struct Node: Decodable {
            let region: String
            let schema: Int64
        }

        let node: Node?
        let differences: [String]?
    }

    private static func schema(_ session: Session) throws -> Finding {
        do {
            try Installer.checkVersion(session)
            return Finding("schema", .ok, ["version": "\(Installer.version)"])
        } catch let mismatch as SchemaMismatch {
            return Finding("schema_other", .critical, ["reason": "\(mismatch)"])
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            return Finding("hidden", .warning, ["what": "doctor_schema", "reason": error.message])
        }
    }

    /// Former origins that nobody has closed, and copies of a region's database: of a peer's, that was refused here,
    /// and of our own, as a peer has told.
    private static func lives(_ session: Session) throws -> [Finding] {
        var findings = try look(session, "doctor_lives")
        for row in try session.query(SQLText.named("doctor_notes")) {
            for case .known(let note) in ReasonBook.pieces(try row.text("reason"))
            where note.code == LifeReason.copy_refused.code {
                findings.append(
                    Finding("copy_of_ours", .warning, ["peer": try row.text("peer"), "reason": note.text]))
            }
        }
        return findings.isEmpty ? [Finding("lives", .ok)] : findings
    }

    /// The findings of one statement; `well` is said where none of them is bad.
    private static func look(
        _ session: Session, _ name: String, _ parameters: [Parameter] = [], well: String? = nil
    ) throws -> [Finding] {
        let findings: [Finding]
        do {
            findings = try session.query(SQLText.named(name), parameters).map { row in
                Finding(
                    try row.text("finding"), Severity(rawValue: try row.text("severity")) ?? .critical,
                    try JSONText.decode([String: String].self, row.text("facts")))
            }
        } catch let error as PostgresError where error.kind == .statementFailed {
            // An older schema, or a role that may not look: one check less, and it is said.
            return [Finding("hidden", .warning, ["what": name, "reason": error.message])]
        }
        guard let well, !findings.contains(where: { $0.severity > .ok }) else { return findings }
        return [Finding(well, .ok)] + findings
    }
}
