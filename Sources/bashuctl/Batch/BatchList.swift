import ArgumentParser
import Console
import RegionStore
import Replication

struct BatchList: ControlCommand {
    static let configuration = BatchWords.page("list", "[--limit ROWS] [-o json]", .list)

    @Option(help: help(batch: .limit, value: "rows"))
    var limit = 50

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let limit = max(0, limit)
        let files = try await context.installed { try Transfers.list($0, limit: limit) }
        switch format.output {
        case .json: Output.print(Self.json(files).text)
        case .table where files.isEmpty: context.print(speech(BatchMessage.none))
        case .table: context.print { Self.table(files).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func table(_ files: [Transfers.Transfer]) -> Table {
        var table = Table([
            .init(speech(BatchMessage.direction)), .init(speech(WordMessage.peer)),
            .init(speech(BatchMessage.number), .right), .init(speech(BatchMessage.made)),
            .init(speech(BatchMessage.batches), .right), .init(speech(BatchMessage.size), .right),
            .init(speech(BatchMessage.upTo), .left, .wrap), .init(speech(WordMessage.state)),
        ])
        for file in files {
            table.add([
                Cell(speech(file.isOutgoing ? BatchMessage.outgoing : .incoming)), Cell(file.peer),
                Cell("\(file.serial)"), Cell(TimeText.local(file.madeAt)), Cell("\(file.batches)"),
                Cell(Words.bytes(file.bytes)), Cell(BatchWords.vector(file.through)), state(file),
            ])
        }
        return table
    }

    private static func state(_ file: Transfers.Transfer) -> Cell {
        if file.batches == 0 { return Cell("-") }
        if file.isApplied { return Cell(speech(BatchMessage.stateApplied), .good) }
        if file.isStored { return Cell(speech(BatchMessage.stateStored), .warning) }
        return Cell(speech(BatchMessage.stateOpen), .warning)
    }

    private static func json(_ files: [Transfers.Transfer]) -> JSONValue {
        .envelope(
            "batch_files",
            [
                "files": .array(
                    files.map { file in
                        [
                            "peer": .string(file.peer), "outgoing": .bool(file.isOutgoing),
                            "serial": .integer(file.serial), "file": .string(file.file),
                            "digest": .string(file.digest), "made_at": .time(file.madeAt),
                            "done_at": .time(file.doneAt), "after": .vector(file.after),
                            "through": .vector(file.through), "batches": .integer(file.batches),
                            "bytes": .integer(file.bytes), "stored": .bool(file.isStored),
                            "applied": .bool(file.isApplied),
                        ]
                    })
            ])
    }
}

extension BatchWords {
    static func vector(_ vector: Vector) -> String { self.vector(numbers(vector)) }

    /// A list of origins and numbers.
    static func json(_ numbers: [String: Int64]) -> JSONValue {
        .array(
            numbers.sorted { OriginID($0.key) < OriginID($1.key) }.map {
                ["origin": .string($0.key), "number": .integer($0.value)]
            })
    }

    private static func numbers(_ vector: Vector) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: vector.origins.map { ($0.name, vector[$0]) })
    }
}
