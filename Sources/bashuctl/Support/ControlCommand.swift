import ArgumentParser
import Console

/// A command: what it does, and how it ends.
protocol ControlCommand: AsyncParsableCommand {
    var global: GlobalOptions { get }

    /// Does the work and says how it ended. What it throws is printed.
    func execute(_ context: Context) async throws -> ExitStatus
}

extension ControlCommand {
    func run() async throws {
        let status: ExitStatus
        do {
            status = try await execute(try Context(global))
        } catch {
            let failure = Failure(error)
            failure.lines.forEach(Output.say)
            status = failure.status
        }
        if status != .done { throw ExitCode(status.rawValue) }
    }
}
