/// Sizes that a batch may have. What is beyond them is refused before it is stored.
public struct BatchLimits: Hashable, Sendable {
    /// A part is closed at the first line end at which it has this many bytes.
    ///
    /// Parts are thus a function of the bytes alone: a batch may be resumed from another peer than it began with.
    public static let partBytes = 65_536

    /// The longest line, in bytes. An update carries an image and old values of up to 256 MiB each; a part is one
    /// `bytea`, which PostgreSQL keeps below 1 GiB.
    public var lineBytesMax = 640 << 20
    /// The longest header, in bytes: thousands of origins in the context.
    public var headerBytesMax = 1 << 20
    /// Columns of a shape: PostgreSQL's own limit.
    public var columnsMax = 1_600
    /// Bytes of a batch, all parts together.
    public var batchBytesMax: Int64 = 1 << 40
    /// Changes of a batch: positions are 32-bit numbers.
    public var changesMax = Int64(Int32.max)

    /// The limits of the format.
    public init() {}

    /// Hybrid times stay below the year 10000, so that adding one never overflows.
    public static let hlcMax: Int64 = 253_402_300_799_999_999
}
