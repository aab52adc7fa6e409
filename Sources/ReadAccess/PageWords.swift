import Postgres
import RegionStore
import Synchronization

/// Names of columns and words of codes, as the database has them.
struct PageWords: Sendable {
    private var columns: [String: (zh: String, en: String)] = [:]
    private var codes: [String: (zh: String, en: String)] = [:]

    static func read(_ session: Session) throws -> PageWords {
        var words = PageWords()
        for row in try session.query(SQLText.named("http_labels")) {
            let name = row[text: 0].map { "\($0).\(row[text: 1] ?? "")" } ?? ""
            words.columns[name] = (Self.short(row[text: 2] ?? ""), Self.short(row[text: 3] ?? ""))
        }
        for row in try session.query(SQLText.named("http_codes")) {
            words.codes["\(try row.text(0)).\(try row.text(1))"] = (try row.text(2), try row.text(3))
        }
        return words
    }

    /// A comment up to where it begins to explain.
    private static func short(_ comment: String) -> String {
        var rest = comment[...]
        if let end = rest.firstIndex(where: { "：:；;（(，,".contains($0) }) { rest = rest[..<end] }
        return String(rest.trimmed)
    }

    /// What people call a member of a record; the name itself where nothing else is known.
    func name(_ member: String, in table: String = "standard", _ language: ReadLanguage) -> String {
        let known =
            PageTexts.members[member] ?? columns["\(table).\(member)"] ?? columns["standard.\(member)"]
            ?? columns["\(member)."] ?? columns[member.hasSuffix("s") ? "\(member.dropLast())." : ""]
            ?? columns.filter { $0.key.hasSuffix(".\(member)") }.min { $0.key < $1.key }?.value
        guard let known else { return member }
        return language.pick(known.zh, known.en)
    }

    /// The word for a code of a list; the code itself where there is none.
    func code(_ list: String, _ code: String, _ language: ReadLanguage) -> String {
        (codes["\(list).\(code)"] ?? codes["effective_\(list).\(code)"]).map { language.pick($0.zh, $0.en) } ?? code
    }

    func status(_ code: String, _ language: ReadLanguage) -> String {
        (codes["effective_status.\(code)"] ?? codes["status.\(code)"]).map { language.pick($0.zh, $0.en) } ?? code
    }
}

/// Reads the words once: they change only when the catalogue is installed anew.
final class PageWordsCache: Sendable {
    private let known = Mutex<PageWords?>(nil)

    func words(_ session: Session) throws -> PageWords {
        if let words = known.withLock({ $0 }) { return words }
        let words = try PageWords.read(session)
        known.withLock { $0 = words }
        return words
    }
}

/// Wordings of the page that are in no table.
enum PageTexts {
    static let members: [String: (zh: String, en: String)] = [
        "std_id": ("内部标识", "Identifier"), "number": ("标准号", "Number"), "number_raw": ("标准号（原文）", "Number as published"),
        "number_norm": ("标准号（规范形式）", "Canonical number"), "number_form": ("编号形式", "Form of the number"),
        "title_zh": ("中文名称", "Title in Chinese"), "title_en": ("英文名称", "Title in English"),
        "kind": ("标准类别", "Kind"), "nature": ("性质", "Nature"), "status": ("状态", "Status"),
        "recorded_status": ("登记状态", "Recorded status"), "newer_edition": ("已发布更新版", "Newer edition issued"),
        "issue_date": ("发布日期", "Issued"), "implement_date": ("实施日期", "In force from"),
        "abolish_date": ("废止日期", "Abolished"), "home_region": ("归属地", "Home region"),
        "ics": ("国际标准分类号 ICS", "ICS"), "ccs": ("中国标准分类号 CCS", "CCS"), "keywords": ("主题词", "Keywords"),
        "issuing_orgs": ("发布单位", "Issued by"), "drafting_orgs": ("起草单位", "Drafted by"),
        "drafters": ("主要起草人", "Drafters"), "rank": ("次序", "Rank"), "name": ("名称", "Name"),
        "number_history": ("曾用编号", "Former numbers"), "replaces": ("代替", "Replaces"),
        "replaced_by": ("被代替", "Replaced by"), "references": ("规范性引用", "Normative references"),
        "normative_references": ("规范性引用", "Normative references"), "amendments": ("修改单", "Amendments"),
        "adoptions": ("采标", "Adopts"), "announcement": ("公告", "Announcement"), "joint": ("联合标准", "Joint standard"),
        "joint_half": ("联合标准的另一半", "The other half of the joint standard"),
        "joint_group": ("联合标准组", "Joint standard"), "participations": ("参与", "Participation"),
        "owner_org": ("归属机构", "Owner"), "charge_org": ("主管部门", "Authority in charge"),
        "proposing_org": ("提出单位", "Proposed by"), "jurisdiction_org": ("归口单位", "Under the jurisdiction of"),
        "day": ("计算状态的日期", "Day of the status"), "number_fits": ("编号形式可识别", "Number fits a known form"),
        "successor": ("后续标准", "Successor"), "successors": ("后续标准", "Successors"),
    ]

    static let regions: KeyValuePairs<String, (zh: String, en: String)> = [
        "50": ("重庆", "Chongqing"), "51": ("四川", "Sichuan"), "CN": ("全国", "National"),
        "INTL": ("国际", "International"),
    ]

    static func region(_ code: String, _ language: ReadLanguage) -> String {
        regions.first { $0.key == code }.map { language.pick($0.value.zh, $0.value.en) } ?? code
    }

    static func change(_ kind: String, _ language: ReadLanguage) -> String {
        switch kind {
        case "insert", "blind": language.pick("新增", "entered")
        case "update": language.pick("修改", "changed")
        case "delete": language.pick("删除", "deleted")
        case "ruling": language.pick("人工裁定", "decided by a person")
        case "erasure": language.pick("依法删除", "erased")
        case "gone": language.pick("内容已删除", "contents erased")
        default: kind
        }
    }

    /// An age in words.
    static func age(_ seconds: Int64, _ language: ReadLanguage) -> String {
        switch seconds {
        case ..<0: language.pick("尚无数据", "no data yet")
        case ..<60: language.pick("不足 1 分钟", "less than a minute")
        case ..<3_600: language.pick("\(seconds / 60) 分钟", "\(seconds / 60) min")
        case ..<172_800: language.pick("\(seconds / 3_600) 小时", "\(seconds / 3_600) h")
        default: language.pick("\(seconds / 86_400) 天", "\(seconds / 86_400) days")
        }
    }
}
