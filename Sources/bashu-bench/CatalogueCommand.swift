import ArgumentParser
import Console
import Glibc
import Logging
import Postgres

/// `bashu-bench catalogue`
struct CatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "Fills an installed, empty catalogue with synthetic standards.",
        discussion: """
            Numbers have the forms of real ones, in realistic shares; titles are made of words as often as real titles \
            have them. Every standard has about ten child rows. All of it is marked: source is "synthetic", titles end \
            in （模拟）. The same seed makes the same catalogue.

            Example:
              bashuctl catalogue install
              bashu-bench catalogue --standards 300000 --database 'dbname=standards user=owner'
            """)

    @Option(help: "How many standards; 25000, 300000, 1000000 and 4000000 are the sizes to design for.")
    var standards = 25_000

    @Option(help: "Where to: a libpq string or URI of the catalogue's owner.")
    var database: String

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
            let connection = try await Connection.connect(
                ConnectionTarget(database), applicationName: "bashu-bench",
                logger: Logger(label: "bashu-bench") { _ in SwiftLogNoOpLogHandler() })
            let synthetic = SyntheticCatalogue(standards: standards, seed: seed)
            let total = standards
            nonisolated(unsafe) let shown = journal
            let outcome = try await connection.run { session in
                try synthetic.fill(session) { shown.doing("\($0) of \(total) standards") }
            }
            await connection.close()
            journal.clear()
            let rate = decimal(Double(outcome.rows.values.reduce(0, +)) / outcome.seconds, 0)
            Output.print("\(outcome.rows["standard"] ?? 0) standards, \(outcome.children) child rows, "
                + "\(decimal(outcome.seconds, 1)) s, \(rate) rows/s")
        } catch {
            journal.clear()
            Output.say("bashu-bench: \(error)")
            throw ExitCode.failure
        }
    }
}
