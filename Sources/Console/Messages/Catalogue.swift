import Reasons

/// Everything that the programs say, in every language.
public enum Catalogue {
    /// Every message of every part.
    public static var all: [any MessageCatalogue] {
        let parts: [[any MessageCatalogue]] = [
            WordMessage.allCases, StateMessage.allCases, ErrorMessage.allCases, RefusalMessage.allCases,
            ControlMessage.allCases, HelpMessage.allCases, SetupPage.allCases, PeerPage.allCases, CasePage.allCases,
            GeneralPage.allCases, RulingMessage.allCases, ChoiceRefusal.allCases,
            DeskMessage.allCases, CaseOption.allCases,
            OptionMessage.allCases, PeerMessage.allCases, StatusMessage.allCases, VerdictMessage.allCases,
            CaseMessage.allCases, WorkMessage.allCases, InstallMessage.allCases, TableMessage.allCases,
            PolicyMessage.allCases, PolicyPage.allCases, EraseMessage.allCases, ErasePage.allCases,
            CatalogueMessage.allCases, CataloguePage.allCases,
            VerifyMessage.allCases, DoctorMessage.allCases, DoctorPeerMessage.allCases,
            KeyMessage.allCases, KeyPage.allCases,
            AuditMessage.allCases, AuditPage.allCases, ProofMessage.allCases, ProofPage.allCases,
            BatchMessage.allCases, BatchOption.allCases, BatchPage.allCases,
            OriginMessage.allCases, OriginPage.allCases, OriginOption.allCases,
            ImportMessage.allCases, ImportRefusal.allCases, ImportPage.allCases, ParserMessage.allCases,
        ]
        return parts.flatMap { $0 } + reasons.map { $0 as any MessageCatalogue }
    }
}

/// Speaks one language.
public struct Speech: Sendable {
    public let language: Language

    public init(_ language: Language) {
        self.language = language
    }

    /// The message with its placeholders filled in.
    public func callAsFunction(
        _ message: some MessageCatalogue, _ values: KeyValuePairs<String, String> = [:]
    ) -> String {
        message.bilingual.text(language, values)
    }

    /// Several words in one line, as the language joins them.
    public func list(_ words: [String]) -> String {
        words.joined(separator: language == .chinese ? "、" : ", ")
    }
}
