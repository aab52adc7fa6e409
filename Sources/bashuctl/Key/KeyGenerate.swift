import ArgumentParser
import Console
import Integrity
import RegionStore

struct KeyGenerate: ControlCommand {
    static let configuration = page("key generate", "[--algorithm sm2|ed25519]", .keyGenerate, KeyPage.generateMore)

    @Option(help: help(.keyAlgorithm, value: "name"))
    var algorithm = "sm2"

    @OptionGroup var global: GlobalOptions

    func validate() throws { _ = try KeyWords.algorithm(algorithm) }

    func execute(_ context: Context) async throws -> ExitStatus {
        let file = try KeyWords.file(context)
        let key = try Keys.generate(try KeyWords.algorithm(algorithm), file: file)
        context.print(speech(KeyMessage.generated, ["file": file]))
        context.print(key.fingerprintText)
        return .done
    }
}

struct KeyRotate: ControlCommand {
    static let configuration = page("key rotate", "[--algorithm sm2|ed25519]", .keyRotate, KeyPage.rotateMore)

    @Option(help: help(.nextKeyAlgorithm, value: "name"))
    var algorithm: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws { _ = try algorithm.map(KeyWords.algorithm) }

    func execute(_ context: Context) async throws -> ExitStatus {
        let file = try KeyWords.file(context)
        let algorithm = try algorithm.map(KeyWords.algorithm)
        let rotated = try await context.installed { try Keys.rotate($0, algorithm, file: file) }
        context.print(speech(KeyMessage.rotated, ["file": rotated.oldFile]))
        context.print(rotated.key.fingerprintText)
        return .done
    }
}
