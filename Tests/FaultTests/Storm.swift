import Integrity
import Postgres
import Synchronization
import TestCluster
import Testing

@testable import RegionStore
@testable import TestFederation

/// Three regions on three servers, the middle one relaying between the others, and an institution that reads; a proxy
/// on every link, and everything that can fail.
final class Storm: Sendable {
    let world: Federation
    private let servers: [String: FaultyServer]
    private let points: [String: FailureFolder]
    private let proxies: [(from: String, to: String, proxy: Proxy)]

    /// What one fault was, for who looks for the cause of a finding.
    private let diary = Mutex<[String]>([])
    /// What daemons that have ended had said.
    private let logs = Mutex<[String]>([])

    static let tables = TableSet(
        definition: #"""
            CREATE TABLE standard (
                number text PRIMARY KEY,
                title  text NOT NULL,
                pages  integer,
                code   text UNIQUE
            );
            CREATE TABLE "条目 ""甲""" (
                number text NOT NULL REFERENCES standard,
                "第 N"  integer NOT NULL,
                "正文"  text,
                PRIMARY KEY (number, "第 N")
            );
            CREATE TABLE ledger (
                region text NOT NULL, half integer NOT NULL, n bigint NOT NULL,
                seen_50 bigint NOT NULL, seen_51 bigint NOT NULL, seen_52 bigint NOT NULL,
                PRIMARY KEY (region, half)
            );
            """#,
        names: ["standard", #""条目 ""甲""""#, "ledger"])

    init() async throws {
        var servers: [String: FaultyServer] = [:]
        for name in ["50", "51", "52"] { servers[name] = try await FaultyServer() }
        servers["cqu"] = servers["52"]
        self.servers = servers
        let links = [("50", "51"), ("51", "50"), ("51", "52"), ("52", "51"), ("cqu", "51")]
        world = try await Federation.make(
            regions: ["50", "51", "52"], replicas: ["cqu": "51"], links: links.map { (from: $0.0, to: $0.1) },
            tables: Self.tables, clusters: servers.mapValues(\.cluster))
        var proxies: [(from: String, to: String, proxy: Proxy)] = []
        for (from, to) in links {
            let proxy = try Proxy(to: world[to].cluster.port)
            try await world[from].pull(from: world[to], through: proxy)
            proxies.append((from, to, proxy))
        }
        self.proxies = proxies
        points = try Dictionary(uniqueKeysWithValues: world.parties.map { ($0.name, try FailureFolder()) })
        for party in world.parties where party.kind == .region {
            try await party.run(
                "INSERT INTO ledger SELECT '\(party.name)', half, 0, 0, 0, 0 FROM generate_series(1, 2) half")
        }
        for (region, algorithm) in Self.signing {
            _ = try Keys.generate(algorithm, file: keyFile(region))
        }
        try await trustKeys()
        try await world.converged()
    }

    /// Regions that sign what they publish.
    static let signing: [String: SignatureAlgorithm] = ["50": .sm2, "52": .ed25519]

    private func keyFile(_ region: String) -> String { "\(points[region]?.path ?? "")/\(region).pem" }

    /// Starts all daemons. Everybody believes the keys of the others, as after a comparison by telephone.
    ///
    /// Keys are told when a connection begins: first those who have one start, then the relay, then all.
    private func trustKeys() async throws {
        for region in Self.signing.keys {
            try start(world[region])
            try await expect(keysOf: [region], in: world[region])
            end(world[region])
        }
        try start(world["51"])
        try await expect(keysOf: Set(Self.signing.keys), in: world["51"])
        try startDaemons()
        for party in world.parties {
            try await expect(keysOf: Set(Self.signing.keys), in: party)
            let session = try party.session(as: .owner)
            defer { session.close() }
            for key in try Keys.list(session) where !key.isOwn { try Keys.trust(session, key) }
        }
    }

    private func expect(keysOf regions: Set<String>, in party: Party) async throws {
        try await eventually("\(party.name) knows the keys of \(regions)", timeout: .seconds(60)) {
            regions.isSubset(of: try await party.rows("SELECT region FROM bashu.public_key").compactMap { $0[0] })
        }
    }

    /// What has been done so far, the last of it.
    var past: String { diary.withLock { $0.suffix(14).joined(separator: "; ") } }

    /// Everything that daemons have said, line by line.
    var said: [String] {
        (logs.withLock { $0 } + world.parties.map(\.daemonLog)).flatMap { $0.split(separator: "\n").map(String.init) }
    }

    private func note(_ text: String) { diary.withLock { $0.append(text) } }

    // MARK: Faults

    private enum Kind: CaseIterable {
        case daemonKilled, daemonKilledAtAPoint, daemonStopped, serverKilled, sessionsEnded, connectionHit, weather,
            partition, clock, disk
    }

    /// One fault; what was broken before is mended now and then.
    func strike(_ dice: inout Dice) async throws {
        if dice.below(3) == 0 { try startDaemons() }
        if dice.below(4) == 0 { try await mend() }
        let party = world.parties[dice.below(world.parties.count)]
        switch dice.pick(Kind.allCases) ?? .weather {
        case .daemonKilled:
            note("kill -9 of the daemon of \(party.name)")
            end(party)
        case .daemonKilledAtAPoint:
            let point = dice.pick(Checkpoint.allCases) ?? .cutWritten
            note("kill -9 of the daemon of \(party.name) at \(point)")
            points[party.name]?.kill(at: point)
        case .daemonStopped:
            note("SIGTERM for the daemon of \(party.name)")
            // It may have killed itself at a point before that.
            party.daemon?.terminate()
            _ = try await party.daemon?.ended(within: .seconds(30))
            end(party)
        case .serverKilled:
            let isKill = dice.below(2) == 0
            note("\(isKill ? "kill -9" : "immediate stop") of the server of \(party.name)")
            await party.cluster.stop(isKill ? .kill : .immediate)
            await start(party.cluster)
        case .sessionsEnded:
            note("sessions on \(party.name) ended")
            _ = try? await party.rows(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name LIKE 'bashud%' AND datname = current_database()
                """)
        case .connectionHit: hitConnection(&dice)
        case .weather: changeWeather(&dice)
        case .partition:
            let region = dice.pick(["50", "51", "52"]) ?? "50"
            let weather: Proxy.Weather = dice.below(2) == 0 ? .silent : .refusing
            note("\(region) alone: \(weather)")
            for link in proxies where link.from == region || link.to == region { link.proxy.weather = weather }
        case .clock:
            let hours = dice.pick([8, -8, 0]) ?? 0
            note("clock of \(party.name): \(hours) h")
            try servers[party.name]?.setClock(hours: hours)
        case .disk:
            note("disk of \(party.name) full")
            try servers[party.name]?.setFull(true)
        }
    }

    private func hitConnection(_ dice: inout Dice) {
        let link = proxies[dice.below(proxies.count)]
        let fault = dice.pick(Proxy.Fault.allCases) ?? .cut
        let direction = dice.pick(Proxy.Direction.allCases) ?? .toClient
        let after = dice.below(direction == .toClient ? 4_000 : 400)
        note("\(fault) \(direction) after \(after) from \(link.from) to \(link.to)")
        link.proxy.strike(fault, direction, after: after)
    }

    private func changeWeather(_ dice: inout Dice) {
        let link = proxies[dice.below(proxies.count)]
        let weather = dice.pick([Proxy.Weather.slow(milliseconds: 20), .silent, .refusing]) ?? .silent
        note("\(weather) from \(link.from) to \(link.to)")
        link.proxy.weather = weather
    }

    private func end(_ party: Party) {
        guard let daemon = party.daemon else { return }
        daemon.kill()
        daemon.wait()
        logs.withLock { $0.append(daemon.standardError) }
        party.killDaemon()
    }

    // MARK: Mending

    /// Network and disks are well again; clocks stay as they are.
    private func mend() async throws {
        note("mended")
        for link in proxies { link.proxy.heal() }
        for (_, server) in servers { try server.setFull(false) }
        for (_, server) in servers { await start(server.cluster) }
    }

    /// Starts a server that is down. With a full disk it may not come up.
    private func start(_ cluster: TestCluster) async {
        do { try await cluster.start() } catch { note("it stays down") }
    }

    /// Nothing is broken any more, and nothing will break.
    func calm() async throws {
        for (_, folder) in points { folder.disarm() }
        try await mend()
        for party in world.parties where (try? party.session(as: .superuser)) == nil {
            // A full disk may end a server for good.
            try await party.cluster.restart(.immediate)
        }
        try startDaemons()
    }

    /// Starts the daemons that do not run.
    private func startDaemons() throws {
        for party in world.parties where party.daemon?.isRunning != true {
            end(party)
            try start(party)
        }
    }

    private func start(_ party: Party) throws {
        var environment = points[party.name]?.environment ?? [:]
        if Self.signing[party.name] != nil { environment["BASHU_HISTORY_KEY_FILE"] = keyFile(party.name) }
        try party.spawnDaemon(environment)
    }
}
