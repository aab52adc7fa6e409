/// What signs and checks signatures. Narrow, so that a certified module can take the place of OpenSSL: private keys
/// are named, never handed over.
public protocol SignatureProvider: Sendable {
    /// A private key, ready to sign.
    func open(_ reference: KeyReference) throws(SignatureError) -> any SigningKey

    /// Makes a private key where there is none yet.
    func generate(_ algorithm: SignatureAlgorithm, as reference: KeyReference) throws(SignatureError)

    /// The public key in these bytes; nil when they are not exactly one key of an algorithm that is known here.
    ///
    /// - Parameter spki: SubjectPublicKeyInfo in DER.
    func publicKey(_ spki: [UInt8]) -> PublicKey?

    /// Whether `signature` is that of `message` by the owner of `key`.
    func verify(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) -> Bool
}

/// A private key that can be used and not seen.
public protocol SigningKey: Sendable {
    /// The other half.
    var publicKey: PublicKey { get }

    /// Signs a message.
    func sign(_ message: [UInt8]) throws(SignatureError) -> [UInt8]
}

/// How signatures are made.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// SM2 with SM3 (GB/T 32918), the signer's id being 1234567812345678 (GM/T 0009); a DER sequence of r and s.
    case sm2
    /// Ed25519 (RFC 8032); 64 bytes.
    case ed25519
}

/// Where a private key is: for OpenSSL the path of a PEM file, for another module what it calls its keys.
public struct KeyReference: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let name: String

    /// The key of that name.
    public init(_ name: String) { self.name = name }

    public var description: String { name }
}

/// A public key.
public struct PublicKey: Sendable, Hashable {
    /// What it checks.
    public let algorithm: SignatureAlgorithm
    /// SubjectPublicKeyInfo in DER.
    public let spki: [UInt8]
    /// SHA-256 of `spki`, 32 bytes: the key's name.
    public let fingerprint: [UInt8]

    /// Only a provider knows that the bytes are a key.
    init(algorithm: SignatureAlgorithm, spki: [UInt8]) {
        self.algorithm = algorithm
        self.spki = spki
        fingerprint = HashFunction.digest(spki, .sha256)
    }

    /// The fingerprint as people compare it.
    public var fingerprintText: String { Self.text(fingerprint) }

    /// A fingerprint as people compare it: sixteen groups of four hexadecimal digits.
    public static func text(_ fingerprint: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in fingerprint.enumerated() {
            if index > 0, index.isMultiple(of: 2) { text.append(UInt8(ascii: " ")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// What is signed. Every message begins with what it is, so that no signature can be used for another purpose.
public enum SignedMessage {
    /// A batch: its root covers its header, which names origin, number and the batch before.
    ///
    /// - Parameter root: 32 bytes.
    public static func batch(root: [UInt8]) -> [UInt8] {
        Array("Bashu batch signature v1\0".utf8) + root
    }

    /// The end of an origin, said by the region where it was declared. No field has a zero byte in it.
    ///
    /// - Parameters:
    ///   - number: the origin's last batch.
    ///   - declaredAt: microseconds since 1970 UTC.
    public static func closing(
        origin: String, number: Int64, region: String, person: String, reason: String, declaredAt: Int64
    ) -> [UInt8] {
        let fields = [origin, "\(number)", region, person, reason, "\(declaredAt)"]
        return Array("Bashu closing v1\0".utf8) + Array(fields.joined(separator: "\0").utf8)
    }

    /// "This is my next key", said by the key before.
    ///
    /// - Parameter fingerprint: of the next key.
    public static func succession(region: String, fingerprint: [UInt8]) -> [UInt8] {
        Array("Bashu key succession v1\0".utf8) + Array(region.utf8) + [0] + fingerprint
    }

    /// A file of batches: its digest covers everything in it.
    ///
    /// - Parameters:
    ///   - algorithm: what the digest was made with.
    ///   - digest: 32 bytes.
    public static func transfer(algorithm: String, digest: [UInt8]) -> [UInt8] {
        Array("Bashu transfer signature v1\0".utf8) + Array(algorithm.utf8) + [0] + digest
    }
}

/// Why a key cannot be used. The key's name is in every case; its contents never are.
public enum SignatureError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be read or written: the system's reason.
    case inaccessible(key: String, reason: String)
    /// Others than the daemon's user can read it.
    case exposed(key: String, mode: String)
    /// It belongs to another user than the one that this program runs as.
    case foreign(key: String, owner: UInt32, user: UInt32)
    /// It is not one private key in PEM without a passphrase.
    case notAKey(key: String)
    /// It is a key of another kind.
    case otherKind(key: String, found: String)
    /// There is a file of that name already.
    case exists(key: String)
    /// The library refused: which step.
    case failed(key: String, step: String)

    public var description: String {
        switch self {
        case .inaccessible(let key, let reason): "key \(key) cannot be used: \(reason)"
        case .exposed(let key, let mode):
            "key \(key) can be read by others (mode \(mode)): chmod 600 it, and replace it if they may have read it"
        case .foreign(let key, let owner, let user):
            "key \(key) belongs to user \(owner), and this program runs as user \(user): chown it"
        case .notAKey(let key): "\(key) is not one private key in PEM without a passphrase"
        case .otherKind(let key, let found): "key \(key) is of type \(found); only SM2 and Ed25519 are used"
        case .exists(let key): "there is a file \(key) already; a key is never written over"
        case .failed(let key, let step): "libcrypto could not \(step) with key \(key)"
        }
    }
}
