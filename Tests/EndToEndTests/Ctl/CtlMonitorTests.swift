import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// Monitoring with a role of its own, which reads no key and no value.
@Suite struct CtlMonitorTests {
    @Test func statusIsTheSameForMonitoringButForKeys() async throws {
        let party = try await Federation.make()["50"]
        try await party.run(
            """
            INSERT INTO bashu.link (peer, state, reason) VALUES ('51', 'held', '等待新列');
            INSERT INTO bashu.peer_position (login, node, applied, received)
            SELECT login, '{"region": "51", "kind": "region"}', '{}', '{}' FROM bashu.peer;
            INSERT INTO bashu.origin (name, region) VALUES ('51-0123456789ab', '51');
            \(HistoryGuard.off)
            INSERT INTO bashu.batch (origin_id, number, previous, context, changes, hlc_min, hlc_max, cut_at, complete)
            SELECT id, 1, '', '{}', 7, 1, 2, clock_timestamp(), true FROM bashu.origin WHERE name = '51-0123456789ab';
            INSERT INTO bashu.hold (origin_id, number, reason) SELECT id, 1, '缺列' FROM bashu.origin
             WHERE name = '51-0123456789ab';
            UPDATE bashu.link SET peer_vector = '{"51-0123456789ab": 5}';
            INSERT INTO bashu.held (table_id, digest, key, reason)
            SELECT id, '\\x01', '{"510101 甲"}', 'mass_delete' FROM bashu.shared_table WHERE table_name = 'standard';
            INSERT INTO bashu.recheck (table_id, digest, key, attempts, reason)
            SELECT id, '\\x01', '{"510101 甲"}', 3, 'waits for a lock' FROM bashu.shared_table
             WHERE table_name = 'standard';
            INSERT INTO bashu.conflict_case (table_id, digest, key, column_group, type, state, candidates, winner, rule)
            SELECT id, '\\x00', '{a}', 'title', 'update_origin_differs', 'open', '[]', 0, 'manual'
              FROM bashu.shared_table WHERE table_name = 'standard'
            """, as: .superuser)
        let monitor = "监控 \"\(party.database)\""
        try await party.cluster.createRole(monitor)
        let owner = try party.cluster.session(database: party.database, user: Party.owner)
        for statement in try Installer.grants(owner, kind: "monitor", role: monitor) { try owner.script(statement) }
        let environment: [String: String?] = [
            "BASHU_DATABASE": party.cluster.conninfo(database: party.database, user: monitor),
            "BASHU_OWNER_DATABASE": nil,
        ]
        for arguments in [["status"], ["status", "-o", "json"]] {
            let seen = try Ctl.finish(Ctl.start(arguments, party.ctlEnvironment.merging(environment) { $1 }))
            #expect(seen.status == .exited(3), "\(seen.output)\(seen.errors)")
            for part in ["等待新列", "缺列", "waits for a lock"] { #expect(seen.output.contains(part), "\(part)") }
            #expect(!seen.output.contains("510101"))
            let whole = try Ctl.finish(Ctl.start(arguments, party.ctlEnvironment))
            #expect(whole.status == .exited(3))
            #expect(whole.output.contains("510101"))
        }
        // What monitoring does not need it does not get.
        let refused = try Ctl.finish(
            Ctl.start(["conflict", "list"], party.ctlEnvironment.merging(environment) { $1 }))
        #expect(refused.status == .exited(1))
        #expect(refused.errors.contains("42501") || refused.errors.contains("permission denied"))
    }
}
