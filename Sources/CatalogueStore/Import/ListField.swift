/// What a published list can say about a standard, and the names under which lists and platforms say it.
enum ListField: String, CaseIterable {
    case number, title_zh, title_en, status, issue_date, implement_date, abolish_date, ics, ccs, replaced_by
    case replaces, issuer, source, record_no, record_date, plan_no, charge_dept, jurisdiction, announcement
    case drafting_orgs, issuer_code

    private var names: [String] {
        switch self {
        case .number: ["number_raw", "标准号", "标准编号", "编号", "code", "C_STD_CODE", "std_code", "stdNo"]
        case .title_zh:
            [
                "title", "name", "标准名称", "中文名称", "名称", "标准中文名称", "中文标准名称", "题名", "chName", "C_C_NAME",
                "cnName",
            ]
        case .title_en: ["英文名称", "标准英文名称", "英文标准名称", "enName", "C_E_NAME"]
        case .status: ["状态", "标准状态", "STATE"]
        case .issue_date: ["发布日期", "发布时间", "批准日期", "颁布日期", "issueDate", "ISSUE_DATE", "publish_date"]
        case .implement_date: ["实施日期", "实施时间", "生效日期", "施行日期", "actDate", "ACT_DATE", "effective_date"]
        case .abolish_date: ["废止日期", "废止时间", "作废日期", "abolishDate", "ABOL_DATE"]
        case .ics: ["ICS", "ICS分类号", "ICS号", "国际标准分类号", "国际标准分类号(ICS)", "国际标准分类号（ICS）"]
        case .ccs: ["CCS", "CCS分类号", "CCS号", "中国标准分类号", "中标分类号", "中国标准分类号(CCS)", "中国标准分类号（CCS）"]
        case .replaced_by: ["被代替", "被代替标准", "被代替标准号", "被替代标准", "替代标准", "代替情况", "被代替情况"]
        case .replaces: ["代替", "代替标准", "代替标准号", "替代", "所代替标准", "代替国标号"]
        case .issuer: ["发布单位", "发布机构", "发布部门", "批准发布部门", "颁布单位", "publisher"]
        case .source: ["来源", "数据来源"]
        case .record_no: ["备案号", "recordNo"]
        case .record_date: ["备案日期", "备案时间", "recordDate"]
        case .plan_no: ["计划号", "计划编号"]
        case .charge_dept: ["主管部门", "chargeDept", "CD_NAME"]
        case .jurisdiction: ["归口单位", "归口部门", "归口", "TA_NAME"]
        case .announcement: ["公告号", "公告", "公告编号", "发布公告", "announcement_no"]
        case .drafting_orgs: ["起草单位", "主要起草单位"]
        case .issuer_code: ["统一社会信用代码", "uscc", "USCC"]
        }
    }

    /// The field that a column's or member's name means: as written, or without blanks and in any case.
    static func of(_ name: String) -> ListField? {
        known[plain(name)]
    }

    /// Members of platforms that say nothing that is kept, so that nobody needs to be told of them.
    static func isIdle(_ name: String) -> Bool {
        idle.contains(plain(name))
    }

    private static func plain(_ name: String) -> String {
        String(name.lowercased().unicodeScalars.filter { !($0 == " " || $0 == "\u{3000}" || $0 == "*") })
    }

    private static let known: [String: ListField] = {
        var found: [String: ListField] = [:]
        for field in allCases {
            for name in [field.rawValue] + field.names { found[plain(name)] = field }
        }
        return found
    }()

    private static let idle: Set<String> = Set(
        ["pk", "id", "empty", "industry", "STD_NATURE", "序号", "标准性质", "性质", "标准类别", "hcno", "行业"].map(plain))

    /// What stands for nothing where a list has a dash.
    private static let placeholders: Set<String> = ["-", "--", "—", "——", "/", "无", "暂无", "null", "NULL", "N/A"]

    /// A value of a list without blanks at its ends; nil where it says nothing.
    static func value(_ bytes: [UInt8]?) -> [UInt8]? {
        guard let bytes, let first = bytes.first, let last = bytes.last else { return nil }
        // Text that begins and ends in plain letters and digits needs no closer look.
        let plain = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) }
        if plain(first), plain(last), bytes.count > 4 { return bytes }
        let text = String(decoding: bytes, as: UTF8.self).trimmingBlanks
        return text.isEmpty || placeholders.contains(text) ? nil : Array(text.utf8)
    }
}
