import Postgres
import Reasons
import Replication

/// Who batches are received from: a peer over a link, or a file that a peer has made. Both are asked the same and
/// checked alike. What comes back is a stranger's: nothing of it is taken for granted.
protocol BatchSource {
    /// The peer's name in this database.
    var peer: String { get }

    /// Hands over the parts of an origin's batches from (number, part) on, in order, until `maxBytes` are exceeded.
    ///
    /// - Parameter body: Gets number, part and bytes, which live no longer than the call.
    func stream(
        _ origin: OriginID, from number: Int64, part: Int32, maxBytes: Int64,
        _ body: (Int64, Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Signatures of an origin's batches, by number; none from a peer of an earlier version.
    func signatures(of origin: OriginID, from first: Int64, to last: Int64) throws -> [Int64: [BatchSignature]]

    /// The public keys that the peer knows; nil from one of an earlier version.
    func keys() throws -> [OfferedKey]?

    /// The peer's policies of the tables that it shares; nil when it is of a version without policies.
    func policies() throws -> [TableName: NamedPolicy]?

    /// The ends of origins that the peer knows of, with a signature or without.
    func closings() throws -> [OfferedClosing]

    /// What the peer's log has forgotten: of whom, and up to which batch. Nothing from one of an older version.
    func forgotten() throws -> [Forgotten]
}

extension BatchSource {
    func unexpected(_ what: String) -> ReceiveError { .unexpectedAnswer(peer: peer, what) }
}

/// A public key as a peer tells of it: nothing of it has been checked.
struct OfferedKey {
    let region: String
    let spki: [UInt8]
    let predecessor: [UInt8]?
    let succession: [UInt8]?
}

extension NamedPolicy {
    /// Policies as a peer tells of them: table, fingerprint and JSON; nil: the default.
    ///
    /// - Throws: `ReceiveError` for one that this version does not know.
    static func offered(
        _ rows: [(table: TableName, fingerprint: String?, text: String?)], by source: some BatchSource
    ) throws -> [TableName: NamedPolicy] {
        var found: [TableName: NamedPolicy] = [:]
        for (table, fingerprint, text) in rows {
            guard let text else {
                found[table] = NamedPolicy()
                continue
            }
            let policy = try? JSONText.decode(NamedPolicy.self, text)
            guard let policy, policy.isWellFormed, policy.fingerprint == fingerprint else {
                throw source.unexpected("a policy of table \(table) that this version does not know")
            }
            found[table] = policy
        }
        return found
    }
}

extension BatchSource {
    /// Looks whether the peer can still give everything that is lacking here.
    ///
    /// - Returns: why not, nil when it can. A database that is being filled from this peer takes what there is.
    /// - Throws: `PeerFailure`, `ReceiveError`; `PostgresError` of the own database.
    func takeForgotten(in local: Session) throws -> Reason? {
        let forgotten = try forgotten()
        guard !forgotten.isEmpty else { return nil }
        let text = try JSONText.encode(forgotten)
        if let row = try local.queryOne(SQLText.named("link_forgotten"), [.text(text), .text(peer)]) {
            return Reason(
                PeerReason.forgotten_there,
                [
                    "origin": try row.text("origin"), "applied": "\(try row.int("applied"))", "peer": peer,
                    "number": "\(try row.int("number"))",
                ])
        }
        guard try local.queryOne(SQLText.named("link_joins"), [.text(peer)])?.bool(0) == true else { return nil }
        // What is filled from it has no more than it, and must pass that on.
        let adopt = {
            for one in forgotten {
                try local.execute(
                    SQLText.named("receive_new_origin"), [.text(one.origin), .text(OriginID(one.origin).region)])
                try local.execute(
                    SQLText.named("link_forgotten_adopt"), [.text(one.origin), .int(one.number), .int(one.seen)])
            }
        }
        if local.inTransaction { try adopt() } else { try local.transaction { try adopt() } }
        return nil
    }
}
