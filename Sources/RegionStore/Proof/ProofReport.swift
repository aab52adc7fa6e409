public import Integrity
public import Reasons
public import Replication

/// A key that whoever checks a proof believes.
public struct NamedKey: Sendable, Equatable {
    public let fingerprint: [UInt8]
    /// Nil: only its fingerprint was named.
    public let key: PublicKey?
    /// Whose batches it vouches for; nil: of the region that the file says it is of.
    public let region: String?

    public init(fingerprint: [UInt8], region: String? = nil) {
        self.fingerprint = fingerprint
        key = nil
        self.region = region
    }

    public init(_ key: PublicKey, region: String? = nil) {
        fingerprint = key.fingerprint
        self.key = key
        self.region = region
    }
}

/// What a proof of a record proves, and what not.
public struct ProofReport: Sendable {
    /// A change of the record.
    public struct Change: Sendable, Equatable {
        public let id: ChangeID
        public let kind: ChangeKind
        /// Hybrid time, microseconds since 1970 UTC.
        public let hlc: Int64
        public let user: String?
        /// Who the writer claimed to be.
        public let actor: String?
        /// Why a person ruled or erased.
        public let reason: String?
        /// The digest of its batch, 32 bytes, and what it is made with.
        public let root: [UInt8]
        public let algorithm: DigestAlgorithm
        /// The named key that vouches for it; nil: none.
        public let vouchedBy: [UInt8]?

        /// The region that published it.
        public var region: String { id.origin.region }
    }

    /// A field of the record.
    public struct Column: Sendable, Equatable {
        public let name: String
        public let type: String
        /// Nil is NULL.
        public let value: String?
        /// The change that gave it its value; nil where none that is in the file did.
        public let change: ChangeID?
        /// Which rule chose it among writes that had not seen each other; nil where nothing was in conflict.
        public let rule: String?
        /// Those that it was chosen from.
        public let candidates: [ChangeID]
    }

    /// Whether the record exists.
    public enum Existence: Sendable, Equatable {
        case present, absent
    }

    /// A key in the file.
    public struct Key: Sendable, Equatable {
        public let fingerprint: [UInt8]
        /// As the file says.
        public let region: String
        public let algorithm: String
        public let isNamed: Bool
    }

    public let proof: RecordProof
    /// What its changes make of it; nil where they could not be read.
    public internal(set) var existence: Existence?
    /// Who says that it is there, or that it is absent.
    public internal(set) var existenceChange: ChangeID?
    public internal(set) var columns: [Column] = []
    /// Oldest first.
    public internal(set) var changes: [Change] = []
    public internal(set) var keys: [Key] = []
    /// Why it is not proven; empty when it is.
    public internal(set) var faults: [Reason] = []

    /// The record's key; nil where the file's text is none.
    public var key: RowKey? { proof.rowKey }

    /// Whether every change is in a batch that a named key vouches for, and the row is what they make.
    public var isProven: Bool { faults.isEmpty && !changes.isEmpty }

    /// Whether a change is the oldest of the file and no insertion: what came before was forgotten.
    public var beginsLate: Bool { changes.first.map { !$0.kind.isInsert } ?? false }
}
