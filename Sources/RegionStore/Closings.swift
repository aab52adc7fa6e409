internal import Integrity
public import Postgres
public import Reasons
internal import Replication

/// The end of an origin as a peer tells of it: nothing of it has been checked.
struct OfferedClosing: Sendable {
    let origin: String
    let number: Int64
    /// Where it was declared.
    let region: String
    let person: String
    let reason: String
    /// Microseconds since 1970 UTC.
    let declaredAt: Int64
    /// Empty where nobody has signed it.
    let fingerprint: [UInt8]
    let signature: [UInt8]

    var name: String { "\(origin) \(number) \(region)" }
    /// The region whose origin it is.
    var closedRegion: String { origin.lastIndex(of: "-").map { String(origin[..<$0]) } ?? origin }
    var message: [UInt8] {
        SignedMessage.closing(
            origin: origin, number: number, region: region, person: person, reason: reason, declaredAt: declaredAt)
    }
}

/// Ends of origins that peers tell of. Whoever could make one up could stop a region.
public enum Closings {
    /// Notes those that a peer knows of, as far as somebody who counts vouches for them: a trusted key of the region
    /// that has declared the end, wherever that region, or the one whose origin it is, has a key that is trusted here.
    ///
    /// - Returns: why others are not believed.
    /// - Throws: `PeerFailure`, `ReceiveError`; `PostgresError` of the own database.
    public static func adopt(
        from feed: PeerFeed, in local: Session, _ requirement: SignatureRequirement
    ) throws -> [Reason] {
        try adopt(offeredBy: feed, in: local, requirement)
    }

    static func adopt(
        offeredBy feed: some BatchSource, in local: Session, _ requirement: SignatureRequirement
    ) throws -> [Reason] {
        let offered = try feed.closings()
        guard !offered.isEmpty else { return [] }
        let signed = Set(try local.query(SQLText.named("closing_signed")).map {
            "\(try $0.text(0)) \(try $0.int(1)) \(try $0.text(2))"
        })
        let check = try ClosingCheck(local, requirement)
        var believed: [OfferedClosing] = []
        var refused: [Reason] = []
        for one in offered where !signed.contains(one.name) {
            switch check.judge(one) {
            case .signed: believed.append(one)
            case .unsigned: believed.append(one.withoutSignature)
            case .refused:
                refused.append(
                    Reason(
                        LifeReason.closing_unproven,
                        [
                            "origin": one.origin, "number": "\(one.number)", "region": one.region,
                            "peer": feed.peer,
                        ]))
            }
        }
        try store(believed, local, feed)
        return refused
    }

    private static func store(_ closings: [OfferedClosing], _ local: Session, _ feed: some BatchSource) throws {
        guard !closings.isEmpty else { return }
        let texts = { (value: (OfferedClosing) -> String) in Parameter.textArray(closings.map(value)) }
        do {
            try local.execute(
                SQLText.named("closing_adopt"),
                [
                    texts(\.origin), .intArray(closings.map(\.number)), texts(\.region), texts(\.person),
                    texts(\.reason), .intArray(closings.map(\.declaredAt)), texts { Hex.text($0.fingerprint) },
                    texts { Hex.text($0.signature) },
                ])
        } catch let error as PostgresError where Self.malformed.contains(error.sqlState) {
            throw feed.unexpected("an end of an origin that is not of its form")
        }
    }

    private static let malformed: [SQLState?] = [.checkViolation, .datetimeFieldOverflow]
}

extension OfferedClosing {
    /// What cannot be checked here is not kept.
    fileprivate var withoutSignature: OfferedClosing {
        OfferedClosing(
            origin: origin, number: number, region: region, person: person, reason: reason, declaredAt: declaredAt,
            fingerprint: [], signature: [])
    }
}

/// Judges who vouches for ends.
private struct ClosingCheck {
    enum Verdict {
        case signed, unsigned, refused
    }

    private let requirement: SignatureRequirement
    private let provider = OpenSSLProvider()
    /// Keys that count, by region and fingerprint.
    private var keys: [String: [[UInt8]: PublicKey]] = [:]
    /// Regions with a key that somebody has trusted here, even if it was revoked since.
    private var known: Set<String> = []

    init(_ session: Session, _ requirement: SignatureRequirement) throws {
        self.requirement = requirement
        for row in try session.query(SQLText.named("closing_keys")) {
            let region = try row.text("region")
            known.insert(region)
            guard try row.bool("counts"), let key = provider.publicKey(try row.bytes("spki")) else { continue }
            keys[region, default: [:]][key.fingerprint] = key
        }
    }

    func judge(_ closing: OfferedClosing) -> Verdict {
        if let key = keys[closing.region]?[closing.fingerprint],
            provider.verify(closing.signature, of: closing.message, by: key)
        {
            return .signed
        }
        let isRequired =
            switch requirement {
            case .none: false
            case .all: true
            case .trusted: known.contains(closing.region) || known.contains(closing.closedRegion)
            }
        return isRequired ? .refused : .unsigned
    }
}

extension Engine {
    /// Signs the ends that operators have declared here.
    func signClosings() throws {
        guard let key = history.key, !node.isReplica else { return }
        let session = cutter.session
        try session.transaction {
            let rows = try session.query(SQLText.named("closing_unsigned"))
            guard !rows.isEmpty else { return }
            guard try session.queryOne(SQLText.named("receive_fence"))?.int(0) == token else {
                throw StoreError.fenceLost
            }
            for row in rows {
                let (origin, region) = (try row.text("origin"), try row.text("declared_by"))
                let number = try row.int("number")
                let message = SignedMessage.closing(
                    origin: origin, number: number, region: region, person: try row.text("person"),
                    reason: try row.text("reason"), declaredAt: try row.int("declared_at"))
                try session.execute(
                    SQLText.named("closing_sign"),
                    [
                        .text(origin), .int(number), .text(region), .bytes(key.publicKey.fingerprint),
                        .bytes(key.sign(message)),
                    ])
            }
        }
    }
}
