import Foundation
import Integrity
import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// A record's proof, made in a region or at an institution, and what is done to it on its way.
@Suite(.serialized) struct EngineProofTests {
    private static let table = #"public."条目 ""甲""""#
    private static let schema = """
        CREATE TABLE \(table) (number text, "第 N" int, "正文" text, pages int, PRIMARY KEY (number, "第 N"))
        """
    private static let key = ["GB\"1\\", "7"]

    private struct World: @unchecked Sendable {
        let net: SignedNetwork
        let replica: Party
        let keys: [String: PublicKey]

        var named: [NamedKey] { keys.map { NamedKey($1, region: $0) } }
    }

    /// Two regions that sign and a replica of one of them, after a conflict on both columns of a record, of which a
    /// person has ruled on one.
    private static let world = Task { try await make() }

    private static func make() async throws -> World {
        let net = try await SignedNetwork(["50", "51"], schema: schema, tables: [table])
        let (cq, sc) = (try net["50"], try net["51"])
        let keys = ["50": try net.equip(cq), "51": try net.equip(sc, .ed25519)]
        // The record is one of many in its batch.
        try cq.writer.execute(
            "INSERT INTO \(table) SELECT 'GB' || n, n, '第 ' || n || ' 条', n FROM generate_series(1, 12) n")
        try cq.writer.script("SET bashu.actor = '张\t三'")
        try cq.writer.execute("INSERT INTO \(table) VALUES ($1, 7, '原\n文', 1)", [.text(key[0])])
        try net.network.converge()
        try cq.writer.execute("UPDATE \(table) SET \"正文\" = '渝', pages = 50 WHERE number = $1", [.text(key[0])])
        try cq.settle()
        try sc.writer.execute("UPDATE \(table) SET \"正文\" = '川', pages = 51 WHERE number = $1", [.text(key[0])])
        try net.network.converge()
        try net.hear(cq, from: sc)
        try net.hear(sc, from: cq)
        let filter = CaseList.Filter(states: CaseList.State.allCases)
        let handle = try #require(try CaseList.list(cq.owner, filter).rows.first?.cases.first).winner.description
        let shown = try CaseList.show(cq.owner, handle: handle)
        let choice = CaseList.Choice.values([CaseList.ColumnValue(column: "正文", value: "定稿")])
        _ = try CaseList.rule(cq.owner, shown, handle: "", choice: choice, reason: "以“渝”为准\\", closed: false)
        try net.network.converge()
        let replica = try await Party(
            "cqu", kind: .replica, cluster: cq.cluster, schema: schema, tables: [table])
        try replica.receive(from: sc)
        try replica.settle()
        try net.hear(replica, from: sc)
        net.removeKeys()
        return World(net: net, replica: replica, keys: keys)
    }

    private func prove(_ party: Party, _ key: [String] = key) throws -> RecordProof {
        try #require(try RecordProver.prove(party.owner, table: #"public.条目 "甲""#, key: key))
    }

    private func check(_ proof: RecordProof, _ named: [NamedKey]) throws -> ProofReport {
        let read = try RecordProof(parsing: proof.bytes)
        #expect(read == proof)
        return ProofCheck.check(read, named: named)
    }

    /// What is proven, one text for each fact.
    private func claims(_ report: ProofReport) -> [String] {
        let batch = { (id: ChangeID?) in id.map { "\($0.origin):\($0.number)" } ?? "-" }
        let key = "\(report.proof.table.schemaName).\(report.proof.table.tableName) \(report.proof.key)"
        return [key, "\(report.existence.map { "\($0)" } ?? "-") \(batch(report.existenceChange))"]
            + report.columns.map { "\($0.name) \($0.type) \($0.value ?? "-") \(batch($0.change)) \($0.rule ?? "-")" }
            + report.changes.map {
                "\(batch($0.id)) \($0.kind) \($0.hlc) \($0.user ?? "-") \($0.actor ?? "-") \($0.reason ?? "-")"
            }
    }

