public import Integrity
internal import Reasons
internal import Replication

/// Checks a proof of a record. Needs no database, no clock and no settings.
public enum ProofCheck {
    /// What the file proves to somebody who believes these keys.
    public static func check(
        _ proof: RecordProof, named: [NamedKey], provider: some SignatureProvider = OpenSSLProvider()
    ) -> ProofReport {
        var check = Check(proof, named, provider)
        check.run()
        return check.report
    }
}

private struct Check {
    private struct Batch: Hashable { let origin: OriginID, number: Int64 }

    var report: ProofReport
    private let proof: RecordProof
    private let named: [NamedKey]
    private var keys: KeyRing
    private let shapes: [Digest16: Shape]
    private var seen: Set<Batch> = []
    private var found: [(change: ParsedChange, id: ChangeID, context: Vector)] = []

    init(_ proof: RecordProof, _ named: [NamedKey], _ provider: some SignatureProvider) {
        self.proof = proof
        self.named = named
        report = ProofReport(proof: proof)
        keys = KeyRing(proof, named, provider)
        var shapes: [Digest16: Shape] = [:]
        for line in proof.shapes {
            guard let name = Digest16(digest16(line)),
                let shape = line.withUnsafeBytes({ try? Shape(parsing: $0, number: 0) })
            else { continue }
            shapes[name] = shape
        }
        self.shapes = shapes
    }

    mutating func run() {
        report.keys = keys.inFile
        for entry in proof.entries { take(entry) }
        if proof.policy.fingerprint != proof.policyFingerprint { note(.policy_differs) }
        if proof.entries.isEmpty { note(.no_change) }
        report.changes.sort { ($0.hlc, $0.id) < ($1.hlc, $1.id) }
        // The columns are those of the last change, which its region has signed: not those that the file claims.
        let last = found.max { ($0.change.hlc, $0.id) < ($1.change.hlc, $1.id) }
        // What a part of the changes would make is nobody's row.
        guard let last, found.count == proof.entries.count else { return }
        merge(last.change.shape)
    }

    private mutating func note(_ reason: ProofReason, _ values: KeyValuePairs<String, String> = [:]) {
        report.faults.append(Reason(reason, values))
    }

    // MARK: One change

    private mutating func take(_ entry: RecordProof.Entry) {
        let header: BatchHeader
        do {
            header = try entry.header.withUnsafeBytes { try BatchHeader(parsing: $0) }
        } catch {
            return note(.header_unreadable, ["message": "\(error)"])
        }
        let batch = "\(header.origin):\(header.number)"
        guard seen.insert(Batch(origin: header.origin, number: header.number)).inserted else {
            return note(.batch_twice, ["batch": batch])
        }
        guard header.algorithm.function.isAvailable else {
            return note(.digest_unavailable, ["batch": batch, "algorithm": header.algorithm.rawValue])
        }
        let isHeaderIn = isLeaf(entry.header, 0, entry.headerPath, entry, header)
        if !isHeaderIn { note(.header_not_in_batch, ["batch": batch]) }
        let isChangeIn = entry.leaf > 0 && isLeaf(entry.line, entry.leaf, entry.path, entry, header)
        if !isChangeIn { note(.change_not_in_batch, ["batch": batch]) }
        let voucher = vouch(entry, header, batch)
        do {
            try entry.line.withUnsafeBytes { bytes in
                try read(bytes, entry, header, batch, voucher: isHeaderIn && isChangeIn ? voucher : nil)
            }
        } catch {
            note(.change_unreadable, ["batch": batch, "message": "\(error)"])
        }
    }

    private func isLeaf(
        _ line: [UInt8], _ index: UInt64, _ path: [Digest32], _ entry: RecordProof.Entry, _ header: BatchHeader
    ) -> Bool {
        let function = header.algorithm.function
        let leaf = line.withUnsafeBytes { MerkleTree.leafDigest($0, with: HashFunction(function)) }
        let proof = MerkleProof(index: index, count: entry.leaves, path: path)
        return proof.root(leaf: leaf, function)?.bytes == entry.root
    }

    /// The named key that has signed the batch; else notes why there is none.
    private mutating func vouch(_ entry: RecordProof.Entry, _ header: BatchHeader, _ batch: String) -> [UInt8]? {
        let message = SignedMessage.batch(root: entry.root)
        var doubts: [(ProofReason, KeyValuePairs<String, String>)] = []
        for one in entry.signatures {
            let name = PublicKey.text(one.fingerprint)
            switch keys.judge(one, message, region: header.region) {
            case .vouches: return one.fingerprint
            case .unknown: doubts.append((.key_unknown, ["batch": batch, "key": name]))
            case .forged: doubts.append((.signature_false, ["batch": batch, "key": name]))
            case .notNamed:
                doubts.append((.key_not_named, ["batch": batch, "key": name, "region": header.region]))
            case .otherRegion(let other):
                doubts.append(
                    (.key_of_other_region, ["batch": batch, "key": name, "region": header.region, "other": other]))
            }
        }
        if doubts.isEmpty { note(.not_signed, ["batch": batch]) }
        for (reason, values) in doubts { note(reason, values) }
        return nil
    }

