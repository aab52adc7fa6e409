public import Postgres
public import Reasons

/// Looks whether what is kept here is what was published.
///
/// History: every line against its batch's root, every root against the next batch's header, signatures against roots,
/// and the index of changes against the lines. Tables: every row against what the history says that it must be, by the
/// log alone: `bashu.known` and `bashu.claim`, which somebody may have edited together with the row, are not believed.
///
/// It needs no daemon and no peer, and writes nothing but temporary tables.
public enum Audit {
    /// What was found of one origin.
    public struct Origin: Sendable, Equatable {
        public let name: String
        public let region: String
        public let isOwn: Bool
        public internal(set) var batches: Int64 = 0
        public internal(set) var changes: Int64 = 0
        public internal(set) var bytes: Int64 = 0
        /// Changes that retention or erasures have taken out; their digests hold their places.
        public internal(set) var gone: Int64 = 0
        /// Batches with a signature by a key that is trusted here.
        public internal(set) var vouchedFor: Int64 = 0
        /// Batches without any.
        public internal(set) var unsigned: Int64 = 0
        public internal(set) var faults = Faults()
    }

    /// What was found of one shared table.
    public struct Table: Sendable, Equatable {
        /// `SCHEMA.TABLE`.
        public let name: String
        /// Records compared, those that are not in the table included.
        public internal(set) var records: Int64 = 0
        /// Of these, those that were merged again, because more than one origin has written them, or a person ruled.
        public internal(set) var merged: Int64 = 0
        /// Alive, and rightly out of the table by the unique or the foreign-key rule.
        public internal(set) var parked: Int64 = 0
        /// Deleted, and rightly in the table for others that refer to them.
        public internal(set) var kept: Int64 = 0
        /// In flight, and so not compared: written and not published, held for an operator, or to be projected again.
        public internal(set) var leftOut: Int64 = 0
        public internal(set) var faults = Faults()
    }

    /// What is wrong: the first of it, and how much there is.
    public struct Faults: Sendable, Equatable {
        public private(set) var named: [Reason] = []
        public private(set) var count: Int64 = 0

        mutating func note(_ sentence: AuditReason, _ values: KeyValuePairs<String, String>) {
            count += 1
            if named.count < Audit.faultsMax { named.append(Reason(sentence, values)) }
        }
    }

    /// What was found.
    public struct Report: Sendable, Equatable {
        /// By name.
        public internal(set) var origins: [Origin] = []
        /// By name; none of a look at the history only.
        public internal(set) var tables: [Table] = []

        /// How many faults there are.
        public var faultCount: Int64 {
            origins.reduce(0) { $0 + $1.faults.count } + tables.reduce(0) { $0 + $1.faults.count }
        }
    }

    /// How far it is.
    public enum Progress: Sendable, Equatable {
        case batches(Int64, of: Int64)
        case records(Int64, table: String)
    }

    /// So many faults of an origin or of a table are named; the others are counted.
    public static let faultsMax = 20

    /// Looks at everything, in one snapshot.
    ///
    /// - Parameters:
    ///   - historyOnly: neither at the index of changes nor at the tables.
    ///   - requirement: whose batches must be signed by a key that is trusted here.
    /// - Throws: `PostgresError`, or `StoreError` for a log that cannot be read.
    public static func run(
        _ session: Session, historyOnly: Bool = false, requirement: SignatureRequirement = .trusted,
        progress: (Progress) -> Void = { _ in }
    ) throws -> Report {
        var tables = historyOnly ? nil : try AuditTables(session)
        try session.script("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        defer { session.rollBack() }
        try tables?.lock()
        var report = Report(
            origins: try history(session, withIndex: !historyOnly, requirement) { progress(.batches($0, of: $1)) })
        if var all = tables {
            tables = nil
            report.tables = try all.run(progress)
        }
        return report
    }

    private static func history(
        _ session: Session, withIndex: Bool, _ requirement: SignatureRequirement,
        _ progress: (_ done: Int64, _ total: Int64) -> Void
    ) throws -> [Origin] {
        let erased = Set(try session.query(SQLText.named("audit_erased")).map { try $0.bytes("digest") })
        let names = withIndex ? try AuditNames(session) : nil
        let rows = try session.query(SQLText.named("audit_origins"))
        let total = try rows.reduce(0) { $0 + (try $1.int("batches")) }
        var done: Int64 = 0
        return try rows.map { row in
            var walk = try OriginWalk(row, erased: erased)
            try walk.run(session, names, requirement) {
                done += 1
                progress(done, total)
            }
            return walk.report
        }
    }
}
