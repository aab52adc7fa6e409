/// Lines of COPY text for the tables of the catalogue, on their way to the server.
struct SyntheticRows {
    /// Lines of one table.
    struct Buffer {
        private(set) var bytes: [UInt8] = []
        private(set) var rows = 0

        /// The fields hold nothing that COPY would have escaped.
        mutating func line(_ fields: [String]) {
            for (index, field) in fields.enumerated() {
                if index > 0 { bytes.append(0x09) }
                bytes.append(contentsOf: field.utf8)
            }
            bytes.append(0x0a)
            rows += 1
        }
    }

    var organisation = Buffer()
    var joint = Buffer()
    var standard = Buffer()
    var ics = Buffer()
    var ccs = Buffer()
    var issuer = Buffer()
    var drafting = Buffer()
    var drafter = Buffer()
    var replacement = Buffer()
    var reference = Buffer()

    /// Where the lines go, parents before children.
    var copies: [(sql: String, table: String, buffer: Buffer)] {
        let targets: [(String, String, Buffer)] = [
            ("organization", "org_id, name_zh, org_type, remarks", organisation),
            ("joint_group", "joint_group_id, title_zh, remarks", joint),
            (
                "standard",
                """
                std_id, number_raw, kind, nature, issuer_code, joint_group_id, home_region, title_zh, status, \
                issue_date, implement_date, abolish_date, abolish_reason, scope_text, pages, source
                """, standard
            ),
            ("standard_ics", "std_id, ics", ics), ("standard_ccs", "std_id, ccs", ccs),
            ("issuing_org", "std_id, org_id", issuer), ("drafting_org", "std_id, org_id, rank", drafting),
            ("drafter", "std_id, name, namesake, rank", drafter),
            ("replacement", "old_std_id, new_std_id, extent, effective_date", replacement),
            ("normative_reference", "std_id, number_norm, number_raw, dated", reference),
        ]
        return targets.map { table, columns, buffer in
            ("COPY catalogue.\"\(table)\" (\(columns)) FROM STDIN", table, buffer)
        }
    }
}
