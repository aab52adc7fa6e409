internal import Integrity
internal import Postgres
internal import Reasons
internal import Replication
internal import Transfer

/// Reads a whole file and sees to it that every batch in it is what its origin published, and follows what is here.
/// Changes nothing, neither here nor there.
struct TransferCheck {
    /// What was found.
    struct Result {
        /// In the order of the file.
        var order: [OriginID] = []
        var end = TransferEnd()
        var digest: [UInt8] = []
        /// Batches that are not here yet, and their changes.
        var newBatches: Int64 = 0
        var newChanges: Int64 = 0
        /// When the last of these was cut that its own origin's database has made the file of; microseconds since 1970
        /// UTC by that one's clock, 0 for none.
        var lastCut: Int64 = 0
        /// Of all batches.
        var changes: Int64 = 0
        /// Batches that are here, and whose signatures in the file are not; those of them that are in the file, too.
        var late: Int64 = 0
        var lateAmongBatches: Int64 = 0
    }

    /// What is here of the origins, and who may sign for them.
    let here: any Here
    let peer: String
    let limits: BatchLimits
    /// Names the batch that stands between what is here and what a file has.
    let lost: (_ origin: OriginID, _ number: Int64, _ here: Int64) throws -> TransferError

    /// What a file is compared with.
    protocol Here {
        /// The last batch here and its root; nil: nothing is compared.
        mutating func last(_ origin: OriginID) throws -> (number: Int64, root: [UInt8])?
        /// The root of a batch that is here.
        mutating func root(_ origin: OriginID, _ number: Int64) throws -> [UInt8]?
        mutating func shapes(_ origin: OriginID) throws -> [Digest16: Shape]
        /// Of signatures of a batch those that are sound and not here, and the key of one that is not sound; nothing of
        /// a batch that is not here.
        mutating func lacking(
            _ origin: OriginID, _ number: Int64, _ offered: [BatchSignature]
        ) throws -> (new: [BatchSignature], wrong: [UInt8]?)
        func signatures(_ region: String) -> SignatureCheck?
        /// The file's own: whether its maker's region has to sign it.
        func isSignatureRequired(_ maker: TransferHeader.Maker) -> Bool
    }

    /// - Throws: `TransferError`, `ReceiveError`, `PostgresError`.
    mutating func run(_ reader: TransferReader, progress: (Int) -> Void) throws -> Result {
        var result = Result()
        var here = here
        var origin: OriginID?
        var last: (number: Int64, root: [UInt8])?
        var previous: [UInt8]?
        var known = KnownShapes([:])
        while let late = try reader.nextLate() { try judge(late, &here, &result, reader) }
        while let batch = try reader.next() {
            let name = OriginID(batch.origin)
            if name != origin {
                origin = name
                result.order.append(name)
                last = try here.last(name)
                known = KnownShapes(try here.shapes(name))
                if let last, batch.number > last.number + 1 { throw try lost(name, batch.number - 1, last.number) }
                previous = batch.number == 1 ? [] : try here.root(name, batch.number - 1)
            }
            let (root, changes, cutAt) = try read(batch, name, previous, known, reader)
            result.changes += changes
            if let last, batch.number <= last.number {
                guard try here.root(name, batch.number) == root else {
                    throw TransferError(
                        .other_batch, ["number": "\(batch.number)", "origin": batch.origin, "file": reader.path])
                }
                let offered = batch.signatures.map(BatchSignature.init)
                if try !here.lacking(name, batch.number, offered).new.isEmpty { result.lateAmongBatches += 1 }
            } else {
                try judge(batch, name, root, here)
                result.newBatches += 1
                result.newChanges += changes
                if batch.origin == reader.header.maker.origin { result.lastCut = max(result.lastCut, cutAt) }
            }
            previous = root
            progress(reader.percent)
        }
        result.late += result.lateAmongBatches
        result.end = reader.end ?? TransferEnd()
        result.digest = reader.digest
        try judge(reader, here)
        return result
    }

    /// Reads a batch to its end.
    private func read(
        _ batch: TransferBatch, _ origin: OriginID, _ previous: [UInt8]?, _ known: KnownShapes,
        _ reader: TransferReader
    ) throws -> (root: [UInt8], changes: Int64, cutAt: Int64) {
        var lines = BatchReader(
            expecting: BatchExpectation(origin: origin, number: batch.number, previous: previous),
            hasher: BatchHasher(), limits: limits, knownShape: { known.shapes[$0] })
        var found: (root: [UInt8], changes: Int64, cutAt: Int64) = ([], 0, 0)
        var spelledOut: [(Digest16, Shape)] = []
        do {
            while try reader.part({ part in
                try lines.read(part: part) { event in
                    switch event {
                    case .header(let header): found.cutAt = header.cutAt
                    case .root(let root): found.root = root
                    case .change, .gone: found.changes += 1
                    case .shape(let shape, let digest): spelledOut.append((digest, shape))
                    default: break
                    }
                }
            }) {}
            try lines.finish()
        } catch let error as FormatError {
            throw TransferError(
                .damaged_batch,
                [
                    "file": reader.path, "number": "\(batch.number)", "origin": batch.origin,
                    "message": error.description,
                ])
        }
        for (digest, shape) in spelledOut { known.shapes[digest] = shape }
        return found
    }

