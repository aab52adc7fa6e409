import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct Join: ControlCommand {
    static let configuration = page("join", "--from PEER", .join, PeerPage.joinMore)

    @Option(help: help(.joinFrom, value: "peer"))
    var from: String

    @Option(help: help(.timeout, value: "seconds"))
    var timeout: Int?

    @Flag(help: help(.noWait))
    var noWait = false

    @OptionGroup var global: GlobalOptions

    /// A join may take hours; it goes on without us.
    private static let patienceSeconds = 86_400 * 30

    func validate() throws {
        guard timeout ?? 0 >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected(as: .owner) { connection in
            let from = from
            let (daemonLives, isByFile) = try await connection.run { session in
                _ = try Status.readNode(session)
                try Requests.join(session, from: from)
                let peer = try Peers.list(session).first { $0.name == from }
                return (try Status.readDaemon(session).isAlive, peer?.conninfo == nil)
            }
            if isByFile {
                context.print(speech(BatchMessage.joinByFile, ["peer": from]))
                return .done
            }
            context.print(speech(WorkMessage.joinStarted, ["peer": from]))
            if noWait || !daemonLives {
                if !daemonLives { context.print(speech(WorkMessage.joinLater)) }
                return .done
            }
            return try await follow(connection, context)
        }
    }

    private func follow(_ connection: Connection, _ context: Context) async throws -> ExitStatus {
        let patience = Patience(connection, context.terminal, seconds: timeout ?? Self.patienceSeconds)
        let done: Requests.JoinProgress? = try await patience.until { session in
            let progress = try Requests.joinProgress(session)
            return progress.state == "ready" ? .answer(progress) : .notYet(Self.text(progress))
        }
        guard let done else {
            let progress = try await connection.run { try Requests.joinProgress($0) }
            throw Failure(.lagging, Self.text(progress))
        }
        context.print(speech(WorkMessage.joinDone, ["projected": "\(done.projectedChanges)"]))
        return .done
    }

    private static func text(_ progress: Requests.JoinProgress) -> String {
        let peer = progress.peer ?? "-"
        if let state = progress.linkState, let reason = progress.linkReason {
            return speech(
                WorkMessage.joinTrouble,
                ["peer": peer, "state": Words.linkState(state), "reason": speech.reason(reason)])
        }
        guard !progress.target.origins.isEmpty else { return speech(WorkMessage.joinConnecting, ["peer": peer]) }
        return speech(
            WorkMessage.joinReceiving,
            ["received": "\(progress.receivedChanges)", "projected": "\(progress.projectedChanges)"])
    }
}
