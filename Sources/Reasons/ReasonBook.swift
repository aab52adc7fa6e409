/// Finds out which sentences a text is made of.
public enum ReasonBook {
    /// Between the sentences of one text.
    public static let separator = "; "

    /// A piece of a text.
    public enum Piece: Sendable, Hashable {
        case known(Reason)
        /// A sentence of an older or newer version, or of PostgreSQL.
        case text(String)
    }

    /// Every sentence of every part.
    public static let sentences: [any ReasonSentence] = {
        let parts: [[any ReasonSentence]] = [
            PeerReason.allCases, ProtectionReason.allCases, DifferenceReason.allCases, HoldReason.allCases,
            DaemonReason.allCases, RulingReason.allCases, TableReason.allCases, KeyReason.allCases,
            TableHint.allCases, InstallReason.allCases, InstallRemedy.allCases, VerifyReason.allCases,
            FileReason.allCases, SignatureReason.allCases, LifeReason.allCases, AuditReason.allCases,
            ProofReason.allCases,
            TransferReason.allCases,
        ]
        return parts.flatMap { $0 }
    }()

    private struct Entry: Sendable {
        let code: String
        let template: Template
    }

    /// Those with most words of their own first: what fits two is the one that says more.
    private static let entries = sentences.map { Entry(code: $0.code, template: Template($0.rawValue)) }
        .sorted { $0.template.weight > $1.template.weight }

    /// The sentence that the whole text is; nil when it is none of ours.
    public static func reason(_ text: String) -> Reason? { reason(text, entries) }

    private static func reason(_ text: String, _ entries: [Entry]) -> Reason? {
        let bytes = Array(text.utf8)
        for entry in entries {
            guard let values = entry.template.values(in: bytes) else { continue }
            return Reason(code: entry.code, entry.template, values)
        }
        return nil
    }

    /// The sentence that the whole text is, of these alone.
    public static func reason(_ text: String, among sentences: [any ReasonSentence]) -> Reason? {
        let found = sentences.map { Entry(code: $0.code, template: Template($0.rawValue)) }
            .sorted { $0.template.weight > $1.template.weight }
        return reason(text, found)
    }

    /// The sentences of a text that may have several. Put together with `separator` they are the text.
    public static func pieces(_ text: String) -> [Piece] {
        let parts = split(text)
        if let all = known(parts[...]) { return all.map { .known($0) } }
        return parts.map { part in reason(part).map { .known($0) } ?? .text(part) }
    }

    /// Codes of the sentences in a text, in their order.
    public static func codes(_ text: String) -> [String] {
        pieces(text).compactMap { if case .known(let reason) = $0 { reason.code } else { nil } }
    }

    /// All parts as sentences, where a sentence may itself have the separator in it.
    private static func known(_ parts: ArraySlice<String>) -> [Reason]? {
        guard !parts.isEmpty else { return [] }
        for count in 1...parts.count {
            guard let first = reason(parts.prefix(count).joined(separator: separator)) else { continue }
            if let rest = known(parts.dropFirst(count)) { return [first] + rest }
        }
        return nil
    }

    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var rest = Substring(text)
        while let character = rest.first {
            if rest.hasPrefix(separator) {
                parts.append(part)
                part = ""
                rest = rest.dropFirst(separator.count)
            } else {
                part.append(character)
                rest = rest.dropFirst()
            }
        }
        return parts + [part]
    }
}
