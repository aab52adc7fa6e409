internal import Dispatch
internal import Integrity
public import Postgres
internal import Replication

/// Whose batches must be signed.
public enum SignatureRequirement: String, Sendable, CaseIterable {
    /// Those of regions of which a key is trusted here.
    case trusted
    /// Everybody's.
    case all
    /// Nobody's. Signatures are kept all the same.
    case none
}

/// A signature of a batch, as it travels.
struct BatchSignature: Sendable, Equatable {
    var fingerprint: [UInt8]
    var algorithm: String
    var signature: [UInt8]
}

/// Why nobody who is trusted vouches for a batch; the gravest first.
enum SignatureFault: Sendable, Equatable {
    case wrong([UInt8])
    case revoked([UInt8], at: String, reason: String)
    case untrusted([UInt8])
    case missing

    var rank: Int {
        switch self {
        case .wrong: 3
        case .revoked: 2
        case .untrusted: 1
        case .missing: 0
        }
    }

    var fingerprint: [UInt8]? {
        switch self {
        case .wrong(let key), .revoked(let key, _, _), .untrusted(let key): key
        case .missing: nil
        }
    }

    var reason: String {
        switch self {
        case .wrong(let key):
            "its signature by key \(PublicKey.text(key)) is not that of these bytes"
        case .revoked(let key, let time, let reason):
            "it is signed by key \(PublicKey.text(key)), which was revoked here on \(time) UTC (\(reason))"
        case .untrusted(let key):
            "it is signed by key \(PublicKey.text(key)), which nobody here has trusted: compare it with its region, "
                + "then bashuctl key trust"
        case .missing:
            "it has no signature, and batches of its region must have one"
        }
    }
}

/// Judges the signatures of one region's batches.
struct SignatureCheck {
    private struct Known {
        let key: PublicKey
        let isOwn: Bool
        let isTrusted: Bool
        let revoked: (at: String, reason: String)?
    }

    /// More signatures of one batch are not looked at.
    private static let perBatch = 8

    /// Whether a batch without a signature by a trusted key is refused.
    let isRequired: Bool
    private let keys: [[UInt8]: Known]
    private let provider: any SignatureProvider

    /// Whether there is anything to ask for.
    var isNeeded: Bool { isRequired || !keys.isEmpty }

    init(
        region: String, _ requirement: SignatureRequirement, _ session: Session,
        provider: any SignatureProvider = OpenSSLProvider()
    ) throws {
        var keys: [[UInt8]: Known] = [:]
        for row in try session.query(SQLText.named("signature_keys"), [.text(region)]) {
            guard let key = provider.publicKey(try row.bytes("spki")) else { continue }
            let revoked = row[text: "revoked"].map { (at: $0, reason: row[text: "revoke_reason"] ?? "") }
            keys[key.fingerprint] = Known(
                key: key, isOwn: try row.bool("own"), isTrusted: try row.bool("trusted"), revoked: revoked)
        }
        self.keys = keys
        self.provider = provider
        isRequired =
            switch requirement {
            case .none: false
            case .all: true
            case .trusted: keys.values.contains { $0.isTrusted && !$0.isOwn }
            }
    }

    /// What is kept of a batch's signatures, and why the batch is refused; nil when it is not.
    typealias Judgement = (kept: [BatchSignature], fault: SignatureFault?)

    /// Judges a batch's signatures.
    func judge(root: [UInt8], _ offered: [BatchSignature]) -> Judgement {
        let (kept, fault) = look(SignedMessage.batch(root: root), offered)
        return (kept, isRequired ? fault : nil)
    }

    /// Judges several batches on all cores, and waits for it: one signature of SM2 takes as long as a hundred
    /// kilobytes of SM3.
    func judge(_ batches: [(root: [UInt8], offered: [BatchSignature])]) -> [Judgement] {
        var judgements = [Judgement](repeating: ([], nil), count: batches.count)
        judgements.withUnsafeMutableBufferPointer { judgements in
            // Each place is written by one thread.
            nonisolated(unsafe) let judgements = judgements
            DispatchQueue.concurrentPerform(iterations: batches.count) { place in
                judgements[place] = judge(root: batches[place].root, batches[place].offered)
            }
        }
        return judgements
    }

    /// Of signatures of a batch that is here those that a known key has made, and a known key that has not.
    func verify(root: [UInt8], _ offered: [BatchSignature]) -> (sound: [BatchSignature], wrong: [UInt8]?) {
        let message = SignedMessage.batch(root: root)
        let known = offered.prefix(Self.perBatch).filter { keys[$0.fingerprint] != nil }
        let sound = known.filter { one in
            keys[one.fingerprint].map { provider.verify(one.signature, of: message, by: $0.key) } ?? false
        }
        return (sound, known.first { !sound.contains($0) }?.fingerprint)
    }

    /// Why nobody who is trusted vouches for anything that is signed; nil when somebody does.
    func fault(of message: [UInt8], _ offered: [BatchSignature]) -> SignatureFault? { look(message, offered).fault }

