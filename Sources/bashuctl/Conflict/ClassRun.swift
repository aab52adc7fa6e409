import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication

/// A whole class of cases, on the command line.
struct ClassOptions: ParsableArguments {
    @Option(help: help(.classType, value: "type"))
    var type: String?

    @Option(help: help(.classTable, value: "table"))
    var table: String?

    @Option(help: help(.keep, value: "side"))
    var keep: String?

    @Flag(help: help(.dryRun))
    var dryRun = false

    @Flag(help: help(.classYes))
    var yes = false

    var isEmpty: Bool { type == nil && table == nil && keep == nil && !dryRun && !yes }
    var isComplete: Bool { type != nil && table != nil && keep != nil }

    func validate() throws {
        guard let keep, Self.side(keep) == nil else { return }
        throw ValidationError(speech(RulingMessage.badKeep, ["text": keep]))
    }

    /// Nil: neither a word that is known nor the code of a region.
    static func side(_ text: String) -> CaseList.Keep? {
        switch text {
        case "home": .home
        case "winner": .winner
        case "loser": .loser
        case "newest": .newest
        default: text.contains(where: \.isNumber) ? .region(text) : nil
        }
    }
}

/// Rules on every case of a class.
struct ClassRun {
    let options: ClassOptions
    let reason: String
    let output: OutputFormat

    /// So many rows are ruled without another word.
    private static let unaskedMax = 20

    private struct Plan: Sendable {
        let items: [CaseList.ClassItem]
        let names: HandleNames
        let ids: [Int64]

        var ruled: Int { items.count { $0.obstacle == nil } }
    }

    func run(_ waiting: RulingWait) async throws -> ExitStatus {
        guard let type = options.type, let table = options.table, let keep = options.keep.flatMap(ClassOptions.side)
        else { throw Failure(.usage, speech(RulingMessage.classNeeds)) }
        let (isDry, isAgreed, reason) = (options.dryRun, options.yes, reason)
        let plan = try await waiting.connection.run { session in
            _ = try Status.readNode(session)
            return try session.transaction(.repeatableRead) {
                let items = try CaseList.plan(session, type: type, table: table, keep: keep)
                let ruled = items.filter { $0.obstacle == nil }
                let asks = ruled.count > Self.unaskedMax && !isAgreed
                let ids = isDry || asks ? [] : try ruled.map { try CaseList.rule(session, $0, reason: reason) }
                return Plan(items: items, names: HandleNames(try CaseList.origins(session)), ids: ids)
            }
        }
        let isWaitingForYes = !isDry && plan.ids.count < plan.ruled
        switch output {
        case .table: show(plan, waiting.context)
        case .json where isDry || plan.ids.isEmpty: Output.print(Self.json(plan, isDry: isDry, nil).text)
        case .json: break
        }
        if isDry || plan.items.isEmpty { return .done }
        guard !isWaitingForYes else {
            throw Failure(.failed, speech(RulingMessage.needsYes, ["count": "\(plan.ruled)"]))
        }
        guard !plan.ids.isEmpty else { return .openCases }
        guard output == .json else { return try await waiting.many(plan.ids) }
        let outcomes = try await waiting.outcomes(plan.ids)
        Output.print(Self.json(plan, isDry: false, outcomes.states).text)
        return outcomes.status
    }

    private func show(_ plan: Plan, _ context: Context) {
        guard !plan.items.isEmpty else { return context.print(speech(RulingMessage.nothingToRule)) }
        context.print { Self.table(plan).lines(width: $0, style: $1) }
        guard options.dryRun else { return }
        let skipped = plan.items.count - plan.ruled
        context.print(speech(RulingMessage.wouldRule, ["count": "\(plan.ruled)", "skipped": "\(skipped)"]))
    }

    /// - Parameter states: of the rulings, in their order; nil where nobody waited for them.
    private static func json(_ plan: Plan, isDry: Bool, _ states: [CaseList.RulingState]?) -> JSONValue {
        var next = 0
        let rows = plan.items.map { item -> JSONValue in
            var (id, state): (Int64?, CaseList.RulingState?)
            if item.obstacle == nil, plan.ids.indices.contains(next) {
                (id, state) = (plan.ids[next], states?[next] ?? .waiting)
                next += 1
            }
            return [
                "schema": .string(item.shown.table.schema), "table": .string(item.shown.table.table),
                "key": .key(item.shown.key),
                "keeps": .array(
                    item.kept.sorted { $0.key < $1.key }.map { group, kept in
                        [
                            "group": .string(group), "change": .string(kept.id.description),
                            "values": .array(kept.values.map(\.json)),
                        ]
                    }),
                "skipped": JSONValue(item.obstacle?.word), "ruling": id.map { .integer($0) } ?? .null,
                "state": JSONValue(state?.word), "outcome": JSONValue(state?.outcome),
            ]
        }
        return .envelope("class_ruling", ["dry_run": .bool(isDry), "rows": .array(rows)])
    }

    /// One line for every group of every row.
    private static func table(_ plan: Plan) -> Table {
        var table = Table([
            .init(speech(WordMessage.key), .left, .truncate), .init(speech(WordMessage.groups), .left, .truncate),
            .init(speech(WordMessage.now), .left, .truncate), .init(speech(WordMessage.keeps)),
            .init("", .left, .wrap),
        ])
        for item in plan.items {
            for one in item.shown.cases.sorted(by: { $0.summary.group < $1.summary.group }) {
                let now = CandidateText.text(one.candidates[one.winner], one)
                if let kept = item.kept[one.summary.group], item.obstacle == nil {
                    table.add([
                        Cell("\(item.shown.key)"), Cell(Words.group(one.summary.group)), Cell(now, .faint),
                        Cell(plan.names.short(kept.id)), Cell(CandidateText.text(kept, one), .good),
                    ])
                } else {
                    let reason = speech(RulingMessage.skipped, ["reason": obstacle(item.obstacle)])
                    table.add([
                        Cell("\(item.shown.key)"), Cell(Words.group(one.summary.group)), Cell(now, .faint), "-",
                        Cell(reason, .warning),
                    ])
                }
            }
        }
        return table
    }

    private static func obstacle(_ obstacle: CaseList.Obstacle?) -> String {
        switch obstacle {
        case .severalLosers: speech(RulingMessage.skippedLosers)
        case .needsValue: speech(RulingMessage.skippedValue)
        case .noCandidate, nil: speech(RulingMessage.skippedRegion)
        }
    }
}

extension CaseList.Obstacle {
    /// For programs.
    fileprivate var word: String {
        switch self {
        case .noCandidate: "no_candidate"
        case .severalLosers: "several_losers"
        case .needsValue: "needs_value"
        }
    }
}

extension CaseList.RulingState {
    /// For programs.
    fileprivate var word: String {
        switch self {
        case .waiting: "waiting"
        case .taken: "taken"
        case .stale: "stale"
        case .failed: "failed"
        }
    }

    fileprivate var outcome: String? {
        switch self {
        case .waiting, .taken: nil
        case .stale(let outcome), .failed(let outcome): outcome
        }
    }
}
