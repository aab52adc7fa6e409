public import Reasons

extension Catalogue {
    /// The reasons of `ReasonBook`, in every language.
    public static let reasons: [any MessageCatalogue & ReasonSentence] = {
        let parts: [[any MessageCatalogue & ReasonSentence]] = [
            PeerReason.allCases, ProtectionReason.allCases, DifferenceReason.allCases, HoldReason.allCases,
            DaemonReason.allCases, RulingReason.allCases, TableReason.allCases, KeyReason.allCases,
            TableHint.allCases, InstallReason.allCases, InstallRemedy.allCases, VerifyReason.allCases,
            FileReason.allCases, SignatureReason.allCases, LifeReason.allCases, AuditReason.allCases,
            ProofReason.allCases,
            TransferReason.allCases,
        ]
        return parts.flatMap { $0 }
    }()

    private static let byCode = Dictionary(reasons.map { ($0.code, $0.bilingual) }) { first, _ in first }

    fileprivate static func reason(_ code: String) -> Bilingual? { byCode[code] }
}

extension Speech {
    /// Values that are reasons themselves.
    private static let nested: Set<String> = ["reason", "holders"]

    /// Values that say what a database is.
    private static let kinds: Set<String> = ["kind", "wantedKind"]

    /// A reason that the database holds in English. What is no sentence of ours stays as it is: PostgreSQL's own
    /// words, and those of another version.
    public func reason(_ text: String) -> String {
        guard language != .english else { return text }
        let pieces = ReasonBook.pieces(text)
        guard !ReasonBook.codes(text).isEmpty else { return text }
        return pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .known(let reason): words(reason) ?? reason.text
            }
        }.joined(separator: "；")
    }

    private func words(_ found: Reason) -> String? {
        Catalogue.reason(found.code)?.text(language) { name in
            found.values[name].map { value in
                switch value {
                case _ where Self.nested.contains(name): reason(value)
                case "region" where Self.kinds.contains(name): self(StateMessage.regionKind)
                case "replica" where Self.kinds.contains(name): self(StateMessage.replica)
                default: value
                }
            }
        }
    }
}
