internal import Postgres
internal import Reasons
internal import Replication
internal import Transfer

/// Stores the signatures in a file of batches that are here already. Each is checked against the batch's root here
/// once more: the file may be another one by now.
struct TransferLateStore {
    private let session: Session
    private let path: String
    private var here: DatabaseHere
    private var waiting: [(number: Int64, signatures: [BatchSignature])] = []
    private var origin: OriginID?

    /// Batches whose signatures are stored at once.
    private static let page = 500

    init(_ session: Session, path: String, _ checks: [String: SignatureCheck]) {
        self.session = session
        self.path = path
        here = DatabaseHere(session, checks)
    }

    /// - Parameter amongBatches: whether batches in the file are here, too, and their signatures lacking.
    mutating func run(_ header: TransferHeader, _ limits: BatchLimits, amongBatches: Bool) throws {
        let reader = try TransferReader(path: path, limits: limits)
        guard reader.header.file == header.file else { throw TransferError(.transfer_altered, ["file": path]) }
        while let late = try reader.nextLate() {
            try take(OriginID(late.origin), late.number, late.signatures, isLate: true)
        }
        while amongBatches, let batch = try reader.next() {
            try take(OriginID(batch.origin), batch.number, batch.signatures, isLate: false)
        }
        try flush()
    }

    private mutating func take(
        _ origin: OriginID, _ number: Int64, _ signatures: [TransferSignature], isLate: Bool
    ) throws {
        if origin != self.origin { try flush() }
        self.origin = origin
        let found = try here.lacking(origin, number, signatures.map(BatchSignature.init))
        if isLate, found.wrong != nil { throw TransferError(.transfer_altered, ["file": path]) }
        guard !found.new.isEmpty else { return }
        waiting.append((number, found.new))
        if waiting.count >= Self.page { try flush() }
    }

    private mutating func flush() throws {
        defer { waiting = [] }
        guard !waiting.isEmpty, let origin, let id = try here.id(origin) else { return }
        try session.transaction {
            try ReceiveStore(session: session).write(waiting, origin: id)
        }
    }
}