    @Test func everybodyProvesTheSame() async throws {
        let world = try await Self.world.value
        let (cq, sc) = (try world.net["50"], try world.net["51"])
        let own = try (cq: world.net.origin(cq), sc: world.net.origin(sc))
        var all: [[String]] = []
        for party in [cq, sc, world.replica] {
            let proof = try prove(party)
            let report = try check(proof, world.named)
            #expect(report.isProven, "\(party.name): \(report.faults.map(\.text))")
            #expect(report.changes.map(\.kind) == [.insert, .update, .update, .ruling])
            #expect(report.changes.map(\.region) == ["50", "50", "51", "50"])
            #expect(report.changes[0].actor == "张\t三")
            #expect(report.changes[2].algorithm == .sha256 && report.changes[0].algorithm == .sm3)
            #expect(report.changes[3].reason == "以“渝”为准\\")
            let columns = Dictionary(uniqueKeysWithValues: report.columns.map { ($0.name, $0) })
            #expect(columns["number"]?.value == Self.key[0] && columns["number"]?.change?.origin.name == own.cq)
            #expect(columns["正文"]?.value == "定稿" && columns["正文"]?.rule == "ruling")
            #expect(columns["正文"]?.change == report.changes[3].id)
            // Nobody has ruled on the pages: the newest write stands.
            #expect(columns["pages"]?.value == "51" && columns["pages"]?.rule == "newest")
            #expect(columns["pages"]?.change?.origin.name == own.sc && columns["pages"]?.candidates.count == 2)
            #expect(proof.maker.origin == (party === world.replica ? nil : try world.net.origin(party)))
            #expect(proof.gaps == [] && !report.beginsLate)
            all.append(claims(report))
        }
        #expect(all[1] == all[0] && all[2] == all[0])
        #expect(try RecordProver.prove(cq.owner, table: "public.条目 \"甲\"", key: ["无", "1"]) == nil)
    }

