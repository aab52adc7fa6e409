import ArgumentParser
import Console
import Postgres
import RegionStore

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
        let context = waiting.context
        guard !plan.items.isEmpty else {
            context.print(speech(RulingMessage.nothingToRule))
            return .done
        }
        context.print { Self.table(plan).lines(width: $0, style: $1) }
        if isDry {
            let skipped = plan.items.count - plan.ruled
            context.print(speech(RulingMessage.wouldRule, ["count": "\(plan.ruled)", "skipped": "\(skipped)"]))
            return .done
        }
        guard plan.ids.count == plan.ruled else {
            throw Failure(.failed, speech(RulingMessage.needsYes, ["count": "\(plan.ruled)"]))
        }
        guard !plan.ids.isEmpty else { return .openCases }
        return try await waiting.many(plan.ids)
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
