import Console
import Postgres
import RegionStore
import Replication

/// `conflict resolve` on a terminal: field by field, one key for each choice.
struct DeskRun {
    let handle: String
    /// Nil: it is asked for.
    let reason: String?

    func run(_ waiting: RulingWait) async throws -> ExitStatus {
        let (connection, context, handle) = (waiting.connection, waiting.context, handle)
        let (shown, names) = try await connection.run { session in
            _ = try Status.readNode(session)
            return try session.transaction(.repeatableRead, readOnly: true) {
                (try CaseList.show(session, handle: handle), HandleNames(try CaseList.origins(session)))
            }
        }
        guard shown.cases.contains(where: { $0.summary.state.isCurrent }) else {
            let last = shown.cases[0].summary
            throw ControlError.caseClosed(
                handle: handle, closedBy: last.closedBy?.description ?? "", state: last.state.rawValue)
        }
        let rows = DeskRows(shown)
        guard !rows.isEmpty else { throw ControlError.needsValue(group: shown.cases[0].summary.group) }
        var desk = rows.desk(names, reason: reason)
        try await Self.work(&desk)
        guard desk.outcome == .confirmed else {
            context.print(speech(DeskMessage.left))
            return .done
        }
        let (choice, reason) = (rows.choice(desk), desk.reason)
        let id = try await connection.run { session in
            try CaseList.rule(session, shown, handle: handle, choice: choice, reason: reason)
        }
        return try await waiting.one(id)
    }

    private static func work(_ desk: inout MergeDesk) async throws {
        let screen = Screen()
        defer { screen.leave() }
        var keys = TerminalKeys()
        try await desk.run(&keys) { desk in
            let terminal = Terminal.current(environment: environment)
            screen.show(desk.lines(width: terminal.width, style: terminal.style, speech))
        }
    }
}

/// A row's current cases as the fields of a desk, and its choices as a ruling.
struct DeskRows {
    private let sides: [CaseList.Candidate]
    private let title: String
    private var rows: [(one: CaseList.Case, column: String?)] = []

    init(_ shown: CaseList.Shown) {
        sides = shown.candidates
        title = speech(RulingMessage.deskTitle, ["table": "\(shown.table)", "key": "\(shown.key)"])
        let current = shown.cases.filter { $0.summary.state.isCurrent }
        for one in current where one.isOfExistence { rows.append((one, nil)) }
        let places = Dictionary(
            shown.columns.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        defer {
            rows.sort { left, right in
                (left.column.map { places[$0] ?? .max } ?? -1) < (right.column.map { places[$0] ?? .max } ?? -1)
            }
        }
        for one in current where !one.isOfExistence {
            for column in Set(one.candidates.flatMap { $0.values.map(\.column) }).sorted() {
                let values = one.candidates.map { candidate in candidate.values.first { $0.column == column } }
                let isKnown = rows.contains { $0.column == column }
                if !isKnown, values.contains(where: { $0 != values[0] }) { rows.append((one, column)) }
            }
        }
    }

    var isEmpty: Bool { rows.isEmpty }

    func desk(_ names: HandleNames, reason: String?) -> MergeDesk {
        MergeDesk(
            title: title,
            sides: sides.map { side in
                MergeDesk.Side(
                    handle: names.short(side.id), region: side.id.origin.region,
                    who: Words.author(user: side.user, actor: side.actor), when: TimeText.local(side.hlc))
            },
            fields: rows.map(field), reason: reason)
    }

    private func field(_ row: (one: CaseList.Case, column: String?)) -> MergeDesk.Field {
        let values = sides.map { side in
            row.one.candidates.first { $0.id == side.id && $0.deletes == side.deletes }.map { value($0, row.column) }
                ?? .nothing
        }
        let winner = row.one.candidates[row.one.winner]
        let bases = row.one.candidates.compactMap { candidate in candidate.base.first { $0.column == row.column } }
        return MergeDesk.Field(
            name: row.column ?? Words.group(CaseList.existenceGroup),
            before: bases.first.map { Self.value($0.value) } ?? .nothing, values: values,
            winner: sides.firstIndex { $0.id == winner.id && $0.deletes == winner.deletes },
            takesText: row.column != nil)
    }

    private func value(_ candidate: CaseList.Candidate, _ column: String?) -> MergeDesk.Value {
        guard let column else { return candidate.deletes ? .deleted : .kept }
        return candidate.values.first { $0.column == column }.map { Self.value($0.value) } ?? .nothing
    }

    private static func value(_ text: String?) -> MergeDesk.Value { text.map { .text($0) } ?? .null }

    /// What the person chose, as a ruling.
    func choice(_ desk: MergeDesk) -> CaseList.Choice {
        if desk.deletes { return .delete }
        var groups: [String: ChangeID] = [:]
        var values: [CaseList.ColumnValue] = []
        for (index, row) in rows.enumerated() {
            if let column = row.column {
                switch desk.value(of: index) {
                case .text(let text): values.append(.init(column: column, value: text))
                case .null: values.append(.init(column: column, value: nil))
                default: break
                }
            } else if case .side(let side) = desk.choices[index] {
                groups[row.one.summary.group] = sides[side].id
            }
        }
        return groups.isEmpty ? .values(values) : .groups(groups, with: values)
    }
}