    private mutating func read(
        _ line: UnsafeRawBufferPointer, _ entry: RecordProof.Entry, _ header: BatchHeader, _ batch: String,
        voucher: [UInt8]?
    ) throws(FormatError) {
        let shapes = shapes
        guard let name = ChangeKind.shape(of: line), let shape = shapes[name] else {
            return note(.shape_missing, ["batch": batch])
        }
        let change = try ChangeLine(parsing: line) { shapes[$0]?.columns.count }
        guard shape.schemaName.utf8.elementsEqual(proof.table.schemaName.utf8),
            shape.tableName.utf8.elementsEqual(proof.table.tableName.utf8),
            change.keyBytes(in: line).elementsEqual(proof.key.utf8)
        else { return note(.other_record, ["batch": batch]) }
        let id = ChangeID(origin: header.origin, number: header.number, position: entry.position)
        report.changes.append(
            ProofReport.Change(
                id: id, kind: change.kind, hlc: change.hlc, user: change.sessionUser(in: line),
                actor: change.actor(in: line), reason: change.reason(in: line), root: entry.root,
                algorithm: header.algorithm, vouchedBy: voucher))
        found.append((ParsedChange(change, line, shape, shapeID: 0), id, header.context))
    }

    // MARK: All of them

    private mutating func merge(_ shape: Shape) {
        let log = found.map { one in
            ColumnMapping(from: one.change.shape, to: shape).logged(one.change, id: one.id, context: one.context)
        }
        let policy = proof.policy.tablePolicy(columns: shape.columns)
        let outcome = Replication.merge(log, policy: policy)
        report.existence = outcome.image == nil ? .absent : .present
        report.existenceChange = outcome.existence.id
        compare(outcome, shape.columns, shape.types)
        guard let image = outcome.image else { return }
        let byID = Dictionary(log.map { ($0.id, $0) }) { first, _ in first }
        for (ordinal, name) in shape.columns.enumerated() {
            let place = policy.groups.firstIndex { $0.columns.contains(ordinal) }
            let winner = place.map { outcome.winners[$0].id } ?? outcome.existence.id
            let isGiven = byID[winner].map { $0.image != nil && $0.present.contains(ordinal) } ?? false
            let group = place.map { policy.groups[$0].name }
            // The case that is not closed, or that a ruling has closed with the value that is here.
            let met = outcome.cases.last {
                $0.group == group && ($0.closedBy == nil || $0.closedBy == winner && $0.state == .ruled)
            }
            report.columns.append(
                ProofReport.Column(
                    name: name, type: shape.types[ordinal], value: CopyText.string(image[ordinal]),
                    change: isGiven ? winner : nil,
                    rule: met.map { $0.state == .ruled ? "ruling" : $0.rule },
                    candidates: met?.candidates.map(\.id) ?? []))
        }
    }

    /// The row that the file shows against what its changes make, where both know a column.
    private mutating func compare(_ outcome: MergeOutcome, _ names: [String], _ types: [String]) {
        let (made, shown): (RowImage?, RowImage?)
        switch proof.row {
        case .unpublished, .parked: return
        case .absent: (made, shown) = (outcome.image, nil)
        case .present(let image): (made, shown) = (outcome.image, image)
        case .kept(let image): (made, shown) = (outcome.image ?? outcome.lastImage, image)
        }
        let isGiven = outcome.image == nil ? ColumnSet(first: names.count) : outcome.present
        let places = Dictionary(proof.table.columns.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        let different = names.indices.filter { ordinal in
            guard let made, let shown else { return (made == nil) != (shown == nil) }
            // A type may have been changed since, and the text with it.
            guard isGiven.contains(ordinal), let place = places[names[ordinal]],
                proof.table.types[place] == types[ordinal]
            else { return false }
            return made[ordinal] != shown[place]
        }
        guard !different.isEmpty else { return }
        note(.row_differs, ["columns": different.map { names[$0] }.joined(separator: ", ")])
    }
}

/// The keys that are at hand: those that were named, and those in the file.
private struct KeyRing {
    enum Judgement { case vouches, unknown, forged, notNamed, otherRegion(String) }

    let inFile: [ProofReport.Key]
    private var keys: [[UInt8]: PublicKey] = [:]
    private var regions: [[UInt8]: String] = [:]
    private var named: [[UInt8]: String?] = [:]
    /// Regions of keys of which nobody has said one.
    private var bound: [[UInt8]: String] = [:]
    private let verify: @Sendable ([UInt8], [UInt8], PublicKey) -> Bool

    init(_ proof: RecordProof, _ named: [NamedKey], _ provider: some SignatureProvider) {
        verify = { provider.verify($0, of: $1, by: $2) }
        for one in named {
            self.named[one.fingerprint] = .some(one.region ?? (self.named[one.fingerprint] ?? nil))
            if let key = one.key { keys[one.fingerprint] = key }
        }
        var found: [ProofReport.Key] = []
        for one in proof.keys {
            guard let key = provider.publicKey(one.spki), key.algorithm.rawValue == one.algorithm else { continue }
            keys[key.fingerprint] = key
            regions[key.fingerprint] = one.region
            found.append(
                ProofReport.Key(
                    fingerprint: key.fingerprint, region: one.region, algorithm: one.algorithm,
                    isNamed: self.named[key.fingerprint] != nil))
        }
        inFile = found
    }

    mutating func judge(_ signature: BatchSignature, _ message: [UInt8], region: String) -> Judgement {
        guard let key = keys[signature.fingerprint] else { return .unknown }
        guard verify(signature.signature, message, key) else { return .forged }
        guard let wanted = named[signature.fingerprint] else { return .notNamed }
        // A region's key vouches for that region alone.
        let own = wanted ?? regions[signature.fingerprint] ?? bound[signature.fingerprint] ?? region
        bound[signature.fingerprint] = own
        return own == region ? .vouches : .otherRegion(own)
    }
}
