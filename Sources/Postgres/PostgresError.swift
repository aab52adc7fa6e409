/// What went wrong between us and a PostgreSQL server.
///
/// Branch on `kind` and `sqlState`. `description` may be logged: it has the message and the SQLSTATE, never the
/// detail (which quotes values of rows) and never a password. `debugDescription` has everything, for a person.
public struct PostgresError: Error, Sendable {
    /// What the caller can do about it.
    public enum Kind: Sendable, Hashable {
        /// No session came into being: refused, unreachable, no answer in time, bad connection string.
        case connectionFailed
        /// The session is gone. What its open transaction did is rolled back; whether a commit under way took
        /// effect is unknown.
        case connectionLost
        /// The server refused the statement; the session lives. A lock not to be had in time is this, with 55P03.
        case statementFailed
        /// Ended by our own cancel, or not begun because the task was cancelled.
        case cancelled
        /// Ended by `statement_timeout` (or by somebody else's cancel: the server does not tell them apart).
        case timedOut
        /// The server answered something that the caller's contract with it rules out.
        case protocolViolation
        /// We called the layer wrongly.
        case misuse
    }

    /// What the caller can do about it.
    public var kind: Kind
    /// The server's code, when it was the server that said so.
    public var sqlState: SQLState?
    /// The primary message, in the server's language; no trailing line end.
    public var message: String
    /// The server's detail. May quote values of rows.
    public var detail: String?
    /// The server's hint.
    public var hint: String?
    /// The constraint concerned.
    public var constraint: String?
    /// The schema concerned.
    public var schema: String?
    /// The table concerned.
    public var table: String?
    /// The column concerned.
    public var column: String?
    /// What stood in the way of a protected connection, when it was that.
    public var network: NetworkFault?
    /// The server's call stack (functions, COPY line). May quote values of rows.
    public var context: String?

    /// An error of our own making: without anything that only a server can say.
    public init(_ kind: Kind, _ message: String, sqlState: SQLState? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        guard let sqlState else { return message }
        return "\(message) (SQLSTATE \(sqlState))"
    }

    public var debugDescription: String {
        let fields: [(String, String?)] = [
            ("detail", detail), ("hint", hint), ("schema", schema), ("table", table), ("column", column),
            ("constraint", constraint), ("context", context),
        ]
        return fields.reduce("\(kind): \(description)") { text, field in
            field.1.map { "\(text)\n  \(field.0): \($0)" } ?? text
        }
    }
}
