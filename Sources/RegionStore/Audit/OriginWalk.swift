internal import Integrity
internal import Postgres
internal import Reasons
internal import Replication

/// The walk through one origin's batches.
struct OriginWalk {
    var report: Audit.Origin
    private let id: Int64
    private let applied: Int64
    private let appliedRoot: String
    private let forgotten: Int64
    private let erased: Set<[UInt8]>
    private let known = KnownShapes([:])
    private var current: BatchInProgress?
    private var isRefused = false
    /// What is recorded of the batch at hand; the root of the one before, as it is recorded and as it was computed.
    private var record = BatchRecord()
    private var previous: [UInt8] = []
    private var previousComputed: [UInt8]?
    private var last: Int64 = 0
    /// Changes of the batch at hand that were taken out, without an explanation.
    private var unexplained: Int64 = 0
    private var foundApplied = false
    private var signatures: [BatchSignature] = []
    private var check: SignatureCheck?
    private var isSignatureRequired = false
    /// Batches, one after the other, of which that was not told yet.
    private var unvouched: (first: Int64, last: Int64)?
    private var index: AuditIndex?
    private var places = PlacedChanges()

    /// Parts fetched at once.
    private static let partsAtOnce = 16

    init(_ row: Row, erased: Set<[UInt8]>) throws {
        report = Audit.Origin(name: try row.text("name"), region: try row.text("region"), isOwn: try row.bool("own"))
        id = try row.int("id")
        applied = try row.int("applied")
        appliedRoot = try row.text("digest")
        forgotten = try row.int("forgotten")
        self.erased = erased
    }

    /// - Parameter names: nil: the index of changes is not looked at.
    mutating func run(
        _ session: Session, _ names: AuditNames?, _ requirement: SignatureRequirement, _ step: () -> Void
    ) throws {
        check = try SignatureCheck(region: report.region, .all, session)
        isSignatureRequired = try SignatureCheck(region: report.region, requirement, session).isRequired
        index = try names.map { try AuditIndex(session, originID: id, origin: report.name, $0) }
        try session.execute("DECLARE audit_parts NO SCROLL CURSOR FOR \(SQLText.named("audit_parts"))", [.int(id)])
        while true {
            let rows = try session.query("FETCH \(Self.partsAtOnce) FROM audit_parts", binary: true)
            guard !rows.isEmpty else { break }
            for row in rows {
                let number = try row.int(0)
                if number != current?.number {
                    try finish()
                    step()
                    begin(number, try BatchRecord(row))
                    signatures = Self.signatures(row[text: 4] ?? "")
                }
                row.withBytes(2) { read($0) }
                try compare()
            }
        }
        try session.script("CLOSE audit_parts")
        try finish()
        noteUnvouched(nil)
        try index?.finish(&report.faults)
        guard applied > 0 else { return }
        if !foundApplied {
            report.faults.note(
                .position_differs, ["origin": report.name, "number": "\(applied)", "last": "\(last)"])
        }
    }

    private mutating func begin(_ number: Int64, _ record: BatchRecord) {
        let isGap = number > last + 1
        if isGap {
            report.faults.note(
                number == last + 2 ? .missing_batch : .missing_batches,
                ["origin": report.name, "number": "\(last + 1)", "last": "\(number - 1)"])
        }
        self.record = record
        // Where it is told already that the one before is missing, or recorded with another root, it is told once.
        if isGap || record.previous == previousComputed { previous = record.previous }
        isRefused = false
        unexplained = 0
        current = BatchInProgress(
            origin: OriginID(report.name), number: number, previous: previous, limits: BatchLimits(), known: known)
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer) {
        guard !isRefused, var batch = current else { return }
        // Taken out of `self` and put back, so that its reader is not copied.
        current = nil
        let explained = batch.number <= forgotten
        var (gone, unexplained): (Int64, Int64) = (0, 0)
        var places = places
        self.places = PlacedChanges()
        let isIndexed = index != nil && batch.number <= applied
        do {
            try batch.read(bytes) { place, change, line in
                if isIndexed { places.add(place, change, line) }
            } gone: { line in
                gone += 1
                if !explained, !erased.contains(line.key) { unexplained += 1 }
            }
        } catch {
            isRefused = true
            report.faults.note(
                .altered, ["origin": report.name, "number": "\(batch.number)", "message": "\(error)"])
        }
        report.gone += gone
        self.unexplained += unexplained
        self.places = places
        current = batch
    }

