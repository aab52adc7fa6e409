public import Replication

/// What a peer says of itself.
public struct PeerHello: Sendable {
    /// Highest migration that has been run there.
    public let schemaVersion: Int64
    /// `region` or `replica`.
    public let kind: String
    /// Code of its region.
    public let region: String
    /// The origin under which it publishes; nil where it does not.
    public let origin: OriginID?
    /// Of its cluster: a copy of a cluster has the same one.
    public let systemIdentifier: String
    /// Random, made with its Bashu objects.
    public let databaseID: String
    /// Its clock when it answered, microseconds since 1970 UTC.
    public let clock: Int64
    /// The highest batch of every origin that is in its tables.
    public let applied: Vector
    /// The highest batch of every origin that it can give.
    public let received: Vector
    /// `{origin: {"number": n, "through": time}}`, for `BatchReceiver.adoptFreshness`.
    public let freshness: String
    /// `[{"schema", "table", "key", "columns", "types"}]`, for `BatchReceiver.tableDifferences`.
    public let tables: String
}

/// A complete batch that a peer can give.
public struct OfferedBatch: Hashable, Sendable {
    /// Who published it.
    public let origin: OriginID
    /// Number in the origin's history, from 1.
    public let number: Int64
    /// Number of parts.
    public let parts: Int64
    /// Uncompressed bytes of all parts.
    public let bytes: Int64
}
