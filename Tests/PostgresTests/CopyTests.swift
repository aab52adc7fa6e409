import Postgres
import TestCluster
import Testing

@Suite struct CopyTests {
    static let rows = ["1\t标准\\\\ x\n", "2\t\\N\n", "3\t𬭎\\n\\t\n"]

    @Test func textGoesInAndComesOutUnchanged() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int PRIMARY KEY, b text)")
        let stored = try session.copyIn("COPY t FROM STDIN") { writer in
            try writer.write(Self.rows[0])
            try writer.write(Array(Self.rows[1].utf8)[0...])
            try Array(Self.rows[2].utf8).withUnsafeBytes { try writer.write($0) }
        }
        #expect(stored == 3)
        #expect(try session.queryOne("SELECT b FROM t WHERE a = 3")?.text(0) == "𬭎\n\t")
        var lines: [String] = []
        let sent = try session.copyOut("COPY (SELECT * FROM t ORDER BY a) TO STDOUT") { line in
            lines.append(String(decoding: line, as: UTF8.self))
        }
        #expect(sent == 3 && lines == Self.rows)
    }

    @Test func largeLinesAndManyLinesSurvive() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int, b text)")
        let large = String(repeating: "巴蜀", count: 500_000)
        try session.copyIn("COPY t FROM STDIN") { writer in
            try writer.write("0\t\(large)\n")
            for number in 1...50_000 { try writer.write("\(number)\tx\n") }
        }
        #expect(try session.queryOne("SELECT count(*) FROM t")?.int(0) == 50_001)
        #expect(try session.queryOne("SELECT b FROM t WHERE a = 0")?.text(0) == large)
        var bytes = 0
        try session.copyOut("COPY t TO STDOUT") { bytes += $0.count }
        #expect(bytes > large.utf8.count)
    }

    @Test func binaryGoesFromServerToServerAsItIs() async throws {
        let source = try await freshSession()
        let target = try await freshSession()
        for session in [source, target] { try session.execute("CREATE TABLE t (a int, b text, c bytea)") }
        try source.execute("INSERT INTO t SELECT i, '第' || i, int8send(i) FROM generate_series(1, 5000) AS i")
        try target.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            try source.copyOut("COPY t TO STDOUT (FORMAT binary)") { try writer.write($0) }
        }
        let digest = "SELECT md5(string_agg(t::text, ',' ORDER BY a)) FROM t"
        #expect(try source.queryOne(digest)?.text(0) == target.queryOne(digest)?.text(0))
    }

    @Test func encodedBinaryRowsAreWhatTheyWere() async throws {
        let session = try await freshSession()
        try session.execute(
            "CREATE TABLE t (a int2, b int4, c int8, d text, e bytea, f \"char\", g timestamptz, h bool, i text)")
        let micros: Int64 = 1_700_000_000_123_456
        try session.copyIn("COPY t FROM STDIN (FORMAT binary)") { writer in
            var rows = BinaryCopyWriter(columns: 9)
            for sign in [Int64(1), -1] {
                rows.beginRow()
                rows.int2(Int16(sign * 300))
                rows.int4(Int32(sign * 70_000))
                rows.int8(sign * 5_000_000_000)
                rows.text("标准𬭎")
                rows.raw([0, 255, 10])
                rows.char("u")
                rows.timestamptz(microseconds: sign * micros)
                rows.bool(sign > 0)
                rows.text(sign > 0 ? "" : nil)
                try rows.flush(into: writer)
            }
            try rows.finish(into: writer)
        }
        let columns = "a, b, c, d, e, f, (extract(epoch FROM g) * 1000000)::bigint, h, i"
        for sign in [Int64(1), -1] {
            let row = try #require(try session.queryOne("SELECT \(columns) FROM t WHERE h = $1", [.bool(sign > 0)]))
            #expect(try row.int(0) == sign * 300 && row.int(1) == sign * 70_000)
            #expect(try row.int(2) == sign * 5_000_000_000 && row.int(6) == sign * micros)
            #expect(row[text: 3] == "标准𬭎" && row[text: 5] == "u")
            #expect(try row.bytes(4) == [0, 255, 10])
            #expect(row[text: 8] == (sign > 0 ? "" : nil))
        }
    }

    @Test func aThrowAmidCopyInStoresNothingAndLeavesTheSessionUsable() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int)")
        var kept: CopyWriter?
        #expect(throws: Stop()) {
            try session.copyIn("COPY t FROM STDIN") { writer in
                kept = writer
                for number in 0..<20_000 { try writer.write("\(number)\n") }
                throw Stop()
            }
        }
        #expect(try session.queryOne("SELECT count(*) FROM t")?.int(0) == 0)
        #expect(try postgresError { try kept?.write("1\n") }.kind == .misuse)
    }

    @Test func aThrowAmidCopyOutLeavesTheSessionUsable() async throws {
        let session = try await freshSession()
        var lines = 0
        #expect(throws: Stop()) {
            try session.copyOut("COPY (SELECT generate_series(1, 1000000000)) TO STDOUT") { _ in
                lines += 1
                if lines == 2 { throw Stop() }
            }
        }
        #expect(lines == 2)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func theServersErrorEndsACopy() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int PRIMARY KEY)")
        let bad = try postgresError { try session.copyIn("COPY t FROM STDIN") { try $0.write("1\nx\n") } }
        #expect(bad.sqlState == .invalidTextRepresentation && bad.context?.contains("line 2") == true)
        let twice = try postgresError { try session.copyIn("COPY t FROM STDIN") { try $0.write("1\n1\n") } }
        #expect(twice.sqlState == .uniqueViolation && twice.constraint == "t_pkey")
        let amid = try postgresError {
            try session.copyOut("COPY (SELECT 1 / (3 - i) FROM generate_series(1, 9) AS i) TO STDOUT") { _ in }
        }
        #expect(amid.sqlState == SQLState(rawValue: "22012"))
        let missing = try postgresError { try session.copyOut("COPY missing TO STDOUT") { _ in } }
        #expect(missing.sqlState == .undefinedTable)
        #expect(try session.queryOne("SELECT count(*) FROM t")?.int(0) == 0)
    }

    @Test func aCopyThroughTheWrongDoorIsMisuse() async throws {
        let session = try await freshSession()
        try session.execute("CREATE TABLE t (a int)")
        #expect(try postgresError { try session.execute("COPY t FROM STDIN") }.kind == .misuse)
        #expect(try postgresError { try session.query("COPY t TO STDOUT") }.kind == .misuse)
        #expect(try postgresError { try session.script("COPY t FROM STDIN") }.kind == .misuse)
        #expect(try postgresError { try session.copyIn("COPY t TO STDOUT") { _ in } }.kind == .misuse)
        #expect(try postgresError { try session.copyOut("COPY t FROM STDIN") { _ in } }.kind == .misuse)
        #expect(try postgresError { try session.copyOut("SELECT 1") { _ in } }.kind == .misuse)
        #expect(try postgresError { try session.stream("COPY t TO STDOUT") { _ in } }.kind == .misuse)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }
}