    /// The part's changes against the index.
    private mutating func compare() throws {
        guard !isRefused, let number = current?.number else { return places.removeAll() }
        try index?.compare(places, number: number, &report.faults)
        places.removeAll()
    }

    private mutating func finish() throws {
        guard let batch = current else { return }
        current = nil
        try index?.end(of: batch.number, isRefused: isRefused, &report.faults)
        report.batches += 1
        report.changes += batch.changes
        report.bytes += batch.bytes
        for (digest, shape) in batch.shapes { known.shapes[digest] = shape }
        let number = "\(batch.number)"
        if let root = batch.root {
            if root != record.root {
                report.faults.note(.other_root, ["origin": report.name, "number": number])
            } else if let header = batch.header, case let columns = record.columns(differingFrom: header),
                !columns.isEmpty
            {
                report.faults.note(
                    .record_differs,
                    ["origin": report.name, "number": number, "columns": columns.joined(separator: ", ")])
            }
        } else if !isRefused {
            report.faults.note(.incomplete, ["origin": report.name, "number": number])
        }
        if unexplained > 0 {
            report.faults.note(
                .taken_out, ["origin": report.name, "number": number, "count": "\(unexplained)"])
        }
        judge(batch)
        // What follows is judged by itself: one altered batch must not hide in a row of faults.
        (previous, previousComputed) = (record.root, batch.root)
        last = batch.number
        if last == applied { foundApplied = Hex.text(record.root) == appliedRoot }
    }

    private mutating func judge(_ batch: BatchInProgress) {
        guard let check else { return }
        let (_, fault) = check.judge(root: batch.root ?? record.root, signatures)
        switch fault {
        case nil: report.vouchedFor += 1
        case .missing:
            report.unsigned += 1
            noteUnvouched(batch.number)
        case .wrong(let key):
            report.faults.note(
                .signature_forged,
                ["origin": report.name, "number": "\(batch.number)", "key": PublicKey.text(key)])
        // What was applied before its key was revoked stays.
        case .revoked: break
        case .untrusted: noteUnvouched(batch.number)
        }
    }

    /// A batch for which nobody who is trusted vouches; nil: that was all.
    private mutating func noteUnvouched(_ number: Int64?) {
        guard isSignatureRequired else { return }
        if let open = unvouched, open.last + 1 != number {
            report.faults.note(
                open.first == open.last ? .batch_unvouched : .batches_unvouched,
                [
                    "origin": report.name, "number": "\(open.first)", "last": "\(open.last)",
                    "region": report.region,
                ])
            unvouched = nil
        }
        if let number { unvouched = (unvouched?.first ?? number, number) }
    }

    private static func signatures(_ text: String) -> [BatchSignature] {
        text.split(separator: " ").compactMap { one in
            let parts = one.split(separator: ":")
            guard parts.count == 3, let key = Hex.bytes(String(parts[0])),
                let bytes = Hex.bytes(String(parts[2]))
            else { return nil }
            return BatchSignature(fingerprint: key, algorithm: String(parts[1]), signature: bytes)
        }
    }
}

/// What `bashu.batch` says of a batch, and its first line says too.
private struct BatchRecord {
    var root: [UInt8] = []
    var previous: [UInt8] = []
    private var context = Vector()
    /// Microseconds since 1970 UTC.
    private var cutAt: Int64 = 0

    init() {}

    init(_ row: Row) throws {
        root = try row.bytes(3)
        previous = try row.bytes(5)
        context = try JSONText.vector(row.text(6))
        cutAt = try row.int(7)
    }

    func columns(differingFrom header: BatchHeader) -> [String] {
        let wrong = [
            ("previous", previous != header.previous), ("context", context != header.context),
            // PostgreSQL makes it from a floating-point number.
            ("cut_at", abs(cutAt - header.cutAt) > 1),
        ]
        return wrong.filter(\.1).map(\.0)
    }
}
