import ArgumentParser

/// Measures Bashu and PostgreSQL's own logical replication on the same work, side by side.
@main
struct BashuBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bashu-bench",
        abstract: "Measures Bashu beside PostgreSQL's own logical replication, on this machine.",
        discussion: """
            Starts two throw-away PostgreSQL clusters that flush to disk, and removes them at the end, however it \
            ends. The programs bashud and bashuctl are taken from the folder of bashu-bench.
            """,
        version: "bashu-bench 0.1",
        subcommands: [RunCommand.self, CatalogueCommand.self, SearchCommand.self, ReplicasCommand.self],
        defaultSubcommand: RunCommand.self)
}
