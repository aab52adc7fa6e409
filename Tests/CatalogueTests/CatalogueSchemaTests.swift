import CSchemas
import Glibc
import Postgres
import TestCluster
import Testing

@Suite struct CatalogueSchemaTests {
    @Test func everyNumberedFileIsEmbedded() throws {
        let directory = try #require(opendir(Catalogue.folder))
        defer { closedir(directory) }
        var found: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".sql"), name.hasPrefix("0") { found.append("catalogue/\(name)") }
        }
        #expect(Catalogue.files == found.sorted())
        #expect(!found.isEmpty)
    }

    @Test func aSecondInstallationIsRefusedAndChangesNothing() async throws {
        let (cluster, name) = try await Catalogue.database(sample: true)
        let session = try cluster.session(database: name, user: Catalogue.owner)
        let error = #expect(throws: PostgresError.self) { try Catalogue.install(session) }
        #expect(error?.sqlState == .duplicateSchema)
        session.close()
        let after = try cluster.session(database: name, user: Catalogue.owner)
        #expect(try after.queryOne("SELECT count(*) > 250 FROM catalogue.standard")?[bool: 0] == true)
    }

    @Test func everyTableAndColumnIsExplainedInBothLanguages() async throws {
        let session = try await Catalogue.reader()
        let rows = try session.query(
            """
            SELECT c.relname, a.attname, col_description(c.oid, a.attnum)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'catalogue'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                AND NOT a.attisdropped
            UNION ALL
            SELECT relname, NULL, obj_description(oid, 'pg_class')
            FROM pg_class WHERE relnamespace = 'catalogue'::regnamespace AND relkind IN ('r', 'v')
            UNION ALL
            SELECT nspname, NULL, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'catalogue'
            """)
        #expect(rows.count > 130)
        for row in rows {
            let place = "\(try row.text(0)).\(row[text: 1] ?? "")"
            let comment = row[text: 2] ?? ""
            let halves = comment.split(separator: " / ", maxSplits: 1)
            #expect(halves.count == 2, "\(place): \(comment)")
            guard halves.count == 2 else { continue }
            #expect(halves[0].unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(place)")
            #expect(halves[1].unicodeScalars.allSatisfy { $0.value < 0x2000 }, "\(place)")
            #expect(halves[1].contains { $0.isLetter }, "\(place)")
            if row[text: 1] != nil {
                #expect(comment.wholeMatch(of: /\[(key|local|[A-Z]|-)\] .*/) != nil, "\(place): no group")
            }
        }
    }

    @Test func columnsOfACheckAreOneGroup() async throws {
        let session = try await Catalogue.reader()
        let mixed = try session.query(
            """
            SELECT k.conname FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) n
            WHERE k.connamespace = 'catalogue'::regnamespace AND k.contype = 'c'
            GROUP BY k.oid, k.conname
            HAVING count(DISTINCT substring(col_description(k.conrelid, n) FROM '^\\[[^]]*')) <> 1
                -- Until a policy names the groups each column is merged alone: only keys may stand together.
                OR (count(*) > 1 AND min(col_description(k.conrelid, n)) NOT LIKE '[key]%')
            """)
        #expect(mixed.isEmpty)
    }

    @Test func theTablesCanBeShared() async throws {
        let session = try await Catalogue.reader()
        let offences = try session.query(
            """
            SELECT 'key type', a.attrelid::regclass::text, a.attname::text
            FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
            WHERE i.indisprimary AND i.indrelid::regclass::text LIKE 'catalogue.%'
                AND (a.atttypid::regtype::text NOT IN ('uuid', 'text', 'integer', 'date') OR a.attgenerated <> ''
                    OR a.attidentity <> ''
                    OR a.atthasdef AND a.attname NOT IN ('namesake', 'scope', 'model', 'definition'))
            UNION ALL
            SELECT 'no key', oid::regclass::text, NULL FROM pg_class c
            WHERE relnamespace = 'catalogue'::regnamespace AND relkind = 'r' AND NOT EXISTS
                (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')
            UNION ALL
            SELECT 'constraint', conname, NULL FROM pg_constraint
            WHERE connamespace = 'catalogue'::regnamespace
                AND (condeferrable OR contype = 'x' OR confdeltype NOT IN ('a', ' ') OR confupdtype NOT IN ('a', ' '))
            UNION ALL
            SELECT 'trigger', tgname, NULL FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
            WHERE relnamespace = 'catalogue'::regnamespace AND NOT tgisinternal
            UNION ALL
            SELECT 'sequence', relname, NULL FROM pg_class
            WHERE relnamespace = 'catalogue'::regnamespace AND relkind = 'S'
            UNION ALL
            SELECT 'owner', relname, NULL FROM pg_class
            WHERE relnamespace = 'catalogue'::regnamespace AND relowner = 10
            """)
        #expect(offences.map { [$0[text: 0], $0[text: 1], $0[text: 2]] } == [])
    }

    @Test func everyCodeHasItsWords() async throws {
        let session = try await Catalogue.reader()
        let wordless = try session.query(
            """
            WITH code AS (
                SELECT a.attname AS list, (regexp_matches(pg_get_constraintdef(k.oid), '''([A-Za-z_]+)''', 'g'))[1]
                FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                WHERE k.connamespace = 'catalogue'::regnamespace AND k.contype = 'c'
            ), word AS (
                SELECT list, code FROM catalogue.code_label WHERE list NOT IN ('effective_status', 'number_form')
            )
            (TABLE code EXCEPT TABLE word) UNION ALL (TABLE word EXCEPT TABLE code)
            """)
        #expect(wordless.map { [$0[text: 0], $0[text: 1]] } == [])
    }

    @Test func whatTheLawMakesImpossibleIsRefused() async throws {
        let session = try await Catalogue.session()
        try session.script(
            """
            INSERT INTO catalogue.joint_group (joint_group_id) VALUES ('00000000-0000-0000-0000-000000000001');
            INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, joint_group_id)
            SELECT catalogue.standard_id(n), n, 'local', '50', '00000000-0000-0000-0000-000000000001'
            FROM (VALUES ('DB50/T 10011-2024')) v (n);
            """)
        let cases = [
            ("UPDATE catalogue.standard SET kind = 'regional'", SQLState.checkViolation),
            ("UPDATE catalogue.standard SET number_raw = ''", .checkViolation),
            ("UPDATE catalogue.standard SET home_region = '重庆'", .checkViolation),
            ("INSERT INTO catalogue.replacement SELECT std_id, std_id FROM catalogue.standard", .checkViolation),
            (
                """
                INSERT INTO catalogue.standard (std_id, number_raw, kind, home_region, joint_group_id)
                SELECT catalogue.standard_id('X'), 'X', 'local', '50', joint_group_id FROM catalogue.standard
                """, .uniqueViolation
            ),
            (
                "INSERT INTO catalogue.standard_ics VALUES ('00000000-0000-0000-0000-000000000002', '01')",
                .foreignKeyViolation
            ),
        ]
        for (statement, state) in cases {
            let error = #expect(throws: PostgresError.self, "\(statement)") { try session.execute(statement) }
            #expect(error?.sqlState == state, "\(statement)")
        }
    }

    @Test func partsOfTheNumberFollowIt() async throws {
        let session = try await Catalogue.session()
        try session.execute(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, title_zh)
            VALUES (catalogue.standard_id($1), $1, 'group', $2)
            """, ["T/XZYC 0001—2024", "𬭎与\"引号\"'标准'\t\\N"])
        try session.execute("UPDATE catalogue.standard SET number_raw = 'T/XZYC 0055-2024'")
        let row = try #require(
            try session.queryOne(
                """
                SELECT number_norm, number_form, number_code, number_serial, number_year, title_zh,
                    std_id = catalogue.standard_id('T/XZYC 0001-2024') FROM catalogue.standard
                """))
        #expect(row[text: 0] == "T/XZYC 0055-2024")
        #expect(row[text: 1] == "group")
        #expect(row[text: 2] == "T/XZYC")
        #expect(try row.int(3) == 55)
        #expect(try row.int(4) == 2024)
        #expect(row[text: 5] == "𬭎与\"引号\"'标准'\t\\N")
        #expect(try row[bool: 6] == true, "the identifier stays when the number changes")
    }
}
