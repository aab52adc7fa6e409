import Foundation
import Logging
import Postgres
import ReadAccess
import TestCluster
import Testing

@Suite struct ReadLimitTests {
    @Test func nothingButReading() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
                let answer = try await http.get("/api/v1/standards", method: method)
                #expect(answer.status == 405, "\(method)")
                #expect(answer.headers["allow"] == "GET, HEAD")
            }
            let get = try await http.get("/api/v1/standards?q=%E7%81%AB%E9%94%85")
            let head = try await http.get("/api/v1/standards?q=%E7%81%AB%E9%94%85", method: "HEAD")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.headers["content-length"] == "\(get.body.utf8.count)")
            #expect(head.headers["etag"] == get.headers["etag"])
            let body = try await http.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
            #expect(body.status == 413)
        }
    }

    @Test func everyAnswerIsSafeToShow() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            for path in ["/", "/style.css", "/healthz", "/openapi.json", "/api/v1/alarms", "/none", "/api/v1/none"] {
                let answer = try await http.get(path)
                let policy = answer.headers["content-security-policy"] ?? ""
                #expect(policy.contains("default-src 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] != nil)
                #expect(answer.headers["set-cookie"] == nil)
                #expect(answer.headers["server"] == nil)
            }
        }
    }

    @Test func slowAndLargeHeadsAreCutOff() async throws {
        var settings = try await Reading.settings()
        settings.patience = .milliseconds(300)
        try await Reading.serve(settings) { http in
            #expect(try await http.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").status == 0)
            #expect(try await http.send("").status == 0)
            let large = String(repeating: "x", count: 100_000)
            let answer = try await http.get("/", ["X-Large": large])
            #expect(answer.status == 0 || (400...499).contains(answer.status))
            #expect(try await http.get("/healthz").status == 200)
        }
    }

    /// A search that takes as long as its words say.
    private static let sleeping = """
        CREATE OR REPLACE FUNCTION reader.search(
            query text, day date, kind text, region text, ics text, ccs text, in_force boolean,
            max_rows integer DEFAULT 20, skip integer DEFAULT 0)
        RETURNS TABLE (std_id uuid, number text, title_zh text, title_en text, kind text, status text,
            implement_date date, disputed boolean, score real)
        LANGUAGE sql VOLATILE AS $$
            SELECT NULL::uuid, '', '', '', '', '', NULL::date, false, 0::real
            FROM (SELECT pg_sleep($1::float8)::text AS slept) s WHERE s.slept IS NULL
        $$;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA reader TO PUBLIC
        """

    private static let replaced = """
        DO $do$ DECLARE f regprocedure; BEGIN
            FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'reader'::regnamespace AND proname = 'search' LOOP
                EXECUTE format('DROP FUNCTION %s CASCADE', f);
            END LOOP;
        END $do$;
        """ + sleeping

    @Test func aLongQueryIsGivenUp() async throws {
        let (cluster, name) = try await Reading.database(Self.replaced)
        var settings = Reading.settings(cluster, name)
        settings.queryTimeoutMilliseconds = 200
        try await Reading.serve(settings) { http in
            let answer = try await http.get("/api/v1/standards?q=30", ["Accept-Language": "en"])
            #expect(answer.status == 504)
            #expect(answer.body.contains("Ask for less"))
            #expect(try await http.get("/?q=30").status == 504)
            #expect(try await http.get("/api/v1/standards?q=0").status == 200)
        }
    }

    /// One session, sixteen who wait: the others are told at once to come back.
    @Test func sessionsAreFewAndTheQueueIsShort() async throws {
        let (cluster, name) = try await Reading.database(Self.replaced)
        var settings = Reading.settings(cluster, name)
        settings.connectionsMax = 1
        try await Reading.serve(settings) { http in
            let answers = try await withThrowingTaskGroup(of: PlainAnswer.self) { group in
                for _ in 0..<30 { group.addTask { try await http.get("/api/v1/standards?q=0.1") } }
                var all: [PlainAnswer] = []
                for try await answer in group { all.append(answer) }
                return all
            }
            let refused = answers.filter { $0.status == 503 }
            let statuses = answers.map(\.status)
            #expect(statuses.allSatisfy { $0 == 200 || $0 == 503 }, "\(statuses)")
            #expect(!refused.isEmpty && refused.count < 30)
            #expect(refused.allSatisfy { $0.headers["retry-after"] != nil })
            #expect(try await http.get("/healthz").status == 200)
            let session = try cluster.session()
            let count = try session.queryOne(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'bashud http'",
                [.text(name)])
            #expect(try count?.int(0) == 1)
        }
    }

    @Test func aDatabaseThatIsAwayIsNoReasonToEnd() async throws {
        let cluster = try await TestCluster.shared()
        var settings = Reading.settings(cluster, "there is none")
        settings.connectionsMax = 2
        try await Reading.serve(settings) { http in
            for path in ["/", "/api/v1/standards", "/healthz"] {
                let answer = try await http.get(path)
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == "5")
            }
            #expect(try await http.get("/style.css").status == 200)
        }
    }

    @Test func sessionsThatWereEndedAreReplaced() async throws {
        let (cluster, name) = try await Reading.database()
        try await Reading.serve(Reading.settings(cluster, name)) { http in
            #expect(try await http.get("/healthz").status == 200)
            let session = try cluster.session()
            let ended = try session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [.text(name)])
            #expect(ended > 0)
            #expect(try await http.get("/healthz").status == 200)
        }
    }

    @Test func whoCouldWriteIsNoReader() async throws {
        let (cluster, name) = try await Reading.database()
        let session = try cluster.session()
        let member = "may become the owner \(name)"
        let daemon = "may become the daemon \(name)"
        for (role, other) in [(member, Reading.owner), (daemon, Reading.daemon)] {
            try await cluster.createRole(role, attributes: "NOINHERIT")
            try session.script(#"GRANT "\#(other)" TO "\#(role)""#)
        }
        for user in [Reading.owner, TestCluster.superuser, member, daemon] {
            let server = ReadServer(Reading.settings(cluster, name, user: user), logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            })
            let error = await #expect(throws: ReadServerError.self) { try await server.run() }
            guard case .role(user, _, _)? = error else {
                Issue.record("\(user): \(String(describing: error))")
                continue
            }
        }
    }

    @Test func anAddressThatIsTakenIsSaid() async throws {
        let settings = try await Reading.settings()
        try await Reading.serve(settings) { http in
            var second = settings
            second.port = http.port
            let server = ReadServer(second, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let error = await #expect(throws: ReadServerError.self) { try await server.run() }
            guard case .address("127.0.0.1:\(http.port)", _)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect("\(error, default: "")".contains("http.listen"))
        }
    }
}
