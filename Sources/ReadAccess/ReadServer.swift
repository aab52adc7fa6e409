internal import Hummingbird
public import Logging

/// Answers readers over HTTP.
public struct ReadServer: Sendable {
    private let logger: Logger

    public init(logger: Logger) {
        self.logger = logger
    }
}
