import ArgumentParser
import Console
import Postgres
import RegionStore

struct EraseCommand: ControlCommand {
    static let configuration = page("erase", "TABLE KEY… --reason TEXT [--yes]", .erase, ErasePage.eraseMore)

    @Argument(help: help(.historyTable))
    var table: String

    @Argument(help: help(.historyKey))
    var key: [String]

    @Option(help: help(.eraseReason, value: "text"))
    var reason: String

    @Flag(help: help(.eraseYes))
    var yes = false

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
            let (table, key, reason, yes) = (table, key, reason, yes)
            let (targets, rulings) = try await connection.run { session in
                let node = try Status.readNode(session)
                if node.kind == "replica", yes { throw Failure(.failed, speech(EraseMessage.onReplica)) }
                let targets = try Erasure.targets(session, table: table, key: key).filter { $0.changes > 0 }
                return (targets, yes ? try Erasure.ask(session, targets, reason: reason) : [])
            }
            guard !targets.isEmpty else {
                throw Failure(.failed, speech(EraseMessage.nothing, ["table": table]))
            }
            context.print { width, style in Self.lines(targets, width: width, style: style) }
            guard yes else {
                context.print(speech(EraseMessage.preview))
                return .done
            }
            let waiting = RulingWait(connection: connection, context: context, timeout: noWait ? nil : timeout)
            let outcomes = try await waiting.outcomes(rulings)
            switch outcomes {
            case .stored: context.print(speech(EraseMessage.stored))
            case .down: context.print(speech(EraseMessage.daemonDown))
            case .ended(let states):
                for (target, state) in zip(targets, states) {
                    guard case .stale(let outcome) = state.asStale else { continue }
                    let values: KeyValuePairs = [
                        "table": "\(target.table)", "key": "\(target.key)", "outcome": speech.reason(outcome),
                    ]
                    context.print(speech(EraseMessage.notErased, values))
                }
                if outcomes.status == .done {
                    context.print(speech(EraseMessage.erased, ["count": "\(targets.count)"]))
                }
            }
            return outcomes.status
        }
    }

    private static func lines(_ targets: [Erasure.Target], width: Int, style: Style) -> [String] {
        var table = Table([
            .init(speech(WordMessage.table)), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(EraseMessage.changes), .right),
        ])
        for target in targets {
            table.add([Cell("\(target.table)"), Cell("\(target.key)"), Cell("\(target.changes)")])
        }
        return table.lines(width: width, style: style)
    }
}

extension CaseList.RulingState {
    /// Stale and failed ones, as one.
    fileprivate var asStale: CaseList.RulingState {
        if case .failed(let outcome) = self { .stale(outcome: outcome) } else { self }
    }
}
