import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// Readers of a daemon over HTTP.
    @Suite struct HttpTests {
        private static let hotpot = "q=%E7%81%AB%E9%94%85"

        /// Both regions give one record another title while they do not hear of each other.
        private func makeDispute(_ world: Federation) async throws {
            try await world.stopDaemons()
            for (region, title, person) in [("50", "火锅企业加工规范（渝）", "王丽"), ("51", "火锅企业加工规范（川）", "𬭎先生")] {
                try await world[region].run(
                    """
                    SET bashu.actor = '\(person)';
                    UPDATE catalogue.standard SET title_zh = '\(title)' WHERE number_norm = 'DB50/T 10011-2024';
                    RESET bashu.actor
                    """, as: .owner)
            }
        }

        @Test func aBrowserShowsResultsRecordHistoryAndDispute() async throws {
            guard let browser = try Browser() else { return }
            let world = try await HttpStage.make()
            try await world.startDaemons()
            try await world.converged()
            try await makeDispute(world)
            try await world["50"].startDaemon()
            try await world["51"].startDaemon(HttpStage.environment(world["51"]))
            try await world.converged()
            let base = "http://127.0.0.1:\(try await HttpStage.client(world["51"]).port)"

            let scripts = "data:text/html,<p>before</p><script>document.body.textContent='after'</script>"
            #expect(try await browser.contents(scripts).contains("<p>before</p>"), "scripts are off")

            let results = try await browser.contents("\(base)/?lang=zh&\(Self.hotpot)")
            #expect(results.contains("DB51/T 10011—2024"))
            #expect(results.contains("火锅类餐饮企业加工操作规范"))
            #expect(results.contains("有争议"))
            #expect(results.contains("现行"))
            #expect(results.contains("数据截至"))
            #expect(results.contains("重庆"))

            let record = try await browser.contents("\(base)/standards/DB50%2FT%2010011-2024?lang=en")
            #expect(record.contains("This record is disputed"))
            #expect(record.contains("Title in Chinese"))
            #expect(record.contains("<h2>History</h2>"))
            #expect(record.contains("王丽") && record.contains("𬭎先生"), "who")
            #expect(record.contains("<del>火锅类餐饮企业加工操作规范</del>"), "what was there")
            #expect(record.contains("（渝）") && record.contains("（川）"), "what came instead")
            #expect(record.contains("Chongqing") && record.contains("less than a minute ago"))

            let blank = try await browser.picture("about:blank", width: 1_000, height: 900)
            for (width, address) in [(1_000, "/?lang=zh&\(Self.hotpot)"), (400, "/standards/GB%2FT%2022373-2021")] {
                let picture = try await browser.picture(base + address, width: width, height: 900)
                #expect(Array(picture.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
                let size = picture[16..<24].reduce(0) { $0 << 8 | UInt64($1) }
                #expect(size == UInt64(width) << 32 | 900)
                #expect(picture.count > 3 * blank.count, "\(picture.count) bytes, blank \(blank.count)")
            }
            try browser.close()
        }

        @Test func anAnswerChangesWithWhatIsApplied() async throws {
            let world = try await HttpStage.make()
            try await world["50"].startDaemon()
            try await world["51"].startDaemon(HttpStage.environment(world["51"]))
            try await world.converged()
            let http = try await HttpStage.client(world["51"])
            let path = "/api/v1/standards?\(Self.hotpot)"
            let before = try await http.get(path)
            #expect(before.status == 200)
            let tag = try #require(before.headers["etag"])
            #expect(try await http.get(path, ["If-None-Match": tag]).status == 304)
            try await world["50"].run(
                "UPDATE catalogue.standard SET title_zh = '火锅底料' WHERE number_norm = 'DB50/T 10011-2024'", as: .owner)
            try await world.converged()
            let after = try await http.get(path, ["If-None-Match": tag])
            #expect(after.status == 200)
            #expect(after.body.contains("火锅底料"))
        }

        /// The database goes away and comes back; the daemon ends as it was asked.
        @Test func readersAreToldToWaitWhileTheDatabaseIsAway() async throws {
            let cluster = try await TestCluster.start()
            let world = try await Federation.make(regions: ["50"], tables: .none, cluster: cluster)
            let party = world["50"]
            _ = try await party.control("catalogue", "install", "--share")
            try await party.run("CREATE ROLE \(HttpStage.reader) LOGIN", as: .superuser)
            try await party.startDaemon(HttpStage.environment(party))
            let http = try await HttpStage.client(party)
            #expect(try await http.get("/healthz").status == 200)
            await cluster.stop(.fast)
            let away = try await http.get("/healthz")
            #expect(away.status == 503)
            #expect(away.headers["retry-after"] == "5")
            try await cluster.start()
            try await eventually("readers are answered again", timeout: .seconds(20)) {
                try await http.get("/healthz").status == 200
            }
            try await eventually("the daemon works again", timeout: .seconds(60)) {
                try await party.value("SELECT 1 FROM bashu.daemon WHERE heartbeat_at > now() - interval '3 s'") == "1"
            }
            try await party.stopDaemon()
        }

        @Test func aRunningQueryDoesNotHoldTheEnd() async throws {
            let world = try await HttpStage.make()
            let party = world["50"]
            try await party.run(
                """
                DROP FUNCTION reader.search(text, date, text, text, text, text, boolean, integer, integer);
                CREATE FUNCTION reader.search(text, date, text, text, text, text, boolean, integer, integer)
                RETURNS SETOF reader.search_hit LANGUAGE sql AS $$
                    SELECT NULL::uuid, '', '', '', '', '', NULL::date, false, 0
                    FROM (SELECT pg_sleep(60)::text AS slept) s WHERE s.slept IS NULL
                $$
                """, as: .owner)
            try await party.startDaemon(
                HttpStage.environment(party).merging(["BASHU_HTTP_QUERY_TIMEOUT_MS": "120000"]) { $1 })
            let http = try await HttpStage.client(party)
            async let answer = http.get("/api/v1/standards?\(Self.hotpot)")
            try await eventually("the query runs") {
                try await party.value(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'bashud http' AND state = 'active'") == "1"
            }
            try await party.stopDaemon(within: .seconds(15))
            let status = try await answer.status
            #expect(status == 0 || status == 503)
        }

        @Test func whatCannotBeServedEndsTheDaemonAtItsStart() async throws {
            let world = try await Federation.make(regions: ["50"], tables: .none)
            let party = world["50"]
            let writer = try party.spawnDaemon(HttpStage.environment(party, user: Party.owner))
            #expect(try await writer.ended(within: .seconds(20)) == .exited(3))
            #expect(writer.standardError.contains("may write"))

            try await party.startDaemon(HttpStage.environment(party, user: HttpStage.reader))
            let port = try await HttpStage.client(party).port
            let other = try await Federation.make(regions: ["51"], tables: .none)["51"]
            let second = try other.spawnDaemon(
                HttpStage.environment(other, listen: "127.0.0.1:\(port)"))
            #expect(try await second.ended(within: .seconds(20)) == .exited(3))
            #expect(second.standardError.contains("127.0.0.1:\(port)"))
            #expect(second.standardError.contains("http.listen"))
            try await party.stopDaemon()
        }
    }
}
