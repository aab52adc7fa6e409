import CatalogueStore
import Foundation
import Postgres
import RegionStore
import TestCluster
import Testing

/// Imports and exports of texts, in databases of their own.
struct ImportBench {
    let cluster: TestCluster
    let database: String
    let folder = Folder()

    init(sample: Bool = false) async throws {
        (cluster, database) = try await Catalogue.database(sample: sample)
    }

    func session() throws -> Session { try cluster.session(database: database, user: Catalogue.owner) }

    /// Writes a file and returns its path.
    func file(_ name: String, _ text: String) throws -> String { try file(name, bytes: Array(text.utf8)) }

    func file(_ name: String, bytes: [UInt8]) throws -> String {
        let path = folder.path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Imports a text with a session of its own.
    @discardableResult
    func load(
        _ text: String, into table: String = "catalogue.standard", name: String = "list.csv",
        _ change: (inout ImportOptions) -> Void = { _ in }
    ) throws -> ImportReport {
        try load(path: file(name, text), into: table, change)
    }

    @discardableResult
    func load(
        path: String, into table: String = "catalogue.standard", _ change: (inout ImportOptions) -> Void = { _ in }
    ) throws -> ImportReport {
        var options = ImportOptions()
        change(&options)
        let session = try session()
        defer { session.close() }
        return try Importer(session, into: table, from: path, options).run()
    }

    /// Exports a table and returns the path.
    func export(_ table: String, _ format: ExportFormat) throws -> String {
        let path = folder.path + "/export.\(format.rawValue)"
        let session = try session()
        defer { session.close() }
        try Exporter.run(session, table: table, to: path, format)
        return path
    }

    func one(_ sql: String, _ parameters: [Parameter] = []) throws -> String? {
        let session = try session()
        defer { session.close() }
        return try session.queryOne(sql, parameters)?[text: 0]
    }

    func run(_ sql: String) throws {
        let session = try session()
        try session.script(sql)
        session.close()
    }
}

/// A folder that goes away with its last user.
final class Folder: Sendable {
    let path: String

    init() {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-import-\(UUID().uuidString)")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
