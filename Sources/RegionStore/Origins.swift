public import Postgres

/// The origins that this database knows of, and their ends.
public enum Origins {
    /// One line of `bashuctl origin list`. Times are microseconds since 1970 UTC.
    public struct Origin: Sendable, Equatable {
        public let name: String
        public let region: String
        /// What this database publishes under.
        public let isOwn: Bool
        /// What it published under in an earlier life.
        public let isFormer: Bool
        public let applied: Int64
        /// Its last batch that is here.
        public let received: Int64
        /// Its last batch at any peer, in that peer's words.
        public let elsewhere: Int64
        /// The end that was declared; nil: it is open.
        public let closing: Closing?
    }

    /// An end of an origin, as it was declared.
    public struct Closing: Sendable, Equatable {
        /// The last batch.
        public let number: Int64
        public let region: String
        public let person: String
        public let reason: String
        public let declaredAt: Int64
        /// Whether a key of that region vouches for it, as far as is known here.
        public let isSigned: Bool
    }

    /// Every origin, by name.
    public static func list(_ session: Session) throws -> [Origin] {
        try session.query(SQLText.named("ctl_origin_list")).map { row in
            let closing: Closing? = try row[int: "closed_at"].map { number in
                Closing(
                    number: number, region: try row.text("declared_by"), person: try row.text("person"),
                    reason: try row.text("reason"), declaredAt: try row.int("declared_at"),
                    isSigned: try row.bool("signed"))
            }
            return Origin(
                name: try row.text("name"), region: try row.text("region"), isOwn: try row.bool("own"),
                isFormer: try row.bool("former"), applied: try row.int("applied"),
                received: try row.int("received"), elsewhere: try row.int("elsewhere"), closing: closing)
        }
    }

    /// Declares an end: every region refuses later batches of the origin, and nobody waits for them. The peers hear of
    /// it within half a minute; it cannot be taken back, only be moved to a later batch.
    ///
    /// - Parameters:
    ///   - number: the last batch; nil: the last one that is known of.
    ///   - reason: for everybody to read.
    /// - Returns: the number.
    /// - Throws: `OriginError`, `PostgresError`.
    public static func close(_ session: Session, name: String, at number: Int64?, reason: String) throws -> Int64 {
        // Mostly nobody pulls from it: it alone would hear of the end, and take nothing more.
        guard try Status.readNode(session).kind != "replica" else { throw OriginError.closeOnReplica }
        return try session.transaction {
            guard let origin = try list(session).first(where: { $0.name == name }) else {
                throw OriginError.unknown(name)
            }
            guard !origin.isOwn else { throw OriginError.own(name) }
            // What somebody has applied is in what others have seen: an end before it would stop them for ever.
            guard origin.elsewhere <= origin.received else {
                throw OriginError.lacking(name, here: origin.received, elsewhere: origin.elsewhere)
            }
            let last = number ?? origin.received
            guard last >= origin.received, last >= origin.closing?.number ?? 0 else {
                throw OriginError.tooEarly(name, at: last, known: max(origin.received, origin.closing?.number ?? 0))
            }
            try session.execute(SQLText.named("closing_declare"), [.text(name), .int(last), .text(reason)])
            return last
        }
    }

    /// Begins a new life of this database by an operator's word. The daemon must not run.
    ///
    /// - Returns: the former origin and the new one.
    /// - Throws: `OriginError`, `PostgresError`.
    public static func renew(_ session: Session) throws -> (former: String, new: String) {
        guard try session.queryOne("SELECT pg_try_advisory_lock($1)", [.int(Locks.daemon)])?.bool(0) == true else {
            throw OriginError.daemonRuns
        }
        guard let former = try session.queryOne(SQLText.named("life_read")) else { throw OriginError.replica }
        guard let fence = try session.queryOne(SQLText.named("engine_raise_token"))?.int(0) else {
            throw ControlError.notInstalled
        }
        return (try former.text("origin"), try Lives.begin(session, .asked, fence: fence).origin)
    }
}

/// Why an origin cannot be closed, or a new one begun.
public enum OriginError: Error, Sendable, Equatable {
    /// This database has never heard of it.
    case unknown(String)
    /// It is what this database publishes under: others may close it, or `renew` ends it.
    case own(String)
    /// A peer has more of it than this database.
    case lacking(String, here: Int64, elsewhere: Int64)
    /// Later batches are known of, or it was closed at a later one.
    case tooEarly(String, at: Int64, known: Int64)
    /// The daemon holds the database.
    case daemonRuns
    /// A replica has no origin.
    case replica
    /// A replica declares no end: it hears of it.
    case closeOnReplica
}
