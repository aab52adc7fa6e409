public import Integrity
internal import Postgres
public import Replication

/// How this database writes its own history.
public struct OwnHistory: Sendable, Equatable {
    /// What batches are hashed with once every party that pulls from here has said that it reads it; SHA-256 before.
    public let digest: DigestAlgorithm
    /// What batches are signed with; nil: they are not.
    public let key: (any SigningKey)?

    /// - Parameters:
    ///   - digest: see there.
    ///   - key: see there.
    public init(digest: DigestAlgorithm = .sm3, key: (any SigningKey)? = nil) {
        self.digest = digest
        self.key = key
    }

    /// With the key in a file; nil: without one.
    ///
    /// - Throws: `SignatureError` when the key cannot be used.
    public init(digest: DigestAlgorithm, keyFile: String?) throws {
        self.init(digest: digest, key: try keyFile.map { try OpenSSLProvider().open(KeyReference($0)) })
    }

    public static func == (left: OwnHistory, right: OwnHistory) -> Bool {
        left.digest == right.digest && left.key?.publicKey == right.key?.publicKey
    }

    /// Whether batches are signed with another key than before; nil: they were not signed.
    public func hasOtherKey(than before: OwnHistory?) -> Bool { before?.key?.publicKey != key?.publicKey }

    /// What the next batch is hashed with. `readByAll`: what every party that pulls from here reads.
    func algorithm(readByAll: Set<DigestAlgorithm>) -> DigestAlgorithm {
        readByAll.contains(digest) && DigestAlgorithm.available.contains(digest) ? digest : .sha256
    }

    /// Signs a batch with this root, in the transaction that publishes it.
    func sign(root: [UInt8], originID: Int, number: Int64, _ session: Session) throws {
        guard let key else { return }
        let signature = BatchSignature(
            fingerprint: key.publicKey.fingerprint, algorithm: key.publicKey.algorithm.rawValue,
            signature: try key.sign(SignedMessage.batch(root: root)))
        try ReceiveStore(session: session).write([(number, [signature])], origin: Int64(originID))
    }

    /// Makes the key known as our own.
    ///
    /// - Throws: `KeyRevoked` when somebody has said that it must not be used any more.
    func register(_ session: Session) throws {
        guard let key = key?.publicKey else { return }
        let row = try session.queryOne(
            SQLText.named("own_key"),
            [.bytes(key.fingerprint), .text(key.algorithm.rawValue), .bytes(key.spki)])
        guard try row?.bool(0) == false else { throw KeyRevoked(fingerprint: key.fingerprintText) }
    }
}

/// The key that own batches are to be signed with was revoked here: nothing is published with it.
public struct KeyRevoked: Error, Sendable, Equatable, CustomStringConvertible {
    /// Of the key, as people compare it.
    public let fingerprint: String

    public var description: String {
        "own key \(fingerprint) was revoked: make another with bashuctl key generate, and name it in history.key_file"
    }
}

extension Engine {
    /// Batches signed in one transaction.
    private static let signedAtOnce: Int64 = 500

    /// Writes our own history like this from now on.
    ///
    /// - Throws: `KeyRevoked`, `PostgresError`; then nothing has changed.
    public func use(_ history: OwnHistory) throws {
        try history.register(control)
        self.history = history
        cutter.history = history
        applier.history = history
        hasBacklog = history.key != nil && !node.isReplica
    }

    /// Signs what our region published before it had this key, a little at a time: every batch's chain is then
    /// vouched for at every place.
    func signBacklog(_ step: inout EngineStep) throws {
        guard hasBacklog else { return }
        let session = cutter.session
        let signed = try session.transaction {
            guard try session.queryOne(SQLText.named("receive_fence"))?.int(0) == token else {
                throw StoreError.fenceLost
            }
            let rows = try session.query(SQLText.named("signature_backlog"), [.int(Self.signedAtOnce)])
            for row in rows {
                guard let root = Hex.bytes(try row.text("digest")) else { continue }
                try history.sign(
                    root: root, originID: Int(try row.int("origin_id")), number: try row.int("number"), session)
            }
            return rows.count
        }
        hasBacklog = signed > 0
        if signed > 0 { step.didWork = true }
    }
}
