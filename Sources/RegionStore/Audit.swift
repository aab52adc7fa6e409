internal import Integrity
public import Postgres
public import Reasons
internal import Replication

/// Walks the whole history that is kept here, and looks whether it is what was published: every line against its
/// batch's root, every root against the next batch's header, signatures against roots.
///
/// It needs no daemon and no peer, and writes nothing. What is in the tables is compared with the log by `verify`.
public enum Audit {
    /// What was found of one origin.
    public struct Origin: Sendable, Equatable {
        public let name: String
        public let region: String
        public let isOwn: Bool
        public internal(set) var batches: Int64 = 0
        public internal(set) var changes: Int64 = 0
        public internal(set) var bytes: Int64 = 0
        /// Changes that retention or erasures have taken out; their digests hold their places.
        public internal(set) var gone: Int64 = 0
        /// Batches with a signature by a key that is trusted here.
        public internal(set) var vouchedFor: Int64 = 0
        /// Batches without any.
        public internal(set) var unsigned: Int64 = 0
        /// What is wrong, the first of it.
        public internal(set) var faults: [Reason] = []
        public internal(set) var faultCount: Int64 = 0

        mutating func note(_ sentence: AuditReason, _ values: KeyValuePairs<String, String>) {
            faultCount += 1
            if faults.count < Audit.faultsMax { faults.append(Reason(sentence, values)) }
        }
    }

    /// So many faults of an origin are named; the others are counted.
    public static let faultsMax = 20

    /// Looks at every origin, in one snapshot.
    ///
    /// - Parameter progress: batches looked at so far, and of all.
    /// - Throws: `PostgresError`.
    public static func history(
        _ session: Session, progress: (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) throws -> [Origin] {
        try session.script("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        defer { if session.isOpen { try? session.script("ROLLBACK") } }
        let erased = Set(try session.query(SQLText.named("audit_erased")).map { try $0.bytes("digest") })
        let rows = try session.query(SQLText.named("audit_origins"))
        let total = try rows.reduce(0) { $0 + (try $1.int("batches")) }
        var done: Int64 = 0
        return try rows.map { row in
            var walk = try OriginWalk(row, erased: erased)
            try walk.run(session) {
                done += 1
                progress(done, total)
            }
            return walk.report
        }
    }
}

/// The walk through one origin's batches.
private struct OriginWalk {
    var report: Audit.Origin
    private let id: Int64
    private let applied: Int64
    private let appliedRoot: String
    private let forgotten: Int64
    private let erased: Set<[UInt8]>
    private let known = KnownShapes([:])
    private var current: BatchInProgress?
    private var isRefused = false
    /// The recorded root of the batch at hand, and of the one before.
    private var recorded: [UInt8] = []
    private var previous: [UInt8] = []
    private var last: Int64 = 0
    /// Changes of the batch at hand that were taken out, without an explanation.
    private var unexplained: Int64 = 0
    private var foundApplied = false
    private var signatures: [BatchSignature] = []
    private var check: SignatureCheck?

    init(_ row: Row, erased: Set<[UInt8]>) throws {
        report = Audit.Origin(name: try row.text("name"), region: try row.text("region"), isOwn: try row.bool("own"))
        id = try row.int("id")
        applied = try row.int("applied")
        appliedRoot = try row.text("digest")
        forgotten = try row.int("forgotten")
        self.erased = erased
    }

    mutating func run(_ session: Session, _ step: () -> Void) throws {
        check = try SignatureCheck(region: report.region, .all, session)
        try session.stream(SQLText.named("audit_parts"), [.int(id)], binary: true) { row in
            let number = try row.int(0)
            if number != current?.number {
                finish()
                step()
                begin(number, root: try row.bytes(3))
                signatures = Self.signatures(row[text: 4] ?? "")
            }
            _ = row.withBytes(2) { read($0) }
        }
        finish()
        guard applied > 0 else { return }
        if !foundApplied {
            report.note(
                .position_differs, ["origin": report.name, "number": "\(applied)", "last": "\(last)"])
        }
    }

    private mutating func begin(_ number: Int64, root: [UInt8]) {
        if number > last + 1 {
            report.note(
                .missing_batches, ["origin": report.name, "number": "\(last + 1)", "last": "\(number - 1)"])
        }
        recorded = root
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
        do {
            try batch.read(bytes) { line in
                gone += 1
                if !explained, !erased.contains(line.key) { unexplained += 1 }
            }
        } catch {
            isRefused = true
            report.note(
                .altered, ["origin": report.name, "number": "\(batch.number)", "message": "\(error)"])
        }
        report.gone += gone
        self.unexplained += unexplained
        current = batch
    }

    private mutating func finish() {
        guard let batch = current else { return }
        current = nil
        report.batches += 1
        report.changes += batch.changes
        report.bytes += batch.bytes
        for (digest, shape) in batch.shapes { known.shapes[digest] = shape }
        let number = "\(batch.number)"
        if let root = batch.root {
            if root != recorded { report.note(.other_root, ["origin": report.name, "number": number]) }
        } else if !isRefused {
            report.note(.incomplete, ["origin": report.name, "number": number])
        }
        if unexplained > 0 {
            report.note(
                .taken_out, ["origin": report.name, "number": number, "count": "\(unexplained)"])
        }
        judge(batch)
        // What follows is judged by itself: one altered batch must not hide in a row of faults.
        previous = recorded
        last = batch.number
        if last == applied { foundApplied = Hex.text(recorded) == appliedRoot }
    }

    private mutating func judge(_ batch: BatchInProgress) {
        guard let check else { return }
        let (_, fault) = check.judge(root: batch.root ?? recorded, signatures)
        switch fault {
        case nil: report.vouchedFor += 1
        case .missing: report.unsigned += 1
        case .wrong(let key):
            report.note(
                .signature_forged,
                ["origin": report.name, "number": "\(batch.number)", "key": PublicKey.text(key)])
        case .revoked, .untrusted: break
        }
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
