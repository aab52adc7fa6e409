import ArgumentParser
import Console
import Postgres
import RegionStore

struct Verify: ControlCommand {
    static let configuration = page(
        "verify", "[TABLE…] [--against PEER] [--repair HOW [--dry-run]]", .verify, GeneralPage.verifyMore)

    @Argument(help: help(.verifyTables))
    var tables: [String] = []

    @Option(help: help(.against, value: "peer"))
    var against: String?

    @Option(help: help(.repair, value: "publish|restore"))
    var repair: Repair?

    @Flag(help: help(.dryRepair))
    var dryRun = false

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
        guard !dryRun || repair != nil else { throw ValidationError(speech(VerifyMessage.dryNeedsRepair)) }
        guard against == nil || repair == nil else { throw ValidationError(speech(WorkMessage.verifyEither)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected { connection in
            let (tables, against, repair) = (tables, against, dryRun ? nil : repair)
            let argument = try await connection.run { session in
                _ = try Status.readNode(session)
                if let against, try !Peers.list(session).contains(where: { $0.name == against }) {
                    throw ControlError.noSuchPeer(against)
                }
                let names = try tables.map { try TableName.shared(session, $0) }
                return Requests.VerifyArgument(tables: names, against: against, repair: repair?.rawValue)
            }
            let patience = Patience(connection, context.terminal, seconds: timeout)
            let result = try await patience.ask(
                .verify, argument: try argument.text(), doing: speech(WorkMessage.verifying)
            ) { session in
                try against.flatMap { try Self.obstacle(session, peer: $0) }
            }
            let report = try Requests.verifyReport(result)
            switch format.output {
            case .json: Output.print(json(report).text)
            case .table: show(report, context)
            }
            let repaired = repair == nil ? 0 : VerifyReport.repairMax
            let left = report.different.values.reduce(0, +) - repaired
            return .combined([left > 0 ? .different : .done, report.skipped.isEmpty ? .done : .failed])
        }
    }

    /// Only the link to the peer can answer; while there is none, nobody will.
    private static func obstacle(_ session: Session, peer: String) throws -> Failure? {
        guard let link = try Peers.list(session).first(where: { $0.name == peer }) else {
            return Failure(ControlError.noSuchPeer(peer))
        }
        guard link.conninfo != nil else { return Failure(ControlError.peerNotPulled(peer)) }
        let state = link.isPaused ? "paused" : link.state ?? "connecting"
        guard ["down", "held", "paused"].contains(state) else { return nil }
        return Failure(
            state == "down" ? .unreachable : .lagging,
            speech(
                WorkMessage.waitPeerState,
                ["peer": peer, "state": Words.linkState(state), "reason": link.reason.map(speech.reason) ?? "-"]))
    }

    private func show(_ report: VerifyReport, _ context: Context) {
        for skipped in report.skipped {
            context.print(speech(WorkMessage.verifySkipped, ["reason": speech.reason(skipped)]).printable)
        }
        if !report.examples.isEmpty {
            let table = dryRun ? Self.sides(report.examples) : Self.table(report.examples)
            context.print { table.lines(width: $0, style: $1) }
        }
        let total = report.different.values.reduce(0, +)
        if total > 0 {
            context.print(speech(WorkMessage.verifyDiffer, ["count": "\(total)"]))
        } else {
            let values: KeyValuePairs = [
                "tables": "\(report.rows.count)", "rows": "\(report.rows.values.reduce(0, +))",
                "peer": against ?? "",
            ]
            context.print(
                speech(against == nil ? WorkMessage.verifyEqualLog : WorkMessage.verifyEqualPeer, values))
        }
        if report.examples.count < total {
            context.print(speech(WorkMessage.verifyMore, ["shown": "\(report.examples.count)"]))
        }
        guard let repair, total > 0 else { return }
        if dryRun {
            return context.print(
                speech(repair == .publish ? VerifyMessage.wouldPublish : VerifyMessage.wouldRestore))
        }
        context.print(speech(repair == .publish ? WorkMessage.verifyPublished : WorkMessage.verifyRestored))
        if total > VerifyReport.repairMax {
            context.print(speech(WorkMessage.verifyAgain, ["count": "\(VerifyReport.repairMax)"]))
        }
    }

    private static func table(_ differences: [RowDifference]) -> Table {
        var table = Table([
            .init(speech(WordMessage.table), .left, .truncate), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(WordMessage.side)), .init(speech(WordMessage.column), .left, .wrap),
        ])
        for difference in differences {
            table.add([
                Cell(difference.table), Cell(speech.list(difference.keyValues)),
                Cell(text(difference.kind), .bad), Cell(speech.list(difference.columns)),
            ])
        }
        return table
    }

    /// Every column that differs, as the log has it and as it is here.
    private static func sides(_ differences: [RowDifference]) -> Table {
        var table = Table([
            .init(speech(WordMessage.table), .left, .truncate), .init(speech(WordMessage.key), .left, .truncate),
            .init(speech(WordMessage.column), .left, .truncate), .init(speech(VerifyMessage.sideLog), .left, .wrap),
            .init(speech(VerifyMessage.sideTable), .left, .wrap),
        ])
        for difference in differences {
            for (index, values) in (difference.values ?? []).enumerated() {
                let isThere = (log: difference.kind != "extra", here: difference.kind != "missing")
                table.add([
                    Cell(index == 0 ? difference.table : ""),
                    Cell(index == 0 ? speech.list(difference.keyValues) : ""), Cell(values.column),
                    Cell(isThere.log ? values.log ?? "NULL" : "-"), Cell(isThere.here ? values.here ?? "NULL" : "-"),
                ])
            }
        }
        return table
    }

    private static func text(_ kind: String) -> String {
        switch kind {
        case "extra": speech(WorkMessage.sideHereOnly)
        case "missing": speech(WorkMessage.sideThereOnly)
        case "differs": speech(WorkMessage.sideBoth)
        default: kind
        }
    }

    private func json(_ report: VerifyReport) -> JSONValue {
        .envelope(
            "verify",
            [
                "against": JSONValue(against), "equal": .bool(report.different.isEmpty),
                "tables": .array(
                    Set(report.rows.keys).union(report.different.keys).sorted().map {
                        [
                            "table": .string($0), "rows": .integer(Int64(report.rows[$0] ?? 0)),
                            "rows_different": .integer(Int64(report.different[$0] ?? 0)),
                        ]
                    }),
                "differences": .array(
                    report.examples.map {
                        [
                            "table": .string($0.table), "key": .strings($0.keyValues), "found": .string($0.kind),
                            "columns": .strings($0.columns),
                            "values": .array(
                                ($0.values ?? []).map { one in
                                    [
                                        "column": .string(one.column), "log": JSONValue(one.log),
                                        "here": JSONValue(one.here),
                                    ]
                                }),
                        ]
                    }),
                "skipped": .strings(report.skipped),
            ])
    }
}
