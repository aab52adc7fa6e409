import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct Wait: ControlCommand {
    static let configuration = page("wait", "--peer NAME [--timeout SECONDS]", .wait, PeerPage.waitMore)

    @Option(help: help(.waitPeer, value: "name"))
    var peer: String

    @Option(help: help(.waitTimeout, value: "seconds"))
    var timeout = 300

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let patience = Patience(connection, context.terminal, seconds: timeout)
            let peer = peer
            let kind = try await connection.run { session in
                // A peer that does not exist is told before anything is asked of the daemon.
                let node = try Status.readNode(session)
                guard let origin = node.origin else { return node.kind }
                _ = try Requests.progress(session, of: peer, in: origin)
                return node.kind
            }
            guard kind == "region" else { throw Failure(.failed, speech(WorkMessage.waitReplica)) }
            _ = try await patience.ask(.cut, doing: speech(WorkMessage.cutting))
            guard let own = try await connection.run({ try Requests.ownPosition($0) }), own.number > 0 else {
                context.print(speech(WorkMessage.nothingPublished))
                return .done
            }
            return try await follow(connection, context, patience, origin: own.origin, number: own.number)
        }
    }

    private func follow(
        _ connection: Connection, _ context: Context, _ patience: Patience, origin: OriginID, number: Int64
    ) async throws -> ExitStatus {
        let peer = peer
        let reached: Int64? = try await patience.until { session in
            let progress = try Requests.progress(session, of: peer, in: origin)
            guard progress.applied < number else { return .answer(progress.applied) }
            return .notYet(
                speech(
                    WorkMessage.waitingForPeer,
                    [
                        "peer": peer, "has": "\(progress.applied)", "origin": origin.name, "number": "\(number)",
                    ]))
        }
        if reached != nil {
            context.print(speech(WorkMessage.peerHas, ["peer": peer, "number": "\(number)"]))
            return .done
        }
        let progress = try await connection.run { try Requests.progress($0, of: peer, in: origin) }
        let text = speech(
            WorkMessage.waitTimedOut,
            ["peer": peer, "number": "\(number)", "seconds": "\(timeout)", "has": "\(progress.applied)"])
        guard let state = progress.linkState, let reason = progress.linkReason else {
            throw Failure(.lagging, text)
        }
        throw Failure(
            .lagging, text,
            details: [
                speech(
                    WorkMessage.waitPeerState,
                    ["peer": peer, "state": Words.linkState(state), "reason": speech.reason(reason)])
            ])
    }
}
