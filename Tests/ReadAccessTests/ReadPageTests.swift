import Postgres
import TestCluster
import Testing

@Suite struct ReadPageTests {
    @Test func searchInTwoLanguages() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let chinese = try await http.get("/?q=%E7%81%AB%E9%94%85")
            #expect(chinese.status == 200)
            #expect(chinese.headers["content-type"] == "text/html; charset=utf-8")
            #expect(chinese.headers["content-language"] == "zh-CN")
            #expect(chinese.body.contains("<html lang=\"zh-CN\">"))
            #expect(chinese.body.contains("火锅类餐饮企业加工操作规范"))
            #expect(chinese.body.contains(">现行</span>"), "the status is a word, not only a colour")
            #expect(chinese.body.contains("数据截至"))

            let english = try await http.get("/?q=%E7%81%AB%E9%94%85", ["Accept-Language": "en-GB,en;q=0.8"])
            #expect(english.body.contains("<html lang=\"en\">"))
            #expect(english.body.contains(">in force</span>"))
            #expect(english.body.contains("hreflang=\"zh-CN\""))
            let asked = try await http.get("/?lang=zh&q=x", ["Accept-Language": "en"])
            #expect(asked.body.contains("<html lang=\"zh-CN\">"))
            for page in [chinese, english] {
                #expect(!page.body.lowercased().contains("<script"))
                #expect(page.body.contains("<label for=\"q\">"))
                #expect(page.body.contains("<th scope=\"col\">"))
            }
        }
    }

    @Test func aRecordIsFoundByNumberAndByIdentifier() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let byNumber = try await http.get("/standards/GB%2FT%2022373-2021?lang=en")
            #expect(byNumber.status == 200)
            #expect(byNumber.body.contains("标准文献元数据"))
            #expect(byNumber.body.contains("Replacement chain"))
            #expect(byNumber.body.contains("GB/T 22373-2008"))
            #expect(byNumber.body.contains("2021-10-01"))
            let slash = try await http.get("/standards/GB/T%2022373-2021?lang=en")
            #expect(slash.body.contains("标准文献元数据"))
            let before = try await http.get("/standards/GB%2FT%2022373-2021?lang=en&day=2021-05-01")
            #expect(before.body.contains(">not yet in force</span>"))
            let none = try await http.get("/standards/GB%2FT%2099999999-2021?lang=en")
            #expect(none.status == 404)
            #expect(none.headers["content-type"] == "text/html; charset=utf-8")
            #expect(none.body.contains("The catalogue has no such standard"))
        }
    }

    @Test func jointHalvesKnowEachOther() async throws {
        let (cluster, name) = try await Reading.database()
        try await Reading.serve(Reading.settings(cluster, name)) { http in
            let path = "/standards/DB50%2FT%2010011-2024?lang=zh"
            let page = try await http.get(path)
            #expect(page.body.contains("联合标准的另一半"))
            #expect(page.body.contains(">DB51/T 10011—2024</a>"))
            #expect(page.body.contains("两半一致"))
            let session = try cluster.session(database: name)
            try session.script(
                "UPDATE catalogue.standard SET issue_date = '2024-12-09' WHERE number_norm = 'DB51/T 10011-2024'")
            let differing = try await http.get(path)
            #expect(differing.body.contains("两半以下内容不同：发布日期"))
        }
    }

    @Test func whatIsInTheDataIsNeverMarkup() async throws {
        let title = #"<script>alert("x")</script>'';--𬭎"#
        let (cluster, name) = try await Reading.database(
            """
            INSERT INTO catalogue.standard (std_id, number_raw, kind, title_zh, title_en, issue_date, implement_date)
            VALUES (gen_random_uuid(), 'T/XSS 1-2024', 'group', $t$\(title)$t$, $t$\(title)$t$, '2024-01-01',
                '2024-01-02')
            """)
        try await Reading.serve(Reading.settings(cluster, name)) { http in
            let asked = "%3Cscript%3Ealert(%22x%22)%3C%2Fscript%3E"
            for path in ["/?q=\(asked)", "/standards/T%2FXSS%201-2024", "/?q=T%2FXSS", "/standards/\(asked)"] {
                let page = try await http.get(path)
                #expect(!page.body.contains("<script"), "\(path)")
                #expect(path.hasPrefix("/standards/%3C") || page.body.contains("&lt;script&gt;"), "\(path)")
            }
            let record = try await http.get("/standards/T%2FXSS%201-2024")
            #expect(record.body.contains("𬭎"))
        }
    }

    @Test func addressesNeverReachSQL() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let attacks = [
                "'; DROP SCHEMA catalogue CASCADE; --", "\\' OR 1=1", "%", "_", "$1", "{\"a\":1}", "\u{FFFF}",
            ]
            for attack in attacks {
                let encoded = attack.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                for path in ["/standards/\(encoded)", "/api/v1/standards/\(encoded)/status"] {
                    #expect(try await http.get(path).status == 404, "\(path)")
                }
                for name in ["q", "cursor", "day", "ics", "ccs", "region", "kind"] {
                    let answer = try await http.get("/api/v1/standards?\(name)=\(encoded)")
                    #expect(answer.status == (name == "q" ? 200 : 400), "\(name) \(attack)")
                }
                #expect(try await http.get("/?q=\(encoded)").status == 200)
            }
            #expect(try await http.get("/?q=%00").status == 400)
            #expect(try await http.get("/healthz").status == 200)
        }
    }

    @Test func pagesCanBeTurned() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let first = try await http.get("/?kind=national&lang=en")
            #expect(first.body.contains("Results 1–20"))
            #expect(first.body.contains("rel=\"next\" href=\"/?kind=national&amp;lang=en&amp;cursor=20\""))
            let second = try await http.get("/?kind=national&lang=en&cursor=20")
            #expect(second.body.contains("Results 21–40"))
            #expect(second.body.contains("rel=\"prev\" href=\"/?kind=national&amp;lang=en\""))
        }
    }

    /// A replica that has heard nothing of an origin for long says so on every page.
    @Test func oldDataAreMarked() async throws {
        let (cluster, name) = try await Reading.database(
            """
            INSERT INTO bashu.origin (name, region) VALUES ('51-cafe', '51'), ('52-none', '52');
            INSERT INTO bashu.applied (origin_id, number, through)
            SELECT id, 7, now() - interval '3 hours' FROM bashu.origin WHERE name = '51-cafe';
            """)
        try await Reading.serve(Reading.settings(cluster, name)) { http in
            let page = try await http.get("/?lang=en")
            #expect(page.body.contains("<strong>may be out of date</strong> Sichuan: 3 h ago"))
            #expect(page.body.contains("Data may be out of date</strong> No news lately from Sichuan (3 h)"))
            #expect(page.body.contains("no data yet"))
            let chinese = try await http.get("/?lang=zh")
            #expect(chinese.body.contains("<strong>数据可能过时</strong> 四川"))
        }
    }
}
