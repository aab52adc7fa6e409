import Testing

@testable import Console

@Suite("Languages")
struct LanguageTests {
    @Test("the first variable that is set decides")
    func environment() {
        #expect(Language.of(environment: [:]) == .english)
        #expect(Language.of(environment: ["LANG": "zh_CN.UTF-8"]) == .chinese)
        #expect(Language.of(environment: ["LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"]) == .english)
        #expect(Language.of(environment: ["LANG": "de_DE", "LC_MESSAGES": "zh_CN", "LC_ALL": ""]) == .chinese)
    }

    @Test("placeholders are filled in once, by name")
    func placeholders() {
        let text = Bilingual("{a} and {b}", "{b}和{a}")
        #expect(text.text(.english, ["a": "{b}", "b": "2"]) == "{b} and 2")
        #expect(text.text(.chinese, ["a": "1", "b": "2"]) == "2和1")
        #expect(text.text(.english, ["a": "1"]) == "1 and {b}")
        #expect(Bilingual.placeholders(in: "{b} {a} {b}") == ["a", "b"])
    }

    @Test("every message speaks both languages and fills in the same values")
    func messages() {
        #expect(Catalogue.all.count > 200)
        for message in Catalogue.all {
            let text = message.bilingual
            let name = "\(type(of: message)).\(message)"
            #expect(!text.english.isEmpty && !text.chinese.isEmpty, "\(name)")
            #expect(
                Bilingual.placeholders(in: text.english) == Bilingual.placeholders(in: text.chinese), "\(name)")
            let prose = text.english.replacing(/\{[A-Za-z]+\}/, with: "")
                .replacing("bashuctl", with: "").contains(/[a-z]{3}/)
            #expect(!prose || text.chinese.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }, "\(name)")
            let examples = message is SetupPage || message is PeerPage || message is CasePage
                || message is GeneralPage
            let foreign = text.english.unicodeScalars.contains { (0x3000...0x9FFF).contains($0.value) }
            #expect(!foreign || examples, "\(name)")
        }
    }
}
