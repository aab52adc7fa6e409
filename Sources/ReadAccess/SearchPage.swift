import Postgres
import RegionStore

extension ReadHandler {
    /// `/`: the form, and what was found.
    func searchPage(_ asked: Asked) async throws -> Answer {
        let form = SearchForm(asked)
        let parameters = try form.parameters()
        let skip = try Inquiry.skip(asked)
        return try await pool.read { session in
            try Page.answer(asked, session, version: settings.version) { stamp, ages in
                let words = try self.words.words(session)
                var page = Page(language: asked.language, ages: ages)
                page.other = asked.link("lang", asked.language.other.rawValue)
                guard form.isFilled else { return page.document(form.html(stamp, isAlone: true)) }
                page.title = form.title
                let bound = parameters.map { $0 == .null ? Parameter.text(stamp.day) : $0 }
                let values = zip(SearchForm.specs, zip(parameters, bound)).map { $0.name == "day" ? $1.1 : $1.0 }
                let count = min(ReadLimits.pageRows, settings.rowsMax)
                let rows = try session.query(
                    SQLText.named("http_search"), values + [.int(count + 1), .int(skip)]
                ).map { try JSON($0.text(0)) }
                let results = SearchResults(
                    page: page, words: words, asked: asked, rows: rows, skip: skip, count: count)
                return page.document(form.html(stamp, isAlone: false) + results.html)
            }
        }
    }
}

/// The form: what was asked stays in it.
struct SearchForm: Sendable {
    static let specs: [ParameterSpec] = [.q, .day, .kind, .region, .ics, .ccs, .inForce]
    private let asked: Asked
    private var language: ReadLanguage { asked.language }

    init(_ asked: Asked) { self.asked = asked }

    /// Whether anything was asked for.
    var isFilled: Bool { Self.specs.contains { $0.name != "day" && asked.query[$0.name] != nil } }
    var title: String { asked.query["q"] ?? language.pick("检索结果", "Results") }

    /// The values for SQL, in the order of `specs`; NULL for what was not asked.
    func parameters() throws -> [Parameter] {
        try Self.specs.map { spec in try asked.query[spec.name].map(spec.parse) ?? .null }
    }

    func html(_ stamp: Stamp, isAlone: Bool) -> HTML {
        let examples: HTML = isAlone ? self.examples : ""
        let open: HTML = ["kind", "region", "ics", "ccs", "day", "in_force"].contains { asked.query[$0] != nil }
            ? " open" : ""
        return """
            <h1\(isAlone ? "" : " class=\"hidden\"" as HTML)>\(language.pick("检索标准", "Search the standards"))</h1>
            <form action="/" method="get" role="search" class="search">
            <input type="hidden" name="lang" value="\(language.rawValue)">
            <p class="query"><label for="q">\(language.pick("名称中的词，或标准号", "Words of the title, or a number"))</label>
            <input id="q" name="q" type="search" maxlength="200" value="\(asked.query["q"] ?? "")" \
            placeholder="\(language.pick("例如：火锅、DB51/T 10", "such as 火锅 or DB51/T 10"))">
            <button>\(language.pick("检索", "Search"))</button></p>
            <details\(open)><summary>\(language.pick("筛选", "Filters"))</summary>
            <div class="filters">
            \(select("kind", language.pick("类别", "Kind"), kinds))
            \(select("region", language.pick("归属地", "Home region"), regions))
            \(field("ics", language.pick("ICS 分类", "ICS class"), "13.020"))
            \(field("ccs", language.pick("CCS 分类", "CCS class"), "Z06"))
            <p><label for="day">\(language.pick("状态计算日", "Status on"))</label>
            <input id="day" name="day" type="date" value="\(asked.query["day"] ?? "")"></p>
            <p class="check"><input id="in_force" name="in_force" type="checkbox" value="true"\
            \(asked.query["in_force"] == "true" ? " checked" as HTML : "")> \
            <label for="in_force">\(language.pick("只看现行", "In force only"))</label></p>
            </div></details>
            </form>
            \(examples)
            """
    }

    private var examples: HTML {
        let words = ["火锅", "养老", "DB51/T 10", "GB/T 22373"]
        let links: [HTML] = words.map { word in
            "<a href=\"/?lang=\(language.rawValue)&amp;q=\(Asked.encoded(word))\">\(word)</a> "
        }
        return """
            <p class="hint">\(language.pick("试试：", "Try ")) \(links)</p>
            <p class="hint">\(language.pick(
                "标准号可以不分大小写、不写斜线和空格。状态按所选日期由各日期计算，默认为今天（北京时间）。",
                "Numbers may be typed without slashes, spaces or capitals. Status is computed from the dates for the "
                    + "day chosen, today in Beijing by default."))</p>
            """
    }

