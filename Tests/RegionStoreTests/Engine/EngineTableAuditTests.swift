import Postgres
import Reasons
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// What a superuser does to rows, to what is known of them and to the index of changes, in a region and at an
/// institution.
@Suite(.serialized) struct EngineTableAuditTests {
    private static let tables = ["public.par", "public.\"条 \"\"目\"", "public.person"]
    private static let item = "public.\"条 \"\"目\""
    private static let schema = """
        CREATE TABLE public.par (id int PRIMARY KEY, name text);
        CREATE TABLE \(item) (
            id int PRIMARY KEY, a text, u int UNIQUE, pid int REFERENCES public.par, sub int REFERENCES \(item));
        CREATE TABLE public.person (id int PRIMARY KEY, name text);
        """

    private struct World: @unchecked Sendable {
        let network: Network
        let replica: Party

        var parties: [Party] { network.parties + [replica] }
    }

    /// Item 1 has been edited by both regions at once, and a person has ruled; items 2 and 3 claim one value, so that
    /// 2 is parked; parent 1 is deleted and kept for item 4; person 1 is erased; item 5 is plain.
    private static let world = Task { try await make() }

    private static func make() async throws -> World {
        let network = try await Network(["50", "51"], schema: schema, tables: tables)
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.script(
            """
            INSERT INTO public.par VALUES (1, '父'), (2, 'b');
            INSERT INTO \(item) VALUES (1, '原', NULL, NULL, NULL), (5, '平', 55, 2, 1), (6, '删', NULL, NULL, NULL);
            INSERT INTO public.person VALUES (1, '张𬭎'), (2, '李');
            """)
        try network.converge()
        try cq.writer.script("UPDATE \(item) SET a = '渝' WHERE id = 1; INSERT INTO \(item) VALUES (2, '先', 7, 2, 5)")
        try cq.settle()
        try sc.writer.script("UPDATE \(item) SET a = '川' WHERE id = 1; INSERT INTO \(item) VALUES (3, '后', 7, 2, 5)")
        try network.converge()
        let filter = CaseList.Filter(states: CaseList.State.allCases)
        let summary = try #require(try CaseList.list(cq.owner, filter).rows.flatMap(\.cases).first { $0.group == "a" })
        let shown = try CaseList.show(cq.owner, handle: summary.winner.description)
        let choice = CaseList.Choice.values([CaseList.ColumnValue(column: "a", value: "定")])
        _ = try CaseList.rule(cq.owner, shown, handle: "", choice: choice, reason: "理由", closed: false)
        try network.converge()
        try cq.writer.script("DELETE FROM public.par WHERE id = 1; DELETE FROM \(item) WHERE id = 6")
        try cq.settle()
        try sc.writer.script("INSERT INTO \(item) VALUES (4, '子', NULL, 1, NULL)")
        try network.converge()
        _ = try Erasure.ask(cq.owner, try Erasure.targets(cq.owner, table: "person", key: ["1"]), reason: "本人申请")
        try network.converge()
        let replica = try await Party("cqu", kind: .replica, cluster: cq.cluster, schema: schema, tables: tables)
        try replica.receive(from: sc)
        try replica.settle()
        return World(network: network, replica: replica)
    }

    @Test func whatNobodyHasTouchedIsClean() async throws {
        for party in try await Self.world.value.parties {
            let report = try Audit.run(party.owner)
            #expect(report.faultCount == 0, "\(party.name): \(report)")
            let tables = Dictionary(uniqueKeysWithValues: report.tables.map { ($0.name, $0) })
            let item = try #require(tables["public.条 \"目"])
            #expect(item.records == 5 && item.merged == 2 && item.parked == 1, "\(item)")
            #expect(tables["public.par"]?.kept == 1)
            #expect(report.tables.allSatisfy { $0.leftOut == 0 })
            let history = try Audit.run(party.owner, historyOnly: true)
            #expect(history.faultCount == 0 && history.tables.isEmpty)
        }
    }

