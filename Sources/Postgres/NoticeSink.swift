import CLibPQ
import Journal
import Logging

/// Takes the server's notices to the log.
final class NoticeSink {
    private let logger: Logger
    /// The reason the server gave for closing a session that was idle.
    private(set) var lastFatal: PostgresError?

    init(logger: Logger) {
        self.logger = logger
    }

    /// The caller keeps `self` alive as long as the connection.
    func attach(to connection: OpaquePointer) {
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue().receive(result)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func receive(_ result: OpaquePointer) {
        func field(_ code: some BinaryInteger) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        let severity = field(BASHU_DIAG_SEVERITY)
        let message = field(BASHU_DIAG_MESSAGE_PRIMARY) ?? trimmed(String(cString: PQresultErrorMessage(result)))
        let state = field(BASHU_DIAG_SQLSTATE).flatMap(SQLState.init(rawValue:))
        if severity == "FATAL" || severity == "PANIC" {
            lastFatal = PostgresError(.connectionLost, message, sqlState: state)
        }
        logger.log(
            level: Self.level(severity), .serverNotice, "\(message)",
            metadata: ["severity": "\(severity ?? "libpq")", "sqlstate": "\(state?.rawValue ?? "")"])
    }

    private static func level(_ severity: String?) -> Logger.Level {
        switch severity {
        case "DEBUG": .trace
        case "LOG", "NOTICE": .debug
        case "INFO": .info
        default: .warning
        }
    }
}
