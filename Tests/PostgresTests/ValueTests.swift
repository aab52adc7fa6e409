import Postgres
import TestCluster
import Testing

@Suite struct ValueTests {
    static let texts = ["", " ", "标准", "𬭎", "a\tb\nc\\d", "NULL", "{\"x\"}", "it's \"q\"", "e\u{301}", "\u{1F600}"]

    @Test(arguments: texts, [false, true])
    func textsComeBack(text: String, binary: Bool) async throws {
        let session = try await freshSession()
        let row = try #require(try session.queryOne("SELECT $1::text", [.text(text)], binary: binary))
        #expect(try row.text(0) == text)
        #expect(row[text: 0]?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }

    @Test(arguments: [false, true])
    func integersComeBack(binary: Bool) async throws {
        let session = try await freshSession()
        let values: [Parameter] = [.int(Int64.min), .int(Int64.max), -32768, 2_147_483_647]
        let sql = "SELECT $1::bigint, $2::bigint, $3::smallint, $4::integer"
        let row = try #require(try session.queryOne(sql, values, binary: binary))
        #expect(try row.int(0) == Int64.min)
        #expect(try row.int(1) == Int64.max)
        #expect(try row.int(2) == -32768)
        #expect(try row.int(3) == 2_147_483_647)
    }

    @Test(arguments: [false, true])
    func booleansBytesAndNullsComeBack(binary: Bool) async throws {
        let session = try await freshSession()
        let everyByte = (0...255).map { UInt8($0) }
        let values: [Parameter] = [true, false, .bytes(everyByte), .bytes([]), nil]
        let sql = "SELECT $1::bool AS yes, $2::bool AS no, $3::bytea AS b, $4::bytea AS e, $5::text AS \"Null 空\""
        let row = try #require(try session.queryOne(sql, values, binary: binary))
        #expect(try row.bool("yes") && !row.bool("no"))
        #expect(try row.bytes("b") == everyByte)
        #expect(try row[bytes: "e"] == [])
        #expect(row.isNull("Null 空") && row[text: "Null 空"] == nil)
        #expect(try row[int: "Null 空"] == nil)
        #expect(throws: PostgresError.self) { try row.text("Null 空") }
    }

    @Test func arraysComeBackElementByElement() async throws {
        let session = try await freshSession()
        let values: [String?] = Self.texts + [nil]
        let rows = try session.query("SELECT unnest($1::text[])", [.textArray(values)])
        #expect(rows.map { $0[text: 0] } == values)
        let numbers = try session.query("SELECT unnest($1::bigint[])", [.intArray([Int64.min, 0, Int64.max])])
        #expect(try numbers.map { try $0.int(0) } == [Int64.min, 0, Int64.max])
        let blobs: [[UInt8]] = [[], [0], [0x5C, 0x22, 0xFF]]
        let bytes = try session.query("SELECT unnest($1::bytea[])", [.byteaArray(blobs)])
        #expect(try bytes.map { try $0.bytes(0) } == blobs)
        #expect(try session.queryOne("SELECT cardinality($1::text[])", [.textArray([String]())])?.int(0) == 0)
    }

    @Test func nullCharactersAreRefusedBeforeTheyReachTheServer() async throws {
        let session = try await freshSession()
        let parameter = try postgresError { try session.query("SELECT $1::text", [.text("a\u{0}b")]) }
        #expect(parameter.kind == .misuse && parameter.message.contains("$1"))
        let element = try postgresError { try session.query("SELECT $1::text[]", [.textArray(["\u{0}"])]) }
        #expect(element.kind == .misuse)
        let statement = try postgresError { try session.execute("SELECT 1\u{0}; DROP TABLE t") }
        #expect(statement.kind == .misuse)
        #expect(try session.queryOne("SELECT 1")?.int(0) == 1)
    }

    @Test func wrongTypesAreProtocolViolations() async throws {
        let session = try await freshSession()
        let row = try #require(try session.queryOne("SELECT 'abc' AS name, 99999999999999999999::numeric"))
        #expect(try postgresError { try row.int("name") }.kind == .protocolViolation)
        #expect(try postgresError { try row.int(1) }.kind == .protocolViolation)
        #expect(try postgresError { try row.bool(0) }.kind == .protocolViolation)
        let rows = try postgresError { try session.queryOne("SELECT generate_series(1, 2)") }
        #expect(rows.kind == .protocolViolation)
    }

    @Test func bytesNotUTF8AreRefusedAsText() async throws {
        let session = try await freshSession()
        let row = try #require(try session.queryOne("SELECT '\\xff41'::bytea", binary: true))
        #expect(try postgresError { try row.text(0) }.kind == .protocolViolation)
        #expect(row[text: 0] == "\u{FFFD}A")
    }

    @Test func anotherServerEncodingIsConverted() async throws {
        let cluster = try await TestCluster.shared()
        let database = try await cluster.createDatabase(encoding: "EUC_CN")
        let session = try cluster.session(database: database)
        let row = try #require(try session.queryOne("SELECT $1::text, octet_length($1)", ["标准"]))
        #expect(try row.text(0) == "标准" && row.int(1) == 4)
        #expect(throws: PostgresError.self) { try session.query("SELECT $1::text", ["𬭎"]) }
    }

    @Test(arguments: ["plain", "a\"b", "\"", "标准 表", "x\"\u{301}", ""])
    func identifiersAreQuoted(name: String) async throws {
        let session = try await freshSession()
        guard !name.isEmpty else {
            #expect(Session.quoteIdentifier("") == "\"\"")
            return
        }
        let row = try #require(try session.queryOne("SELECT 1 AS \(Session.quoteIdentifier(name))"))
        #expect(row.columnName(0) == name)
        try session.execute("CREATE SCHEMA \(Session.quoteIdentifier(name))")
        try session.execute("CREATE TABLE \(Session.qualified(name, name)) ()")
    }

    @Test(arguments: ["on", "off"])
    func literalsAreQuoted(standardStrings: String) async throws {
        let session = try await freshSession(settings: ["standard_conforming_strings": standardStrings])
        for text in Self.texts + ["\\", "'\\'\u{301}", "\\'; DROP"] {
            let row = try #require(try session.queryOne("SELECT \(Session.quoteLiteral(text))"))
            #expect(row[text: 0]?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
        }
    }
}