    @Test func onlyNamedKeysCountAndOnlyForTheirRegion() async throws {
        let world = try await Self.world.value
        let proof = try prove(world.replica)
        let (cq, sc) = (try #require(world.keys["50"]), try #require(world.keys["51"]))
        func codes(_ proof: RecordProof, _ named: [NamedKey]) throws -> [String] {
            Array(Set(try check(proof, named).faults.map(\.code))).sorted()
        }
        #expect(try codes(proof, []) == ["key_not_named"])
        #expect(try codes(proof, [NamedKey(cq)]) == ["key_not_named"])
        #expect(try codes(proof, [NamedKey(cq), NamedKey(sc)]) == [])
        #expect(try codes(proof, [NamedKey(fingerprint: cq.fingerprint), NamedKey(fingerprint: sc.fingerprint)]) == [])
        #expect(try codes(proof, [NamedKey(cq, region: "50"), NamedKey(sc, region: "50")]) == ["key_of_other_region"])
        // Without the keys in the file a fingerprint says nothing, and a key is bound to the first region it signs for.
        var bare = proof
        bare.keys = []
        #expect(try codes(bare, world.named) == [])
        #expect(try codes(bare, [NamedKey(fingerprint: cq.fingerprint), NamedKey(sc)]) == ["key_unknown"])
        var unsigned = proof
        unsigned.entries[1].signatures = []
        #expect(try codes(unsigned, world.named) == ["not_signed"])
        var other = proof
        other.entries[1].signatures = proof.entries[2].signatures
        #expect(try codes(other, world.named) == ["signature_false"])
        // The file may say whose key it is; one key speaks for one region all the same.
        var claimed = proof
        for index in claimed.keys.indices { claimed.keys[index].region = "52" }
        #expect(try codes(claimed, [NamedKey(cq), NamedKey(sc)]) == ["key_of_other_region"])
    }

    @Test func whatSomebodyChangesInTheFileIsFound() async throws {
        let world = try await Self.world.value
        let proof = try prove(world.net["50"])
        let named = world.named
        func codes(_ change: (inout RecordProof) -> Void) throws -> [String] {
            var altered = proof
            change(&altered)
            return Array(Set(try check(altered, named).faults.map(\.code))).sorted()
        }
        func swap(_ line: [UInt8], _ old: String, _ new: String) -> [UInt8] {
            Array(String(decoding: line, as: UTF8.self).replacing(old, with: new).utf8)
        }
        #expect(try codes { $0.entries[3].line = swap($0.entries[3].line, "定稿", "草稿") }
            == ["change_not_in_batch", "row_differs"])
        #expect(try codes { $0.entries[0].header = swap($0.entries[0].header, "bashu", "basho") }
            == ["header_unreadable"])
        #expect(try codes { $0.entries[0].header = $0.entries[1].header }.contains("header_not_in_batch"))
        #expect(try codes { $0.entries.append($0.entries[0]) } == ["batch_twice"])
        // The ruling left out: the file shows a row that the rest does not make.
        #expect(try codes { $0.entries.removeLast() } == ["row_differs"])
        #expect(try codes { $0.entries = [] } == ["no_change"])
        #expect(try codes { $0.shapes = [] } == ["shape_missing"])
        #expect(try codes { $0.key = "{GB2,2}" } == ["other_record"])
        #expect(try codes { $0.row = .absent } == ["row_differs"])
        #expect(try codes { $0.policy.delete = .delete } == ["policy_differs"])
        #expect(try codes { $0.table = Shape(
            schemaName: $0.table.schemaName, tableName: "其他", keyColumns: $0.table.keyColumns,
            columns: $0.table.columns, types: $0.table.types) } == ["other_record"])
        // A leaf of another record of the same batch.
        let neighbour = try prove(world.net["50"], ["GB3", "3"])
        #expect(try codes { $0.entries[0] = neighbour.entries[0] } == ["other_record"])
    }

    @Test func noByteAndNoLengthOfTheFileMakesItSaySomethingElse() async throws {
        let world = try await Self.world.value
        // A record with one change at every byte, one with a conflict and a ruling at some.
        try shake(try prove(world.net["51"], ["GB3", "3"]), world.named, every: 1)
        try shake(try prove(world.net["51"]), world.named, every: 7)
    }

    private func shake(_ proof: RecordProof, _ named: [NamedKey], every step: Int) throws {
        let bytes = try proof.bytes
        let report = try check(proof, named)
        #expect(report.isProven)
        let expected = claims(report)
        for length in stride(from: 0, to: bytes.count, by: step) {
            #expect(throws: ProofFormatError.self) { try RecordProof(parsing: Array(bytes.prefix(length))) }
        }
        let tail = bytes.count - "end\t\n".utf8.count - 64
        for index in stride(from: 0, to: bytes.count, by: step) {
            var altered = bytes
            altered[index] ^= index.isMultiple(of: 2) ? 1 : 0x10
            #expect(throws: ProofFormatError.self, "byte \(index)") { try RecordProof(parsing: altered) }
            // And by somebody who puts the right digest at the end.
            guard index < tail else { continue }
            altered = Array(altered[..<tail])
            altered += "end\t\(Hex.text(HashFunction.digest(altered)))\n".utf8
            guard let read = try? RecordProof(parsing: altered) else { continue }
            let report = ProofCheck.check(read, named: named)
            if report.isProven { #expect(claims(report) == expected, "byte \(index)") }
        }
    }

    @Test func theScriptInTheGuideAgrees() async throws {
        let world = try await Self.world.value
        let guide = #filePath.replacing(
            "Tests/RegionStoreTests/Engine/EngineProofTests.swift", with: "Deploy/guide/record-proof.md")
        let text = try String(contentsOfFile: guide, encoding: .utf8)
        let script = try #require(text.firstMatch(of: /```sh\n(#!\/bin\/sh\n(?s:.*?))```/)).1
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-证明-\(UUID())").path
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: place) }
        try String(script).write(toFile: "\(place)/check.sh", atomically: true, encoding: .utf8)
        let proof = try prove(world.replica)
        try Data(proof.bytes).write(to: URL(fileURLWithPath: "\(place)/proof"))
        for (region, key) in world.keys {
            try key.pem.write(toFile: "\(place)/\(region).pub", atomically: true, encoding: .utf8)
        }
        func run(_ file: String, _ number: Int, _ region: String) throws -> (isGood: Bool, output: String) {
            let run = try ChildProcess.run(
                "sh", ["\(place)/check.sh", "\(place)/\(file)", "\(number)", "\(place)/\(region).pub"])
            return (run.status == .exited(0), run.output)
        }
        for (index, region) in ["50", "50", "51", "50"].enumerated() {
            let found = try run("proof", index + 1, region)
            #expect(found.isGood, "\(found)")
            #expect(found.output.hasSuffix("\n\(String(decoding: proof.entries[index].line, as: UTF8.self))\n"))
        }
        #expect(try run("proof", 1, "51").output == "this key has not signed it\n")
        var altered = proof
        altered.entries[0].line[altered.entries[0].line.count - 1] ^= 1
        altered.entries[1].signatures[0].signature[9] ^= 1
        try Data(altered.bytes).write(to: URL(fileURLWithPath: "\(place)/altered"))
        #expect(try run("altered", 1, "50").output == "change: no\n")
        #expect(try !run("altered", 2, "50").isGood)
    }
}
