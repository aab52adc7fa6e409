import Postgres
import RegionStore

extension ReadHandler {
    /// `/standards/…`: one record with all that is known of it.
    func recordPage(_ asked: Asked, id: String) async throws -> Answer {
        guard !id.isEmpty, id.count <= ReadLimits.queryCharactersMax else { throw Problem.noSuchStandard }
        let day = try asked.query["day"].map(ParameterSpec.day.parse)
        return try await pool.read { session in
            try Page.answer(asked, session, version: settings.version) { stamp, ages in
                let parameters = [Parameter.text(id), day ?? .text(stamp.day)]
                guard let text = try session.queryOne(SQLText.named("http_record"), parameters)?[text: 0] else {
                    throw Problem.noSuchStandard
                }
                let record = try JSON(text)
                let list = { (name: String, parameters: [Parameter]) in
                    try session.query(SQLText.named(name), parameters).map { try JSON($0.text(0)) }
                }
                let own = record["std_id"]?.string ?? id
                let many = [Parameter.int(settings.rowsMax), .int(0)]
                var page = Page(language: asked.language, ages: ages)
                page.title = record["number"]?.string ?? id
                page.other = asked.link("lang", asked.language.other.rawValue)
                let view = RecordView(
                    page: page, words: try self.words.words(session), record: record,
                    chain: try list("http_replacement_chain", [.text(own)] + many),
                    references: try list("http_references", [.text(own), parameters[1]] + many),
                    history: try list("http_history", [.text(own)]),
                    day: asked.query["day"] ?? stamp.day)
                return page.document(view.html)
            }
        }
    }
}

/// A record, for people. Members that this program does not know are shown under their own names, so that nothing
/// that the database says is left out.
struct RecordView: Sendable {
    let page: Page
    let words: PageWords
    let record: JSON
    let chain: [JSON]
    let references: [JSON]
    let history: [JSON]
    let day: String
    private var language: ReadLanguage { page.language }

    /// Members that are shown elsewhere on the page, or say the same as another.
    private static let elsewhere: Set<String> = [
        "number", "title_zh", "title_en", "disputed", "disputes", "replaces", "replaced_by", "day", "joint",
        "normative_references", "source_hash", "fulltext_digest", "fulltext_digest_algorithm", "number_raw",
        "number_norm", "number_code", "number_serial", "number_part", "number_year",
    ]

    /// The order in which people look for the fields; all others follow.
    private static let order = [
        "status", "newer_edition", "kind", "nature", "issue_date", "implement_date", "abolish_date", "abolish_reason",
        "announcement", "home_region", "issuing_orgs", "drafting_orgs", "drafters", "ics", "ccs", "keywords",
        "owner_org", "record_no", "record_date", "review_date", "review_conclusion",
        "next_review_date", "charge_org", "proposing_org", "jurisdiction_org", "jurisdiction_tc", "scope_text",
    ]

    var html: HTML {
        let title = record["title_zh"]?.string ?? record["title_en"]?.string ?? ""
        let english: HTML = record["title_zh"] == nil ? "" : record["title_en"]?.string.map {
            "<p class=\"subtitle\" lang=\"en\">\($0)</p>"
        } ?? ""
        return """
            <article>
            <p class="number">\(record["number"]?.string ?? "") \(page.status(record["status"]?.string ?? "", words))\
            \(isDisputed ? page.dispute : "")</p>
            <h1 lang="zh-CN">\(title)</h1>\(english)
            \(disputes)
            \(fields)
            \(joint)
            \(sets)
            \(referenceTable)
            \(chainTable)
            \(historyList)
            <p class="hint">\(language.pick("内部标识", "Identifier")) <code>\(record["std_id"]?.string ?? "")</code></p>
            </article>
            """
    }

    // MARK: Fields

    private var members: [(key: String, value: JSON)] {
        guard case .object(let members) = record else { return [] }
        let ranked = Dictionary(uniqueKeysWithValues: Self.order.enumerated().map { ($1, $0) })
        return members.filter { key, value in
            value != .null && value != .list([]) && value != .text("") && !Self.elsewhere.contains(key)
                && !key.hasSuffix("_id")
                && !(key == "newer_edition" && value == .bool(false))
        }.sorted {
            (ranked[$0.key] ?? Int.max, $0.key) < (ranked[$1.key] ?? Int.max, $1.key)
        }
    }