    /// What somebody does, and what is found of it: codes, keys.
    private static let edits: [(edit: String, code: String, key: String)] = [
        ("UPDATE \(item) SET a = '伪' WHERE id = 5", "row_altered", "{5}"),
        // The row and what is known of it.
        (
            """
            UPDATE \(item) SET a = '渝' WHERE id = 1;
            UPDATE bashu.known SET image = replace(image, '定', '渝')
             WHERE key = '{1}' AND image LIKE '%定%'
            """, "row_altered", "{1}"
        ),
        // A conflict undone by hand, as if it had never been.
        (
            "UPDATE \(item) SET a = '川' WHERE id = 1; DELETE FROM bashu.known WHERE key = '{1}'", "row_altered", "{1}"
        ),
        ("DELETE FROM \(item) WHERE id = 3", "row_missing", "{3}"),
        ("INSERT INTO \(item) VALUES (9, '加', NULL, NULL, NULL)", "row_extra", "{9}"),
        ("INSERT INTO \(item) VALUES (6, '删', NULL, NULL, NULL)", "row_extra", "{6}"),
        // Taken out, and said to be parked.
        (
            """
            DELETE FROM \(item) WHERE id = 5;
            INSERT INTO bashu.known (table_id, digest, key, shape_id, image, own_number, parked)
            SELECT c.table_id, c.digest, '{5}', c.shape_id, NULL, 1000000, true FROM bashu.change c
             WHERE c.digest = substring(sha256('{5}') FOR 16) LIMIT 1;
            INSERT INTO bashu.claim (table_id, digest, key, rule, kept, value)
            SELECT k.table_id, k.digest, k.key, 'unique:x', false, '{55}' FROM bashu.known k WHERE k.key = '{5}'
            """, "row_missing", "{5}"
        ),
        // The one that is parked in the place of the one that holds the value.
        (
            "DELETE FROM \(item) WHERE id = 3; INSERT INTO \(item) VALUES (2, '先', 7, 2, 5)", "row_missing", "{3}"
        ),
        ("DELETE FROM public.par WHERE id = 1", "row_missing", "{1}"),
        // The child and the parent that is kept for it.
        ("DELETE FROM \(item) WHERE id = 4; DELETE FROM public.par WHERE id = 1", "row_missing", "{4}"),
        ("UPDATE public.par SET name = '母' WHERE id = 1", "row_altered", "{1}"),
        ("INSERT INTO public.person VALUES (1, '张𬭎')", "row_extra", "{1}"),
        // A conflict that is not shown any more, with another author, decided otherwise, and one that never was.
        ("DELETE FROM bashu.conflict_case WHERE key = '{1}' AND column_group = 'a'", "case_missing", "{1}"),
        (
            """
            UPDATE bashu.conflict_case SET candidates = replace(candidates::text, '川', '渝')::jsonb
             WHERE key = '{1}' AND column_group = 'a'
            """, "case_differs", "{1}"
        ),
        (
            "UPDATE bashu.conflict_case SET state = 'decided' WHERE key = '{1}' AND column_group = 'a'",
            "case_differs", "{1}"
        ),
        (
            """
            INSERT INTO bashu.conflict_case (table_id, digest, key, column_group, closed_by, type, state, candidates,
                                             winner, rule)
            SELECT c.table_id, substring(sha256('{5}') FOR 16), '{5}', c.column_group, c.closed_by, c.type, c.state,
                   c.candidates, c.winner, c.rule
              FROM bashu.conflict_case c WHERE c.key = '{1}' AND c.column_group = 'a'
            """, "case_extra", "{5}"
        ),
        // The index of changes.
        ("DELETE FROM bashu.change WHERE digest = substring(sha256('{5}') FOR 16)", "index_missing", "{5}"),
        (
            "UPDATE bashu.change SET hlc = hlc + 1 WHERE digest = substring(sha256('{5}') FOR 16)", "index_differs",
            "{5}"
        ),
        (
            "UPDATE bashu.change SET start = start + 1 WHERE digest = substring(sha256('{5}') FOR 16)",
            "index_differs", "{5}"
        ),
        (
            """
            INSERT INTO bashu.change SELECT origin_id, number, position + 1000, table_id, digest, part, start, length,
                                            kind, shape_id, written, hlc + 1
              FROM bashu.change WHERE digest = substring(sha256('{5}') FOR 16)
            """, "index_extra", ""
        ),
        (
            """
            INSERT INTO bashu.change SELECT origin_id, 1000000, position, table_id, digest, part, start, length,
                                            kind, shape_id, written, hlc
              FROM bashu.change WHERE digest = substring(sha256('{5}') FOR 16)
            """, "index_extra", ""
        ),
    ]

    @Test func whatASuperuserDoesIsFound() async throws {
        let world = try await Self.world.value
        for party in [try world.network["51"], world.replica] {
            let admin = try party.cluster.session(database: party.database)
            let own = ["change", "known", "claim", "conflict_case"].map { "bashu.\($0)" }
            let stage = try Stage(admin, Self.tables + own)
            for (edit, code, key) in Self.edits {
                try admin.script(edit)
                let report = try Audit.run(party.owner)
                let found = report.origins.flatMap(\.faults.named) + report.tables.flatMap(\.faults.named)
                let isFound = found.contains { $0.code == code && (key.isEmpty || $0.values["key"] == key) }
                #expect(isFound, "\(party.name): \(edit): \(found.map(\.text))")
                try stage.restore()
            }
            let after = try Audit.run(party.owner)
            #expect(after.faultCount == 0, "\(party.name): \(after)")
        }
    }