    private var kinds: [(String, String)] {
        let names: [String: (String, String)] = [
            "national": ("国家标准", "national"), "industry": ("行业标准", "industry"), "local": ("地方标准", "local"),
            "group": ("团体标准", "group"), "enterprise": ("企业标准", "enterprise"),
            "international": ("国际标准", "international"), "unknown": ("待核", "to be checked"),
        ]
        return ParameterSpec.kinds.map { kind in (kind, names[kind].map { language.pick($0.0, $0.1) } ?? kind) }
    }

    private var regions: [(String, String)] {
        PageTexts.regions.map { ($0.key, language.pick($0.value.zh, $0.value.en)) }
    }

    private func select(_ name: String, _ label: String, _ options: [(String, String)]) -> HTML {
        let chosen = asked.query[name]
        let items: [HTML] = options.map { code, text in
            "<option value=\"\(code)\"\(code == chosen ? " selected" as HTML : "")>\(text)</option>"
        }
        return """
            <p><label for="\(name)">\(label)</label> <select id="\(name)" name="\(name)">\
            <option value="">\(language.pick("全部", "all"))</option>\(items)</select></p>
            """
    }

    private func field(_ name: String, _ label: String, _ example: String) -> HTML {
        """
        <p><label for="\(name)">\(label)</label> <input id="\(name)" name="\(name)" size="9" maxlength="10" \
        value="\(asked.query[name] ?? "")" placeholder="\(example)"></p>
        """
    }
}

/// The table of what was found.
struct SearchResults: Sendable {
    let page: Page
    let words: PageWords
    let asked: Asked
    let rows: [JSON]
    let skip: Int
    let count: Int
    private var language: ReadLanguage { page.language }

    var html: HTML {
        let shown = rows.prefix(count)
        guard !shown.isEmpty else {
            return """
                <p class="none">\(language.pick(
                    "没有找到。请减少筛选条件，或换一个词。", "Nothing found. Try fewer filters, or another word."))</p>
                """
        }
        let heads = [
            language.pick("标准号", "Number"), language.pick("名称", "Title"), language.pick("类别", "Kind"),
            language.pick("状态", "Status"), language.pick("实施日期", "In force from"),
        ]
        let head: [HTML] = heads.map { "<th scope=\"col\">\($0)</th>" }
        return """
            <table class="results"><caption>\(language.pick(
                "第 \(skip + 1)–\(skip + shown.count) 项", "Results \(skip + 1)–\(skip + shown.count)"))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(shown.map(line))</tbody></table>
            \(paging)
            """
    }

    private func line(_ row: JSON) -> HTML {
        let number = row["number"]?.string ?? ""
        let id = row["std_id"]?.string ?? number
        var query = "?lang=\(language.rawValue)"
        if let day = asked.query["day"] { query += "&day=\(day)" }
        let second: HTML = row["title_zh"] == nil ? "" : row["title_en"]?.string.map {
            "<br><small lang=\"en\">\($0)</small>"
        } ?? ""
        return """
            <tr><th scope="row"><a href="/standards/\(id)\(query)">\(number)</a></th>\
            <td class="title"><span lang="zh-CN">\(row["title_zh"]?.string ?? row["title_en"]?.string ?? "—")</span>\
            \(second)</td><td>\(words.code("kind", row["kind"]?.string ?? "", language))</td>\
            <td>\(page.status(row["status"]?.string ?? "unknown", words))\
            \(row["disputed"]?.isTrue == true ? page.dispute : "")</td>\
            <td class="date">\(row["implement_date"]?.string ?? "—")</td></tr>

            """
    }

    private var paging: HTML {
        var links: HTML = ""
        if skip > 0 {
            let before = skip > count ? "\(skip - count)" : nil
            links += "<a rel=\"prev\" href=\"\(asked.link("cursor", before))\">\(language.pick("上一页", "Previous"))</a>"
        }
        if rows.count > count {
            let next = asked.link("cursor", "\(skip + count)")
            links += "<a rel=\"next\" href=\"\(next)\">\(language.pick("下一页", "Next"))</a>"
        }
        let label = language.pick("翻页", "Pages")
        return links.isEmpty ? "" : "<nav class=\"paging\" aria-label=\"\(label)\">\(links)</nav>"
    }
}
