import Foundation
import Logging
import Postgres
import RegionStore
import TestCluster
import Testing

@testable import TestFederation

/// Databases that exchange nothing but files, in a folder that the test takes away again.
final class OfflineStage: Sendable {
    let world: Federation
    let folder: String

    init(_ world: Federation) throws {
        self.world = world
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bashu 离线 \(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Regions 50 and 51 that know each other by files alone.
    static func make() async throws -> OfflineStage {
        let stage = try OfflineStage(await Federation.make(regions: ["50", "51"], links: []))
        try stage.introduce("50", "51")
        return stage
    }

    subscript(name: String) -> Party { world[name] }

    /// Makes two parties known to each other.
    func introduce(_ one: String, _ other: String) throws {
        for (here, there) in [(one, other), (other, one)] {
            let run = try world[here].ctl("peer", "add", there, "--by-file")
            #expect(run.status == .exited(0), "\(run.errors)")
        }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    /// Exports, and says where.
    @discardableResult
    func export(_ from: String, to peer: String, _ name: String, _ more: String...) throws -> String {
        let run = try Ctl.finish(
            Ctl.start(
                ["batch", "export", "--for", peer, "-o", path(name)] + more,
                world[from].ctlEnvironment))
        #expect(run.status == .exited(0), "\(run.errors)")
        return path(name)
    }

    func take(_ path: String, at party: String, _ more: String..., changes: [String: String?] = [:]) throws -> Ctl.Run {
        try Ctl.finish(
            Ctl.start(["batch", "import", path] + more, world[party].ctlEnvironment.merging(changes) { $1 }))
    }

    /// A file from one to the other and its receipt back, as people carry them.
    func carry(_ from: String, to peer: String, _ name: String, _ more: String...) throws {
        let file = try Ctl.finish(
            Ctl.start(["batch", "export", "--for", peer, "-o", path(name)] + more, world[from].ctlEnvironment))
        #expect(file.status == .exited(0), "\(file.errors)")
        let taken = try take(path(name), at: peer)
        #expect(taken.status == .exited(0), "\(taken.output) \(taken.errors)")
        let back = try take(path(name) + ".receipt", at: from)
        #expect(back.status == .exited(0), "\(back.output) \(back.errors)")
    }
}

extension Party {
    /// Everything in Bashu's own tables and in the shared ones: a digest for each table.
    func everything() async throws -> [String] {
        let names = try await rows(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r' AND n.nspname IN ('bashu', 'public') ORDER BY 1
            """
        ).compactMap { $0[0] }
        var found: [String] = []
        for name in names {
            let digest = try await value(
                "SELECT count(*) || ' ' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM \(name) t")
            found.append("\(name) \(digest ?? "")")
        }
        return found
    }

    /// The daemon's login.
    func daemonSession() throws -> Session {
        try Session.connect(
            Transfers.target(ConnectionTarget(cluster.conninfo(database: database, user: Party.daemonRole))),
            applicationName: "test", logger: Logger(label: "test"))
    }
}
