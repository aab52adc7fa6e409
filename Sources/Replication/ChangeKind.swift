/// What a change does to its row.
public enum ChangeKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Writes all columns and existence (alive).
    case insert = 0x69
    /// An insert over a row that its writer could not see: alive in the log, and out of the table by the unique or
    /// foreign-key rule. It has not replaced what it hides: a case names both.
    case blind = 0x62
    /// Writes its columns and existence (alive).
    case update = 0x75
    /// Writes existence (dead).
    case delete = 0x64
    /// A person's decision: writes what it lists.
    case ruling = 0x72
    /// Writes existence (dead), and takes every change of its row that had not seen it out of the log, for ever: the
    /// data of a person. What comes after it is a new row.
    case erasure = 0x65

    /// The kind with this one-letter code.
    public init?(code: UInt8) {
        self.init(rawValue: code)
    }

    /// The kind with this word, as a batch spells it.
    public init?(word: String) {
        guard let kind = ChangeKind.allCases.first(where: { $0.word == word }) else { return nil }
        self = kind
    }

    /// Whether it brings a whole row, without old values.
    public var isInsert: Bool { self == .insert || self == .blind }

    /// Whether a person ordered it, and says why.
    public var isOrdered: Bool { self == .ruling || self == .erasure }

    /// One ASCII letter: `i`, `b`, `u`, `d`, `r` or `e`, as the index of changes keeps it.
    public var code: UInt8 { rawValue }

    /// The word that stands in a batch.
    public var word: String {
        switch self {
        case .insert: "insert"
        case .blind: "blind"
        case .update: "update"
        case .delete: "delete"
        case .ruling: "ruling"
        case .erasure: "erasure"
        }
    }
}
