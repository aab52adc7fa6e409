public import Postgres
public import Replication
internal import Transfer

/// A receipt by telephone: the code of a file stands for the file that would have said the same.
public enum TransferAcknowledgement {
    /// What came of it; nothing has changed unless it is `recorded`.
    public enum Outcome: Sendable, Equatable {
        /// The peer has these batches in its tables, and everything that they follow.
        case recorded(Vector)
        /// No file of that number is remembered.
        case noSuchFile
        /// The code is another one's.
        case wrongCode
        /// The peer's database was another one when the file was made, or was not known: its own files say what it has.
        case otherDatabase
    }

    /// Records that a peer has taken a file, when the code is that of the file: what its receipt would have said of the
    /// batches in the file and of those that it goes on from, and nothing of others. The peer makes no code before all
    /// of them are in its tables.
    ///
    /// - Parameters:
    ///   - session: the daemon's, outside a transaction.
    ///   - serial: the number of the file among those for this peer.
    /// - Throws: `ControlError`, `TransferError`, `PostgresError`.
    public static func record(_ session: Session, peer name: String, serial: Int64, _ code: TransferCode) throws
        -> Outcome
    {
        _ = try TransferHere(session)
        let peer = try TransferPeer(name, session)
        guard peer.login != nil else { throw ControlError.peerTakesNothing(name) }
        let files = try session.query(SQLText.named("transfer_made"), [.text(name), .int(serial)])
        guard !files.isEmpty else { return .noSuchFile }
        let meant = try files.first { file in
            TransferCode(digest: try file.bytes("digest"), takenBy: peer.region) == code
        }
        guard let meant else { return .wrongCode }
        guard try meant.bool("same_database") else { return .otherDatabase }
        let position = try JSONText.vector(meant.text("position"))
        try session.transaction {
            try session.execute("SET LOCAL synchronous_commit = on")
            try session.execute(
                SQLText.named("transfer_acknowledge"),
                [.text(name), .text(peer.region), .text(try JSONText.vector(position))])
        }
        return .recorded(position)
    }
}

extension TransferImport {
    /// The code of a file that was taken; nil as long as something of it, or something that it goes on from, is not
    /// in the tables here and on the disk.
    public static func code(_ session: Session, _ report: Report) throws -> TransferCode? {
        let held = Vector(numbers: report.header.from).union(Vector(numbers: report.end.through))
        guard try session.durablePosition().applied.covers(held) else { return nil }
        return TransferCode(digest: report.digest, takenBy: report.header.recipient.region)
    }
}
