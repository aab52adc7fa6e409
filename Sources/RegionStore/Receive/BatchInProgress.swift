import Replication

/// One batch on its way in: what has been read of it so far.
struct BatchInProgress {
    let origin: OriginID
    let number: Int64
    private(set) var header: BatchHeader?
    private(set) var trailer: BatchTrailer?
    /// The batch's digest, once it is complete and verified.
    private(set) var root: [UInt8]?
    /// Shapes that it spells out.
    private(set) var shapes: [(Digest16, Shape)] = []
    private(set) var changes: Int64 = 0
    private(set) var bytes: Int64 = 0
    /// Parts that are stored, the refused one included.
    private(set) var storedParts: Int32 = 0
    private var reader: BatchReader<BatchHasher>

    init(
        origin: OriginID, number: Int64, previous: [UInt8], limits: BatchLimits, known: KnownShapes
    ) {
        self.origin = origin
        self.number = number
        reader = BatchReader(
            expecting: BatchExpectation(origin: origin, number: number, previous: previous), hasher: BatchHasher(),
            limits: limits, knownShape: { known.shapes[$0] })
    }

    var isComplete: Bool { root != nil }

    /// Reads the next part; `change` gets its changes, with their lines, `gone` what stands for changes that were taken
    /// out. Counts the part whatever comes of it: a refused part is stored too, as evidence.
    ///
    /// - Throws: `FormatError`.
    mutating func read(
        _ part: UnsafeRawBufferPointer,
        change: (ChangePlace, ChangeLine, UnsafeRawBufferPointer) -> Void = { _, _, _ in },
        gone: (GoneLine) -> Void = { _ in }
    ) throws {
        storedParts += 1
        bytes += Int64(part.count)
        var found: [BatchEvent] = []
        var changes: Int64 = 0
        try reader.read(part: part) { event in
            switch event {
            case .change(let place, let line, let bytes):
                changes += 1
                change(place, line, bytes)
            case .gone(let line):
                changes += 1
                gone(line)
            default: found.append(event)
            }
        }
        self.changes += changes
        for event in found {
            switch event {
            case .header(let value): header = value
            case .shape(let shape, let digest): shapes.append((digest, shape))
            case .trailer(let value): trailer = value
            case .root(let value): root = value
            case .change, .gone: break
            }
        }
    }
}

/// The shapes that an origin has spelled out in its complete batches. A class, so that a batch adds to what the
/// next one knows.
final class KnownShapes {
    var shapes: [Digest16: Shape]

    init(_ shapes: [Digest16: Shape]) {
        self.shapes = shapes
    }
}
