internal import Glibc
public import Integrity
public import Postgres
internal import Replication

/// The keys that vouch for batches: our own, and those of other regions.
public enum Keys {
    /// A public key, as this database knows it. Times are in microseconds since 1970 UTC.
    public struct Key: Sendable, Equatable {
        /// The key itself; nil when it is of a kind that this program does not know.
        public let publicKey: PublicKey?
        /// 64 lower-case hexadecimal digits.
        public let fingerprint: String
        public let region: String
        public let algorithm: String
        /// Whether the private half is, or was, our daemon's.
        public let isOwn: Bool
        public let firstSeen: Int64
        /// The peer that told of it; nil: made here.
        public let firstSeenFrom: String?
        public let trustedAt: Int64?
        public let trustedBy: String?
        public let revokedAt: Int64?
        public let revokedBy: String?
        public let revokeReason: String?
        /// Fingerprint of the key that named it as its successor.
        public let predecessor: String?
        /// How many batches here it has signed.
        public let signatures: Int64

        /// In groups of four, as people compare it.
        public var fingerprintText: String { PublicKey.text(Hex.bytes(fingerprint) ?? []) }
    }

    /// Why something was not done with a key.
    public enum Refusal: Error, Sendable, Equatable {
        /// Nothing here goes by that name.
        case unknown(String)
        /// Several do: their fingerprints in groups.
        case ambiguous(String, [String])
        /// It was revoked.
        case revoked(String)
        /// It is trusted already.
        case trusted(String)
    }

    /// Every key, our own first.
    public static func list(_ session: Session) throws -> [Key] {
        guard try Installer.installedVersion(session) != nil else { throw ControlError.notInstalled }
        return try session.query(SQLText.named("key_list")).map { row in
            Key(
                publicKey: OpenSSLProvider().publicKey(try row.bytes("spki")),
                fingerprint: try row.text("fingerprint"), region: try row.text("region"),
                algorithm: try row.text("algorithm"), isOwn: try row.bool("own"),
                firstSeen: try row.int("first_seen"), firstSeenFrom: row[text: "first_seen_from"],
                trustedAt: try row[int: "trusted_at"], trustedBy: row[text: "trusted_by"],
                revokedAt: try row[int: "revoked_at"], revokedBy: row[text: "revoked_by"],
                revokeReason: row[text: "revoke_reason"], predecessor: row[text: "predecessor"],
                signatures: try row.int("signatures"))
        }
    }

    /// The first digits of a fingerprint, eight at least, without the spaces and colons between them; nil when the
    /// text is something else, such as the name of a peer.
    public static func digits(_ text: String) -> String? {
        let digits = text.lowercased().filter { $0 != " " && $0 != ":" }
        return digits.count >= 8 && digits.allSatisfy { $0.isASCII && $0.isHexDigit } ? digits : nil
    }

    /// The key that people mean: by the first eight or more digits of its fingerprint, or the only one of a region or
    /// of a peer's region that is not revoked.
    ///
    /// - Parameter isMeant: which of a region's keys are meant, where there are such.
    /// - Returns: the key, and whether it was named by its whole fingerprint.
    /// - Throws: `Refusal`.
    public static func find(
        _ session: Session, _ text: String, preferring isMeant: (Key) -> Bool = { _ in true }
    ) throws -> (key: Key, isExact: Bool) {
        let keys = try list(session)
        let digits = digits(text)
        var named: [Key]
        if let digits {
            named = keys.filter { $0.fingerprint.hasPrefix(digits) }
        } else {
            let region = try session.queryOne(SQLText.named("key_peer_region"), [.text(text)])?[text: "region"] ?? text
            named = keys.filter { $0.region == region && $0.revokedAt == nil }
            if named.contains(where: isMeant) { named = named.filter(isMeant) }
        }
        guard let key = named.first else { throw Refusal.unknown(text) }
        guard named.count == 1 else { throw Refusal.ambiguous(text, named.map(\.fingerprintText)) }
        return (key, key.fingerprint == digits)
    }

