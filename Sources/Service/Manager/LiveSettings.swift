import RegionStore
import Replication
import Settings
import Synchronization

/// The settings in force. Some can change while the daemon runs.
final class LiveSettings: Sendable {
    private let settings: Mutex<Settings>
    /// Opened when it is first asked for.
    private let opened = Mutex<OwnHistory?>(nil)

    init(_ settings: Settings) {
        self.settings = Mutex(settings)
    }

    /// How long the engine pauses at most.
    var pollMax: Duration { .milliseconds(settings.withLock { $0.pollIntervalMaxMilliseconds }) }
    /// How often a peer is asked that announces nothing.
    var peerPoll: Duration { .seconds(settings.withLock { $0.peerPollSeconds }) }
    /// How far a peer's clock may be off before it is said, in milliseconds.
    var clockBoundMilliseconds: Int { settings.withLock { $0.clockBoundMilliseconds } }

    /// How old the last file of a peer by files may be before it is said, in days.
    var peerFileAgeMaxDays: Int { settings.withLock { $0.peerFileAgeMaxDays } }

    /// How own batches are written; the key's file is read once, and again when the settings are.
    ///
    /// - Throws: `SignatureError` when the key cannot be used.
    func history() throws -> OwnHistory {
        if let opened = opened.withLock({ $0 }) { return opened }
        let history = try Self.history(settings.withLock { $0 })
        opened.withLock { $0 = history }
        return history
    }

    private static func history(_ settings: Settings) throws -> OwnHistory {
        try OwnHistory(digest: settings.historyDigest == .sm3 ? .sm3 : .sha256, keyFile: settings.historyKeyFile)
    }

    /// Whose batches must be signed; of connections made from now on.
    var signatureRequirement: SignatureRequirement {
        switch settings.withLock({ $0.requiredSignatures }) {
        case .trusted: .trusted
        case .all: .all
        case .none: .none
        }
    }

    /// How many days the log keeps what it may forget; of the engine that is started next.
    var retentionDays: Int { settings.withLock { $0.retentionDays } }

    /// Whether connections to other machines may be less than `verify-full`; for those that are made from now on.
    var acceptsUnprotectedPeers: Bool { settings.withLock { $0.acceptsUnprotectedPeers } }

    /// Takes over what can be.
    ///
    /// - Returns: the keys that have another value now, and those whose new value needs a restart.
    /// - Throws: `SignatureError` when the key cannot be used; then the old settings hold.
    func adopt(_ fresh: Settings) throws -> (adopted: [String], needsRestart: [String]) {
        let history = try Self.history(fresh)
        let before = opened.withLock { opened in
            defer { opened = history }
            return opened
        }
        let keyFile = "history.key_file"
        let isOtherKey = history.hasOtherKey(than: before)
        return settings.withLock { settings in
            let keys = settings.keysThatDiffer(from: fresh)
            settings.adoptLive(fresh)
            // The file may be the same, and the key in it another.
            let sameFile = isOtherKey && !keys.contains(keyFile) ? [keyFile] : []
            return (keys.filter(Settings.isLive) + sameFile, keys.filter { !Settings.isLive($0) })
        }
    }
}
