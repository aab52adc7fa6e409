import Console
import Postgres
import TestCluster
import Testing

@testable import TestFederation

/// Who has how much of whose changes, in a federation of three.
@Suite struct CtlMatrixTests {
    /// 50 knows 51, which is two batches behind 50, and of 54 only what 51 says it has.
    private func region() async throws -> Party {
        let party = try await Federation.make(regions: ["50", "51"])["50"]
        try await party.run(
            """
            INSERT INTO bashu.origin (name, region) VALUES ('54-0123456789ab', '54');
            \(HistoryGuard.off)
            INSERT INTO bashu.batch (origin_id, number, previous, context, changes, hlc_min, hlc_max, cut_at, complete)
            SELECT id, n, '', '{}', 7,
                   (extract(epoch FROM clock_timestamp() - make_interval(secs => 7530 - n)) * 1e6)::bigint, 0,
                   clock_timestamp(), true
              FROM bashu.origin, generate_series(1, 4) n WHERE own;
            INSERT INTO bashu.applied (origin_id, number) SELECT id, 4 FROM bashu.origin WHERE own
                ON CONFLICT (origin_id) DO UPDATE SET number = 4;
            INSERT INTO bashu.link (peer, state, last_contact, peer_node, peer_vector)
            SELECT '51', 'streaming', clock_timestamp(), '{"region": "51", "kind": "region"}',
                   jsonb_build_object(name, 1, '54-0123456789ab', 9)
              FROM bashu.origin WHERE own;
            INSERT INTO bashu.peer_position (login, node, applied, received)
            SELECT p.login, '{"region": "51", "kind": "region"}', jsonb_build_object(o.name, 2), '{}'
              FROM bashu.peer p, bashu.origin o WHERE o.own
            """, as: .superuser)
        return party
    }

    @Test func threeDatabasesAreShownAsAMatrix() async throws {
        let party = try await region()
        let english = try party.ctl("status")
        let start = try #require(
            english.lines.firstIndex(of: "Batches that each database lacks, by origin (age of the oldest)"))
        let block = english.lines[(start + 1)...(start + 4)].map { $0.replacing(/\d+ (ms|s)\b/, with: "9 ms") }
        #expect(block[0].contains(/^DATABASE +AS OF +50 +54$/), "\(block)")
        #expect(block[2].contains(/^50 \(own\) +9 ms +0  9 \(\?\)$/), "\(block)")
        #expect(block[3].contains(/^51 +9 ms +2 \(2 h\) +0$/), "\(block)")
        #expect(english.lines.allSatisfy { $0.displayWidth <= 80 })
        let chinese = try party.ctl("status", changes: ["LC_ALL": "zh_CN.UTF-8"])
        #expect(chinese.output.contains("各数据库尚缺的批次，按来源（最早一批的时长）\n数据库"))
        #expect(chinese.output.contains("2（2 h）"))
        #expect(chinese.lines.allSatisfy { $0.displayWidth <= 80 })
    }

    @Test func theDocumentHasTheMatrixWhateverIsKnown() async throws {
        let party = try await region()
        let own = try #require(try await party.value("SELECT name FROM bashu.origin WHERE own"))
        let document = try party.ctl("status", "-o", "json").output
        let cells = try await party.rows(
            """
            SELECT m ->> 'peer', c ->> 'origin', c ->> 'applied', c ->> 'batches_missing',
                   (c ->> 'lag_seconds')::numeric BETWEEN 7500 AND 7700, c ->> 'lag_seconds' = '0'
              FROM jsonb_array_elements($1::jsonb -> 'matrix') m, jsonb_array_elements(m -> 'cells') c
             ORDER BY 1 NULLS FIRST, 2
            """, [.text(document)])
        #expect(
            cells == [
                [nil, own, "4", "0", "f", "f"], [nil, "54-0123456789ab", "0", "9", nil, nil],
                ["51", own, "2", "2", "t", "f"], ["51", "54-0123456789ab", "9", "0", "f", "f"],
            ])
        let alone = try await Federation.make(regions: ["50"])["50"]
        let small = try alone.ctl("status", "-o", "json").output
        #expect(try await alone.value("SELECT jsonb_array_length($1::jsonb -> 'matrix')", [.text(small)]) == "1")
        #expect(try !alone.ctl("status").output.contains("DATABASE"))
    }

    @Test func threeRegionsThatAgreeLackNothing() async throws {
        let world = try await Federation.make(regions: ["50", "51", "54"])
        let hands = try world.parties.map(Hand.init)
        defer { for hand in hands { hand.close() } }
        for party in world.parties {
            try await party.run(
                "INSERT INTO standard (number, title) VALUES ('DB\(party.name)/T 1', '地方标准 \(party.name)')")
        }
        for hand in hands { try hand.settle() }
        try hands[0].pull(from: world["51"])
        try hands[0].pull(from: world["54"])
        let lines = try world["50"].ctl("status").lines
        let row = try #require(lines.first { $0.hasPrefix("50 (own) ") })
        #expect(row.split(separator: " ").suffix(3) == ["0", "0", "0"], "\(lines)")
    }
}
