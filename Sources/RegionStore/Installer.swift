public import Postgres
internal import Reasons

/// What a database is to Bashu.
public enum NodeKind: String, Sendable, Hashable {
    /// Writes and publishes.
    case region
    /// Only reads.
    case replica
}

/// What `bashuctl init` was asked to make of a database.
public struct InstallRequest: Sendable, Hashable {
    /// What the database is to be.
    public var kind: NodeKind
    /// The code of the region ("50"), or the name of an institution: 1 to 32 of `A-Z a-z 0-9 _`.
    public var region: String
    /// The role under which the daemon will log in: the only one whose writes are not captured.
    public var daemonRole: String

    /// A request.
    public init(kind: NodeKind, region: String, daemonRole: String) {
        self.kind = kind
        self.region = region
        self.daemonRole = daemonRole
    }
}

/// What an installation did.
public struct InstallOutcome: Sendable, Hashable {
    /// The version found; 0 when nothing was installed.
    public let from: Int
    /// The version installed now.
    public let to: Int
    /// Whether functions were written anew.
    public let functionsReplaced: Bool
    /// The name of this database's life ("50-7f3a0c91d2e4"); nil on a replica.
    public let origin: String?
}

/// Something that stands between a database and Bashu, and what would remove it.
public struct InstallProblem: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let what: String
    /// What to do about it.
    public let remedy: String

    init(_ what: Reason, _ remedy: Reason) {
        self.what = what.text
        self.remedy = remedy.text
    }

    public var description: String { "\(what). \(remedy)" }
}

/// Nothing was installed, and everything that is missing.
public struct InstallRefused: Error, Sendable, Hashable, CustomStringConvertible {
    /// At least one.
    public let problems: [InstallProblem]

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Bashu is not installed here, or not in this program's version.
public struct SchemaMismatch: Error, Sendable, Hashable, CustomStringConvertible {
    /// The version in the database; nil when there is none.
    public let installed: Int?
    /// The version of this program.
    public let expected: Int

    public var description: String {
        guard let installed else {
            return "Bashu is not installed in this database: run bashuctl init"
        }
        if installed > expected {
            return "the database has Bashu's schema \(installed), this program is made for \(expected): "
                + "use the newer program"
        }
        return "the database has Bashu's schema \(installed), this program brings \(expected) or newer functions: "
            + "stop the daemon and run bashuctl init"
    }
}

/// Puts Bashu's objects into a database, as an ordinary owner: no superuser, no extension, no restart.
public enum Installer {
    /// The schema's version that this program works with: the number of its last migration.
    public static let version = SchemaFiles.migrations.compactMap(\.version).max() ?? 0

    /// Installs or upgrades, in one transaction; changes nothing where everything is there already.
    ///
    /// - Parameter session: a session of the owner-to-be, outside a transaction.
    /// - Throws: `InstallRefused` with everything that is missing.
    @discardableResult
    public static func install(_ session: Session, _ request: InstallRequest) throws -> InstallOutcome {
        try session.transaction {
            try pinSettings(session)
            let problems = try InstallCheck(session: session, request: request).problems()
            guard problems.isEmpty else { throw InstallRefused(problems: problems) }
            try takeLock(session)
            let from = try installedVersion(session) ?? 0
            try migrate(session, from: from)
            try configure(session, request, isNew: from == 0)
            let replaced = try replaceFunctions(session)
            if replaced || from < version {
                try session.execute("SELECT bashu.capture_refresh()")
            }
            try adoptRole(session, request)
            return InstallOutcome(
                from: from, to: version, functionsReplaced: replaced, origin: try ownOrigin(session))
        }
    }

    /// Removes Bashu's objects, its log included; the users' tables stay.
    ///
    /// - Throws: `InstallRefused` while a daemon runs; `SchemaMismatch` when nothing is installed.
    public static func uninstall(_ session: Session) throws {
        try session.transaction {
            try pinSettings(session)
            guard try installedVersion(session) != nil else {
                throw SchemaMismatch(installed: nil, expected: version)
            }
            try takeLock(session)
            let text = SchemaFiles.all.first { $0.path == SchemaFiles.uninstall }?.text
            try session.script(text ?? "")
        }
    }

