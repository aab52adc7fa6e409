/// What can go wrong between the core and the database, besides what PostgreSQL itself reports (`PostgresError`).
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another daemon has taken over this database: everything this one still does must end at once.
    case fenceLost
    /// Another daemon runs on this database and holds its lock; `holder` says who, as far as is known.
    case daemonRunning(holder: String)
    /// Between this daemon and its own database stands a connection pooler: locks and settings of a session would
    /// come and go with whoever uses the server's process next.
    case throughPooler
    /// A batch cannot be applied here at present; it waits, and is tried again.
    case held(Hold)
    /// The database answered in a form that this version does not know: another schema version, or damage.
    case unexpectedResult(String)
    /// The log lacks bytes that its index names: damage.
    case logDamaged(String)

    public var description: String {
        switch self {
        case .fenceLost:
            "another bashud has taken over this database; this one has stopped and has changed nothing since"
        case .daemonRunning(let holder):
            "another bashud is running on this database (\(holder)); stop it first"
        case .throughPooler:
            "this connection string leads to a connection pooler; the daemon holds a lock for as long as its session "
                + "lives, so database.conninfo has to lead to the server itself"
        case .held(let hold):
            hold.reason
        case .unexpectedResult(let what):
            "unexpected answer from the database: \(what)"
        case .logDamaged(let what):
            "the log is damaged: \(what)"
        }
    }
}

/// Why a batch has to wait.
public struct Hold: Sendable, Equatable {
    /// What is in the way and what to do about it, for people.
    public let reason: String
    /// PostgreSQL's code where it was PostgreSQL that refused.
    public let sqlState: String?
    /// Somebody else's lock or transaction is in the way: worth another try soon.
    public let isTransient: Bool

    public init(reason: String, sqlState: String? = nil, isTransient: Bool = false) {
        self.reason = reason
        self.sqlState = sqlState
        self.isTransient = isTransient
    }
}