    private var fields: HTML {
        let lines: [HTML] = members.compactMap { key, value in
            guard let text = simple(key, value) else { return nil }
            return "<tr><th scope=\"row\">\(words.name(key, language))</th><td>\(text)</td></tr>\n"
        }
        return """
            <table class="fields"><caption>\(language.pick(
                "题录（状态按 \(day) 计算）", "The record (status on \(day))"))</caption>
            <tbody>\(lines)</tbody></table>
            """
    }

    /// A value that fits into one line; nil for sets.
    private func simple(_ key: String, _ value: JSON) -> HTML? {
        switch value {
        case .null: return nil
        case .bool(let bool):
            return bool ? "\(language.pick("是", "yes"))" : "\(language.pick("否", "no"))"
        case .number(let digits): return "\(digits)"
        case .text(let text): return "\(wording(key, text))"
        case .list(let items):
            let texts = items.compactMap { $0.string.map { wording(key, $0) } ?? onlyName($0) }
            guard !items.isEmpty, texts.count == items.count else { return nil }
            return "\(texts.joined(separator: language.pick("、", ", ")))"
        case .object:
            return onlyName(value).map { "\($0)" }
        }
    }

    /// The name in an object that has nothing else to say but identifiers.
    private func onlyName(_ value: JSON) -> String? {
        guard case .object(let members) = value else { return nil }
        let said = members.filter { $0.value != .null && !$0.key.hasSuffix("_id") && $0.key != "rank" }
        guard said.count == 1, let first = said.first else { return nil }
        let names: Set = ["name_zh", "name", "number_text", "title_zh", "ics", "ccs", "keyword"]
        return names.contains(first.key) ? first.value.string : nil
    }

    /// A code as its word, a region as its name, an address as a link's text.
    private func wording(_ key: String, _ text: String) -> String {
        switch key {
        case "status", "recorded_status": words.status(text, language)
        case "home_region", "region": PageTexts.region(text, language)
        default: words.code(key, text, language)
        }
    }

    // MARK: Sets

    private var sets: HTML {
        members.reduce(into: "" as HTML) { html, member in
            guard simple(member.key, member.value) == nil else { return }
            let rows: [JSON] = if case .object = member.value { [member.value] } else { member.value.list }
            guard !rows.isEmpty else { return }
            html += section(words.name(member.key, language), table(rows, in: member.key))
        }
    }

    private func section(_ title: String, _ content: HTML) -> HTML {
        "<section><h2>\(title)</h2>\(content)</section>\n"
    }

    private func table(_ rows: [JSON], in name: String) -> HTML {
        var columns: [String] = []
        for case .object(let members) in rows {
            for (key, value) in members where value != .null && !columns.contains(key) && !key.hasSuffix("_id") {
                columns.append(key)
            }
        }
        let first = ["rank", "step", "number", "number_raw", "name_zh", "name", "title_zh", "title"]
        columns.sort {
            (first.firstIndex(of: $0) ?? 99, $0) < (first.firstIndex(of: $1) ?? 99, $1)
        }
        let table = name.hasSuffix("s") ? String(name.dropLast()) : name
        let head: [HTML] = columns.map { "<th scope=\"col\">\(words.name($0, in: table, language))</th>" }
        let body: [HTML] = rows.map { row in
            let cells: [HTML] = columns.map { column in
                let value = row[column] ?? .null
                let text: HTML = simple(column, value) ?? (value == .null ? "—" : "\(value.compact)")
                guard column == "number", let id = row["std_id"]?.string else { return "<td>\(text)</td>" }
                return "<td>\(link(id, text))</td>"
            }
            return "<tr>\(cells)</tr>\n"
        }
        return "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div>"
    }

    private func link(_ id: String, _ text: HTML) -> HTML {
        "<a href=\"/standards/\(Asked.encoded(id))?lang=\(language.rawValue)\">\(text)</a>"
    }

    // MARK: Disputes

