/// Sentences of one part of Bashu that say why something waits or was refused.
///
/// The name of a case is the sentence's code: it stays when the words change. The raw value is the sentence in
/// English, with `{name}` where a value goes in. `Console` has the other languages.
public protocol ReasonSentence: CaseIterable, Sendable, RawRepresentable where RawValue == String {}

extension ReasonSentence {
    /// Stable, for programs.
    public var code: String { "\(self)" }
}

/// Why something waits or was refused: a sentence with its values.
///
/// What is stored and logged is `text`, so that whoever looks with psql or at the journal can read it. Programs get
/// code and values back from it with `ReasonBook`.
public struct Reason: Sendable, Hashable {
    /// Stable, for programs.
    public let code: String
    /// What goes into the sentence, by name.
    public let values: [String: String]
    /// The sentence in English.
    public let text: String

    /// - Parameter values: one for every name in the sentence.
    public init(_ sentence: some ReasonSentence, _ values: KeyValuePairs<String, String> = [:]) {
        self.init(
            code: sentence.code, Template(sentence.rawValue), Dictionary(values.map { ($0, $1) }) { first, _ in first })
    }

    init(code: String, _ template: Template, _ values: [String: String]) {
        self.code = code
        self.values = values
        text = template.text(values)
    }
}

/// A sentence as fixed words with values between them.
struct Template: Sendable {
    /// One more than there are names; what stands before, between and after the values.
    let words: [[UInt8]]
    /// Of the values, in the order in which they stand.
    let names: [String]

    init(_ sentence: String) {
        var words: [[UInt8]] = []
        var names: [String] = []
        var rest = Substring(sentence)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            words.append(Array(rest[..<open].utf8))
            names.append(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        self.words = words + [Array(rest.utf8)]
        self.names = names
    }

    /// How many bytes of the sentence are the same in every text of it.
    var weight: Int { words.reduce(0) { $0 + $1.count } }

    func text(_ values: [String: String]) -> String {
        var bytes = words[0]
        for (name, word) in zip(names, words.dropFirst()) {
            bytes += (values[name] ?? "{\(name)}").utf8
            bytes += word
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The values with which the sentence is `text`; nil when it is not. Of several ways the one with the shortest
    /// first values.
    func values(in text: [UInt8]) -> [String: String]? {
        guard text.starts(with: words[0]) else { return nil }
        return values(text, from: words[0].count, hole: 0, [:])
    }

    private func values(
        _ text: [UInt8], from start: Int, hole: Int, _ found: [String: String]
    ) -> [String: String]? {
        guard hole < names.count else { return start == text.count ? found : nil }
        let word = words[hole + 1]
        var end = hole == names.count - 1 ? max(start, text.count - word.count) : start
        while end + word.count <= text.count {
            if text[end..<(end + word.count)].elementsEqual(word) {
                let value = String(decoding: text[start..<end], as: UTF8.self)
                if found[names[hole]] == nil || found[names[hole]] == value {
                    let more = found.merging([names[hole]: value]) { first, _ in first }
                    if let all = values(text, from: end + word.count, hole: hole + 1, more) { return all }
                }
            }
            end += 1
        }
        return nil
    }
}
