import ArgumentParser
import Console
import TestCluster

/// `bashu-bench replicas`
struct ReplicasCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replicas",
        abstract: "Measures many institutions that pull from one region.",
        discussion: """
            Starts two throw-away PostgreSQL clusters that flush to disk: one with the region, one with a database \
            for each institution, and a bashud for every database. Writes rows at the region and waits until every \
            institution has reported that they are on its disk, then compares all databases.

            Examples:
              bashu-bench replicas
              bashu-bench replicas --count 50
            """)

    @Option(help: "How many institutions; 1 to 500.")
    var count = 5

    @Option(help: "How many rows are written, in one statement.")
    var rows = 10_000

    @Option(help: "Seconds for which the daemons are watched while nothing is written.")
    var idleSeconds = 10

    func validate() throws {
        guard (1...500).contains(count) else { throw ValidationError("--count is from 1 to 500.") }
        guard (1...1_000_000).contains(rows) else { throw ValidationError("--rows is from 1 to 1000000.") }
        guard (1...600).contains(idleSeconds) else { throw ValidationError("--idle-seconds is from 1 to 600.") }
    }

    func run() async throws {
        let terminal = Terminal.current(environment: RunCommand.environment())
        let journal = Journal(terminal: terminal, verbose: false)
        do {
            let bench = ReplicaBench(count: count, rows: rows, idleSeconds: idleSeconds, journal: journal)
            let result = try await bench.run()
            journal.clear()
            let machine = Machine.now()
            Output.print(
                "\(count) institutions, \(rows) rows; \(machine.cores) cores (\(machine.processor)), "
                    + "load \(decimal(machine.load, 1))")
            Output.print(table(result).lines(width: terminal.width, style: terminal.style))
        } catch {
            journal.clear()
            Output.say("bashu-bench: \(error)")
            throw ExitCode.failure
        }
    }

    private func table(_ result: ReplicaBench.Result) -> Table {
        var table = Table([.init("WHAT"), .init("FIGURE", .right)])
        let megabyte = 1_048_576.0
        for (what, figure) in [
            ("insert at the region, s", decimal(result.insertSeconds, 2)),
            ("from its commit until all have it, s", decimal(result.spreadSeconds, 2)),
            ("connections of institutions at the region", "\(result.sourceConnections)"),
            ("connections at the institutions' server", "\(result.replicaConnections)"),
            ("region's daemon: processor, s", decimal(result.sourceDaemon.seconds, 2)),
            ("region's daemon: peak memory, MB", decimal(result.sourceDaemon.peakBytes / megabyte, 0)),
            ("institution's daemon: processor, s, mean", decimal(result.mean(\.seconds), 2)),
            ("institution's daemon: peak memory, MB, mean", decimal(result.mean(\.peakBytes) / megabyte, 0)),
            ("idle, all daemons: processor, % of a core", decimal(result.idleShare * 100, 1)),
        ] {
            table.add([Cell(what), Cell(figure)])
        }
        return table
    }
}
