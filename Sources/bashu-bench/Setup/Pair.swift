/// Two databases of which one follows the other, by whatever means.
protocol Pair: Sendable {
    var source: Node { get }
    var target: Node { get }
    /// Processes of its own that run beside the servers.
    var daemonIDs: [Int32] { get }

    /// Starts, or starts again, what makes the target follow.
    func startFollowing() async throws
    /// Stops it; what is written meanwhile is a backlog.
    func stopFollowing() async throws
    /// Fails when what makes the target follow has given up.
    func checkAlive() async throws
    /// What both sides have to say when something does not come true.
    func report() async throws -> String
    /// Takes both databases away.
    func drop() async throws
}

extension Pair {
    /// Waits until the target has everything that the source had at the call.
    func awaitFollowing(turn: Int) async throws {
        try await source.run(
            """
            INSERT INTO \(SampleTable.beat) VALUES (1, \(turn)) ON CONFLICT (id) DO UPDATE SET turn = excluded.turn
            """)
        try await awaitTarget("the beat", "SELECT turn FROM \(SampleTable.beat) WHERE id = 1", "\(turn)")
    }

    /// Waits until a statement gives that value at the target.
    func awaitTarget(_ what: String, _ statement: String, _ value: String) async throws {
        try await Patience.until("\(what) at the target", report: report) {
            try await checkAlive()
            return try await target.value(statement) == value
        }
    }

    /// Fails when the tables are not the same.
    func verify() async throws {
        let (expected, found) = (try await source.fingerprint(), try await target.fingerprint())
        guard expected == found else {
            throw BenchError("the source has \(expected), the target \(found)\n\(try await report())")
        }
    }
}
