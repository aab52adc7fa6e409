import TestCluster

/// The two servers of a run: who is written to, and who receives.
struct Clusters: Sendable {
    let source: TestCluster
    let target: TestCluster

    /// Server settings other than PostgreSQL's own: part of the output.
    static let settings: KeyValuePairs = [
        "wal_level": "logical", "shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min",
        "wal_retrieve_retry_interval": "100ms",
    ]

    /// Databases to copy: with the sample rows at the source, without them at the target.
    static let template = "bench_template"

    /// Starts both, with a template in each.
    static func start(seedRows: Int) async throws -> Clusters {
        let settings = Dictionary(uniqueKeysWithValues: Self.settings.map { ($0.key, $0.value) })
        let configuration = TestCluster.Configuration(settings: settings, durable: true)
        let clusters = Clusters(
            source: try await .start(configuration), target: try await .start(configuration))
        for cluster in [clusters.source, clusters.target] {
            for role in [Node.owner, BashuPair.daemonRole, BashuPair.peerLogin] {
                try await cluster.createRole(role)
            }
            let node = try await Node.create(cluster, template, template: "template1")
            try await node.run(SampleTable.definition)
            if cluster === clusters.source { try await node.run(SampleTable.seed(rows: seedRows)) }
            try await node.administer("VACUUM (ANALYZE)")
            await node.close()
        }
        return clusters
    }

    /// A fresh source database, with the sample rows at hand.
    func newSource(_ name: String) async throws -> Node {
        try await Node.create(source, name, template: Self.template)
    }

    /// A fresh target database.
    func newTarget(_ name: String) async throws -> Node {
        try await Node.create(target, name, template: Self.template)
    }
}
