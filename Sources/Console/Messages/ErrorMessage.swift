/// Why a command could not do what it was asked.
public enum ErrorMessage: MessageCatalogue {
    case prefix, hint, detail, cannotReach, connectionLost, noDatabase, noRight, settingsUnreadable
    case settingsSyntax, settingsUnknownKey, settingsUnknownKeySuggest, settingsType, settingsNotAllowed
    case settingsPassword, settingsVariable, settingsMissing, settingsMissingBeside, settingsNeedless
    case placeLine, placeEnvironment, placeCommandLine

    public var bilingual: Bilingual {
        switch self {
        case .prefix: Bilingual("bashuctl: {text}", "bashuctl：{text}")
        case .hint: Bilingual("Hint: {text}", "提示：{text}")
        case .detail: Bilingual("Detail: {text}", "详情：{text}")
        case .cannotReach: Bilingual("cannot reach the database: {reason}", "无法连接数据库：{reason}")
        case .connectionLost: Bilingual("lost the connection to the database: {reason}", "与数据库的连接中断：{reason}")
        case .noDatabase:
            Bilingual(
                "no database named: give --database, BASHU_DATABASE, or [database] conninfo in {path}",
                "未指定数据库：请给出 --database、环境变量 BASHU_DATABASE，或 {path} 中 [database] 的 conninfo")
        case .noRight:
            Bilingual(
                "this role may not do that: {reason}; the grants are printed by `bashuctl init`",
                "当前角色无权这样做：{reason}；所需的授权由 `bashuctl init` 列出")
        case .settingsUnreadable: Bilingual("cannot read {path}: {reason}", "无法读取 {path}：{reason}")
        case .settingsSyntax: Bilingual("{place}: not valid TOML: {reason}", "{place}：不是有效的 TOML：{reason}")
        case .settingsUnknownKey: Bilingual("{place}: unknown key {key}", "{place}：未知的键 {key}")
        case .settingsUnknownKeySuggest:
            Bilingual(
                "{place}: unknown key {key}; did you mean {suggestion}?",
                "{place}：未知的键 {key}；是否想写 {suggestion}？")
        case .settingsType:
            Bilingual("{place}: {key} must be {expected}, not {found}", "{place}：{key} 应为 {expected}，而不是 {found}")
        case .settingsNotAllowed:
            Bilingual(
                "{place}: {key} cannot be {value}; allowed: {allowed}", "{place}：{key} 不能为 {value}；允许：{allowed}")
        case .settingsMissing: Bilingual("{place}: {key} is missing", "{place}：缺少 {key}")
        case .settingsMissingBeside:
            Bilingual("{place}: {key} is missing; {other} needs it", "{place}：缺少 {key}，{other} 需要它")
        case .settingsNeedless:
            Bilingual("{place}: {key} means nothing beside rule {rule}", "{place}：规则 {rule} 不使用 {key}")
        case .settingsPassword:
            Bilingual(
                "{place}: {key} contains a password; remove it and use ~/.pgpass or passfile=",
                "{place}：{key} 中含有口令；请删去，并改用 ~/.pgpass 或 passfile=")
        case .settingsVariable:
            Bilingual(
                "unknown environment variable {name}; did you mean {suggestion}?",
                "未知的环境变量 {name}；是否想写 {suggestion}？")
        case .placeLine: Bilingual("{path}, line {line}", "{path} 第 {line} 行")
        case .placeEnvironment: Bilingual("environment", "环境变量")
        case .placeCommandLine: Bilingual("command line", "命令行")
        }
    }
}
