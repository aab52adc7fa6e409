/// How a command ended, as scripts see it. The numbers are a contract.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done; converged.
    case done = 0
    /// The command failed, for the reason it printed.
    case failed = 1
    /// A database cannot be reached.
    case unreachable = 2
    /// A link lags, is held, or is paused; a wait timed out.
    case lagging = 3
    /// Cases need a person.
    case openCases = 4
    /// The regions, or table and log, differ.
    case different = 5
    /// Wrong usage.
    case usage = 64

    /// From the one that hides all others to the one that hides none.
    private static let precedence: [ExitStatus] = [.usage, .unreachable, .failed, .different, .lagging, .openCases]

    /// The status to report when all of `statuses` apply.
    public static func combined(_ statuses: some Sequence<ExitStatus>) -> ExitStatus {
        let found = Set(statuses)
        return precedence.first { found.contains($0) } ?? .done
    }
}
