/// What a file says of itself before its batches: who made it, for whom, after what it goes on, and everything that a
/// link would have asked its maker.
///
/// Vectors are `[origin: batch]`; times are microseconds since 1970 UTC by the maker's clock.
public struct TransferHeader: Codable, Sendable, Equatable {
    /// Random; the same file has the same one wherever it goes.
    public var file: String
    /// Files that this maker has made for this recipient, from 1.
    public var serial: Int64
    public var madeAt: Int64
    public var maker: Maker
    public var recipient: Recipient
    /// The batches in it are those that follow.
    public var from: [String: Int64]
    /// What the maker can give.
    public var available: [String: Int64]
    /// What the maker has in its tables and in its log, flushed to its disk.
    public var applied: [String: Int64]
    public var received: [String: Int64]
    /// The maker as its peers know it, and what it says of freshness and of its tables: JSON of the feed's forms.
    public var node: String
    public var freshness: String
    public var tables: String
    /// Nil from a maker without policies.
    public var policies: [Policy]?
    public var keys: [Key]
    public var closings: [Closing]
    public var forgotten: [Forgotten]
    /// Lines of the shapes that earlier batches of these origins have spelled out.
    public var shapes: [String]
    /// The files before this one, the last ones first.
    public var earlier: [Earlier]
    /// Batches that the maker has without a signature by a key in force: those of others, and not more than
    /// `unsignedMax` ranges. Nil from a maker of an earlier version.
    public var unsigned: [Unsigned]?
    /// The key that the end is signed by: 64 hexadecimal digits; nil: it is not.
    public var signedBy: String?

    public struct Maker: Codable, Sendable, Equatable {
        /// `region` or `replica`.
        public var kind: String
        public var region: String
        public var origin: String?
        public var database: String
        public var system: String
        /// Highest migration.
        public var schema: Int64
        public var program: String

        public init(
            kind: String, region: String, origin: String?, database: String, system: String, schema: Int64,
            program: String
        ) {
            self.kind = kind
            self.region = region
            self.origin = origin
            self.database = database
            self.system = system
            self.schema = schema
            self.program = program
        }
    }

    public struct Recipient: Codable, Sendable, Equatable {
        /// The maker's name of it.
        public var peer: String
        /// Its region's code, or its institution's name.
        public var region: String
        /// Nil as long as the maker has had no file from it.
        public var database: String?

        public init(peer: String, region: String, database: String?) {
            self.peer = peer
            self.region = region
            self.database = database
        }
    }

    public struct Policy: Codable, Sendable, Equatable {
        public var schema: String
        public var table: String
        public var fingerprint: String?
        /// JSON; nil: the default.
        public var policy: String?

        public init(schema: String, table: String, fingerprint: String?, policy: String?) {
            self.schema = schema
            self.table = table
            self.fingerprint = fingerprint
            self.policy = policy
        }
    }

    /// A public key; everything but the region in hexadecimal.
    public struct Key: Codable, Sendable, Equatable {
        public var region: String
        public var spki: String
        public var predecessor: String?
        public var succession: String?

        public init(region: String, spki: String, predecessor: String?, succession: String?) {
            self.region = region
            self.spki = spki
            self.predecessor = predecessor
            self.succession = succession
        }
    }

    /// The end of an origin, as it was declared; key and signature in hexadecimal.
    public struct Closing: Codable, Sendable, Equatable {
        public var origin: String
        public var number: Int64
        public var region: String
        public var person: String
        public var reason: String
        public var declaredAt: Int64
        public var fingerprint: String
        public var signature: String

        public init(
            origin: String, number: Int64, region: String, person: String, reason: String, declaredAt: Int64,
            fingerprint: String, signature: String
        ) {
            self.origin = origin
            self.number = number
            self.region = region
            self.person = person
            self.reason = reason
            self.declaredAt = declaredAt
            self.fingerprint = fingerprint
            self.signature = signature
        }
    }

    public struct Forgotten: Codable, Sendable, Equatable {
        public var origin: String
        public var number: Int64
        public var seen: Int64

        public init(origin: String, number: Int64, seen: Int64) {
            self.origin = origin
            self.number = number
            self.seen = seen
        }
    }

    /// Batches of one origin, from the first to the last.
    public struct Unsigned: Codable, Sendable, Equatable {
        public var origin: String
        public var first: Int64
        public var last: Int64

        public init(origin: String, first: Int64, last: Int64) {
            self.origin = origin
            self.first = first
            self.last = last
        }
    }

    public static let unsignedMax = 1_000

    public struct Earlier: Codable, Sendable, Equatable {
        public var serial: Int64
        public var file: String
        public var madeAt: Int64

        public init(serial: Int64, file: String, madeAt: Int64) {
            self.serial = serial
            self.file = file
            self.madeAt = madeAt
        }
    }

    public init(
        file: String, serial: Int64, madeAt: Int64, maker: Maker, recipient: Recipient, from: [String: Int64],
        available: [String: Int64], applied: [String: Int64], received: [String: Int64], node: String,
        freshness: String, tables: String
    ) {
        self.file = file
        self.serial = serial
        self.madeAt = madeAt
        self.maker = maker
        self.recipient = recipient
        self.from = from
        self.available = available
        self.applied = applied
        self.received = received
        self.node = node
        self.freshness = freshness
        self.tables = tables
        keys = []
        closings = []
        forgotten = []
        shapes = []
        earlier = []
    }
}

/// A signature, as it travels.
public struct TransferSignature: Sendable, Equatable {
    /// Of the key, 32 bytes.
    public let fingerprint: [UInt8]
    public let algorithm: String
    public let bytes: [UInt8]

    public init(fingerprint: [UInt8], algorithm: String, bytes: [UInt8]) {
        self.fingerprint = fingerprint
        self.algorithm = algorithm
        self.bytes = bytes
    }
}

/// What stands before a batch's bytes.
public struct TransferBatch: Sendable, Equatable {
    public let origin: String
    public let number: Int64
    public let bytes: Int64
    public let signatures: [TransferSignature]

    public init(origin: String, number: Int64, bytes: Int64, signatures: [TransferSignature]) {
        self.origin = origin
        self.number = number
        self.bytes = bytes
        self.signatures = signatures
    }
}

/// Signatures of a batch that is not in the file: they were made after it had been sent.
public struct TransferLate: Sendable, Equatable {
    public let origin: String
    public let number: Int64
    /// From one to `signaturesMax`.
    public let signatures: [TransferSignature]

    public static let signaturesMax = 64

    public init(origin: String, number: Int64, signatures: [TransferSignature]) {
        self.origin = origin
        self.number = number
        self.signatures = signatures
    }
}

/// What stands after the last batch.
public struct TransferEnd: Codable, Sendable, Equatable {
    public var batches: Int64
    /// Of all batches, before compression.
    public var bytes: Int64
    /// The last batch of every origin that has some in the file.
    public var through: [String: Int64]
    /// Batches before those in the file whose signatures are in it; nil: none.
    public var late: Int64?

    public init(batches: Int64 = 0, bytes: Int64 = 0, through: [String: Int64] = [:], late: Int64? = nil) {
        self.batches = batches
        self.bytes = bytes
        self.through = through
        self.late = late
    }
}