    @Test func columnsThatWereAlteredAreNoFault() async throws {
        let network = try await Network(
            ["50", "51"], schema: "CREATE TABLE public.价 (id int PRIMARY KEY, n numeric(8,2), t text)",
            tables: ["public.价"])
        let (cq, sc) = (try network["50"], try network["51"])
        try cq.writer.script("INSERT INTO public.价 VALUES (1, 1.5, '甲'), (2, 2.5, '乙'), (3, NULL, NULL)")
        try network.converge()
        try cq.writer.script("UPDATE public.价 SET n = 1.75 WHERE id = 1")
        try cq.settle()
        try sc.writer.script("UPDATE public.价 SET n = 1.25, t = '川' WHERE id = 1")
        try network.converge()
        // The engine's own check compares texts, which a type change alters.
        try Invariants.$areChecked.withValue(false) {
            for party in network.parties {
                try party.owner.script(
                    "ALTER TABLE public.价 ALTER COLUMN n TYPE numeric(8,3), ADD COLUMN z int DEFAULT 5, DROP COLUMN t")
                party.engine.timers.shapes = nil
            }
            try network.converge()
        }
        #expect(try cq.rows("public.价")[0] == ["1", "1.250", "5"])
        try network.expectClean()
        try Invariants.$areChecked.withValue(false) {
            try sc.writer.script("UPDATE public.价 SET z = 6 WHERE id = 1")
            try network.converge()
        }
        try network.expectClean()
        let proof = try #require(try RecordProver.prove(cq.owner, table: "价", key: ["1"]))
        let report = ProofCheck.check(proof, named: [])
        #expect(report.faults.allSatisfy { $0.code == "not_signed" }, "\(report.faults.map(\.text))")
        #expect(report.columns.map(\.name) == ["id", "n", "z"])
    }

    @Test func whatIsInFlightIsLeftOutAndWhoMayNotLookIsTold() async throws {
        let network = try await Network(["50"], schema: Self.schema, tables: Self.tables)
        let cq = try network["50"]
        try cq.writer.script("INSERT INTO public.person VALUES (1, '甲'), (2, '乙')")
        try cq.settle()
        try cq.writer.script("UPDATE public.person SET name = '丙' WHERE id = 2")
        let person = { (report: Audit.Report) in report.tables.first { $0.name == "public.person" } }
        let flight = try Audit.run(cq.owner)
        #expect(flight.faultCount == 0, "\(flight)")
        #expect(person(flight)?.leftOut == 1 && person(flight)?.records == 1)
        try cq.settle()
        // Twenty-five rows that no trigger has seen: the first twenty are named.
        let admin = try cq.cluster.session(database: cq.database)
        try admin.script(
            """
            ALTER TABLE public.person DISABLE TRIGGER ALL;
            INSERT INTO public.person SELECT n, '伪' FROM generate_series(101, 125) n
            """)
        let many = try #require(person(try Audit.run(cq.owner)))
        #expect(many.faults.count == 25 && many.faults.named.count == Audit.faultsMax)
        // A role that may read the log and not the tables.
        let role = "bashu_auditor"
        try admin.script("DROP ROLE IF EXISTS \(role); CREATE ROLE \(role) LOGIN")
        defer { try? admin.script("DROP OWNED BY \(role); DROP ROLE \(role)") }
        for grant in try Installer.grants(cq.owner, kind: "administrator", role: role) { try cq.owner.script(grant) }
        let auditor = try cq.cluster.session(database: cq.database, user: role)
        let told = try Audit.run(auditor)
        #expect(told.origins.allSatisfy { $0.faults.count == 0 })
        #expect(told.tables.flatMap(\.faults.named).map(\.code) == Array(repeating: "table_unreadable", count: 3))
        try admin.script("GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role)")
        #expect(person(try Audit.run(auditor))?.faults.count == 25)
    }
}

/// Tables with their triggers off, which are put back as they were.
private struct Stage {
    private let admin: Session
    private let tables: [String]

    init(_ admin: Session, _ tables: [String]) throws {
        self.admin = admin
        self.tables = tables
        try admin.script("SET session_replication_role = replica; CREATE SCHEMA IF NOT EXISTS saved")
        for (place, table) in tables.enumerated() {
            if !table.hasPrefix("bashu.") { try admin.script("ALTER TABLE \(table) DISABLE TRIGGER ALL") }
            try admin.script("CREATE TABLE saved.t\(place) AS TABLE \(table)")
        }
    }

    func restore() throws {
        for (place, table) in tables.enumerated() {
            try admin.script("DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM saved.t\(place)")
        }
    }
}
