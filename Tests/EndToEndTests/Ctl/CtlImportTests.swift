import Console
import Foundation
import Postgres
import RegionStore
import TestCluster
import Testing

@Suite("bashuctl import and export")
struct CtlImportTests {
    private struct Bench {
        let cluster: TestCluster
        let database: String
        let folder: String

        init() async throws {
            cluster = try await TestCluster.shared()
            database = try await cluster.createDatabase("import \(UUID().uuidString.prefix(8))")
            folder = FileManager.default.temporaryDirectory.path + "/bashu-ctl-import-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let installed = try ctl("catalogue", "install")
            try #require(installed.status == .exited(0), "\(installed)")
        }

        func file(_ name: String, _ text: String) throws -> String {
            try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
            return "\(folder)/\(name)"
        }

        func ctl(_ arguments: String..., language: String = "C.UTF-8") throws -> Ctl.Run {
            let conninfo: String? = cluster.conninfo(database: database)
            return try Ctl.finish(Ctl.start(arguments, ["BASHU_DATABASE": conninfo, "LC_ALL": language]))
        }
    }

    @Test("a list goes in, comes out, and goes in again without a difference")
    func roundTrip() async throws {
        let bench = try await Bench()
        defer { try? FileManager.default.removeItem(atPath: bench.folder) }
        let list = try bench.file("list.csv", "标准号,标准名称,状态\nDB51∕T 10011—2024,火锅 “𬭎”,现行\n,无号,\n")
        let rejects = bench.folder + "/rejects.csv"
        let first = try bench.ctl("import", list, "--rejects", rejects, "--as-of", "2026-08-01")
        #expect(first.status == .exited(1) && first.errors.isEmpty, "\(first)")
        #expect(first.output.contains("no standard number") && first.output.contains(rejects))
        #expect(first.lines.allSatisfy { $0.displayWidth <= 80 || $0.contains(bench.folder) })
        #expect(
            try String(contentsOfFile: rejects, encoding: .utf8)
                == "import_line,import_reason,标准号,标准名称,状态\n3,\"noNumber\",,无号,\n")
        for file in ["out.csv", "out.jsonl"] {
            let path = bench.folder + "/" + file
            #expect(try bench.ctl("export", "catalogue.standard", "--output", path).status == .exited(0))
            let again = try bench.ctl("import", "catalogue.standard", path, "-o", "json")
            #expect(again.status == .exited(0), "\(again)")
            for part in ["\"new\": 0", "\"changed\": 0", "\"unchanged\": 1", "\"rejected\": 0", "\"shape\": \"rows\""] {
                #expect(again.output.contains(part), "\(again.output)")
            }
        }
    }

    @Test("what is wrong is said before anything is done")
    func refusals() async throws {
        let bench = try await Bench()
        defer { try? FileManager.default.removeItem(atPath: bench.folder) }
        let missing = try bench.ctl("import", bench.folder + "/none.csv")
        #expect(missing.status == .exited(1) && missing.errors.contains("No such file"), "\(missing)")
        let folder = try bench.ctl("import", bench.folder, language: "zh_CN.UTF-8")
        #expect(folder.status == .exited(1) && folder.errors.contains("是文件夹"), "\(folder)")
        let list = try bench.file("a.csv", "a\n1\n")
        let table = try bench.ctl("import", "nowhere", list)
        #expect(table.status == .exited(1) && table.errors.contains("nowhere"), "\(table)")
        #expect(try bench.ctl("import", list).errors.contains("no column holds the numbers"))
        #expect(try bench.ctl("import", list, "--as-of", "soon").status == .exited(64))
        #expect(try bench.ctl("import").status == .exited(64))
        let nothing = try Ctl.run("import", list, changes: ["BASHU_DATABASE": "host=/nonexistent"])
        #expect(nothing.status == .exited(2), "\(nothing)")
    }
}
