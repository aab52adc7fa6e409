import Testing

/// What the programs say is translated: a part that is not in the catalogue would be looked at by no test.
@Suite struct MessageCatalogueTests {
    @Test func everyPartIsInTheCatalogue() throws {
        let files = try Repository.files("Sources/Console", ["swift"])
        let catalogue = try #require(files.first { $0.path.hasSuffix("Messages/Catalogue.swift") })
        var parts = 0
        for file in files {
            for declaration in file.text.matches(of: /enum ([A-Za-z]+): MessageCatalogue/) {
                parts += 1
                #expect(catalogue.text.contains(" \(declaration.1).allCases"), "\(declaration.1) in \(file)")
            }
        }
        #expect(parts > 30)
    }

    /// Prose that stands in a command's own code would be said in one language only.
    @Test func commandsSpeakOnlyThroughTheCatalogue() throws {
        for file in try Repository.files("Sources/bashuctl", ["swift"]) {
            for (index, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
                for text in code.matches(of: /"([^"]*)"/) {
                    let plain = text.1.replacing(/\\\([^)]*\)/, with: "")
                    let prose = plain.contains(/[a-z]{2,} [a-z]{2,} [a-z]{2,}/)
                    #expect(!prose, "\(file):\(index + 1): \(text.1)")
                }
            }
        }
    }
}
