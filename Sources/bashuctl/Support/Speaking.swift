import ArgumentParser
import Console
import FoundationEssentials

typealias HelpMessage = Console.HelpMessage

/// The version that `--version` prints.
let programVersion = "bashuctl 0.1"

/// The process's environment, read once.
let environment = ProcessInfo.processInfo.environment

/// Speaks the user's language.
let speech = Speech(.of(environment: environment))

/// The help of an option or argument.
func help(_ message: OptionMessage, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: speech(message)).named(value)
}

/// The help of an option of rulings.
func help(_ message: CaseOption, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: speech(message)).named(value)
}

/// The help of an option of origins.
func help(origin message: OriginOption, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: speech(message)).named(value)
}

/// The help of an option of audits.
func help(audit message: AuditPage) -> ArgumentHelp { ArgumentHelp(stringLiteral: speech(message)) }

/// The help of an option about proofs of records.
func help(proof message: ProofPage, value: String? = nil) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: speech(message)).named(value)
}

extension ArgumentHelp {
    fileprivate func named(_ value: String?) -> ArgumentHelp {
        var help = self
        help.valueName = value
        return help
    }
}

/// A command's own page of help.
///
/// - Parameters:
///   - path: the words that name it, after `bashuctl`.
///   - usage: what follows them, in brief; every option is listed below anyway.
func page(
    _ path: String, _ usage: String, _ abstract: HelpMessage,
    _ discussion: (any MessageCatalogue)? = nil,
    _ subcommands: [any ParsableCommand.Type] = []
) -> CommandConfiguration {
    CommandConfiguration(
        commandName: path.split(separator: " ").last.map(String.init), abstract: speech(abstract),
        usage: "bashuctl \(path) \(usage)", discussion: discussion.map(wrapped) ?? "", subcommands: subcommands)
}

/// Prose as help shows it: the parser counts a Chinese character as one column.
func wrapped(_ message: any MessageCatalogue) -> String {
    speech(message).wrapped(to: 79).joined(separator: "\n")
}
