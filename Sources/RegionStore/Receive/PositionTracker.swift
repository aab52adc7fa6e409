public import Postgres
public import Replication

/// Finds out how far this database is *durably*: what was committed asynchronously and is not flushed may still be
/// lost, and no peer may be told that it is here.
public struct PositionTracker {
    private var waiting: (applied: Vector, received: Vector, lsn: Int64)?
    private var reported: (applied: Vector, received: Vector)?

    /// A tracker for one life of one session's server.
    public init() {}

    /// Looks again. Gives the newest vectors known to be flushed, nil when there is nothing new to tell.
    ///
    /// WAL is flushed by PostgreSQL within a fraction of a second, so what one call finds waiting the next reports.
    public mutating func advance(_ session: Session) throws -> (applied: Vector, received: Vector)? {
        guard let row = try session.queryOne(SQLText.named("receive_position")) else { return nil }
        let now = (
            applied: try JSONText.vector(row.text(0)), received: try JSONText.vector(row.text(1)),
            lsn: try row.int(2)
        )
        let flushed = try row.int(3)
        var durable: (applied: Vector, received: Vector)?
        for candidate in [waiting, now] {
            guard let candidate, candidate.lsn <= flushed else { continue }
            durable = (candidate.applied, candidate.received)
        }
        if waiting.map({ $0.lsn <= flushed }) ?? true { waiting = now.lsn <= flushed ? nil : now }
        guard let durable, reported.map({ $0 != durable }) ?? true else { return nil }
        reported = durable
        return durable
    }
}
