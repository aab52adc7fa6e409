import Postgres
import Testing

@Suite struct CatalogueIdentifierTests {
    @Test func sha1AsInItsStandard() async throws {
        let session = try await Catalogue.reader()
        // FIPS 180-4's examples, and messages around the ends of a block.
        let cases: [(message: String, digest: String)] = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
                    + "mnopqrstnopqrstu", "a49b2446a02c645bf419f995b67091253a04a259"
            ),
            (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
            (String(repeating: "a", count: 56), "c2db330f6083854c99d4b5bfb6e8f29f201be699"),
            (String(repeating: "a", count: 63), "03f09f5b158a7a8cdad920bddc29b81c18a551f5"),
            (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
            (String(repeating: "a", count: 119), "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"),
            (String(repeating: "a", count: 120), "f34c1488385346a55709ba056ddd08280dd4c6d6"),
            (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
            ("𬭎𬭎", "2cd3c01383ed6c709cb8f80a7d88b15cd8e29b5c"),
        ]
        for (message, digest) in cases {
            let row = try session.queryOne(
                "SELECT encode(catalogue.sha1(convert_to($1, 'UTF8')), 'hex')", [.text(message)])
            #expect(row?[text: 0] == digest, "\(message.utf8.count) bytes")
        }
    }

    @Test func nameBasedUUIDsAsInRFC9562() async throws {
        let session = try await Catalogue.reader()
        let dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
        let url = "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
        let cases = [
            (dns, "www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"),
            (dns, "python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"),
            (url, "火锅 𬭎", "91037a5d-4d82-530b-8f2b-c7db5514d009"),
        ]
        for (namespace, name, expected) in cases {
            let row = try session.queryOne(
                "SELECT catalogue.uuid_v5($1::uuid, $2)", [.text(namespace), .text(name)])
            #expect(row?[text: 0] == expected, "\(name)")
        }
    }

    /// Derived for ever: these values must never change.
    @Test func identifiersOfStandardsAreFixed() async throws {
        let session = try await Catalogue.reader()
        let cases: [(String, String, String)] = [
            ("DB50/T 10011—2024", "", "700b21cc-5bdf-5438-8e30-e1c527f28c08"),
            ("DB50/T10011-2024", "", "700b21cc-5bdf-5438-8e30-e1c527f28c08"),
            ("Q/CQCA 0012S-2022", "9150000020286320X6", "1c59aa0f-85b1-576a-aff5-1ea4ff3d146d"),
        ]
        for (number, issuer, expected) in cases {
            let row = try session.queryOne(
                "SELECT catalogue.standard_id($1, $2)", [.text(number), .text(issuer)])
            #expect(row?[text: 0] == expected, "\(number)")
        }
    }

    @Test func differentRecordsHaveDifferentIdentifiers() async throws {
        let session = try await Catalogue.reader()
        let row = try #require(
            try session.queryOne(
                """
                SELECT catalogue.standard_id('Q/ABC 1-2020', 'A') <> catalogue.standard_id('Q/ABC 1-2020', 'B'),
                    catalogue.organization_id('重庆 大学') = catalogue.organization_id('重庆大学'),
                    catalogue.organization_id('改名', '91500000a') = catalogue.organization_id('原名', '91500000A'),
                    catalogue.joint_group_id(a, b) = catalogue.joint_group_id(b, a),
                    catalogue.joint_group_id(a, b) <> catalogue.joint_group_id(a),
                    catalogue.announcement_id('甲', '第1号') <> catalogue.announcement_id('乙', '第1号')
                FROM catalogue.standard_id('DB50/T 1-2020') a, catalogue.standard_id('DB51/T 2-2020') b
                """))
        for column in 0..<row.columnCount { #expect(try row[bool: column] == true, "column \(column)") }
    }
}
