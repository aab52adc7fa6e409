internal import Postgres
internal import Replication
internal import Transfer

/// Signatures that were made after their batches had been sent: what a peer by files has said it lacks of them.
struct TransferLateSource {
    /// Of batches of one origin.
    struct Range {
        let origin: OriginID
        var first: Int64
        let last: Int64
    }

    /// Batches whose signatures one file has at most; the next one has others, once these have come.
    static let batchesMax = 100_000
    /// Rows that bashu.feed_signatures_v1 gives at most.
    private static let rowsMax = 4_000

    private let session: Session
    /// Those that are left.
    private var ranges: [Range]
    private var left = batchesMax

    /// - Parameters:
    ///   - ranges: in the order of their origins' names.
    ///   - from: what is in the file follows these batches.
    init(_ session: Session, _ ranges: [Range], before from: Vector) {
        self.session = session
        self.ranges = ranges.compactMap { range in
            let last = min(range.last, from[range.origin])
            return range.first > last ? nil : Range(origin: range.origin, first: range.first, last: last)
        }
    }

    /// The next ones, in order; nil when there are no more.
    mutating func next() throws -> [TransferLate]? {
        while left > 0, let range = ranges.first {
            let bound: [Parameter] = [.text(range.origin.name), .int(range.first), .int(range.last)]
            let rows = try session.query(SQLText.named("feed_signatures"), bound)
            var found: [(number: Int64, signatures: [TransferSignature])] = []
            for row in rows {
                let number = try row.int(0)
                if found.last?.number != number { found.append((number, [])) }
                found[found.count - 1].signatures.append(
                    TransferSignature(
                        fingerprint: try row.bytes(1), algorithm: try row.text(2), bytes: try row.bytes(3)))
            }
            if rows.count < Self.rowsMax {
                ranges.removeFirst()
            } else {
                // Of the last one some may be lacking.
                if found.count > 1 { found.removeLast() }
                ranges[0].first = (found.last?.number ?? range.last) + 1
            }
            guard !found.isEmpty else { continue }
            let taken = found.prefix(left)
            left -= taken.count
            return taken.map {
                TransferLate(
                    origin: range.origin.name, number: $0.number,
                    signatures: Array($0.signatures.prefix(TransferLate.signaturesMax)))
            }
        }
        return nil
    }
}

extension TransferHeader {
    /// Batches here whose signatures peers may have.
    static func unsigned(_ session: Session) throws -> [Unsigned] {
        try session.query(SQLText.named("transfer_unsigned"), [.int(unsignedMax)]).map { row in
            Unsigned(origin: try row.text("origin"), first: try row.int("first"), last: try row.int("last"))
        }
    }
}
