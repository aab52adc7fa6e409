import CatalogueStore
import Foundation
import Postgres
import TestCluster
import Testing

/// An import of very many rows into an empty table makes its indexes after them: they must be the same ones.
@Suite struct ImportFirstFillTests {
    private static let rows = 10_000
    private static let indexes = """
        SELECT indexname || ' ' || indexdef FROM pg_indexes
        WHERE schemaname = 'catalogue' AND tablename = 'organization' ORDER BY 1
        """
    private func file(_ bench: ImportBench) throws -> String {
        let lines = (1...Self.rows).map { "机构“𬭎”\($0)\n" }
        return try bench.file("many.csv", "name_zh\n" + lines.joined())
    }

    /// The object identifiers of the indexes that guard nothing.
    private func plain(_ session: Session) throws -> [String] {
        try session.query(
            """
            SELECT indexrelid::text FROM pg_index
            WHERE indrelid = 'catalogue.organization'::regclass AND NOT indisunique ORDER BY 1
            """
        ).map { try $0.text(0) }
    }

    private func definitions(_ session: Session) throws -> [String] {
        try session.query(Self.indexes).map { try $0.text(0) }
    }

    private func bench() async throws -> (ImportBench, Session) {
        let bench = try await ImportBench()
        let session = try bench.session()
        try session.execute(
            """
            CREATE INDEX "机构 by name" ON catalogue.organization (lower(name_zh) DESC) WHERE name_zh <> ''
            """)
        return (bench, session)
    }

    @Test func theIndexesAreMadeAfterTheRowsAndAreTheSame() async throws {
        let (bench, session) = try await bench()
        let path = try file(bench)
        let before = (try definitions(session), try plain(session))
        let report = try bench.load(path: path, into: "organization")
        #expect(report.new == Self.rows)
        #expect(try definitions(session) == before.0)
        #expect(Set(try plain(session)).isDisjoint(with: before.1))
        #expect(!before.1.isEmpty)
    }

    @Test func aTableWithRowsOrInUseKeepsItsIndexes() async throws {
        let (bench, session) = try await bench()
        let path = try file(bench)
        let before = try plain(session)
        // Somebody reads the table.
        let other = try bench.session()
        try other.execute("BEGIN")
        try other.execute("SELECT count(*) FROM catalogue.organization")
        #expect(try bench.load(path: path, into: "organization").new == Self.rows)
        #expect(try plain(session) == before)
        try other.execute("ROLLBACK")
        // Rows are there.
        try session.execute(
            """
            DELETE FROM catalogue.organization
            WHERE org_id <> (SELECT min(org_id::text)::uuid FROM catalogue.organization)
            """)
        #expect(try bench.load(path: path, into: "organization").new == Self.rows - 1)
        #expect(try plain(session) == before)
    }

    @Test func aDryRunLeavesThemAlone() async throws {
        let (bench, session) = try await bench()
        let before = try plain(session)
        let report = try bench.load(path: try file(bench), into: "organization") { $0.dryRun = true }
        #expect(report.new == Self.rows)
        #expect(try plain(session) == before)
    }
}
