/// Where a case stands.
public enum ConflictState: String, Hashable, Sendable, CaseIterable {
    /// A rule chose the winner. Nothing has been written since by anyone who had seen all candidates.
    case decided
    /// Only a person can close it.
    case open
    /// Closed by a later write that had seen all candidates.
    case superseded
    /// Closed by a person's ruling.
    case ruled
}

/// A write that takes part in a case.
public struct ConflictCandidate: Hashable, Sendable {
    public let id: ChangeID
    /// Hybrid time, microseconds since 1970 UTC.
    public let hlc: Int64
    public let kind: ChangeKind
    /// The group's fields after the write as COPY text, in the order of the group's columns; for existence the
    /// whole row. Nil: the write makes the row absent.
    public let values: [ArraySlice<UInt8>]?
    /// The group's fields before the write, where that is known; nil for existence.
    public let base: [ArraySlice<UInt8>]?
}

/// Writes of one column group of one row that differ, none of whose writers had seen another's.
///
/// A function of the log alone: the same in every region that has applied the same changes.
public struct ConflictCase: Hashable, Sendable {
    /// Name of the column group.
    public let group: String
    /// The write that had seen all candidates; nil while there is none. With `group` it identifies the case
    /// among those of the row.
    public let closedBy: ChangeID?
    /// What met: the names of PostgreSQL's conflict types where it has one.
    public let type: String
    public let state: ConflictState
    /// At least two, ordered by hybrid time, then origin, number and position.
    public let candidates: [ConflictCandidate]
    /// Index in `candidates` of the one whose value stood in the row until the case was closed.
    public let winner: Int
    /// Name of the rule that chose the winner.
    public let rule: String
}
