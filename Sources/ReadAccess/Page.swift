import Postgres
import RegionStore

/// How old the data of one origin are.
struct OriginAge: Sendable {
    let region: String
    let isOwn: Bool
    /// In seconds; below 0 while nothing has come.
    let age: Int64
    let through: String?

    // Nothing has been published here yet: what there is of our own is here all the same.
    var isStale: Bool { age < 0 ? !isOwn : age > ReadLimits.stalenessSeconds }

    static func read(_ session: Session) throws -> [OriginAge] {
        try session.query(SQLText.named("http_page_freshness")).map { row in
            OriginAge(
                region: row[text: 0] ?? "", isOwn: try row[bool: 1] ?? false, age: try row.int(2),
                through: row[text: 3])
        }
    }
}

/// What all pages have around them.
struct Page: Sendable {
    let language: ReadLanguage
    var title = ""
    /// Address of the same page in the other language; nil where there is none.
    var other: String?
    var ages: [OriginAge] = []

    private var site: String { language.pick("标准目录", "Catalogue of standards") }

    func document(_ main: HTML) -> HTML {
        let name = title.isEmpty ? site : "\(title) · \(site)"
        let home = "/?lang=\(language.rawValue)"
        var switcher: HTML = ""
        if let other {
            switcher = """
                <a class="lang" href="\(other)" hreflang="\(language.other.tag)" lang="\(language.other.tag)">\
                \(language.other.pick("中文", "English"))</a>
                """
        }
        return """
            <!DOCTYPE html>
            <html lang="\(language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(name)</title>
            <link rel="stylesheet" href="/style.css">
            </head>
            <body>
            <header><a class="site" href="\(home)"><b>\(site)</b>\
            <span>\(language.pick("重庆 · 四川", "Chongqing · Sichuan"))</span></a>\(switcher)</header>
            <main>
            \(warning)\(main)
            </main>
            <footer>\(freshness)</footer>
            </body>
            </html>

            """
    }

    /// A problem, for a person.
    func problem(_ problem: Problem) -> HTML {
        var page = self
        page.title = language.pick(problem.title.zh, problem.title.en)
        return page.document(
            """
            <h1>\(page.title)</h1>
            <p>\(language.pick(problem.detail.zh, problem.detail.en))</p>
            <p><a href="/?lang=\(language.rawValue)">\(language.pick("返回检索", "Back to the search"))</a></p>
            """)
    }

    /// Said above everything else while an origin has not been heard of for too long.
    private var warning: HTML {
        let stale = ages.filter(\.isStale).map { age in
            let name = PageTexts.region(age.region, language)
            return "\(name) \(language.pick("（", "("))\(PageTexts.age(age.age, language))\(language.pick("）", ")"))"
        }
        guard !stale.isEmpty else { return "" }
        let list = stale.joined(separator: language.pick("、", ", "))
        return """
            <p class="warning" role="status"><strong>\(language.pick("数据可能过时", "Data may be out of date"))</strong> \
            \(language.pick("最近未收到以下地区的更新：\(list)。", "No news lately from \(list)."))</p>

            """
    }

    /// How old the data are, with a mark where they are too old.
    var freshness: HTML {
        guard !ages.isEmpty else { return "" }
        let items: [HTML] = ages.map { age in
            let name = PageTexts.region(age.region, language)
            let own = age.isOwn ? language.pick("（本地）", " (this database)") : ""
            let text =
                age.age < 0
                ? age.isOwn ? language.pick("尚未发布变更", "nothing published yet") : PageTexts.age(age.age, language)
                : language.pick("\(PageTexts.age(age.age, language))前", "\(PageTexts.age(age.age, language)) ago")
            let warning: HTML = age.isStale
                ? "<strong>\(language.pick("数据可能过时", "may be out of date"))</strong> " : ""
            return """
                <li\(age.isStale ? " class=\"stale\"" as HTML : "")>\(warning)\(name)\(own)\
                \(language.pick("：", ": "))\(text)\(age.through.map { " (\($0))" as HTML } ?? "")</li>
                """
        }
        return """
            <section class="freshness" aria-label="\(language.pick("数据新鲜度", "Freshness of the data"))">\
            <h2>\(language.pick("数据截至", "Data are complete up to"))</h2><ul>\(items)</ul>\
            <p>\(language.pick("时间为北京时间。", "Times are in Beijing."))</p></section>
            """
    }

    /// A status, as words in a frame.
    func status(_ code: String, _ words: PageWords) -> HTML {
        let known = ["current", "upcoming", "abolished", "planned", "unpublished"]
        let name = known.contains(code) ? code : "unknown"
        return "<span class=\"status \(name)\">\(words.status(code, language))</span>"
    }

    var dispute: HTML { "<span class=\"dispute\">\(language.pick("有争议", "disputed"))</span>" }

    /// An answer with everything that it depends on in its validator: also how old the data are, in words.
    static func answer(
        _ asked: Asked, _ session: Session, version: String, _ build: (Stamp, [OriginAge]) throws -> HTML
    ) throws -> Answer {
        let ages = try OriginAge.read(session)
        let shown = ages.map { "\($0.region) \($0.through ?? "") \(PageTexts.age($0.age, .en)) \($0.isStale)" }
        let stamp = try Stamp.read(session, "\(version) \(asked.language) \(asked.uri) \(shown)")
        if asked.has(stamp.tag) { return .unchanged(stamp.tag, .page) }
        let html = try build(stamp, ages)
        guard html.text.utf8.count < ReadLimits.answerBytesMax else { throw ReadServerError.tooLarge }
        return Answer(kind: .page, body: html.text, tag: stamp.tag, language: asked.language)
    }
}