    private var isDisputed: Bool { record["disputed"]?.isTrue == true || !(record["disputes"]?.list ?? []).isEmpty }

    private var disputes: HTML {
        guard isDisputed else { return "" }
        let cases: [HTML] = (record["disputes"]?.list ?? []).map { dispute in
            let group = dispute["column_group"]?.string ?? ""
            var names = group.split(separator: ",").map { words.name(String($0.trimmed), language) }
            if group == "existence" { names = [language.pick("记录是否存在", "whether the record exists")] }
            let state = dispute["state"]?.string == "open"
                ? language.pick("待裁定", "not decided") : language.pick("已按规则取值，待复核", "decided by rule, not reviewed")
            let title = names.joined(separator: language.pick("、", ", "))
            return "<li><b>\(title)</b> — \(state)\(candidates(dispute))</li>"
        }
        return """
            <section class="disputed" role="note"><h2>\(language.pick("此记录有争议", "This record is disputed"))</h2>
            <p>\(language.pick(
                "各地区同时写入了不同的内容，尚无人裁定或复核；下列字段请先核实再使用。",
                "Regions have written different things at the same time, and nobody has reviewed it yet. Check these "
                    + "fields before you rely on them."))</p>
            <ul>\(cases)</ul></section>
            """
    }

    private func candidates(_ dispute: JSON) -> HTML {
        let items: [HTML] = (dispute["candidates"]?.list ?? []).compactMap { candidate in
            guard case .object(let values)? = candidate["values"] else { return nil }
            let texts = values.sorted { $0.key < $1.key }.map {
                "\(words.name($0.key, language)): \($0.value.string.map { "“\($0)”" } ?? "—")"
            }
            return "<li>\(candidate["origin"]?.string ?? ""): \(texts.joined(separator: "; "))</li>"
        }
        return items.isEmpty ? "" : "<ul>\(items)</ul>"
    }

    // MARK: Other standards

    /// The other half of a joint standard, and whether the two agree.
    private var joint: HTML {
        guard let joint = record["joint"] else { return "" }
        let isFirst = joint["std_id_50"] == record["std_id"]
        let half = isFirst ? "51" : "50"
        let region = PageTexts.region(half, language)
        var other: HTML = "\(region) —"
        if let id = joint["std_id_\(half)"]?.string {
            other = "\(region) \(link(id, "\(joint["number_\(half)"]?.string ?? id)"))"
        }
        let names = (joint["differing"]?.list ?? []).compactMap(\.string)
        let verdict: HTML
        if names.isEmpty {
            verdict = "\(language.pick("两半一致。", "The halves agree."))"
        } else if names == ["missing"] {
            verdict = "\(language.pick("另一半不在本目录中。", "The other half is not in this catalogue."))"
        } else {
            let list = names.map { words.name($0, language) }.joined(separator: language.pick("、", ", "))
            verdict = """
                <span class="dispute">\(language.pick("不一致", "differ"))</span> \
                \(language.pick("两半以下内容不同：", "The halves differ in: "))\(list)
                """
        }
        return section(
            language.pick("联合标准的另一半", "The other half of the joint standard"), "<p>\(other)</p><p>\(verdict)</p>")
    }

    private var referenceTable: HTML {
        guard !references.isEmpty else { return "" }
        let heads = [
            language.pick("引用文件", "Cited"), language.pick("名称", "Title"), language.pick("状态", "Status"),
            language.pick("后续标准", "Replaced by"),
        ]
        let rows: [HTML] = references.map { reference in
            let cited = reference["cited"]?.string ?? ""
            let status: HTML = reference["status"]?.string.map { page.status($0, words) }
                ?? "\(language.pick("不在本目录中", "not in this catalogue"))"
            let successor: HTML = reference["successor"]?.string.map { number in
                reference["successor_std_id"]?.string.map { link($0, "\(number)") } ?? "\(number)"
            } ?? "—"
            return """
                <tr><th scope="row">\(reference["std_id"]?.string.map { link($0, "\(cited)") } ?? "\(cited)")</th>\
                <td lang="zh-CN">\(reference["title"]?.string ?? "—")</td><td>\(status)</td><td>\(successor)</td></tr>

                """
        }
        let head: [HTML] = heads.map { "<th scope=\"col\">\($0)</th>" }
        return section(
            language.pick("规范性引用文件", "Normative references"),
            "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>")
    }

