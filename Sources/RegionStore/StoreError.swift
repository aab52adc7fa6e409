public import Reasons

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

    /// The error as a sentence for people.
    public var reason: Reason {
        switch self {
        case .fenceLost: Reason(DaemonReason.fence_lost)
        case .daemonRunning(let holder): Reason(DaemonReason.daemon_running, ["holder": holder])
        case .throughPooler: Reason(DaemonReason.through_pooler)
        case .held(let hold): hold.reason
        case .unexpectedResult(let what): Reason(DaemonReason.unexpected_result, ["message": what])
        case .logDamaged(let what): Reason(DaemonReason.log_damaged, ["message": what])
        }
    }

    public var description: String { reason.text }
}

/// Why a batch has to wait.
public struct Hold: Sendable, Equatable {
    /// What is in the way and what to do about it, for people.
    public let reason: Reason
    /// PostgreSQL's code where it was PostgreSQL that refused.
    public let sqlState: String?
    /// Somebody else's lock or transaction is in the way: worth another try soon.
    public let isTransient: Bool

    public init(_ reason: Reason, sqlState: String? = nil, isTransient: Bool = false) {
        self.reason = reason
        self.sqlState = sqlState
        self.isTransient = isTransient
    }
}
