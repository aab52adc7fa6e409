import Reasons
import Replication
import Transfer

/// A file as a source of batches: what a link would have asked its maker. Reads the file from its beginning to its end
/// as long as it is asked for batches in that order.
final class TransferSource: BatchSource {
    let peer: String
    let header: TransferHeader
    private let path: String
    private let limits: BatchLimits
    /// Origins in the order in which they stand in the file.
    private let order: [OriginID]
    private var reader: TransferReader?
    private var batch: TransferBatch?
    private var nextPart: Int64 = 0
    /// Of the batches passed, as long as nobody has asked for later ones.
    private var signatures: [OriginID: [Int64: [BatchSignature]]] = [:]

    init(_ header: TransferHeader, path: String, peer: String, order: [OriginID] = [], limits: BatchLimits) {
        self.header = header
        self.path = path
        self.peer = peer
        self.order = order
        self.limits = limits
    }

    func stream(
        _ origin: OriginID, from number: Int64, part: Int32, maxBytes: Int64,
        _ body: (Int64, Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try seek(origin, number, Int64(part))
        var left = maxBytes
        while let batch, batch.origin == origin.name, let reader {
            while try reader.part({ bytes in
                defer { nextPart += 1 }
                left -= Int64(bytes.count)
                try body(batch.number, nextPart, bytes)
            }) {
                if left <= 0 { return }
            }
            try advance(reader)
        }
    }

    /// Goes to a part of a batch, from the beginning where it has been passed.
    private func seek(_ origin: OriginID, _ number: Int64, _ part: Int64) throws {
        if reader == nil || isBehind(origin, number, part) { try restart() }
        guard let reader else { return }
        while let batch, batch.origin != origin.name || batch.number != number { try advance(reader) }
        guard batch != nil else { throw unexpected("nothing of batch \(number) of \(origin)") }
        while nextPart < part, try reader.part() { nextPart += 1 }
    }

    private func isBehind(_ origin: OriginID, _ number: Int64, _ part: Int64) -> Bool {
        guard let batch else { return true }
        let here = order.firstIndex(of: OriginID(batch.origin)) ?? 0
        let wanted = order.firstIndex(of: origin) ?? 0
        return (wanted, number, part) < (here, batch.number, nextPart)
    }

    private func restart() throws {
        let fresh = try TransferReader(path: path, limits: limits)
        guard fresh.header.file == header.file else {
            throw TransferError(.transfer_altered, ["file": path])
        }
        reader = fresh
        try advance(fresh)
    }

    private func advance(_ reader: TransferReader) throws {
        batch = try reader.next()
        nextPart = 0
        guard let batch else { return }
        signatures[OriginID(batch.origin), default: [:]][batch.number] = batch.signatures.map(BatchSignature.init)
    }

    func signatures(of origin: OriginID, from first: Int64, to last: Int64) throws -> [Int64: [BatchSignature]] {
        signatures = [origin: signatures[origin, default: [:]].filter { $0.key >= first }]
        return signatures[origin, default: [:]].filter { $0.key <= last }
    }

    func keys() throws -> [OfferedKey]? {
        header.keys.prefix(200).compactMap { key in
            guard let spki = Hex.bytes(key.spki) else { return nil }
            return OfferedKey(
                region: key.region, spki: spki, predecessor: key.predecessor.flatMap { Hex.bytes($0) },
                succession: key.succession.flatMap { Hex.bytes($0) })
        }
    }

    func policies() throws -> [TableName: NamedPolicy]? {
        guard let policies = header.policies else { return nil }
        return try NamedPolicy.offered(
            policies.map { (TableName(schema: $0.schema, table: $0.table), $0.fingerprint, $0.policy) }, by: self)
    }

    func closings() throws -> [OfferedClosing] { header.closings.map(OfferedClosing.init) }

    func forgotten() throws -> [Forgotten] {
        try header.forgotten.map { one in
            let origin = OriginID(one.origin)
            guard BatchHeader.isOrigin(origin, of: origin.region) else { throw unexpected("a malformed origin") }
            return Forgotten(origin: one.origin, number: one.number, seen: one.seen)
        }
    }
}

extension PeerHello {
    /// What the maker of a file has said of itself.
    init(_ header: TransferHeader) {
        self.init(
            schemaVersion: header.maker.schema, kind: header.maker.kind, region: header.maker.region,
            origin: header.maker.origin.map(OriginID.init), systemIdentifier: header.maker.system,
            databaseID: header.maker.database, clock: header.madeAt, applied: Vector(numbers: header.applied),
            received: Vector(numbers: header.available).union(Vector(numbers: header.received)),
            freshness: header.freshness, tables: header.tables)
    }
}

extension OfferedClosing {
    init(_ other: TransferHeader.Closing) {
        self.init(
            origin: other.origin, number: other.number, region: other.region, person: other.person,
            reason: other.reason, declaredAt: other.declaredAt, fingerprint: Hex.bytes(other.fingerprint) ?? [],
            signature: Hex.bytes(other.signature) ?? [])
    }

    var travelling: TransferHeader.Closing {
        .init(
            origin: origin, number: number, region: region, person: person, reason: reason, declaredAt: declaredAt,
            fingerprint: Hex.text(fingerprint), signature: Hex.text(signature))
    }
}
