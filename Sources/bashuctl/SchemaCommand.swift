import ArgumentParser
import Console
import RegionStore

struct SchemaCommand: ParsableCommand {
    static let configuration = page("schema", "COMMAND", .schema, nil, [SchemaPrint.self])
}

struct SchemaPrint: ParsableCommand {
    static let configuration = page("schema print", "[FILE] [--list]", .schemaPrint, GeneralPage.schemaPrintMore)

    @Argument(help: help(.schemaName))
    var file: String?

    @Flag(help: help(.schemaList))
    var list = false

    func run() throws {
        let files = SchemaFiles.all.filter { file == nil || $0.path == file }
        guard !files.isEmpty else {
            Failure(.failed, speech(InstallMessage.noSuchFile, ["name": file ?? ""])).lines.forEach(Output.say)
            throw ExitCode(ExitStatus.failed.rawValue)
        }
        for one in files {
            if list {
                Output.print(one.path)
            } else {
                Output.print(file == nil ? ["-- \(one.path)", one.text] : [one.text])
            }
        }
    }
}
