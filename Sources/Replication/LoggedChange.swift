/// One change of one key as the merge sees it, mapped to the columns of the local table.
public struct LoggedChange: Hashable, Sendable {
    public var id: ChangeID
    public var kind: ChangeKind
    /// Hybrid time, microseconds since 1970 UTC.
    public var hlc: Int64
    /// What its origin had applied when it cut the change's batch. Grows with the batches of an origin.
    public var context: Vector
    /// The local columns it writes, all of them in `present`.
    public var written: ColumnSet
    /// Whether it says that the row is there or is absent: all do but rulings on columns alone.
    public var writesExistence: Bool
    /// The row after the change, a field for every local column, `\N` where its shape had none; nil: absent.
    public var image: RowImage?
    /// The local columns that its shape has.
    public var present: ColumnSet
    /// For an update what its written columns were before, a field for every local column, the others ignored;
    /// nil where that is not known.
    public var base: RowImage?

    /// A change; one without an image writes no column.
    public init(
        id: ChangeID, kind: ChangeKind, hlc: Int64, context: Vector, written: ColumnSet, writesExistence: Bool = true,
        image: RowImage?, present: ColumnSet, base: RowImage? = nil
    ) {
        self.id = id
        self.kind = kind
        self.hlc = hlc
        self.context = context
        self.written = written
        self.writesExistence = writesExistence
        self.image = image
        self.present = present
        self.base = base
    }

    /// Whether its writer had seen `other`.
    ///
    /// - Complexity: constant.
    public func hasSeen(_ other: LoggedChange) -> Bool {
        guard id.origin == other.id.origin else { return context.covers(other.id.origin, other.id.number) }
        return other.id < id
    }

    /// Order of hybrid time, then origin, number and position: the last change of a key is the highest.
    static func stampPrecedes(_ left: LoggedChange, _ right: LoggedChange) -> Bool {
        left.hlc != right.hlc ? left.hlc < right.hlc : left.id < right.id
    }
}
