import ArgumentParser
import CatalogueStore
import Console
import Postgres

struct CatalogueCheckCommand: ControlCommand {
    static let configuration = page(
        "catalogue check", "[--kind KIND] [-o json]", .catalogueCheck, CataloguePage.catalogueCheckMore)

    @Option(help: help(.alarmKind, value: "kind"))
    var kind: String?

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let kind = kind
        let alarms: [CatalogueCheck.Alarm]
        do {
            alarms = try await context.connected { connection in
                try await connection.run { try CatalogueCheck.alarms($0, kind: kind) }
            }
        } catch let error as PostgresError where Self.absent.contains(error.sqlState) {
            throw Failure(.failed, speech(CatalogueMessage.notInstalled))
        }
        switch format.output {
        case .json: Output.print(Self.json(alarms).text)
        case .table where alarms.isEmpty: context.print(speech(CatalogueMessage.noAlarms))
        case .table:
            context.print { Self.table(alarms).lines(width: $0, style: $1) }
            context.print(speech(CatalogueMessage.alarms, ["count": "\(alarms.count)"]))
        }
        return alarms.isEmpty ? .done : .openCases
    }

    private static let absent: [SQLState?] = [SQLState(rawValue: "3F000"), SQLState(rawValue: "42P01")]

    private static func table(_ alarms: [CatalogueCheck.Alarm]) -> Table {
        var table = Table([
            .init(speech(CatalogueMessage.alarm), .left, .truncate), .init(speech(CatalogueMessage.number)),
            .init(speech(CatalogueMessage.detail), .left, .wrap),
        ])
        for alarm in alarms {
            table.add([
                Cell(alarm.kind), Cell(alarm.number),
                Cell(speech.language == .chinese ? alarm.chinese : alarm.english),
            ])
        }
        return table
    }

    private static func json(_ alarms: [CatalogueCheck.Alarm]) -> JSONValue {
        .envelope(
            "alarms",
            [
                "alarms": .array(
                    alarms.map { alarm in
                        [
                            "alarm": .string(alarm.kind), "number": .string(alarm.number),
                            "std_id": JSONValue(alarm.standardID), "other_number": .string(alarm.otherNumber),
                            "other_std_id": JSONValue(alarm.otherStandardID), "detail_zh": .string(alarm.chinese),
                            "detail_en": .string(alarm.english), "home_region": .string(alarm.homeRegion),
                        ]
                    })
            ])
    }
}