    /// Says that an operator has compared the key's fingerprint.
    ///
    /// - Throws: `Refusal` when that changes nothing.
    public static func trust(_ session: Session, _ key: Key) throws {
        let count = try session.execute(SQLText.named("key_trust"), [.bytes(Hex.bytes(key.fingerprint))])
        guard count == 0 else { return }
        throw refusal(key)
    }

    /// Why a key that is no new one is not trusted.
    private static func refusal(_ key: Key) -> Refusal {
        key.revokedAt == nil ? .trusted(key.fingerprintText) : .revoked(key.fingerprintText)
    }

    /// The key that `text` names, when it is still to be trusted.
    ///
    /// - Returns: the key, and whether it was named by its whole fingerprint.
    /// - Throws: `Refusal`, also when the key is trusted already, or revoked.
    public static func findNew(_ session: Session, _ text: String) throws -> (key: Key, isExact: Bool) {
        let found = try find(session, text) { $0.trustedAt == nil }
        guard found.key.trustedAt == nil, found.key.revokedAt == nil else { throw refusal(found.key) }
        return found
    }

    /// Says that the key must not be believed any more: for every batch that is not applied yet.
    ///
    /// - Throws: `Refusal.revoked` when somebody has said so before.
    public static func revoke(_ session: Session, _ key: Key, reason: String) throws {
        let parameters: [Parameter] = [.bytes(Hex.bytes(key.fingerprint)), .text(reason)]
        guard try session.execute(SQLText.named("key_revoke"), parameters) > 0 else {
            throw Refusal.revoked(key.fingerprintText)
        }
    }

    /// Makes a private key.
    ///
    /// - Parameter file: where there is none yet.
    /// - Throws: `SignatureError`.
    public static func generate(_ algorithm: SignatureAlgorithm, file: String) throws -> PublicKey {
        let provider = OpenSSLProvider()
        try provider.generate(algorithm, as: KeyReference(file))
        return try provider.open(KeyReference(file)).publicKey
    }

    /// Makes the key that follows the one in `file`, has that one name it, and puts it in its place. The daemon goes
    /// on with the old one until it reads its configuration again.
    ///
    /// - Parameter algorithm: nil: that of the present key.
    /// - Returns: the new key, and the file in which the old one is now.
    /// - Throws: `SignatureError`, `PostgresError`; then the old key is where it was.
    public static func rotate(
        _ session: Session, _ algorithm: SignatureAlgorithm?, file: String
    ) throws -> (key: PublicKey, oldFile: String) {
        let old = try OpenSSLProvider().open(KeyReference(file))
        let (newFile, oldFile) = (file + ".new", file + ".old-" + Hex.text(Array(old.publicKey.fingerprint.prefix(4))))
        let key = try generate(algorithm ?? old.publicKey.algorithm, file: newFile)
        do {
            try session.transaction {
                guard let region = try session.queryOne(SQLText.named("key_own_region"))?.text(0) else {
                    throw ControlError.notInstalled
                }
                try OwnHistory(key: old).register(session)
                let succession = try old.sign(
                    SignedMessage.succession(region: region, fingerprint: key.fingerprint))
                try session.execute(
                    SQLText.named("key_follow"),
                    [
                        .bytes(key.fingerprint), .text(key.algorithm.rawValue), .bytes(key.spki),
                        .bytes(old.publicKey.fingerprint), .bytes(succession),
                    ])
                // At no moment without a key in the file's place.
                guard link(file, oldFile) == 0 || errno == EEXIST, rename(newFile, file) == 0 else {
                    throw SignatureError.inaccessible(key: file, reason: String(cString: strerror(errno)))
                }
            }
        } catch {
            unlink(newFile)
            throw error
        }
        return (key, oldFile)
    }
}
