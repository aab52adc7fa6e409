import Foundation
import TestCluster
import Testing

extension EndToEnd {
    /// What programs get from the benchmark. Its figures mean nothing here; the parts that are left out run elsewhere
    /// in CI.
    @Suite struct BenchmarkSmokeTests {
        private struct Output: Decodable {
            struct Measure: Decodable {
                let section: String
                let work: String
                let with: String
                let unit: String
                let median: Double
                let samples: [Double]
                let cost: Double?
                let beside: String?
            }
            struct Target: Decodable {}

            let version: Int
            let kind: String
            let smoke: Bool
            let measures: [Measure]
            let targets: [Target]
        }

        @Test func manyInstitutionsBehindOneRegion() async throws {
            let run = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashu-bench"),
                ["replicas", "--count", "2", "--rows", "200", "--idle-seconds", "1"],
                environment: ["LC_ALL": "C.UTF-8"])
            let status = try await run.ended(within: .seconds(120))
            try #require(status == .exited(0), "\(run.standardError)")
            // One connection for each at the region; six and one for its link at the institutions' server.
            let lines = run.standardOutput.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("connections of institutions at the region") && $0.hasSuffix(" 2") })
            #expect(lines.contains { $0.hasPrefix("connections at the institutions' server") && $0.hasSuffix(" 14") })
        }

        @Test func measuresBothAndClaimsNothing() async throws {
            let run = try ChildProcess.spawn(
                ChildProcess.builtProduct("bashu-bench"), [
                    "run", "--quick", "--only", "drain", "--only", "latency", "--rows", "500", "--latency-seconds", "2",
                    "-o", "json",
                ],
                environment: ["LC_ALL": "C.UTF-8"])
            let status = try await run.ended(within: .seconds(300))
            try #require(status == .exited(0), "\(run.standardError)")
            #expect(run.standardError.isEmpty)

            let output = try JSONDecoder().decode(Output.self, from: Data(run.standardOutput.utf8))
            #expect(output.version == 1 && output.kind == "bench" && output.smoke && output.targets.isEmpty)
            let measured = Dictionary(grouping: output.measures, by: \.section).mapValues { Set($0.map(\.with)) }
            #expect(
                measured == [
                    "drain": ["core", "core-binary", "bashu", "bashu-already-cut", "bashu-cut"],
                    "latency": ["core", "bashu"],
                ])
            for measure in output.measures {
                #expect(measure.samples.count == 1 && measure.median == measure.samples.first, "\(measure)")
                // So little work may take less than a tick of the processor's clock; what core has shown before the
                // writer's commit returned has come a little early.
                #expect(measure.median >= (measure.section == "latency" ? -1 : 0), "\(measure)")
                #expect(measure.cost == nil || measure.beside != nil, "\(measure)")
            }
        }
    }
}
