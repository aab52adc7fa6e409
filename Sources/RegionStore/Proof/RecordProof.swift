public import Integrity
public import Replication

/// Where each field of one record came from: a small file that anyone can check with the regions' public keys, without
/// a database. Deploy/guide/record-proof.md describes it.
public struct RecordProof: Sendable, Equatable {
    /// Who made the file. Nothing vouches for this.
    public struct Maker: Sendable, Equatable {
        public var region: String
        /// The database's own origin; nil of an institution's replica.
        public var origin: String?
        public var databaseID: String
        /// Microseconds since 1970 UTC.
        public var time: Int64
    }

    /// The row as the table had it.
    public enum Row: Sendable, Equatable {
        case present(RowImage)
        case absent
        /// Alive, and kept out of the table by the unique or the foreign-key rule.
        case parked
        /// Deleted, and in the table because another row refers to it.
        case kept(RowImage)
        /// Somebody had written it, and the write was not published yet.
        case unpublished
    }

    /// What retention has taken out of an origin's history.
    public struct Gap: Sendable, Equatable {
        public var origin: String
        /// Changes up to this batch may be missing.
        public var number: Int64
        /// Changes of this record, or of one whose digest begins alike, that are.
        public var changes: Int64
    }

    /// A public key, as the database that made the file knew it.
    public struct Key: Sendable, Equatable {
        public var region: String
        public var algorithm: String
        /// SubjectPublicKeyInfo in DER.
        public var spki: [UInt8]
    }

    /// One change of the record, with what shows that it is in its batch.
    public struct Entry: Sendable, Equatable {
        /// The batch's first line.
        public var header: [UInt8]
        /// The batch's digest, 32 bytes.
        public var root: [UInt8]
        /// Leaves of the batch's tree.
        public var leaves: UInt64
        public var headerPath: [Digest32]
        /// Position among the changes of the batch, from 0.
        public var position: Int32
        /// The change's line, byte for byte.
        public var line: [UInt8]
        /// Which leaf it is.
        public var leaf: UInt64
        public var path: [Digest32]
        var signatures: [BatchSignature]

        /// Whether anybody has signed its batch.
        public var isSigned: Bool { !signatures.isEmpty }
    }

    public var maker: Maker
    /// The table's columns where the file was made.
    public var table: Shape
    /// Text of the key array.
    public var key: String
    public var row: Row
    /// Made where the file was made, and nobody vouches for it: which of several writes that had not seen each other
    /// wins is each federation's own decision.
    public var policy: NamedPolicy
    public var policyFingerprint: String
    public var gaps: [Gap]
    public var keys: [Key]
    /// Shapes of the changes, as their origins have spelled them out.
    public var shapes: [[UInt8]]
    /// Oldest first.
    public var entries: [Entry]

    /// The record's key; nil where the text is none.
    public var rowKey: RowKey? { try? RowKey(key) }

    /// The version of the format.
    public static let version = "1"

    // Bounds of what is read.
    static let bytesMax = 1 << 30
    static let entriesMax = 10_000
    static let shapesMax = 1_000
    static let keysMax = 1_000
    static let gapsMax = 10_000
    static let signaturesMax = 8
    /// A tree of more leaves than there are bytes in the world.
    static let pathMax = 64
}

/// A file that is no proof of a record, or not as it was made.
public struct ProofFormatError: Error, Sendable, Equatable {
    /// The line, from 1.
    public let line: Int
    /// What is wrong, in English.
    public let detail: String
}
