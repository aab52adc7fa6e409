import Journal
import Logging

/// Logs a state when it changes, and repeats of it only for who debugs: a peer that is down for a week is one line.
struct StateLog {
    private let logger: Logger
    private var last: String?

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// A state has come about, or lasts.
    mutating func state(
        _ level: Logger.Level, _ code: MessageCode, _ message: String, metadata: Logger.Metadata = [:]
    ) {
        let changed = message != last
        last = message
        logger.log(level: changed ? level : .debug, code, "\(message)", metadata: metadata)
    }

    /// All is well; worth a line when it was not. Whether it was not.
    @discardableResult
    mutating func well(_ code: MessageCode, _ message: String, metadata: Logger.Metadata = [:]) -> Bool {
        guard last != nil else { return false }
        logger.notice(code, "\(message)", metadata: metadata)
        last = nil
        return true
    }
}
