import RegionStore
import Replication
import Settings
import Synchronization

/// The settings in force. Some can change while the daemon runs.
final class LiveSettings: Sendable {
    private let settings: Mutex<Settings>

    init(_ settings: Settings) {
        self.settings = Mutex(settings)
    }

    /// How long the engine pauses at most.
    var pollMax: Duration { .milliseconds(settings.withLock { $0.pollIntervalMaxMilliseconds }) }
    /// How often a peer is asked that announces nothing.
    var peerPoll: Duration { .seconds(settings.withLock { $0.peerPollSeconds }) }
    /// How far a peer's clock may be off before it is said, in milliseconds.
    var clockBoundMilliseconds: Int { settings.withLock { $0.clockBoundMilliseconds } }

    /// How own batches are written.
    var history: OwnHistory {
        OwnHistory(digest: settings.withLock { $0.historyDigest } == .sm3 ? .sm3 : .sha256)
    }

    /// How many days the log keeps what it may forget; of the engine that is started next.
    var retentionDays: Int { settings.withLock { $0.retentionDays } }

    /// Whether connections to other machines may be less than `verify-full`; for those that are made from now on.
    var acceptsUnprotectedPeers: Bool { settings.withLock { $0.acceptsUnprotectedPeers } }

    /// Takes over what can be.
    ///
    /// - Returns: the keys that have another value now, and those whose new value needs a restart.
    func adopt(_ fresh: Settings) -> (adopted: [String], needsRestart: [String]) {
        settings.withLock { settings in
            let keys = settings.keysThatDiffer(from: fresh)
            settings.adoptLive(fresh)
            return (keys.filter(Settings.isLive), keys.filter { !Settings.isLive($0) })
        }
    }
}
