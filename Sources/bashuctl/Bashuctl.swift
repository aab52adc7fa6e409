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
            Init.self, Uninstall.self, TableCommand.self, PeerCommand.self, Join.self, StatusCommand.self,
            DoctorCommand.self,
            PolicyCommand.self, ConflictCommand.self, HistoryCommand.self, EraseCommand.self,
            KeyCommand.self, Verify.self, Wait.self,
            CatalogueCommand.self, ImportCommand.self, ExportCommand.self, SchemaCommand.self,
        ])
}
