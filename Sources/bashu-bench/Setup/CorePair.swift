import Postgres
import TestCluster

/// Two databases joined by PostgreSQL's own logical replication.
final class CorePair: Pair {
    let source: Node
    let target: Node
    let daemonIDs: [Int32] = []
    private let subscription: String

    private init(source: Node, target: Node, subscription: String) {
        self.source = source
        self.target = target
        self.subscription = subscription
    }

    /// Makes them, with a publication and a subscription, and starts it.
    ///
    /// - Parameter binary: values travel in binary form.
    static func make(_ clusters: Clusters, _ name: String, binary: Bool = false) async throws -> CorePair {
        let pair = CorePair(
            source: try await clusters.newSource(name), target: try await clusters.newTarget(name),
            subscription: "sub_\(name)")
        try await pair.source.administer(Self.publication)
        let conninfo = pair.source.cluster.conninfo(database: name)
        try await pair.target.administer(
            """
            CREATE SUBSCRIPTION \(pair.subscription) CONNECTION \(Session.quoteLiteral(conninfo)) PUBLICATION everything
            WITH (enabled = false, create_slot = true, copy_data = false, binary = \(binary))
            """)
        try await pair.startFollowing()
        return pair
    }

    /// Both shared tables.
    static let publication = "CREATE PUBLICATION everything FOR TABLE \(SampleTable.name), \(SampleTable.beat)"

    func startFollowing() async throws {
        try await target.administer("ALTER SUBSCRIPTION \(subscription) ENABLE")
    }

    func stopFollowing() async throws {
        try await target.administer("ALTER SUBSCRIPTION \(subscription) DISABLE")
        // The apply worker ends on its own time, and the slot is free a moment later.
        try await Patience.until("the end of the subscription's worker", report: report) {
            try await source.value("SELECT count(*) FROM pg_replication_slots WHERE active") == "0"
        }
    }

    func checkAlive() async throws {}

    func report() async throws -> String {
        let state = try await target.value(
            "SELECT string_agg(s::text, ' ') FROM pg_stat_subscription_stats s WHERE subname = '\(subscription)'")
        let log = await target.cluster.log()
        return "subscription: \(state ?? "none")\n" + log.split(separator: "\n").suffix(10).joined(separator: "\n")
    }

    func drop() async throws {
        try await stopFollowing()
        try await target.administer("DROP SUBSCRIPTION \(subscription)")
        try await source.drop()
        try await target.drop()
    }
}
