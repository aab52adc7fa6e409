public import Postgres
public import Replication

/// What a peer has said about freshness and what cannot be adopted yet: "with batch n, everything that the origin
/// committed before t is here" is true here once n is applied.
///
/// Of every origin the oldest and the newest such word are kept: the newest alone would never be adopted while
/// batches arrive faster than they are applied.
public struct LinkFreshness: Sendable {
    struct Mark: Codable, Sendable, Equatable {
        let number: Int64
        /// As PostgreSQL writes a timestamptz in JSON.
        let through: String
    }

    private var marks: [OriginID: (oldest: Mark, newest: Mark)] = [:]

    /// Nothing said yet.
    public init() {}

    /// Takes a peer's word.
    ///
    /// - Throws: `StoreError.unexpectedResult` when it is not of the feed's form.
    public mutating func hear(_ freshness: String) throws {
        for (name, mark) in try JSONText.decode([String: Mark].self, freshness) {
            let origin = OriginID(name)
            marks[origin] = (marks[origin]?.oldest ?? mark, mark)
        }
    }

    /// The words that have come true with `applied`, as JSON of the same form; nil when there are none. They are
    /// forgotten here.
    public mutating func take(_ applied: Vector) throws -> String? {
        var due: [String: Mark] = [:]
        for (origin, mark) in marks {
            if applied[origin] >= mark.newest.number {
                due[origin.name] = mark.newest
                marks[origin] = nil
            } else if applied[origin] >= mark.oldest.number {
                due[origin.name] = mark.oldest
                marks[origin] = (mark.newest, mark.newest)
            }
        }
        return due.isEmpty ? nil : try JSONText.encode(due)
    }

    /// Adopts them in this database.
    public mutating func adopt(_ applied: Vector, in session: Session) throws {
        guard let due = try take(applied) else { return }
        try session.execute(SQLText.named("link_freshness"), [.text(due)])
    }
}
