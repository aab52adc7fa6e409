public import Replication

/// Everything `bashuctl status` knows, read in one snapshot. Times are microseconds since 1970 UTC by the
/// database's clock.
public struct Status: Sendable {
    public var node: Node
    public var daemon: Daemon
    public var links: [Link]
    public var consumers: [Consumer]
    public var origins: [Origin]
    /// Who has how much of whose changes: every database that has said so, this one first.
    public var matrix: [Reach]
    public var pending: Pending
    public var held: [Held]
    public var troubles: [Trouble]
    /// Cases that need a person.
    public var openCases: Int64
    /// Cases that a rule has decided and nobody has overwritten since.
    public var decidedCases: Int64
    /// What the log takes on disk.
    public var logBytes: Int64

    /// What this database is.
    public struct Node: Sendable {
        public var database: String
        /// `region` or `replica`.
        public var kind: String
        public var region: String
        /// `joining` or `ready`.
        public var state: String
        public var joinPeer: String?
        /// The present life; nil for a replica.
        public var origin: OriginID?
        /// The database's clock.
        public var now: Int64
    }

    /// The daemon, in its own words.
    public struct Daemon: Sendable {
        /// Whether it gave a sign of life within the last 10 s.
        public var isAlive: Bool
        public var version: String?
        public var processID: Int64?
        public var host: String?
        public var startedAt: Int64?
        public var heartbeatAt: Int64?
        public var activity: String?
        public var problem: String?
    }

    /// A peer that is pulled from.
    public struct Link: Sendable {
        public var peer: String
        public var isPaused: Bool
        /// connecting, streaming, waiting, held, paused, down.
        public var state: String
        public var reason: String?
        public var sqlState: String?
        public var since: Int64?
        public var lastContact: Int64?
        public var nextTryAt: Int64?
        public var attempts: Int64
        public var clockOffsetMilliseconds: Int64?
        public var peerRegion: String?
        public var peerKind: String?
        /// What the peer had applied when last asked.
        public var peerVector: Vector
        /// Batches the peer has and this database has not applied.
        public var missingBatches: Int64
        /// Changes of those of them that have arrived: rows waiting.
        public var waitingChanges: Int64
        /// Batches of which not even the beginning has arrived.
        public var unseenBatches: Int64
        /// Time of the oldest change not applied here; nil when nothing is missing or nothing is known of it.
        public var oldest: Int64?
    }

    /// A party that pulls from here.
    public struct Consumer: Sendable {
        public var peer: String
        /// The role under which it pulls; nil: it takes files.
        public var login: String?
        /// It takes what is here in files: what it has is known from the last one that came back.
        public var isByFile: Bool
        /// Number and time of the last file that was made for it; nil: none was.
        public var lastFile: (serial: Int64, madeAt: Int64)?
        /// How far its clock is ahead of ours at least, by its last file; nil when it is not beyond the bound.
        public var clockOffsetMilliseconds: Int64?
        public var region: String?
        public var kind: String?
        /// When it last said what it has; nil for never.
        public var reportedAt: Int64?
        public var applied: Vector
        public var missingBatches: Int64
        public var waitingChanges: Int64
        public var oldest: Int64?
        /// Bytes of the batches that it has not stored yet: the log keeps them for it.
        public var keptBytes: Int64
        /// When the oldest of them comes of age: from then on it is kept for this party alone. nil: it lacks nothing.
        public var keptUntil: Int64?
    }

    /// One origin, seen from here.
    public struct Origin: Sendable {
        public var origin: OriginID
        public var region: String
        public var isOwn: Bool
        public var applied: Int64
        public var received: Int64
        public var waitingChanges: Int64
        /// Everything the origin committed before this time is applied here.
        public var through: Int64?
        public var hold: Hold?

        /// Why its next batch cannot be applied.
        public struct Hold: Sendable {
            public var number: Int64
            public var reason: String
            public var sqlState: String?
            public var since: Int64
            public var attempts: Int64
        }
    }

    /// Local writes that no cut has taken yet.
    public struct Pending: Sendable {
        public var keys: Int64
        /// Tables to be compared as a whole.
        public var markers: Int64
        public var oldest: Int64?
    }

    /// A mass change that waits for an operator.
    public struct Held: Sendable {
        public var table: TableName
        /// mass_delete or row_too_large.
        public var reason: String
        public var keys: Int64
        public var since: Int64
        /// Up to three keys.
        public var examples: [RowKey]
    }

    /// A table whose capture is not whole, or a row that could not be projected (then with its key).
    public struct Trouble: Sendable {
        public var table: TableName
        public var key: RowKey?
        public var reason: String
    }
}

/// A table by schema and name.
public struct TableName: Hashable, Sendable, CustomStringConvertible {
    public let schema: String
    public let table: String

    public init(schema: String, table: String) {
        self.schema = schema
        self.table = table
    }

    /// For people: the schema only where it is not `public`.
    public var description: String { schema == "public" ? table : "\(schema).\(table)" }
}

/// The key of a row.
public struct RowKey: Hashable, Sendable, CustomStringConvertible {
    /// The text of the array of values: what its digest is taken over.
    public let text: String
    /// The values in key order.
    public let values: [String]

    /// Throws when the text is no array.
    init(_ text: String) throws {
        self.text = text
        values = try ArrayText.parse(text)
    }

    /// For people: the values, separated by commas.
    public var description: String { values.joined(separator: ", ") }
}
