import Postgres
import Synchronization
import TestCluster

/// Two regions joined by Bashu, the target pulling from the source.
final class BashuPair: Pair {
    static let daemonRole = "bench_daemon"
    static let peerLogin = "bench_peer"
    private static let regions = (source: "50", target: "51")

    let source: Node
    let target: Node
    /// With the source's daemon stopped too, the backlog is cut after the start.
    private let stopsSource: Bool
    private let variant: DaemonVariant
    private let daemons = Mutex<(source: Daemon?, target: Daemon?)>((nil, nil))

    private init(source: Node, target: Node, stopsSource: Bool, variant: DaemonVariant) {
        self.source = source
        self.target = target
        self.stopsSource = stopsSource
        self.variant = variant
    }

    /// Makes them, with Bashu installed and both tables shared, and starts the daemons.
    ///
    /// - Parameter variant: of both daemons; with signatures, only the source has a key, and the target trusts it.
    static func make(
        _ clusters: Clusters, _ name: String, stopsSource: Bool = true, variant: DaemonVariant = DaemonVariant()
    ) async throws -> BashuPair {
        let pair = BashuPair(
            source: try await clusters.newSource(name), target: try await clusters.newTarget(name),
            stopsSource: stopsSource, variant: variant)
        try install(pair.source, region: regions.source)
        try install(pair.target, region: regions.target)
        try Programs.control(pair.source, ["peer", "add", regions.target, "--login", peerLogin])
        try await pair.source.owner.run { session in
            for row in try session.query("SELECT bashu.grants_text('peer', '\(peerLogin)')") {
                try session.script(try row.text(0))
            }
        }
        let conninfo = pair.source.conninfo(user: peerLogin)
        try Programs.control(pair.target, ["peer", "add", regions.source, "--conninfo", conninfo])
        try await pair.startFollowing()
        if let signing = variant.signing { try await pair.trust(signing) }
        guard variant.digest != nil else { return pair }
        // SM3 is written once everybody has said that it reads it.
        try await pair.awaitFollowing(turn: 0)
        try await Patience.until("the source knows what the target reads", report: pair.report) {
            try await pair.source.value("SELECT count(*) FROM bashu.peer_position WHERE node ? 'digests'") == "1"
        }
        return pair
    }

    /// Makes the source sign, and the target believe it.
    private func trust(_ signing: DaemonVariant.Signing) async throws {
        try Programs.makeKey(source, signing)
        try await awaitFollowing(turn: 0)
        try await stopFollowing()
        try daemons.withLock { running in
            if running.source == nil { running.source = try Daemon(source, variant) }
        }
        try await Patience.until("the source has its key", report: report) {
            try await source.value("SELECT count(*) FROM bashu.public_key WHERE own") == "1"
        }
        let key = try await source.value("SELECT encode(spki, 'hex') FROM bashu.public_key WHERE own") ?? ""
        try await target.administer(
            """
            INSERT INTO bashu.public_key AS k (fingerprint, region, algorithm, spki, trusted_at, trusted_by)
            VALUES (sha256('\\x\(key)'), '\(Self.regions.source)', '\(signing.rawValue)', '\\x\(key)', now(), 'bench')
            ON CONFLICT (fingerprint) DO UPDATE SET trusted_at = excluded.trusted_at, trusted_by = 'bench'
            """)
        try await startFollowing()
    }

    /// Prepares one database.
    static func install(_ node: Node, region: String = regions.source) throws {
        try Programs.control(node, ["init", "--region", region, "--daemon-role", daemonRole])
        for table in [SampleTable.name, SampleTable.beat] { try Programs.control(node, ["table", "add", table]) }
    }

    /// Starts what does not run.
    func startFollowing() async throws {
        let (source, target) = (source, target)
        var unsigned = variant
        unsigned.signing = nil
        try daemons.withLock { running in
            if running.source == nil { running.source = try Daemon(source, variant) }
            if running.target == nil { running.target = try Daemon(target, unsigned) }
        }
    }

    func stopFollowing() async throws {
        let stopsSource = stopsSource
        let stopping = daemons.withLock { running in
            let stopping = [running.target, stopsSource ? running.source : nil]
            running.target = nil
            if stopsSource { running.source = nil }
            return stopping
        }
        for daemon in stopping.compactMap({ $0 }) { try await daemon.stop() }
    }

    /// Waits until the source's daemon, which has to run, has cut everything.
    func awaitCut() async throws {
        guard let daemon = daemons.withLock({ $0.source }) else { throw BenchError("no daemon at the source") }
        try await daemon.awaitCut()
    }

    /// The most memory each daemon has had resident since its start, in bytes.
    func peakBytes() throws -> (source: Double, target: Double) {
        let (source, target) = daemons.withLock { $0 }
        guard let source, let target else { throw BenchError("a daemon does not run") }
        return (try source.peakBytes(), try target.peakBytes())
    }

    var daemonIDs: [Int32] {
        daemons.withLock { [$0.source, $0.target] }.compactMap { $0?.processID }
    }

    func checkAlive() async throws {
        let (source, target) = daemons.withLock { $0 }
        try source?.checkAlive()
        try target?.checkAlive()
    }

    func report() async throws -> String {
        let (source, target) = daemons.withLock { $0 }
        return "source:\n\(source?.lastWords ?? "no daemon")\ntarget:\n\(target?.lastWords ?? "no daemon")"
    }

    func drop() async throws {
        let stopping = daemons.withLock { running in
            defer { running = (nil, nil) }
            return [running.target, running.source]
        }
        for daemon in stopping.compactMap({ $0 }) { try await daemon.stop() }
        try await source.drop()
        try await target.drop()
    }
}
