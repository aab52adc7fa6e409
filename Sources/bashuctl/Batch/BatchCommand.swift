import ArgumentParser
import Console
import Integrity
import Logging
import Postgres
import RegionStore
import Replication
import Settings

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: speech(BatchOption.batch), usage: "bashuctl batch COMMAND",
        discussion: wrapped(BatchPage.batchMore),
        subcommands: [
            BatchExport.self, BatchImport.self, BatchAcknowledge.self, BatchList.self, BatchShow.self,
        ])
}

/// The help of an option of files.
func help(batch message: BatchOption, value: String? = nil) -> ArgumentHelp {
    var help = ArgumentHelp(stringLiteral: speech(message))
    help.valueName = value
    return help
}

/// What the batch commands share.
enum BatchWords {
    /// A page of help.
    static func page(
        _ name: String, _ usage: String, _ abstract: BatchOption, _ more: BatchPage? = nil
    ) -> CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: speech(abstract), usage: "bashuctl batch \(name) \(usage)",
            discussion: more.map(wrapped) ?? "")
    }

    /// A vector for people; with several lives of a region its origins' whole names.
    static func vector(_ numbers: [String: Int64]) -> String {
        let origins = numbers.keys.map(OriginID.init).sorted()
        guard !origins.isEmpty else { return speech(BatchMessage.nothing) }
        let names = HandleNames(origins)
        return speech.list(origins.map { "\(names.short($0)):\(numbers[$0.name] ?? 0)" })
    }

    /// The version that others are told.
    static let version = String(programVersion.split(separator: " ").last ?? "")
}

extension Context {
    /// Runs one piece of work as the daemon: with its login, and with its texts of values.
    func asDaemon<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
        let connection = try await daemonConnection()
        do {
            let value = try await connection.run { session in
                _ = try Status.readNode(session)
                return try body(session)
            }
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// How this database writes its own history, as the daemon is told.
    func ownHistory() throws -> OwnHistory {
        try OwnHistory(
            digest: settings.historyDigest == .sm3 ? .sm3 : .sha256, keyFile: settings.historyKeyFile)
    }
}

/// The progress of work with a file on the terminal. Used by one thread, the session's.
final class BatchProgress: @unchecked Sendable {
    private let line: ProgressLine

    init(_ terminal: Terminal) {
        line = ProgressLine(terminal)
    }

    func show(_ message: BatchMessage, _ values: KeyValuePairs<String, String>) {
        line.show(speech(message, values))
    }

    func clear() { line.clear() }
}
