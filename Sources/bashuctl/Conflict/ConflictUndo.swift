import ArgumentParser
import Console
import Postgres
import RegionStore

struct ConflictUndo: ControlCommand {
    static let configuration = page(
        "conflict undo", "HANDLE [--candidate N] --reason TEXT", .conflictUndo, CasePage.conflictUndoMore)

    @Argument(help: help(.handle))
    var handle: String

    @Option(help: help(.undoCandidate, value: "n"))
    var candidate: String?

    @Option(help: help(.reason, value: "text"))
    var reason: String

    @Flag(help: help(.noWait))
    var noWait = false

    @Option(help: help(.timeout, value: "seconds"))
    var timeout = 60

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError(speech(CaseMessage.needsReason)) }
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let (handle, candidate, reason) = (handle, candidate, reason)
            let (id, name) = try await connection.run { session in
                _ = try Status.readNode(session)
                return try session.transaction(.repeatableRead) {
                    let shown = try CaseList.show(session, handle: handle)
                    let change = try candidate.map { try ChoiceOptions.candidate($0, session, shown) }
                        ?? CaseList.lost(shown, handle: handle).id
                    let id = try CaseList.rule(
                        session, shown, handle: handle, choice: .candidate(change), reason: reason, closed: true)
                    return (id, HandleNames(try CaseList.origins(session)).short(change))
                }
            }
            let waiting = RulingWait(connection: connection, context: context, timeout: noWait ? nil : timeout)
            return try await waiting.one(
                id, taken: speech(RulingMessage.undone, ["id": "\(id)", "handle": name]))
        }
    }
}
