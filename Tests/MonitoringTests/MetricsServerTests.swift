import Counting
import Logging
import TestCluster
import Testing

@testable import Monitoring

@Suite struct MetricsServerTests {
    /// Runs a server on a database that nobody has while `body` asks it.
    private func serve(
        _ metrics: DaemonMetrics = DaemonMetrics(version: "test", startedAt: 0),
        _ body: @escaping @Sendable (PlainHTTP) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test-metrics")
        logger.logLevel = .critical
        let settings = MetricsSettings(
            host: "127.0.0.1", port: 0, conninfo: "host=/nonexistent dbname='没有 \"库\"' user=nobody")
        let server = MetricsServer(settings, metrics: metrics, logger: logger) { continuation.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run()
            }
            group.addTask {
                for await port in ports { return try await body(PlainHTTP(port: port)) }
                Issue.record("the server has never listened")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    @Test func withoutADatabaseTheProcessSpeaksForItself() async throws {
        try await serve { http in
            let first = try await http.get("/metrics")
            #expect(first.status == 200)
            #expect(first.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(first.body.contains("\nbashu_database_up 0\n"))
            #expect(first.body.contains("\nbashu_scrape_failures_total 1\n"))
            #expect(first.body.contains("\nbashu_cut_batches_total 0\n"))
            #expect(!first.body.contains("\nbashu_shared_tables "))
            #expect(try await http.get("/metrics").body.contains("\nbashu_scrape_failures_total 2\n"))
        }
    }

    @Test func healthAndReadinessAreTold() async throws {
        let metrics = DaemonMetrics(version: "test", startedAt: 0)
        try await serve(metrics) { http in
            #expect(try await http.get("/healthz").body == "ok\n")
            metrics.watch(.engine) { false }
            let stalled = try await http.get("/healthz")
            #expect(stalled.status == 503)
            #expect(stalled.body.hasPrefix("engine: no sign of life"))

            metrics.engineFailed("a problem\nof two lines")
            let foreign = try await http.get("/readyz")
            #expect(foreign.status == 503)
            #expect(foreign.body == "the database is not ours: a problem of two lines\n")
            metrics.tookOver()
            let away = try await http.get("/readyz")
            #expect(away.status == 503)
            #expect(away.body.hasPrefix("the database cannot be read: "))
            #expect(away.body.split(separator: "\n").count == 1)
        }
    }

    @Test func nothingElseIsAnswered() async throws {
        try await serve { http in
            for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
                let answer = try await http.get("/metrics", method: method)
                #expect(answer.status == 405, "\(method)")
                #expect(answer.headers["allow"] == "GET, HEAD")
            }
            #expect(try await http.get("/").status == 404)
            #expect(try await http.get("/metrics/..").status == 404)
            let body = "GET /healthz HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
            #expect(try await http.send(body).status == 413)
            let long = try await http.get("/healthz", ["X-Long": String(repeating: "a", count: 20_000)])
            #expect(long.status != 200)
            let head = try await http.get("/healthz", method: "HEAD")
            #expect(head.status == 200)
            #expect(head.headers["content-length"] == "3")
            #expect(head.body.isEmpty)
        }
    }
}
