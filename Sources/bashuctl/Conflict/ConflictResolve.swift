import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

struct ConflictResolve: ControlCommand {
    static let configuration = page(
        "conflict resolve", "HANDLE [CHOICE] --reason TEXT", .conflictResolve, CasePage.conflictResolveMore)

    @Argument(help: help(.handle))
    var handle: String?

    @OptionGroup var choice: ChoiceOptions
    @OptionGroup var whole: ClassOptions

    @Option(help: help(.reason, value: "text"))
    var reason: String?

    @Flag(help: help(.noWait))
    var noWait = false

    @Option(help: help(.timeout, value: "seconds"))
    var timeout = 60

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    private var isInteractive: Bool { handle != nil && choice.isEmpty }

    func validate() throws {
        guard (handle == nil) != whole.isEmpty else { throw ValidationError(speech(RulingMessage.classOrCase)) }
        guard format.output == .table || !whole.isEmpty else {
            throw ValidationError(speech(RulingMessage.jsonIsForClasses))
        }
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
        if !whole.isEmpty {
            guard whole.isComplete, choice.isEmpty else { throw ValidationError(speech(RulingMessage.classNeeds)) }
            if whole.dryRun { return }
        } else if isInteractive {
            guard TerminalKeys.exist, isatty else { throw ValidationError(speech(RulingMessage.needsTerminal)) }
            return
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace) else {
            throw ValidationError(speech(CaseMessage.needsReason))
        }
    }

    private var isatty: Bool { Terminal.current(environment: environment).outputIsTerminal }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let waiting = RulingWait(connection: connection, context: context, timeout: noWait ? nil : timeout)
            guard let handle else {
                return try await ClassRun(options: whole, reason: reason ?? "", output: format.output).run(waiting)
            }
            if isInteractive {
                return try await DeskRun(handle: handle, reason: reason).run(waiting)
            }
            let (reason, choice) = (reason ?? "", choice)
            let id = try await connection.run { session in
                _ = try Status.readNode(session)
                return try session.transaction(.repeatableRead) {
                    let shown = try CaseList.show(session, handle: handle)
                    return try CaseList.rule(
                        session, shown, handle: handle, choice: try choice.made(session, shown), reason: reason)
                }
            }
            return try await waiting.one(id)
        }
    }
}

/// What is to hold, on the command line.
struct ChoiceOptions: ParsableArguments {
    @Option(help: help(.candidate, value: "n"))
    var candidate: String?

    @Option(help: help(.take, value: "column=n"))
    var take: [String] = []

    @Option(help: help(.set, value: "column=value"))
    var set: [String] = []

    @Option(name: [.customLong("null"), .customLong("set-null")], help: help(.setNull, value: "column"))
    var setNull: [String] = []

    @Flag(help: help(.delete))
    var delete = false

    var isEmpty: Bool { candidate == nil && !hasValues && !delete }

    private var hasValues: Bool { !take.isEmpty || !set.isEmpty || !setNull.isEmpty }

    func validate() throws {
        guard !delete || (candidate == nil && !hasValues) else {
            throw ValidationError(speech(RulingMessage.oneCandidate))
        }
        for text in set where Self.parts(text) == nil {
            throw ValidationError(speech(CaseMessage.badSet, ["text": text]))
        }
        for text in take where Self.parts(text) == nil {
            throw ValidationError(speech(RulingMessage.badTake, ["text": text]))
        }
    }

    /// The choice, with numbers and handles looked up.
    func made(_ session: Session, _ shown: CaseList.Shown) throws -> CaseList.Choice {
        if delete { return .delete }
        var values: [CaseList.ColumnValue] = []
        for (column, name) in take.compactMap(Self.parts) {
            let side = try Self.candidate(name, session, shown)
            let held = shown.cases.lazy.flatMap(\.candidates).filter { $0.id == side }
                .flatMap(\.values).first { $0.column == column }
            guard let held else { throw ControlError.notACandidate("\(column)=\(name)") }
            values.append(held)
        }
        values += set.compactMap(Self.parts).map { CaseList.ColumnValue(column: $0.0, value: $0.1) }
        values += setNull.map { CaseList.ColumnValue(column: $0, value: nil) }
        guard let candidate else { return .values(values) }
        if let number = Int(candidate), values.isEmpty {
            // A kept row has one write and two candidates: the deletion, and the row.
            let found = try shown.candidate(number: number)
            if found.deletes, shown.candidates.contains(where: { $0.id == found.id && !$0.deletes }) { return .delete }
        }
        return .candidate(try Self.candidate(candidate, session, shown), with: values)
    }

    /// A candidate by its number or its handle.
    static func candidate(
        _ text: String, _ session: Session, _ shown: CaseList.Shown
    ) throws -> ChangeID {
        if let number = Int(text) { return try shown.candidate(number: number).id }
        return try CaseList.change(session, handle: text)
    }

    private static func parts(_ text: String) -> (String, String)? {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
        return (String(text[..<equals]), String(text[equals...].dropFirst()))
    }
}
