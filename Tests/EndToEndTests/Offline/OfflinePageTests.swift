import Console
import Foundation
import TestCluster
import Testing

@testable import TestFederation

extension EndToEnd {
    /// What people read of files, in a terminal of 80 columns, in both languages.
    @Suite struct OfflinePageTests {
        @Test(arguments: ["C.UTF-8", "zh_CN.UTF-8"])
        func theyFitATerminal(locale: String) async throws {
            let world = try await Federation.make(regions: ["50", "51"], links: [])
            let stage = try OfflineStage(world)
            try stage.introduce("50", "51")
            let hands = try ["50", "51"].map { try Hand(world[$0]) }
            for (hand, name) in zip(hands, ["50", "51"]) {
                try await world[name].run("INSERT INTO standard (number, title) VALUES ('GB \(name)', '题名')")
                try hand.settle()
            }
            let speaks: [String: String?] = ["LC_ALL": locale]
            func read(_ name: String, _ arguments: String...) throws {
                let run = try Ctl.finish(Ctl.start(arguments, world[name].ctlEnvironment.merging(speaks) { $1 }))
                let wide = run.lines.filter { $0.displayWidth > 80 }
                #expect(wide.isEmpty && !run.lines.isEmpty, "\(arguments): \(run.output)\(run.errors)")
            }
            for (from, to) in [("50", "51"), ("51", "50")] {
                let file = stage.path("\(from).bashu")
                try read(from, "batch", "export", "--for", to, "-o", file)
                try read(from, "batch", "show", file)
                try read(to, "batch", "import", file, "--timeout", "0")
            }
            for hand in hands { try hand.settle() }
            try read("50", "batch", "import", stage.path("51.bashu"), "--timeout", "0")
            try read("50", "batch", "list")
            for hand in hands { hand.close() }
        }
    }
}
