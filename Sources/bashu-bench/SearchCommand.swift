import ArgumentParser
import Console
import Postgres
import TestCluster

/// `bashu-bench search`
struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Measures searches of readers in a catalogue of synthetic standards.",
        discussion: """
            Starts a throw-away PostgreSQL cluster, installs Bashu and the catalogue, fills it as bashu-bench \
            catalogue does, and asks at least 50 questions of each kind, one after the other, with warm caches.

            Example:
              bashu-bench search --standards 300000
            """)

    @Option(help: "How many standards.")
    var standards = 300_000

    @Option(help: "Another seed makes another catalogue.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (1...4_000_000).contains(standards) else {
            throw ValidationError("--standards is from 1 to 4000000.")
        }
    }

    func run() async throws {
        let terminal = Terminal.current(environment: RunCommand.environment())
        let journal = Journal(terminal: terminal, verbose: false)
        do {
            let (filled, results) = try await measure(journal)
            journal.clear()
            let seconds = decimal(filled.seconds, 0)
            Output.print("\(standards) standards, \(filled.children) child rows, filled in \(seconds) s")
            Output.print(table(results).lines(width: terminal.width, style: terminal.style))
            if let limit = SearchBench.limit(standards: standards) {
                let slow = results.filter { $0.p95 > limit }.map(\.question)
                Output.print(
                    "target: 95 of 100 under \(decimal(limit * 1_000, 0)) ms: "
                        + (slow.isEmpty ? "met" : "missed by \(slow.joined(separator: "; "))"))
            }
        } catch {
            journal.clear()
            Output.say("bashu-bench: \(error)")
            throw ExitCode.failure
        }
    }

    private func measure(_ journal: Journal) async throws -> (SyntheticCatalogue.Outcome, [SearchBench.Result]) {
        journal.doing("starting a server")
        let cluster = try await TestCluster.start(
            TestCluster.Configuration(
                settings: ["shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "512MB"]))
        for role in [Node.owner, BashuPair.daemonRole] { try await cluster.createRole(role) }
        let node = try await Node.create(cluster, "search", template: "template1")
        try Programs.control(node, ["init", "--region", "50", "--daemon-role", BashuPair.daemonRole])
        try Programs.control(node, ["catalogue", "install"])
        let synthetic = SyntheticCatalogue(standards: standards, seed: seed)
        let total = standards
        nonisolated(unsafe) let shown = journal
        let filled = try await node.owner.run { session in
            try synthetic.fill(session) { shown.doing("\($0) of \(total) standards") }
        }
        journal.doing("statistics")
        try await node.administer("VACUUM (ANALYZE)")
        let results = try await node.owner.run { session in
            try SearchBench.run(session, rounds: 3) { shown.doing($0) }
        }
        await node.close()
        return (filled, results)
    }

    private func table(_ results: [SearchBench.Result]) -> Table {
        var table = Table([
            .init("QUESTION"), .init("SUCH AS"), .init("QUERIES", .right), .init("P50 MS", .right),
            .init("P95 MS", .right),
        ])
        for result in results {
            table.add([
                Cell(result.question), Cell(result.example), Cell("\(result.seconds.count)"),
                Cell(decimal(result.p50 * 1_000, 1)), Cell(decimal(result.p95 * 1_000, 1)),
            ])
        }
        return table
    }
}
