import ArgumentParser
import Console
import Logging
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

            Examples:
              bashu-bench search --standards 300000
              bashu-bench search --database 'dbname=standards user=institution'
            """)

    @Option(help: "How many standards.")
    var standards = 300_000

    @Option(help: "Measure this catalogue, as bashu-bench catalogue has filled it, instead of a new one.")
    var database: String?

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
            let measured: Measured
            if let database {
                measured = try await measure(database, journal)
            } else {
                measured = try await measure(journal)
            }
            let (title, count, results) = measured
            journal.clear()
            Output.print(title)
            Output.print(table(results).lines(width: terminal.width, style: terminal.style))
            if let limit = SearchBench.limit(standards: count) {
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

    private typealias Measured = (title: String, standards: Int, results: [SearchBench.Result])

    private func measure(_ conninfo: String, _ journal: Journal) async throws -> Measured {
        let connection = try await Connection.connect(
            ConnectionTarget(conninfo), applicationName: "bashu-bench",
            logger: Logger(label: "bashu-bench") { _ in SwiftLogNoOpLogHandler() })
        nonisolated(unsafe) let shown = journal
        let (count, results) = try await connection.run { session in
            let count = try session.query("SELECT count(*) FROM catalogue.standard")[0].int(0)
            return (Int(count), try SearchBench.run(session, rounds: 3) { shown.doing($0) })
        }
        await connection.close()
        return ("\(count) standards", count, results)
    }

    private func measure(_ journal: Journal) async throws -> Measured {
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
        let title = "\(standards) standards, \(filled.children) child rows, filled in \(decimal(filled.seconds, 0)) s"
        return (title, standards, results)
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
