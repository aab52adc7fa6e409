import ArgumentParser
import Console
import Integrity
import RegionStore
import Settings

struct KeyCommand: ParsableCommand {
    static let configuration = page(
        "key", "COMMAND", .key, nil,
        [
            KeyGenerate.self, KeyShow.self, KeyTrust.self, KeyRevoke.self, KeyRotate.self, KeyList.self,
        ])
}

/// What the key commands share.
enum KeyWords {
    /// - Throws: `ValidationError` for another word.
    static func algorithm(_ text: String) throws -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: text.lowercased()) else {
            throw ValidationError(speech(KeyMessage.badAlgorithm))
        }
        return algorithm
    }

    /// Where the private key is, or is to be.
    static func file(_ context: Context) throws -> String {
        guard let file = context.settings.historyKeyFile else {
            throw Failure(.usage, speech(KeyMessage.noKeyFile))
        }
        return file
    }

    static func state(_ key: Keys.Key) -> (text: String, tone: Tone) {
        if key.revokedAt != nil { return (speech(KeyMessage.stateRevoked), .bad) }
        if key.isOwn { return (speech(KeyMessage.stateOwn), .good) }
        return key.trustedAt == nil
            ? (speech(KeyMessage.stateNew), .warning) : (speech(KeyMessage.stateTrusted), .good)
    }

    /// The same in JSON.
    static func json(_ key: Keys.Key) -> JSONValue {
        [
            "fingerprint": .string(key.fingerprint), "region": .string(key.region),
            "algorithm": .string(key.algorithm), "own": .bool(key.isOwn), "first_seen": .time(key.firstSeen),
            "first_seen_from": JSONValue(key.firstSeenFrom), "trusted_at": .time(key.trustedAt),
            "trusted_by": JSONValue(key.trustedBy), "revoked_at": .time(key.revokedAt),
            "revoked_by": JSONValue(key.revokedBy), "revoke_reason": JSONValue(key.revokeReason),
            "predecessor": JSONValue(key.predecessor), "signatures": .integer(key.signatures),
            "pem": JSONValue(key.publicKey?.pem),
        ]
    }
}

extension SignatureError {
    /// The error in the user's language.
    var text: String {
        switch self {
        case .inaccessible(let key, let reason): speech(KeyMessage.inaccessible, ["key": key, "reason": reason])
        case .exposed(let key, let mode): speech(KeyMessage.exposed, ["key": key, "mode": mode])
        case .foreign(let key, let owner, let user):
            speech(KeyMessage.foreign, ["key": key, "owner": "\(owner)", "user": "\(user)"])
        case .notAKey(let key): speech(KeyMessage.notAKey, ["key": key])
        case .otherKind(let key, let found): speech(KeyMessage.otherKind, ["key": key, "found": found])
        case .exists(let key): speech(KeyMessage.exists, ["key": key])
        case .failed(let key, let step): speech(KeyMessage.failed, ["key": key, "step": step])
        }
    }
}

extension Keys.Refusal {
    /// The error in the user's language.
    var text: String {
        switch self {
        case .unknown(let name): speech(KeyMessage.unknown, ["name": name])
        case .ambiguous(let name, let keys): speech(KeyMessage.ambiguous, ["name": name, "keys": speech.list(keys)])
        case .revoked(let key): speech(KeyMessage.isRevoked, ["fingerprint": key])
        case .trusted(let key): speech(KeyMessage.isTrusted, ["fingerprint": key])
        }
    }
}
