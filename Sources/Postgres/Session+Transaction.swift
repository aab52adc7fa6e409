/// What a transaction sees of others.
public enum IsolationLevel: String, Sendable {
    /// Every statement sees what is committed when it starts.
    case readCommitted = "READ COMMITTED"
    /// All statements see one snapshot; a write to a row changed since fails with 40001.
    case repeatableRead = "REPEATABLE READ"
    /// As if the transactions ran one after the other; may fail with 40001.
    case serializable = "SERIALIZABLE"
}

extension Session {
    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// Throws `misuse` inside a transaction; `statementFailed` (25P02) when `body` swallowed the error of a
    /// statement, since the server then turns the commit into a rollback without a word. After `connectionLost`
    /// while committing nobody knows whether the transaction took effect.
    @discardableResult
    public func transaction<T>(
        _ isolation: IsolationLevel = .readCommitted, readOnly: Bool = false, _ body: () throws -> T
    ) throws -> T {
        guard !inTransaction else { throw PostgresError(.misuse, "a transaction is open already") }
        try execute("BEGIN ISOLATION LEVEL \(isolation.rawValue) \(readOnly ? "READ ONLY" : "READ WRITE")")
        let value: T
        do {
            value = try body()
            guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
        } catch {
            rollBack()
            throw error
        }
        let tag = try command("COMMIT", evenIfCancelled: true)
        guard tag == "COMMIT" else {
            throw PostgresError(
                .statementFailed, "the transaction was rolled back: a statement in it had failed",
                sqlState: .inFailedTransaction)
        }
        return value
    }

    /// Takes back what is open, after an error and in a cancelled task too; nothing where no transaction is open, as
    /// after a COMMIT that failed, of which the server would warn.
    ///
    /// The error before it is the one that counts: when the rollback itself fails the session is closed, which rolls
    /// back as well. A lost connection has rolled back by itself.
    public func rollBack() {
        guard transactionStatus != .idle else { return }
        do {
            _ = try command("ROLLBACK", evenIfCancelled: true)
        } catch {
            if isOpen { close() }
        }
    }
}
