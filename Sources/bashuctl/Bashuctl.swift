import ArgumentParser
import Console

@main
struct Bashuctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashuctl",
        abstract: speech(HelpMessage.bashuctl),
        usage: "bashuctl COMMAND",
        discussion: wrapped(GeneralPage.bashuctlMore),
        version: programVersion,
        subcommands: [
            Init.self, Uninstall.self, TableCommand.self, PeerCommand.self, OriginCommand.self, Join.self,
            StatusCommand.self,
            DoctorCommand.self,
            PolicyCommand.self, ConflictCommand.self, HistoryCommand.self, EraseCommand.self,
            KeyCommand.self, Verify.self, AuditCommand.self, Wait.self, BatchCommand.self,
            CatalogueCommand.self, ImportCommand.self, ExportCommand.self, SchemaCommand.self,
        ])

    /// Runs the command; what the parser has to say is said in the user's language.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            let text = ParserText(language: speech.language)(fullMessage(for: error))
            let status = exitCode(for: error)
            if !text.isEmpty { status.isSuccess ? Output.print(text) : Output.say(text) }
            exit(withError: status)
        }
    }
}
