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
        let observer = Observer(context, lagMax: Int64(maxLag) * 1_000_000)
        do {
            let status = try await watch ? follow(observer, context) : once(observer, context)
            await observer.close()
            return status
        } catch {
            await observer.close()
            throw error
        }
    }

    private func once(_ observer: Observer, _ context: Context) async throws -> ExitStatus {
        let (status, verdict) = try await observer.look()
        switch format.output {
        case .json: Output.print(status.json(verdict).text)
        case .table: context.print { StatusPage(status: status, verdict: verdict).lines(width: $0, style: $1) }
        }
        return verdict.status
    }

    private func follow(_ observer: Observer, _ context: Context) async throws -> ExitStatus {
        let isScreen = context.terminal.outputIsTerminal && environment["TERM"] != "dumb"
        guard isScreen, format.output == .table else { return try await lines(observer) }
        return try await Watching(interval: interval) { try await observer.look() }.run()
    }

    /// One line each time, for pipes. Ends when the reader goes away or the process is told to. While the server is
    /// away standard error says so, once, and standard output nothing.
    private func lines(_ observer: Observer) async throws -> ExitStatus {
        var last: Int64?
        var isAway = false
        while true {
            do {
                let (status, verdict) = try await observer.look()
                Output.print(format.output == .json ? status.json(verdict).line : line(status, verdict))
                last = status.node.now
                isAway = false
            } catch {
                guard let last, let outage = Outage(error, since: last) else { throw error }
                if !isAway { Output.say(speech(ErrorMessage.prefix, ["text": outage.text(interval: interval)])) }
                isAway = true
            }
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
