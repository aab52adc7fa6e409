/// A language that Bashu's programs speak.
public enum Language: Sendable, CaseIterable {
    case english, chinese

    /// The language of the user, from `LC_ALL`, else `LC_MESSAGES`, else `LANG`; English unless it is Chinese.
    public static func of(environment: [String: String]) -> Language {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        let name = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return name.lowercased().hasPrefix("zh") ? .chinese : .english
    }
}

/// A text in every language. `{name}` stands for a value that is filled in.
public struct Bilingual: Sendable, Equatable {
    public let english: String
    public let chinese: String

    public init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    /// The text in `language` with its placeholders filled in.
    public func text(_ language: Language, _ values: KeyValuePairs<String, String> = [:]) -> String {
        text(language) { name in values.first { $0.key == name }?.value }
    }

    /// The same, with values that are looked up by name.
    public func text(_ language: Language, _ value: (String) -> String?) -> String {
        let template = language == .chinese ? chinese : english
        var result = ""
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            result += rest[..<open]
            result += value(String(name)) ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }

    /// The names that stand in braces, sorted.
    public static func placeholders(in template: String) -> [String] {
        var names: Set<String> = []
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.insert(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names.sorted()
    }
}

/// The messages of one part of a program, each in every language.
public protocol MessageCatalogue: CaseIterable, Sendable {
    var bilingual: Bilingual { get }
}
