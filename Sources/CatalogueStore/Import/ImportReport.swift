/// What an import is asked to do.
public struct ImportOptions: Sendable {
    /// nil: by the name's ending or the first character.
    public var format: ImportFormat?
    /// nil: rows when the key is named in the input, or the table is another than that of standards; else a list.
    public var shape: ImportShape?
    /// The state of the source: a day or a time, in Beijing where no zone is given.
    public var asOf: String?
    /// What `source` says where the input does not.
    public var source: String?
    /// Commit after each announcement, instead of once at the end.
    public var perAnnouncement = false
    /// Do everything, and take it back.
    public var dryRun = false
    /// On whose behalf the login writes.
    public var actor: String?
    /// Where rejected records go.
    public var rejectsPath: String?

    public init() {}
}

/// How far an import is.
public enum ImportProgress: Sendable {
    /// Records read so far, and per cent of the file where its size is known.
    case reading(records: Int, percent: Int?)
    /// Records that are read as what they mean, of all.
    case checking(records: Int, of: Int)
    /// Records judged and written, of all.
    case writing(records: Int, of: Int)
}

/// What an import did, or in a dry run would do.
public struct ImportReport: Sendable, Equatable {
    /// A record that is not stored.
    public struct Reject: Sendable, Equatable {
        public let line: Int
        public let fault: ImportFault
        public let detail: String
    }

    /// Something about a record that a person should look at.
    public struct Warning: Sendable, Equatable {
        /// `unread`: kept in remarks; `unfit`: a number of no known form; `otherwise`: differs from an earlier record.
        public let about: String
        public let line: Int
        public let text: String
    }

    /// A row that is changed.
    public struct Change: Sendable, Equatable {
        public let line: Int
        public let key: String
        public let columns: [String]
    }

    public var table = ""
    public var format = ImportFormat.csv
    public var shape = ImportShape.rows
    public var dryRun = false
    public var transactions = 0
    /// Records of the input.
    public var records = 0
    public var new = 0
    public var changed = 0
    public var unchanged = 0
    /// Rows whose state here is of a newer source: left alone.
    public var stale = 0
    /// Further records about a standard that an earlier record is about.
    public var repeated = 0
    public var rejected = 0
    /// Rows added to other tables, by table.
    public var added: [String: Int] = [:]
    /// The first of them.
    public var rejects: [Reject] = []
    public var warnings: [Warning] = []
    public var warningCount = 0
    public var changes: [Change] = []
    /// Names in the input that mean nothing here.
    public var unknownNames: [String] = []

    /// How many of rejects, warnings and changes are listed.
    public static let listedMax = 1_000
}
