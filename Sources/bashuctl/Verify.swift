import ArgumentParser
import Console
import Postgres
import RegionStore

struct Verify: ControlCommand {
    static let configuration = page("verify", "[TABLE…] [--against PEER] [--repair HOW]", .verify, .verifyMore)

    @Argument(help: help(.verifyTables))
    var tables: [String] = []

    @Option(help: help(.against, value: "peer"))
    var against: String?

    @Option(help: help(.repair, value: "publish|restore"))
    var repair: Repair?

    @Option(help: help(.timeout, value: "seconds"))
    var timeout = 3_600

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    enum Repair: String, ExpressibleByArgument {
        /// The help text names them, in the user's language.
        static let allValueStrings: [String] = []

        case publish, restore
    }

    func validate() throws {
        guard timeout >= 0 else { throw ValidationError(speech(WorkMessage.badSeconds)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let (tables, against, repair) = (tables, against, repair)
            let argument = try await connection.run { session in
                _ = try Status.readNode(session)
                if let against, try !Peers.list(session).contains(where: { $0.name == against }) {
                    throw ControlError.noSuchPeer(against)
                }
                let names = try tables.map { TableReference(try TableName.shared(session, $0)) }
                return try VerifyArgument(tables: names, against: against, repair: repair?.rawValue).text()
            }
            let patience = Patience(connection, context.terminal, seconds: timeout)
            let result = try await patience.ask(.verify, argument: argument, doing: speech(WorkMessage.verifying))
            let report = try VerifyReport(text: result)
            switch format.output {
            case .json: Output.print(try json(report).text)
            case .table: try show(report, context)
            }
            let problem = report.tables.contains { $0.problem != nil }
            return .combined([
                report.differenceCount > report.repaired ? .different : .done, problem ? .failed : .done,
            ])
        }
    }

    private func show(_ report: VerifyReport, _ context: Context) throws {
        for table in report.tables {
            guard let problem = table.problem else { continue }
            context.print(
                speech(StatusMessage.troubleTable, ["table": "\(table.table.name)", "reason": problem]).printable)
        }
        if !report.differences.isEmpty {
            let table = try Self.table(report.differences)
            context.print { table.lines(width: $0, style: $1) }
        }
        let total = report.differenceCount
        if total == 0 {
            let values: KeyValuePairs = [
                "tables": "\(report.tables.count)", "rows": "\(report.tables.reduce(0) { $0 + $1.rows })",
                "peer": against ?? "",
            ]
            context.print(
                speech(against == nil ? WorkMessage.verifyEqualLog : WorkMessage.verifyEqualPeer, values))
        } else {
            context.print(speech(WorkMessage.verifyDiffer, ["count": "\(total)"]))
        }
        if Int64(report.differences.count) < total {
            context.print(speech(WorkMessage.verifyMore, ["shown": "\(report.differences.count)"]))
        }
        if report.inFlight > 0 {
            context.print(speech(WorkMessage.verifyInFlight, ["count": "\(report.inFlight)"]))
        }
        if report.repaired > 0 {
            context.print(speech(WorkMessage.verifyRepaired, ["count": "\(report.repaired)"]))
        }
    }

    private static func table(_ differences: [VerifyReport.Difference]) throws -> Table {
        var table = Table([
            .init(speech(WordMessage.table), .left, .truncate), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(WordMessage.side)), .init(speech(WordMessage.column), .left, .wrap),
        ])
        for difference in differences {
            table.add([
                Cell("\(difference.table.name)"), Cell("\(try RowKey(of: difference))"),
                Cell(text(difference.found), .bad), Cell(speech.list(difference.columns)),
            ])
        }
        return table
    }

    private static func text(_ found: VerifyReport.Found) -> String {
        switch found {
        case .onlyHere: speech(WorkMessage.sideHereOnly)
        case .onlyThere: speech(WorkMessage.sideThereOnly)
        case .different: speech(WorkMessage.sideBoth)
        }
    }

    private func json(_ report: VerifyReport) throws -> JSONValue {
        .envelope(
            "verify",
            [
                "against": JSONValue(against), "equal": .bool(report.differenceCount == 0),
                "rows_different": .integer(report.differenceCount), "rows_in_flight": .integer(report.inFlight),
                "rows_repaired": .integer(report.repaired),
                "tables": .array(
                    report.tables.map {
                        [
                            "schema": .string($0.table.schema), "table": .string($0.table.table),
                            "rows": .integer($0.rows), "rows_different": .integer($0.differences),
                            "problem": JSONValue($0.problem),
                        ]
                    }),
                "differences": .array(
                    try report.differences.map {
                        [
                            "schema": .string($0.table.schema), "table": .string($0.table.table),
                            "key": .key(try RowKey(of: $0)), "found": .string($0.found.rawValue),
                            "columns": .strings($0.columns),
                        ]
                    }),
            ])
    }
}
