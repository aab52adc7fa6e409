import ArgumentParser
import Console
import RegionStore

struct BatchAcknowledge: ControlCommand {
    static let configuration = BatchWords.page(
        "acknowledge", "--for PEER --file N --code CODE", .acknowledge, .acknowledgeMore)

    @Option(name: .customLong("for"), help: help(batch: .taker, value: "peer"))
    var peer: String

    @Option(help: help(batch: .serial, value: "n"))
    var file: Int64

    @Option(help: help(batch: .code, value: "code"))
    var code: String

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard TransferCode(code) != nil else { throw ValidationError(speech(BatchMessage.badCode)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        guard let code = TransferCode(code) else { return .usage }
        let (peer, file) = (peer, file)
        let outcome = try await context.asDaemon {
            try TransferAcknowledgement.record($0, peer: peer, serial: file, code)
        }
        let names: KeyValuePairs<String, String> = ["peer": peer, "serial": "\(file)"]
        switch outcome {
        case .recorded(let position):
            context.print(
                speech(
                    BatchMessage.acknowledged,
                    ["peer": peer, "serial": "\(file)", "vector": BatchWords.vector(position)]))
            return .done
        case .noSuchFile: throw Failure(.failed, speech(BatchMessage.noSuchFile, names))
        case .wrongCode: throw Failure(.failed, speech(BatchMessage.wrongCode, names))
        case .otherDatabase: throw Failure(.failed, speech(BatchMessage.otherDatabase, names))
        }
    }
}