    private var chainTable: HTML {
        guard chain.count > 1 else { return "" }
        let heads = [
            language.pick("标准号", "Number"), language.pick("名称", "Title"), language.pick("状态", "Status"),
            language.pick("实施日期", "In force from"), language.pick("废止日期", "Abolished"),
        ]
        let rows: [HTML] = chain.map { step in
            let number = step["number"]?.string ?? ""
            let id = step["std_id"]?.string ?? number
            let isOwn = id == record["std_id"]?.string
            let name: HTML = isOwn ? "<b aria-current=\"true\">\(number)</b>" : link(id, "\(number)")
            let mark: HTML = step["cycle"]?.isTrue == true
                ? " <span class=\"dispute\">\(language.pick("循环", "cycle"))</span>" : ""
            return """
                <tr\(isOwn ? " class=\"own\"" as HTML : "")><th scope="row">\(name)\(mark)</th>\
                <td class="title" lang="zh-CN">\(step["title_zh"]?.string ?? "—")</td>\
                <td>\(page.status(step["status"]?.string ?? "", words))</td>\
                <td class="date">\(step["implement_date"]?.string ?? "—")</td>\
                <td class="date">\(step["abolish_date"]?.string ?? "—")</td></tr>

                """
        }
        let head: [HTML] = heads.map { "<th scope=\"col\">\($0)</th>" }
        return section(
            language.pick("代替关系", "Replacement chain"),
            "<div class=\"wide\"><table><thead><tr>\(head)</tr></thead><tbody>\(rows)</tbody></table></div>")
    }

    // MARK: History

    /// Changes, newest first; the columns of one change together.
    private var historyList: HTML {
        var groups: [(head: JSON, lines: [JSON])] = []
        for line in history {
            let keys = ["origin", "number", "position"]
            if let last = groups.last?.head, keys.allSatisfy({ last[$0] == line[$0] }) {
                groups[groups.count - 1].lines.append(line)
            } else {
                groups.append((line, [line]))
            }
        }
        guard !groups.isEmpty else { return "" }
        return section(
            language.pick("变更历史", "History"), "<ol class=\"history\">\(groups.map { change($0.head, $0.lines) })</ol>")
    }

    private func change(_ head: JSON, _ lines: [JSON]) -> HTML {
        let kind = head["kind"]?.string ?? ""
        let writer = head["actor"]?.string ?? head["session_user"]?.string ?? language.pick("未知", "unknown")
        let region = PageTexts.region(head["region"]?.string ?? "", language)
        let isNew = kind == "insert" || kind == "blind"
        let items: [HTML] = lines.compactMap { line in
            guard let column = line["column_name"]?.string else { return nil }
            let name = words.name(column, language)
            let new: HTML = line["new_value"]?.string.map { "<ins>\(wording(column, $0))</ins>" } ?? "<ins>—</ins>"
            guard !isNew, kind == "update" else { return "<li>\(name): \(new)</li>" }
            let old: HTML = line["old_value"]?.string.map { "<del>\(wording(column, $0))</del>" } ?? "<del>—</del>"
            return "<li>\(name): \(old) → \(new)</li>"
        }
        let list: HTML = items.isEmpty ? "" : "<ul>\(items)</ul>"
        let details: HTML = isNew
            ? """
                <details><summary>\(language.pick("\(items.count) 个字段", "\(items.count) fields"))\
                </summary>\(list)</details>
                """ : list
        let reason: HTML = head["reason"]?.string.map { "<p>\(language.pick("理由：", "Reason: "))\($0)</p>" } ?? ""
        return """
            <li><p><time>\(head["local_time"]?.string ?? "")</time> <b>\(PageTexts.change(kind, language))</b> \
            \(language.pick("来自", "from")) \(region), \(writer) \
            <small>(\(head["origin"]?.string ?? "") #\(head["number"]?.string ?? ""))</small></p>\
            \(reason)\(details)</li>

            """
    }
}
