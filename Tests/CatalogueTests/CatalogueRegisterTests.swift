import Postgres
import Testing

/// The register beside the standards: what its tables refuse, keep and derive.
@Suite struct CatalogueRegisterTests {
    @Test func socialCreditCodesCheckThemselves() async throws {
        let session = try await Catalogue.reader()
        // A real code; the same with one character changed; with a letter that the standard leaves out; too short.
        let codes: [(String, Bool)] = [
            ("9150000020286320X6", true), ("9150000020286320X5", false), ("9150000020286320I6", false),
            ("9150000020286320X", false), ("", false), ("𬭎", false),
        ]
        for (code, isValid) in codes {
            let row = try session.queryOne("SELECT catalogue.uscc_is_valid($1)", [.text(code)])
            #expect(try row?.bool(0) == isValid, "\(code)")
        }
        // Every other last character is wrong.
        let valid = try session.query(
            """
            SELECT c FROM string_to_table('0123456789ABCDEFGHJKLMNPQRTUWXY', NULL) c
            WHERE catalogue.uscc_is_valid('9150000020286320X' || c)
            """)
        #expect(try valid.map { try $0.text(0) } == ["6"])
    }

    @Test func figuresThatDisagreeStandSideBySide() async throws {
        let session = try await Catalogue.reader()
        let rows = try session.query(
            "SELECT value_num::int FROM catalogue.statistic WHERE metric = '地方标准' ORDER BY as_of")
        #expect(try rows.map { try $0.int(0) } == [1363, 1194, 1587])
        let inexact = try session.queryOne(
            "SELECT value_text, value_num IS NULL FROM catalogue.statistic WHERE metric = '标准化工程师'")
        #expect(inexact?[text: 0] == "1000+")
        #expect(try inexact?.bool(1) == true, "what is no number is none")
    }

    @Test func anAgreementHoldsWhenEverybodyHasSigned() async throws {
        let session = try await Catalogue.session()
        try session.script(
            """
            INSERT INTO catalogue.cooperation_agreement (agreement_id, title_zh)
            VALUES (catalogue.entry_id('agreement', '协议'), '协议');
            INSERT INTO catalogue.organization (org_id, name_zh) VALUES
                (catalogue.organization_id('甲院'), '甲院'), (catalogue.organization_id('乙院'), '乙院');
            """)
        func holds() throws -> Bool? {
            try session.queryOne("SELECT holds FROM catalogue.agreement_state")?.bool(0)
        }
        #expect(try holds() == false, "nobody is a party")
        try session.script(
            """
            INSERT INTO catalogue.agreement_party (agreement_id, org_id, signed, home_region) VALUES
                (catalogue.entry_id('agreement', '协议'), catalogue.organization_id('甲院'), '2020-06-01', '50'),
                (catalogue.entry_id('agreement', '协议'), catalogue.organization_id('乙院'), NULL, '51')
            """)
        #expect(try holds() == false)
        try session.script("UPDATE catalogue.agreement_party SET signed = '2020-06-02' WHERE home_region = '51'")
        #expect(try holds() == true)
    }

    @Test func anEntryHasTheSameIdentifierHoweverItIsSpaced() async throws {
        let session = try await Catalogue.reader()
        let row = try session.queryOne(
            """
            SELECT catalogue.entry_id('pilot', 'national', '养老 服务试点')
                    = catalogue.entry_id('pilot', 'national', '养老服务试点'),
                catalogue.entry_id('pilot', 'national', '养老') = catalogue.entry_id('pilot', 'municipal', '养老'),
                catalogue.committee_id('national', 'SAC/tc 267') = catalogue.committee_id('national', 'SAC/TC267')
            """)
        #expect(try row?.bool(0) == true)
        #expect(try row?.bool(1) == false)
        #expect(try row?.bool(2) == true)
    }
}
