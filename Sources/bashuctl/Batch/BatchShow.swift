import ArgumentParser
import Console
import Integrity
import RegionStore
import Transfer

struct BatchShow: AsyncParsableCommand {
    static let configuration = BatchWords.page("show", "FILE [-o json]", .show, .showMore)

    @Argument(help: help(batch: .file))
    var file: String

    @OptionGroup var format: OutputOptions

    func run() async throws {
        let terminal = Terminal.current(environment: environment)
        let progress = BatchProgress(terminal)
        do {
            let shown = try TransferShow.read(file) { progress.show(.checking, ["percent": "\($0)"]) }
            progress.clear()
            switch format.output {
            case .json: Output.print(Self.json(shown).text)
            case .table:
                Output.print(Self.page(shown).lines(width: terminal.width, style: terminal.style))
                Output.print(speech(BatchMessage.sound).wrapped(to: terminal.width))
            }
        } catch {
            progress.clear()
            let failure = Failure(error)
            failure.lines.forEach(Output.say)
            throw ExitCode(failure.status.rawValue)
        }
    }

    private static func page(_ shown: TransferShow) -> KeyValues {
        let header = shown.header
        var block = KeyValues()
        func add(_ label: BatchMessage, _ text: String) { block.add(speech(label), Cell(text)) }
        add(.file, "\(header.file), \(Words.bytes(shown.fileBytes))")
        add(
            .maker,
            speech(
                BatchMessage.makerValue,
                [
                    "kind": Words.nodeKind(header.maker.kind), "region": header.maker.region,
                    "database": header.maker.database,
                ]))
        add(
            .recipient,
            speech(
                BatchMessage.recipientValue,
                ["peer": header.recipient.peer, "region": header.recipient.region]))
        add(
            .programVersion,
            speech(
                BatchMessage.madeValue,
                ["time": TimeText.local(header.madeAt), "serial": "\(header.serial)"]))
        add(.holds, BatchWords.vector(header.from.filter { shown.end.through[$0.key] != nil }))
        add(
            .content,
            speech(
                BatchMessage.contentValue,
                [
                    "vector": BatchWords.vector(shown.end.through), "batches": "\(shown.end.batches)",
                    "changes": "\(shown.changes)",
                ]))
        if let late = shown.end.late { add(.late, speech(BatchMessage.lateValue, ["count": "\(late)"])) }
        add(.position, BatchWords.vector(header.applied))
        add(.signature, shown.signedBy.map(PublicKey.text) ?? "-")
        add(.digest, "\(shown.digestName) \(Self.hex(shown.digest))")
        return block
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        PublicKey.text(bytes).split(separator: " ").joined()
    }

    private static func json(_ shown: TransferShow) -> JSONValue {
        let header = shown.header
        return .envelope(
            "batch_file",
            [
                "file": .string(header.file), "bytes": .integer(shown.fileBytes), "serial": .integer(header.serial),
                "made_at": .time(header.madeAt),
                "maker": [
                    "kind": .string(header.maker.kind), "region": .string(header.maker.region),
                    "origin": JSONValue(header.maker.origin), "database_id": .string(header.maker.database),
                ],
                "recipient": [
                    "peer": .string(header.recipient.peer), "region": .string(header.recipient.region),
                    "database_id": JSONValue(header.recipient.database),
                ],
                "after": BatchWords.json(header.from), "through": BatchWords.json(shown.end.through),
                "batches": .integer(shown.end.batches), "changes": .integer(shown.changes),
                "late_signatures": .integer(shown.end.late ?? 0),
                "maker_applied": BatchWords.json(header.applied), "maker_received": BatchWords.json(header.received),
                "signed_by": JSONValue(shown.signedBy.map(hex)),
                "digest_algorithm": .string(shown.digestName), "digest": .string(hex(shown.digest)),
            ])
    }
}
