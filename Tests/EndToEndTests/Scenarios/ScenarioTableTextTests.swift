import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What is logged does not depend on how a session is set.
    @Suite struct ScenarioTableTextTests {
        private static let values = ScenarioTable.tables(
            """
            CREATE TYPE pair AS (f double precision, at timestamptz);
            CREATE TABLE val (
                id integer, at timestamptz, raw bytea, day date, mark text, f double precision, r real, s interval,
                ts timestamptz, t timestamp, d date, b bytea, m money, tr tstzrange, dr daterange, n numeric, c pair,
                fs double precision[], re regclass, PRIMARY KEY (id, at, raw, day));
            CREATE TABLE word (word text PRIMARY KEY, note text);
            """, "val", "word")

        private static let settings: [[String: String]] = [
            [:], ["extra_float_digits": "-15"], ["DateStyle": "German, DMY"], ["DateStyle": "SQL, MDY"],
            ["IntervalStyle": "sql_standard"], ["IntervalStyle": "postgres_verbose"], ["TimeZone": "Asia/Shanghai"],
            ["TimeZone": "America/St_Johns"], ["bytea_output": "escape"], ["lc_monetary": "C.UTF-8"],
            ["lc_numeric": "C.UTF-8"], ["quote_all_identifiers": "on"], ["standard_conforming_strings": "off"],
            ["xmloption": "document"], ["row_security": "off"], ["client_encoding": "GBK"],
            ["client_encoding": "LATIN1"], ["search_path": "hostile, pg_catalog"], ["search_path": ""],
        ]

        /// What `insert` leaves in the log after the key, by the settings that Bashu's sessions have.
        private static let text = [
            "", "MARK", "0.30000000000000004", "0.1", "P10M3DT4H5M6.7S", "2024-12-31 15:30:00+00",
            "0044-03-15 12:00:00 BC", "2024-03-04", #"\\x5c00ff27"#, "$12.34", #"["2024-01-01 16:00:00+00",)"#,
            "[2024-01-02,2024-03-04)", "1.10", #"(1e-07,"2024-01-02 03:04:00+00")"#, "{1e+22,0.3}", "public.val",
        ].joined(separator: "\t")

        /// The whole row, so that every client means the same value however it is set.
        private static func insert(_ id: Int) -> String {
            """
            INSERT INTO public.val VALUES (
                \(id), '2024-02-03 04:05:06.5+08', pg_catalog.decode('00ff41', 'hex'), '2024-02-03', 'MARK',
                0.1::pg_catalog.float8 + 0.2::pg_catalog.float8, 0.1, pg_catalog.make_interval(1, -2, 0, 3, 4, 5, 6.7),
                '2024-12-31 23:30:00+08', '0044-03-15 12:00:00 BC', '2024-03-04',
                pg_catalog.decode('5c00ff27', 'hex'), 12.34::pg_catalog.numeric::pg_catalog.money,
                pg_catalog.tstzrange('2024-01-02 00:00+08', NULL), pg_catalog.daterange('2024-01-02', '2024-03-04'),
                1.10, ROW(1e-7, '2024-01-02 03:04+00')::public.pair,
                ARRAY[1e22, 0.3]::pg_catalog.float8[], 'public.val')
            """
        }

        @Test func scenarioS_settings() async throws {
            let world = try await Federation.make(regions: ["50", "51"], tables: Self.values)
            let (x, y) = (world["50"], world["51"])
            // The daemon's own defaults are not to be trusted either.
            for party in world.parties {
                for role in [Party.daemonRole] + world.parties.map(\.login) {
                    let database = Session.quoteIdentifier(party.database)
                    for (name, value) in [
                        "extra_float_digits": "-15", "DateStyle": "'German, DMY'", "IntervalStyle": "sql_standard",
                        "TimeZone": party.name == "50" ? "'Asia/Shanghai'" : "'America/St_Johns'",
                        "bytea_output": "escape", "quote_all_identifiers": "on", "search_path": "hostile, pg_catalog",
                    ] {
                        try await x.run(
                            "ALTER ROLE \(role) IN DATABASE \(database) SET \(name) = \(value)", as: .superuser)
                    }
                }
                try await makeHostile(party)
            }
            try await world.startDaemons()
            for place in Self.settings.indices {
                try await x.run(Self.insert(1_000 + place))
                try await x.run(Self.insert(2_000 + place))
            }
            try await world.converged()
            for (place, settings) in Self.settings.enumerated() {
                let client = try x.cluster.session(
                    database: x.database, user: Party.application, settings: settings)
                try client.script(Self.insert(place))
                try client.script("UPDATE public.val SET f = f + 1 WHERE id = \(1_000 + place)")
                try client.script("DELETE FROM public.val WHERE id = \(2_000 + place)")
            }
            try await writeBytes(x)
            let count = Self.settings.count
            try await ScenarioTable.end(
                world,
                published: [
                    "50 val d \(count)", "50 val i \(3 * count)", "50 val u \(count)", "50 word i 4", "50 word u 1",
                ])
            for party in world.parties {
                #expect(try await logged(party) == [Self.text], "\(party.name)")
                #expect(try await party.value("SELECT count(*) FROM val WHERE f = 0.1::float8 + 0.2") == "\(count)")
            }
            let words = try await y.rows(#"SELECT word, note FROM word ORDER BY word COLLATE "C""#)
            #expect(words == [["abc", "é"], ["é", "ÿ"], ["汉", "重庆"], ["重庆", "汉é"]])
        }

        /// Names that are found before those of PostgreSQL.
        private func makeHostile(_ party: Party) async throws {
            try await party.run(
                """
                CREATE SCHEMA hostile; GRANT ALL ON SCHEMA hostile TO PUBLIC;
                CREATE DOMAIN hostile.text AS integer; CREATE DOMAIN hostile.int8 AS boolean;
                CREATE FUNCTION hostile.array_agg(anyelement) RETURNS text LANGUAGE sql
                    AS 'SELECT ''x''::pg_catalog.text';
                CREATE FUNCTION hostile.clock_timestamp() RETURNS text LANGUAGE sql
                    AS 'SELECT ''x''::pg_catalog.text';
                """, as: .superuser)
        }

        /// The bytes that clients of other encodings send, also as keys.
        private func writeBytes(_ x: Party) async throws {
            let (chongqing, han): ([UInt8], [UInt8]) = ([0xd6, 0xd8, 0xc7, 0xec], [0xba, 0xba])
            let gbk = try x.cluster.session(
                database: x.database, user: Party.application, settings: ["client_encoding": "GBK"])
            try gbk.copyIn("COPY word FROM STDIN") {
                try $0.write(han + [0x09] + chongqing + [0x0a] + chongqing + [0x09] + han + [0x0a])
            }
            let latin = try x.cluster.session(
                database: x.database, user: Party.application, settings: ["client_encoding": "LATIN1"])
            try latin.copyIn("COPY word FROM STDIN") {
                try $0.write([0xe9, 0x09, 0xff, 0x0a] + Array("abc\t".utf8) + [0xe9, 0x0a])
            }
            try await eventually("the words are cut") { try await !x.hasWork() }
            // A client that cannot even see what it changes.
            try latin.script("UPDATE word SET note = note || chr(233) WHERE word = chr(37325) || chr(24198)")
        }

        /// What the insertions of `val` look like in the log after their key, each text once.
        private func logged(_ party: Party) async throws -> [String] {
            try await party.rows(
                """
                SELECT DISTINCT substring(l.line FROM position(E'\\tMARK\\t' IN l.line))
                  FROM (SELECT convert_from(substring(b.bytes FROM c.start + 1 FOR c.length), 'UTF8') AS line
                          FROM bashu.change c JOIN bashu.chunk b USING (origin_id, number, part)
                          JOIN bashu.shared_table s ON s.id = c.table_id AND s.table_name = 'val'
                         WHERE c.kind = 'i') l
                 WHERE l.line LIKE E'%\\t2024-02-02 20:05:06.5+00\\t%\\tMARK\\t%'
                """
            ).compactMap { $0[0] }
        }
    }
}
