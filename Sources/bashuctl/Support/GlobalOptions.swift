import ArgumentParser
import Console

/// Options of every command.
struct GlobalOptions: ParsableArguments {
    @Option(help: help(.config, value: "file"))
    var config: String?

    @Option(help: help(.database, value: "conninfo"))
    var database: String?
}

/// How output is written: for commands that print something to read.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: help(.output, value: "table|json"))
    var output = OutputFormat.table
}

enum OutputFormat: String, ExpressibleByArgument {
    /// The help text names them, in the user's language.
    static let allValueStrings: [String] = []

    case table, json
}
