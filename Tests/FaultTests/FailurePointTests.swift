import Glibc
import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore
@testable import TestFederation

extension Faults {
    /// kill -9 at every named place, of the daemon and of its server: afterwards everything is as if it had not been.
    @Suite struct FailurePointTests {
        enum Victim: CaseIterable { case daemon, server }

        @Test(arguments: Victim.allCases) func everyPoint(_ victim: Victim) async throws {
            let stage = try await Stage()
            for point in Checkpoint.allCases {
                do {
                    try await stage.strike(point, victim)
                } catch {
                    throw FederationError("\(victim) at \(point): \(error)\n\(stage.victim.daemonLog)")
                }
            }
            try await Judge(world: stage.world, run: "\(victim) at every point").judge()
            print("figure faults: \(Checkpoint.allCases.count)")
            try await stage.world.stopDaemons()
        }

        /// Two regions on servers of their own; 50 is the one that dies.
        private final class Stage {
            let world: Federation
            let points: FailureFolder
            private var rulings = 0
            var victim: Party { world["50"] }
            private var other: Party { world["51"] }

            init() async throws {
                points = try FailureFolder()
                world = try await Federation.make(
                    regions: ["50", "51"], clusters: ["50": TestCluster.start(), "51": TestCluster.start()])
                try await victim.run("INSERT INTO standard (number, title) VALUES ('GB/T 2260', '行政区划''代码𬭎')")
                try await victim.startDaemon(points.environment)
                try await other.startDaemon()
                try await world.converged()
            }

            func strike(_ point: Checkpoint, _ victim: Victim) async throws {
                let mark = "\(point.rawValue) \(victim)"
                try await prepare(point, mark)
                switch victim {
                case .daemon:
                    points.kill(at: point)
                    try await act(point, mark)
                    let status = try await self.victim.daemon?.ended(within: .seconds(30))
                    #expect(status == .signalled(SIGKILL), "\(mark)")
                    self.victim.killDaemon()
                    try await self.victim.startDaemon(points.environment)
                case .server:
                    var hold = points.hold(at: point)
                    try await act(point, mark)
                    try await hold.reached()
                    await self.victim.cluster.stop(.kill)
                    hold.release()
                    try await self.victim.cluster.start()
                }
                try await expectWhole(point, mark)
            }

            /// What has to be there before.
            private func prepare(_ point: Checkpoint, _ mark: String) async throws {
                switch point {
                case .rulingWritten, .rulingCommitted: try await disagree(mark)
                case .forgetWritten, .forgetCommitted:
                    try await grow(mark)
                    try await victim.stopDaemon()
                default: break
                }
            }

            /// What leads there.
            private func act(_ point: Checkpoint, _ mark: String) async throws {
                switch point {
                case .cutHasKeys, .cutWritten, .cutCommitted: try await write(victim, mark)
                case .receivedPart, .receiveWritten, .receiveCommitted, .applyLoaded, .applyLocked, .applyWritten,
                    .applyJudged, .applyRecorded, .applyCommitted:
                    try await write(other, mark)
                case .applyRedo:
                    var loaded = points.hold(at: .applyLoaded)
                    try await other.run("UPDATE standard SET title = '\(mark)'  WHERE number = 'GB/T 2260'")
                    try await loaded.reached()
                    try await victim.run(
                        "UPDATE standard SET pages = coalesce(pages, 0) + 1 WHERE number = 'GB/T 2260'")
                    loaded.release()
                case .rulingWritten, .rulingCommitted: try rule()
                case .forgetWritten, .forgetCommitted: try victim.spawnDaemon(points.environment)
                }
            }

            /// More than one part of a batch.
            private func write(_ party: Party, _ mark: String) async throws {
                try await party.run(
                    """
                    INSERT INTO standard (number, title)
                    SELECT format('DB%s %s-%s', '\(party.name)', '\(mark)', n), repeat('标准𬭎''' || n, 60)
                      FROM generate_series(1, 200) n
                    """)
            }

            /// Both write one field without having seen each other.
            private func disagree(_ mark: String) async throws {
                for (party, peer) in [(victim, "51"), (other, "50")] { try await party.pause(peer) }
                for party in world.parties {
                    try await party.run(
                        "UPDATE standard SET title = '\(mark) \(party.name)' WHERE number = 'GB/T 2260'")
                }
                for (party, peer) in [(victim, "51"), (other, "50")] { try await party.resume(peer) }
                try await world.converged()
            }

            private func rule() throws {
                let session = try victim.session(as: .owner)
                defer { session.close() }
                let row = try #require(try CaseList.list(session, CaseList.Filter()).rows.first)
                let shown = try CaseList.show(session, handle: #require(row.cases.first).winner.description)
                let chosen = try #require(shown.candidates.first)
                _ = try CaseList.rule(
                    session, shown, handle: "", choice: .candidate(chosen.id, with: []), reason: "两地商定")
                rulings += 1
            }

            /// Something that everybody has seen overwritten, and that is of age.
            private func grow(_ mark: String) async throws {
                // A row of its own: of a contested one nothing is forgotten.
                for title in ["一", "二", "三"] {
                    try await victim.run(
                        """
                        INSERT INTO standard (number, title) VALUES ('旧 \(mark)', '\(title)')
                        ON CONFLICT (number) DO UPDATE SET title = excluded.title
                        """)
                    try await eventually("it is published") { try await !victim.hasWork() }
                }
                try await world.converged()
                try await other.run("INSERT INTO standard (number, title) VALUES ('\(mark)', '见')")
                try await world.converged()
                try await eventually("the peer has said what it has") {
                    try await victim.value(
                        """
                        SELECT (p.applied ->> o.name)::bigint = a.number
                          FROM bashu.peer_position p, bashu.applied a
                          JOIN bashu.origin o ON o.id = a.origin_id AND o.own
                        """) == "t"
                }
                try await victim.run(
                    """
                    \(HistoryGuard.off)
                    UPDATE bashu.batch SET hlc_max = hlc_max - 500 * 86400000000, hlc_min = hlc_min - 500 * 86400000000
                    """, as: .superuser)
            }

            private func expectWhole(_ point: Checkpoint, _ mark: String) async throws {
                try await world.converged(timeout: .seconds(60))
                if point.rawValue.hasPrefix("forget") {
                    try await eventually("the update in the middle has gone from the log", timeout: .seconds(30)) {
                        try await victim.value(
                            """
                            SELECT count(*) FROM bashu.change
                             WHERE digest = substr(sha256(convert_to(ARRAY['旧 \(mark)']::text, 'UTF8')), 1, 16)
                            """) == "2"
                    }
                }
                #expect(try await world.differences() == [], "\(mark)")
                let taken = try await victim.value("SELECT count(*) FROM bashu.ruling WHERE state = 'taken'")
                #expect(taken == "\(rulings)", "\(mark)")
                let written = try await victim.value("SELECT count(*) FROM standard WHERE number LIKE '%\(mark)-%'")
                #expect(written == "0" || written == "200", "\(mark)")
                #expect(victim.daemon?.isRunning == true, "\(mark)")
            }
        }
    }
}
