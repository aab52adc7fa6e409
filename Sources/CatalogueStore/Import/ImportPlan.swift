internal import Postgres

/// The statements of one import: the templates of `statements_import*.sql` with this table's names in them.
struct ImportPlan {
    let table: ImportTable
    let shape: ImportShape
    /// The columns that the input fills, each with where its value is (`n.…`).
    private let used: [Used]
    private let isJSON: Bool

    private struct Used {
        let column: ImportTable.Column
        /// In `import_new`.
        let new: String
        /// From `import_row`.
        let value: String
        /// The staging column that JSON records may lack; nil for what is derived.
        let place: Int?
    }

    /// What a list may change of a standard; its identity is never among them.
    private static let listColumns = [
        "title_zh", "title_en", "status", "issue_date", "implement_date", "abolish_date", "abolish_reason",
        "announcement_id", "record_no", "record_date", "plan_no", "charge_org_id", "jurisdiction_org_id",
    ]
    private static let listIdentity = ["std_id", "number_raw", "kind", "nature", "issuer_code", "home_region"]
    private static let listSource = ["remarks", "source", "source_asof", "source_hash"]
    /// They say where a row is from: that they moved on alone is no change.
    private static let provenance: Set<String> = ["source_asof", "source_hash"]

    /// - Parameters:
    ///   - seen: the staging columns that occurred.
    ///   - asOf: the state of the source as a literal, for a table that has a column for it.
    init(table: ImportTable, mapper: ImportMapper, isJSON: Bool, asOf: String?) throws {
        self.table = table
        self.isJSON = isJSON
        shape = mapper.shape
        if shape == .list {
            let names = Set(Self.listColumns + Self.listIdentity + Self.listSource)
            used = table.columns.filter { names.contains($0.name) }
                .map { Used(column: $0, new: $0.quoted, value: "", place: nil) }
            return
        }
        var used: [Used] = []
        for (index, column) in table.columns.enumerated() {
            if mapper.seen.contains(index) {
                let value = "r.c\(index)::\(column.castType)"
                used.append(Used(column: column, new: "v\(index)", value: value, place: index))
            } else if column.name == "source_asof", let asOf {
                let value = "\(Session.quoteLiteral(asOf))::timestamptz"
                used.append(Used(column: column, new: "v\(index)", value: value, place: nil))
            } else if let value = Self.derived(table, column, mapper.seen) {
                used.append(Used(column: column, new: "v\(index)", value: value, place: nil))
            }
        }
        let names = Set(used.map(\.column.name))
        let lacking = table.key.filter { !names.contains($0.name) }.map(\.name)
        guard lacking.isEmpty else { throw ImportError.keyMissing(lacking, table: table.shown) }
        self.used = used
    }

    /// The identifiers that the catalogue derives.
    private static func derived(_ table: ImportTable, _ column: ImportTable.Column, _ seen: Set<Int>) -> String? {
        guard table.schema == "catalogue" else { return nil }
        func staged(_ name: String) -> String? {
            table.columns.firstIndex { $0.name == name }.flatMap { seen.contains($0) ? "r.c\($0)" : nil }
        }
        switch (table.name, column.name) {
        case ("standard", "std_id"):
            return staged("number_raw").map {
                "catalogue.standard_id(\($0), coalesce(\(staged("issuer_code") ?? "''"), ''))"
            }
        case ("organization", "org_id"):
            return staged("name_zh").map { "catalogue.organization_id(\($0), \(staged("uscc") ?? "NULL"))" }
        default: return nil
        }
    }

    /// The statement of that name for this table.
    func statement(_ name: String) -> String { filled(name, parts) }

    /// The temporary tables, before it is known what occurs in the input.
    static func staging(_ table: ImportTable, _ mapper: ImportMapper) -> String {
        let texts = mapper.shape == .list
            ? mapper.targets.map { ", \($0) text" } : mapper.targets.indices.map { ", c\($0) text" }
        let names = Set(listColumns + listIdentity + listSource)
        let typed = mapper.shape == .list
            ? table.columns.filter { names.contains($0.name) }.map { ", \($0.quoted) \($0.type)" }
            : table.columns.enumerated().map { ", v\($0.offset) \($0.element.type)" }
        return filled("import_staging", ["texts": texts.joined(), "typed": typed.joined()])
    }

    /// Whether the input says of its rows which announcement they belong to.
    var hasAnnouncement: Bool { announcement != nil }

    /// Whether there is a column to update.
    var canUpdate: Bool { !assignments.isEmpty }

    private var announcement: String? {
        if shape == .list { return "n.announcement_id" }
        return used.first { $0.column.name == "announcement_id" }.map { "n.\($0.new)" }
    }