    private func look(_ message: [UInt8], _ offered: [BatchSignature]) -> Judgement {
        var kept: [BatchSignature] = []
        var fault = SignatureFault.missing
        var isVouchedFor = false
        for one in offered.prefix(Self.perBatch) {
            let found: SignatureFault
            if let known = keys[one.fingerprint] {
                guard provider.verify(one.signature, of: message, by: known.key) else {
                    if fault.rank < 3 { fault = .wrong(one.fingerprint) }
                    continue
                }
                if let revoked = known.revoked {
                    found = .revoked(one.fingerprint, at: revoked.at, reason: revoked.reason)
                } else {
                    isVouchedFor = isVouchedFor || known.isTrusted
                    found = .untrusted(one.fingerprint)
                }
            } else {
                found = .untrusted(one.fingerprint)
            }
            kept.append(one)
            if found.rank > fault.rank { fault = found }
        }
        return (kept, isVouchedFor ? nil : fault)
    }
}

/// How far a link has looked for signatures that came later than their batches.
public struct LateSignatures: Sendable {
    /// Batches whose signatures are asked for at once.
    private let range: Int64
    /// What a peer could not give is asked for again after this time.
    private static let patience = Duration.seconds(600)
    private var from: [String: Int64] = [:]
    private var startedAt = ContinuousClock.now

    /// Nothing has been looked at.
    ///
    /// - Parameter range: batches of an origin that are asked for at each look.
    public init(range: Int64 = 1_000) {
        self.range = range
    }

    /// One look: asks for signatures that batches here lack, after those that were asked for before.
    mutating func fetch(_ feed: PeerFeed, _ local: Session) throws {
        if ContinuousClock.now - startedAt > Self.patience {
            startedAt = .now
            from = [:]
        }
        for row in try local.query(SQLText.named("signature_gaps"), [.text(try JSONText.encode(from))]) {
            let name = try row.text("name")
            guard let first = try row[int: "number"] else {
                from[name] = try row.int("last") + 1
                continue
            }
            let last = min(try row.int("last"), first + range - 1)
            from[name] = last + 1
            try fetch(feed, OriginID(name), try row.int("origin_id"), first...last, local)
        }
    }

    private func fetch(
        _ feed: PeerFeed, _ origin: OriginID, _ id: Int64, _ numbers: ClosedRange<Int64>, _ local: Session
    ) throws {
        let offered = try feed.signatures(of: origin, from: numbers.lowerBound, to: numbers.upperBound)
        guard !offered.isEmpty else { return }
        let check = try SignatureCheck(region: origin.region, .none, local)
        try local.transaction {
            let roots = try local.query(
                SQLText.named("signature_roots"), [.int(id), .int(numbers.lowerBound), .int(numbers.upperBound)])
            let batches = try roots.map { row in
                let number = try row.int(0)
                return (number, root: try row.bytes(1), offered: offered[number, default: []])
            }
            let judged = check.judge(batches.map { ($0.root, $0.offered) })
            try ReceiveStore(session: local).write(zip(batches, judged).map { ($0.0, $1.kept) }, origin: id)
        }
    }
}

/// Keys and late signatures that a peer has and this database has not.
public enum KeyExchange {
    /// Takes note of the peer's keys, trusts those that a trusted key has named as its successors, and fetches
    /// signatures that batches here lack. Nothing from a peer of an earlier version.
    ///
    /// - Throws: `PeerFailure`, `ReceiveError`; `PostgresError` of the own database.
    public static func hear(
        _ feed: PeerFeed, region: String, in local: Session, _ late: inout LateSignatures
    ) throws {
        guard try learn(from: feed, region: region, in: local) else { return }
        try late.fetch(feed, local)
    }

    /// The keys alone; false from a peer of an earlier version.
    static func learn(from source: some BatchSource, region: String, in local: Session) throws -> Bool {
        let provider = OpenSSLProvider()
        guard let offered = try source.keys() else { return false }
        for one in offered {
            let isRegion = BatchHeader.isOrigin(OriginID("\(one.region)-0"), of: one.region)
            guard isRegion, let key = provider.publicKey(one.spki) else { continue }
            try local.execute(
                SQLText.named("key_heard"),
                [
                    .bytes(key.fingerprint), .text(one.region), .text(key.algorithm.rawValue), .bytes(key.spki),
                    .bytes(one.predecessor), .bytes(one.succession), .text(source.peer), .bool(region == one.region),
                ])
        }
        while try trustSuccessors(provider, local) {}
        return true
    }

    /// One link of the chain of successors; true when there may be another.
    private static func trustSuccessors(_ provider: OpenSSLProvider, _ local: Session) throws -> Bool {
        var found = false
        for row in try local.query(SQLText.named("key_successors")) {
            let fingerprint = try row.bytes("fingerprint")
            let message = SignedMessage.succession(region: try row.text("region"), fingerprint: fingerprint)
            guard let predecessor = provider.publicKey(try row.bytes("spki")),
                provider.verify(try row.bytes("succession"), of: message, by: predecessor)
            else { continue }
            let count = try local.execute(
                SQLText.named("key_succeeded"), [.bytes(fingerprint), .text(predecessor.fingerprintText)])
            found = found || count > 0
        }
        return found
    }
}
