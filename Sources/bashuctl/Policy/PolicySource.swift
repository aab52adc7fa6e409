import Console
import Postgres
import RegionStore
import Replication
import Settings

/// A policy file that could be read, and what the database has to say about it.
struct PolicySource: Sendable {
    let path: String
    let file: PolicyFile

    /// Reads a file.
    ///
    /// - Throws: `Failure` with every error of its form.
    init(path: String) throws {
        self.path = path
        let errors: [SettingsError]
        do {
            (file, _, errors) = try PolicyFile.load(path: path)
        } catch {
            throw Failure(.failed, error.text)
        }
        guard errors.isEmpty else { throw refusal(errors.map(\.text)) }
    }

    private func refusal(_ lines: [String]) -> Failure {
        Failure(.failed, speech(PolicyMessage.refused, ["path": path]), details: lines)
    }

    /// The policies by the numbers of their tables, and warnings.
    ///
    /// - Throws: `Failure` with everything that is wrong.
    func checked(_ session: Session) throws -> (policies: [Int: NamedPolicy], warnings: [String]) {
        let drafts = file.tables.map { PolicyDraft(table: $0.name, policy: $0.named) }
        let (problems, policies) = try PolicyStore.check(session, drafts)
        let sorted = problems.sorted { line($0) ?? 0 < line($1) ?? 0 }
        let errors = sorted.filter { !$0.isWarning }
        guard errors.isEmpty else { throw refusal(sorted.map(text)) }
        return (policies, sorted.map(text))
    }

    private func text(_ problem: PolicyProblem) -> String {
        speech(
            problem.isWarning ? PolicyMessage.warning : .problem,
            [
                "place": SettingsError.Place.file(path: path, line: line(problem)).text,
                "text": speech(
                    PolicyMessage.inTable,
                    [
                        "table": problem.table,
                        "text": speech(
                            problem.kind.message, ["name": problem.subject, "other": problem.other]),
                    ]),
            ])
    }

    private func line(_ problem: PolicyProblem) -> Int? {
        let table = file.tables[problem.tableIndex]
        let lines =
            switch problem.part {
            case .table: table.lines
            case .group(let place): table.groups[place].lines
            case .foreignKey(let place): table.foreignKeys[place].lines
            }
        return lines[problem.key] ?? lines[""] ?? table.lines[""]
    }
}

extension PolicyFile.Table {
    /// By names; words that the reader refuses do not come here.
    var named: NamedPolicy {
        var policy = NamedPolicy()
        policy.home = home
        policy.asOf = asOf
        policy.delete = delete.flatMap(DeleteRule.init) ?? .keep
        policy.defaultRule = defaultRule.flatMap(NamedPolicy.Rule.init) ?? .newest
        policy.groups = groups.map { group in
            let rule = NamedPolicy.Rule(rawValue: group.rule) ?? .newest
            return NamedPolicy.Group(
                name: group.name, columns: group.columns, rule: rule, column: group.column,
                regions: rule == .prefer ? group.regions : nil)
        }
        policy.foreignKeys = foreignKeys.map {
            NamedPolicy.ForeignKey(columns: $0.columns, rule: ForeignKeyRule(rawValue: $0.rule) ?? .keepParent)
        }
        return policy
    }
}

extension PolicyProblem.Kind {
    fileprivate var message: PolicyMessage {
        switch self {
        case .unknownTable: .unknownTable
        case .ambiguousTable: .ambiguousTable
        case .duplicateTable: .duplicateTable
        case .unknownColumn: .unknownColumn
        case .keyColumn: .keyColumn
        case .overlap: .overlap
        case .repeatedColumn: .repeatedColumn
        case .noColumns: .noColumns
        case .duplicateGroup: .duplicateGroup
        case .reservedName: .reservedName
        case .nameOfColumn: .nameOfColumn
        case .outsideGroup: .outsideGroup
        case .noOrder: .noOrder
        case .unionOfSeveral: .unionOfSeveral
        case .notArray: .notArray
        case .noHome: .noHome
        case .noRegions: .noRegions
        case .badRegion: .badRegion
        case .noForeignKey: .noForeignKey
        case .duplicateForeignKey: .duplicateForeignKey
        case .unknownRegion: .unknownRegion
        case .splitCheck: .splitCheck
        }
    }
}