    private var parts: [String: String] {
        let key = table.key
        let keyUsed = key.compactMap { column in used.first { $0.column.name == column.name } }
        let join = keyUsed.map { "t.\($0.column.quoted) = n.\($0.new)" }.joined(separator: " AND ")
        return [
            "table": table.qualified, "join": join,
            "names": used.map { ", \($0.new)" }.joined(), "values": used.map { ", \($0.value)" }.joined(),
            "key": keyUsed.map { "n.\($0.new)" }.joined(separator: ", "),
            "null_key": keyUsed.map { "n.\($0.new) IS NULL" }.joined(separator: " OR "),
            "first_key": key.first?.quoted ?? "", "key_names": key.map(\.quoted).joined(separator: ", "),
            "key_texts": (shape == .list ? ["t.number_raw"] : keyUsed.map { "n.\($0.new)::text" })
                .joined(separator: ", "),
            "distinct": different.isEmpty ? "false" : different.map(\.test).joined(separator: " OR "),
            "differing": different.map { "CASE WHEN \($0.test) THEN \(Session.quoteLiteral($0.name)) END" }
                .joined(separator: ", "),
            "stale": stale, "assignments": assignments.joined(separator: ", "),
            "insert_names": used.map(\.column.quoted).joined(separator: ", "),
            "insert_values": used.map(insertValue).joined(separator: ", "),
            "overriding": used.contains { $0.column.isIdentity } ? "OVERRIDING SYSTEM VALUE" : "",
            "announcement": announcement ?? "NULL::text", "relation": relation, "key_text": keyText,
            "asof": asOf?.new ?? "",
        ]
    }

    private func isSaid(_ one: Used) -> String? {
        guard isJSON, shape == .rows, let place = one.place else { return nil }
        return "(r.missing IS NULL OR NOT \(place) = ANY (r.missing))"
    }

    private func insertValue(_ one: Used) -> String {
        guard let said = isSaid(one) else { return "n.\(one.new)" }
        return "CASE WHEN \(said) THEN n.\(one.new) ELSE \(one.column.defaultValue ?? "NULL") END"
    }

    /// The tests of the columns by which a row here and a row of the input may differ.
    ///
    /// By text: it exists for every type, and what prints differently is different (1.0 and 1.00).
    private var different: [(name: String, test: String)] {
        let changeable = used.filter { $0.column.keyPlace == nil && !Self.provenance.contains($0.column.name) }
        if shape == .rows {
            return changeable.map { one in
                let test = """
                    (n.\(one.new)::text COLLATE "C" IS DISTINCT FROM t.\(one.column.quoted)::text COLLATE "C")
                    """
                return (one.column.name, isSaid(one).map { "(\($0) AND \(test))" } ?? test)
            }
        }
        let columns = changeable.filter { Self.listColumns.contains($0.column.name) }.map { one in
            (
                name: one.column.name,
                test: "(n.\(one.new) IS NOT NULL AND n.\(one.new) IS DISTINCT FROM t.\(one.column.quoted))"
            )
        }
        return columns + [
            ("remarks", "(n.remarks IS NOT NULL AND strpos(coalesce(t.remarks, ''), n.remarks) = 0)")
        ]
    }

    /// Whether rows that are found equal are remembered with the state of the source that has them so.
    var confirms: Bool { table.canConfirm && asOf != nil }

    private var asOf: Used? { used.first { $0.column.name == "source_asof" } }

    private var relation: String { Session.quoteLiteral(table.shown) }

    private var keyText: String {
        "ARRAY[\(table.key.map { "t.\($0.quoted)::text" }.joined(separator: ", "))]::text"
    }

    private var stale: String {
        guard let asOf else { return "false" }
        let state = confirms
            ? """
            greatest(t.source_asof, (SELECT c.source_asof FROM catalogue.confirmed c
                WHERE c.relation = \(relation) AND c.key = \(keyText)))
            """ : "t.source_asof"
        // A list of unknown age is no match for a row whose age is known.
        return shape == .list
            ? "(\(state) IS NOT NULL AND coalesce(n.source_asof < \(state), true))"
            : "coalesce(n.\(asOf.new) < \(state), false)"
    }

    private var assignments: [String] {
        let changeable = used.filter { $0.column.keyPlace == nil && !$0.column.isIdentity }
        if shape == .rows {
            return changeable.map { one in
                let value = isSaid(one).map { "CASE WHEN \($0) THEN n.\(one.new) ELSE t.\(one.column.quoted) END" }
                return "\(one.column.quoted) = \(value ?? "n.\(one.new)")"
            }
        }
        let kept = (Self.listColumns + ["source", "source_asof"]).map { "\($0) = coalesce(n.\($0), t.\($0))" }
        return kept + [
            "source_hash = n.source_hash",
            """
            remarks = CASE WHEN n.remarks IS NULL OR strpos(coalesce(t.remarks, ''), n.remarks) > 0
                THEN t.remarks ELSE concat_ws('；', t.remarks, n.remarks) END
            """,
        ]
    }

    /// The reading of a list, in which every date and every title is read the same way.
    static var listReading: String {
        var parts: [String: String] = [:]
        for field in ["issue_date", "implement_date", "abolish_date", "record_date"] {
            // Milliseconds, as platforms give them, at midnight in Beijing.
            parts["date_\(field)"] = """
                CASE WHEN l.\(field) ~ '^-?[0-9]{9,14}$' THEN catalogue.beijing_date(l.\(field)::bigint)
                ELSE catalogue.parse_date(l.\(field)) END
                """
        }
        for field in ["title_zh", "title_en"] {
            parts["markup_\(field)"] = """
                CASE WHEN strpos(l.\(field), '<') > 0
                THEN regexp_replace(l.\(field), '</?[A-Za-z][^<>]*>', '', 'g') ELSE l.\(field) END
                """
        }
        return filled("import_list_reading", parts)
    }
}
