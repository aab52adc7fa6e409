import Postgres
import TestCluster

/// Many institutions that pull from one region.
struct ReplicaBench {
    let count: Int
    let rows: Int
    let idleSeconds: Int
    let journal: Journal

    /// What one daemon has used.
    struct Usage {
        /// Of the processor, between the write and the end.
        var seconds: Double
        /// The most memory resident since its start.
        var peakBytes: Double
    }

    struct Result {
        var insertSeconds: Double
        var spreadSeconds: Double
        var sourceConnections: Int
        var replicaConnections: Int
        /// Processor time of all daemons while nothing is written, for each second.
        var idleShare: Double
        var sourceDaemon: Usage
        var replicaDaemons: [Usage]

        func mean(_ figure: KeyPath<Usage, Double>) -> Double {
            replicaDaemons.reduce(0) { $0 + $1[keyPath: figure] } / Double(replicaDaemons.count)
        }
    }

    private static func login(_ number: Int) -> String { "institution_\(number)" }

    func run() async throws -> Result {
        journal.doing("starting servers")
        let (region, institutions) = (try await cluster(), try await cluster())
        for cluster in [region, institutions] {
            for role in [Node.owner, BashuPair.daemonRole] { try await cluster.createRole(role) }
        }
        let source = try await makeSource(region)
        let replicas = try await makeReplicas(institutions, of: source)
        let first = try Daemon(source)
        var daemons: [Daemon] = []
        for (number, replica) in replicas.enumerated() {
            journal.doing("daemon \(number + 1) of \(count)")
            daemons.append(try Daemon(replica))
        }
        try await awaitAll(source, first)
        let idleShare = try await watchIdle([first] + daemons)
        let result = try await measure(source, first, daemons, idleShare, institutions)
        journal.doing("comparing")
        try await compare(source, replicas)
        for daemon in daemons + [first] { try await daemon.stop() }
        await source.close()
        return result
    }

    private func cluster() async throws -> TestCluster {
        try await TestCluster.start(
            TestCluster.Configuration(
                settings: [
                    "max_connections": "\(count * 8 + 60)", "shared_buffers": "512MB", "max_wal_size": "8GB",
                ], durable: true))
    }

    private func makeSource(_ cluster: TestCluster) async throws -> Node {
        let node = try await Node.create(cluster, "region", template: "template1")
        try await node.run(SampleTable.definition)
        try await node.run(SampleTable.seed(rows: rows))
        try BashuPair.install(node)
        for number in 1...count {
            let login = Self.login(number)
            try await cluster.createRole(login)
            try await node.owner.run { session in
                try session.script("INSERT INTO bashu.peer (name, login) VALUES ('\(login)', '\(login)')")
                for row in try session.query("SELECT bashu.grants_text('peer', '\(login)')") {
                    try session.script(try row.text(0))
                }
            }
        }
        return node
    }

    /// Copies of one empty institution, each with a login of its own at the source. Disconnected.
    private func makeReplicas(_ cluster: TestCluster, of source: Node) async throws -> [Node] {
        let template = try await Node.create(cluster, "institution", template: "template1")
        try await template.run(SampleTable.definition)
        try Programs.control(
            template, ["init", "--kind", "replica", "--region", "bench", "--daemon-role", BashuPair.daemonRole])
        for table in [SampleTable.name, SampleTable.beat] { try Programs.control(template, ["table", "add", table]) }
        await template.close()
        var nodes: [Node] = []
        for number in 1...count {
            journal.doing("database \(number) of \(count)")
            let login = Self.login(number)
            let node = try await Node.create(cluster, login, template: "institution")
            let conninfo = Session.quoteLiteral(source.conninfo(user: login))
            try await node.run(
                """
                UPDATE bashu.node SET database_id = gen_random_uuid();
                INSERT INTO bashu.peer (name, conninfo) VALUES ('50', \(conninfo));
                """)
            await node.close()
            nodes.append(node)
        }
        return nodes
    }

    /// Waits until everything is cut, and every institution has reported the last batch.
    private func awaitAll(_ source: Node, _ daemon: Daemon) async throws {
        try await daemon.awaitCut()
        try await Patience.until("every institution has everything", report: { daemon.lastWords }) {
            try daemon.checkAlive()
            return try await source.value(
                """
                SELECT count(*) FROM bashu.peer_position p, bashu.origin o JOIN bashu.applied a ON a.origin_id = o.id
                 WHERE o.own AND coalesce((p.applied ->> o.name)::bigint, 0) = a.number
                """) == "\(count)"
        }
    }

    private func watchIdle(_ daemons: [Daemon]) async throws -> Double {
        journal.doing("watching \(idleSeconds) s of nothing")
        let used = { daemons.reduce(0) { $0 + ProcessorTime.used(by: $1.processID) } }
        let before = used()
        try await Task.sleep(for: .seconds(idleSeconds))
        return (used() - before) / Double(idleSeconds)
    }

    private func measure(
        _ source: Node, _ first: Daemon, _ daemons: [Daemon], _ idleShare: Double, _ institutions: TestCluster
    ) async throws -> Result {
        journal.doing("\(rows) rows to \(count) institutions")
        let all = [first] + daemons
        let before = all.map { ProcessorTime.used(by: $0.processID) }
        let insert = try await source.seconds(SampleTable.insert(rows: rows, seedRows: rows))
        let committed = ContinuousClock.now
        try await awaitAll(source, first)
        let spread = (ContinuousClock.now - committed).inSeconds
        var usages: [Usage] = []
        for (daemon, used) in zip(all, before) {
            usages.append(
                Usage(
                    seconds: ProcessorTime.used(by: daemon.processID) - used, peakBytes: try daemon.peakBytes()))
        }
        let peers = try await source.value(
            "SELECT count(*) FROM pg_stat_activity WHERE usename IN (SELECT login FROM bashu.peer)")
        let server = try await institutions.connection()
        let daemonSessions = try await server.run { session in
            try session.query(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = '\(BashuPair.daemonRole)'")[0].int(0)
        }
        await server.close()
        return Result(
            insertSeconds: insert, spreadSeconds: spread, sourceConnections: peers.flatMap { Int($0) } ?? 0,
            replicaConnections: Int(daemonSessions), idleShare: idleShare, sourceDaemon: usages[0],
            replicaDaemons: Array(usages.dropFirst()))
    }

    private func compare(_ source: Node, _ replicas: [Node]) async throws {
        let expected = try await source.fingerprint()
        for replica in replicas {
            let open = try await Node.open(replica.cluster, replica.database)
            let found = try await open.fingerprint()
            await open.close()
            guard found == expected else {
                throw BenchError("the region has \(expected), \(replica.database) \(found)")
            }
        }
    }
}