    private func judge(
        _ late: TransferLate, _ here: inout any Here, _ result: inout Result, _ reader: TransferReader
    ) throws {
        let offered = late.signatures.map(BatchSignature.init)
        let found = try here.lacking(OriginID(late.origin), late.number, offered)
        if let key = found.wrong {
            throw TransferError(
                .late_signature_wrong,
                [
                    "file": reader.path, "number": "\(late.number)", "origin": late.origin,
                    "key": PublicKey.text(key),
                ])
        }
        if !found.new.isEmpty { result.late += 1 }
    }

    private func judge(_ batch: TransferBatch, _ origin: OriginID, _ root: [UInt8], _ here: any Here) throws {
        guard let check = here.signatures(origin.region) else { return }
        guard let fault = check.judge(root: root, batch.signatures.map(BatchSignature.init)).fault else { return }
        throw ReceiveError.notVouchedFor(peer: peer, origin: origin, number: batch.number, fault.reason)
    }

    /// The file's own signature: a wrong one is told whether one is asked for or not.
    private func judge(_ reader: TransferReader, _ here: any Here) throws {
        let maker = reader.header.maker
        guard let check = here.signatures(maker.region) else { return }
        let message = SignedMessage.transfer(algorithm: reader.algorithm.rawValue, digest: reader.digest)
        let offered = reader.signature.map { [BatchSignature($0)] } ?? []
        let fault = check.fault(of: message, offered)
        switch fault {
        case nil: return
        case .wrong(let key):
            throw TransferError(.file_signature_wrong, ["file": reader.path, "key": PublicKey.text(key)])
        case _ where !check.isRequired || !here.isSignatureRequired(maker): return
        case .revoked(let key, let time, let reason):
            throw TransferError(
                .file_key_revoked,
                ["file": reader.path, "key": PublicKey.text(key), "time": time, "message": reason])
        case .untrusted(let key):
            throw TransferError(.file_key_untrusted, ["file": reader.path, "key": PublicKey.text(key)])
        case .missing:
            throw TransferError(.file_signature_missing, ["file": reader.path, "region": maker.region])
        }
    }
}

/// What is here, of a database.
struct DatabaseHere: TransferCheck.Here {
    private let store: ReceiveStore
    private let checks: [String: SignatureCheck]
    private var ids: [OriginID: Int64] = [:]
    private var roots: (origin: OriginID, found: [Int64: Root])?
    private struct Root {
        let root: [UInt8]
        /// Fingerprints of the keys whose signatures are here.
        let signedBy: Set<String>
    }
    /// Batches whose roots are read at once.
    private static let page: Int64 = 1_000

    init(_ session: Session, _ checks: [String: SignatureCheck]) {
        store = ReceiveStore(session: session)
        self.checks = checks
    }

    mutating func id(_ origin: OriginID) throws -> Int64? {
        if let id = ids[origin] { return id }
        let row = try store.session.queryOne(SQLText.named("transfer_origin"), [.text(origin.name)])
        guard let id = try row?.int(0) else { return nil }
        ids[origin] = id
        return id
    }

    mutating func last(_ origin: OriginID) throws -> (number: Int64, root: [UInt8])? {
        guard let id = try id(origin) else { return (0, []) }
        let state = try store.state(id)
        return (state.number, state.digest)
    }

    mutating func root(_ origin: OriginID, _ number: Int64) throws -> [UInt8]? { try found(origin, number)?.root }

    mutating func lacking(
        _ origin: OriginID, _ number: Int64, _ offered: [BatchSignature]
    ) throws -> (new: [BatchSignature], wrong: [UInt8]?) {
        guard !offered.isEmpty, let check = checks[origin.region], let here = try found(origin, number) else {
            return ([], nil)
        }
        let (sound, wrong) = check.verify(
            root: here.root, offered.filter { !here.signedBy.contains(Hex.text($0.fingerprint)) })
        return (sound, wrong)
    }

    private mutating func found(_ origin: OriginID, _ number: Int64) throws -> Root? {
        if roots?.origin != origin || roots?.found[number] == nil {
            guard let id = try id(origin) else { return nil }
            let bound: [Parameter] = [.int(id), .int(number), .int(number + Self.page - 1)]
            var found: [Int64: Root] = [:]
            for row in try store.session.query(SQLText.named("transfer_roots"), bound) {
                found[try row.int("number")] = Root(
                    root: try row.bytes("digest"), signedBy: Set(try row.texts("signed_by")))
            }
            roots = (origin, found)
        }
        return roots?.found[number]
    }

    mutating func shapes(_ origin: OriginID) throws -> [Digest16: Shape] {
        try id(origin).map { try store.knownShapes($0) } ?? [:]
    }

    func signatures(_ region: String) -> SignatureCheck? { checks[region] }

    func isSignatureRequired(_ maker: TransferHeader.Maker) -> Bool { maker.kind == NodeKind.region.rawValue }
}
