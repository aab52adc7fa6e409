import ArgumentParser
import Console
import Glibc

/// `bashu-bench run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measures, and prints a table or JSON.",
        discussion: """
            Whether a target is met is printed and changes nothing: the exit status is 0 when everything could be \
            measured, 1 when something failed, 64 for wrong usage.
            """)

    @Option(help: "Measure only this: source, drain, latency, memory, conflict, verify or history. May be repeated.")
    var only: [Section] = []

    @Flag(help: "A smoke run of some seconds: everything once, small. Its figures mean nothing.")
    var quick = false

    @Option(help: "Rows of the bulk work; 300000.")
    var rows: Int?

    @Option(name: .customLong("repeat"), help: "Rounds; the figures are medians of them; 3.")
    var rounds: Int?

    @Option(help: "Seconds of one-row transactions in each round; 5.")
    var seconds: Int?

    @Option(help: "Seconds of the latency measurement in each round; 30.")
    var latencySeconds: Int?

    @Option(help: "Rows of the memory and verify measurements; 1000000.")
    var memoryRows: Int?

    @Option(help: "Small batches of the measurement of history; 500.")
    var batches: Int?

    @Option(help: "A bashud built with -Xswiftc -DUNCHAINED, to compare history with.")
    var unchained: String?

    @Option(name: .shortAndLong, help: "table or json.")
    var output = OutputFormat.table

    @Flag(help: "Print every single measurement on standard error.")
    var verbose = false

    enum OutputFormat: String, ExpressibleByArgument {
        case table, json
    }

    func validate() throws {
        let numbers: [(String, Int?)] = [
            ("--rows", rows), ("--repeat", rounds), ("--seconds", seconds), ("--latency-seconds", latencySeconds),
            ("--memory-rows", memoryRows), ("--batches", batches),
        ]
        for (name, value) in numbers {
            if let value, value < 1 { throw ValidationError("\(name) is at least 1.") }
        }
        if let latencySeconds, latencySeconds < 2 { throw ValidationError("--latency-seconds is at least 2.") }
        if let unchained, access(unchained, X_OK) != 0 {
            throw ValidationError("--unchained: \(unchained) is no program that can be run.")
        }
    }

    /// What was asked for.
    private var plan: Plan {
        var plan = quick ? Plan.quick : Plan()
        if !only.isEmpty { plan.sections = Section.allCases.filter(only.contains) }
        plan.rows = rows ?? plan.rows
        plan.rounds = rounds ?? plan.rounds
        plan.writeSeconds = seconds ?? plan.writeSeconds
        plan.latencySeconds = latencySeconds ?? plan.latencySeconds
        plan.memoryRows = memoryRows ?? plan.memoryRows
        plan.batches = batches ?? plan.batches
        plan.unchained = unchained
        return plan
    }

    func run() async throws {
        let terminal = Terminal.current(environment: Self.environment())
        let journal = Journal(terminal: terminal, verbose: verbose)
        do {
            let report = try await Bench(plan: plan, journal: journal).run()
            journal.clear()
            switch output {
            case .table: Output.print(report.lines(width: terminal.width, style: terminal.style))
            case .json: Output.print(report.json.text)
            }
        } catch {
            journal.clear()
            Output.say("bashu-bench: \(error)")
            throw ExitCode.failure
        }
    }

    /// What `Terminal` looks at.
    static func environment() -> [String: String] {
        var found: [String: String] = [:]
        for name in ["NO_COLOR", "TERM", "COLUMNS"] {
            if let value = getenv(name) { found[name] = String(cString: value) }
        }
        return found
    }
}
