import ArgumentParser
import Console
import Postgres
import RegionStore

struct StatusCommand: ControlCommand {
    static let configuration = page("status", "[--watch] [--max-lag SECONDS] [-o json]", .status, CasePage.statusMore)

    @Flag(help: help(.watch))
    var watch = false

    @Option(help: help(.interval, value: "seconds"))
    var interval = 2

    @Option(help: help(.maxLag, value: "seconds"))
    var maxLag = 10

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard (1...3_600).contains(interval), (0...1_000_000_000).contains(maxLag) else {
            throw ValidationError(speech(WorkMessage.badSeconds))
        }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            guard watch else {
                let (status, verdict) = try await read(connection)
                switch format.output {
                case .json: Output.print(status.json(verdict).text)
                case .table:
                    context.print { StatusPage(status: status, verdict: verdict).lines(width: $0, style: $1) }
                }
                return verdict.status
            }
            let isScreen = context.terminal.outputIsTerminal && environment["TERM"] != "dumb"
            guard isScreen, format.output == .table else { return try await lines(connection) }
            let lagMax = Int64(maxLag) * 1_000_000
            return try await Watching(interval: interval) {
                let status = try await connection.run { try Status.read($0) }
                return (status, Verdict(status, lagMax: lagMax))
            }.run()
        }
    }

    private func read(_ connection: Connection) async throws -> (Status, Verdict) {
        let status = try await connection.run { try Status.read($0) }
        return (status, Verdict(status, lagMax: Int64(maxLag) * 1_000_000))
    }

    /// One line each time, for pipes. Ends when the reader goes away or the process is told to.
    private func lines(_ connection: Connection) async throws -> ExitStatus {
        while true {
            let (status, verdict) = try await read(connection)
            Output.print(format.output == .json ? status.json(verdict).line : line(status, verdict))
            try await Task.sleep(for: .seconds(interval))
        }
    }

    private func line(_ status: Status, _ verdict: Verdict) -> String {
        speech(
            StatusMessage.watchLine,
            [
                "time": TimeText.local(status.node.now), "verdict": verdict.text,
                "waiting": "\(status.origins.reduce(0) { $0 + $1.waitingChanges })",
                "pending": "\(status.pending.keys)", "open": "\(status.openCases)",
            ])
    }
}