    /// Throws `SchemaMismatch` unless the database has exactly the schema that this program brings.
    public static func checkVersion(_ session: Session) throws {
        let installed = try installedVersion(session)
        guard installed == version else { throw SchemaMismatch(installed: installed, expected: version) }
        let matches = try session.queryOne(
            "SELECT functions_digest = pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to($1, 'UTF8')), 'hex') "
                + "FROM bashu.installed", [.text(functionsText)])
        guard try matches?.bool(0) == true else { throw SchemaMismatch(installed: installed, expected: version) }
    }

    /// The statements that give a role what it needs, for the DBA to read and run.
    ///
    /// - Parameter kind: "peer", "reader", "administrator" or "monitor".
    public static func grants(_ session: Session, kind: String, role: String) throws -> [String] {
        try session.query("SELECT * FROM bashu.grants_text($1, $2)", [.text(kind), .text(role)]).map { try $0.text(0) }
    }
}

extension Installer {
    /// The text of every function, as it is run and as its digest is taken.
    static let functionsText = SchemaFiles.functions.map(\.text).joined(separator: "\n")

    /// The installed version; nil when there is none.
    static func installedVersion(_ session: Session) throws -> Int? {
        let present = try session.queryOne("SELECT pg_catalog.to_regclass('bashu.migration') IS NOT NULL")
        guard try present?.bool(0) == true else { return nil }
        return try session.queryOne("SELECT pg_catalog.max(version) FROM bashu.migration")?[int: 0].map(Int.init)
    }

    /// What the text of the files means must not depend on the role's settings.
    private static func pinSettings(_ session: Session) throws {
        try session.script(
            """
            SET LOCAL search_path = pg_catalog, pg_temp;
            SET LOCAL standard_conforming_strings = on;
            SET LOCAL quote_all_identifiers = off;
            SET LOCAL client_min_messages = warning;
            """)
    }

    private static func takeLock(_ session: Session) throws {
        let row = try session.queryOne("SELECT pg_try_advisory_xact_lock($1)", [.int(Locks.daemon)])
        guard try row?.bool(0) == true else {
            throw InstallRefused(problems: [
                InstallProblem(Reason(InstallReason.daemon_here), Reason(InstallRemedy.stop_daemon))
            ])
        }
    }

    private static func migrate(_ session: Session, from: Int) throws {
        for file in SchemaFiles.migrations {
            guard let number = file.version, number > from else { continue }
            try session.script(file.text)
            try session.execute(
                "INSERT INTO bashu.migration (version, name) VALUES ($1, $2)", [.int(number), .text(file.name)])
        }
    }

    private static func configure(_ session: Session, _ request: InstallRequest, isNew: Bool) throws {
        guard isNew else { return }
        try session.execute(
            "INSERT INTO bashu.node (kind, region, daemon_role) VALUES ($1, $2, $3)",
            [.text(request.kind.rawValue), .text(request.region), .text(request.daemonRole)])
        guard request.kind == .region else { return }
        // The first twelve digits of a random UUID are all random.
        try session.execute(
            """
            WITH life AS (
                INSERT INTO bashu.origin (name, region, own)
                VALUES ($1 || '-' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 12), $1, true) RETURNING id
            )
            INSERT INTO bashu.applied (origin_id) SELECT id FROM life
            """, [.text(request.region)])
    }

    /// Whether they were other ones before.
    private static func replaceFunctions(_ session: Session) throws -> Bool {
        let changed = try session.execute(
            """
            UPDATE bashu.installed SET functions_digest = encode(sha256(convert_to($1, 'UTF8')), 'hex'),
                installed_at = clock_timestamp()
            WHERE functions_digest <> encode(sha256(convert_to($1, 'UTF8')), 'hex')
            """, [.text(functionsText)])
        guard changed > 0 else { return false }
        for file in SchemaFiles.functions {
            try session.script(file.text)
        }
        return true
    }

    private static func adoptRole(_ session: Session, _ request: InstallRequest) throws {
        let present = try session.queryOne("SELECT daemon_role FROM bashu.node")?.text(0)
        if present != request.daemonRole {
            try session.execute("SELECT bashu.set_daemon_role($1)", [.text(request.daemonRole)])
        }
        try session.execute("SELECT bashu.revoke_public()")
        try session.execute("SELECT bashu.grant_daemon($1)", [.text(request.daemonRole)])
    }

    private static func ownOrigin(_ session: Session) throws -> String? {
        try session.queryOne("SELECT name FROM bashu.origin WHERE own")?.text(0)
    }
}
