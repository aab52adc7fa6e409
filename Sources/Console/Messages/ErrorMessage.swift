/// Why a command could not do what it was asked.
public enum ErrorMessage: MessageCatalogue {
    case prefix, hint, detail, cannotReach, connectionLost, noDatabase, noRight
    case settingsUnreadable, settingsSyntax, settingsUnknownKey, settingsUnknownKeySuggest, settingsType
    case settingsNotAllowed, settingsPassword, settingsVariable, placeLine, placeEnvironment, placeCommandLine
    case notInstalled, noSuchPeer, peerNotPulled, peerExists, loginTaken, badPeerName, noSuchRole, roleCannotLogin
    case roleIsSuperuser, noSuchTable, ambiguousTable, keyColumns, badKeyValue, badHandle, ambiguousHandle
    case noSuchChange, noCase, caseClosed, caseClosedUnknown, notACandidate, notInCase, notEmpty

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
        case .notInstalled:
            Bilingual(
                "there is no Bashu in this database; install it with: bashuctl init",
                "该数据库中没有安装 Bashu；请先运行：bashuctl init")
        case .noSuchPeer:
            Bilingual(
                "no peer named {name}; see: bashuctl peer list",
                "没有名为 {name} 的对端；参见：bashuctl peer list")
        case .peerNotPulled:
            Bilingual("peer {name} has no conninfo, so nothing can be pulled from it", "对端 {name} 没有 conninfo，无法从它拉取")
        case .peerExists: Bilingual("there is a peer named {name} already", "已有名为 {name} 的对端")
        case .loginTaken: Bilingual("another peer uses login {name} already", "登录角色 {name} 已被另一对端使用")
        case .badPeerName:
            Bilingual(
                "\"{name}\" cannot name a peer: use 1 to 64 letters, digits, _, . or - of ASCII",
                "“{name}”不能作为对端名称：请用 1 到 64 个 ASCII 字母、数字、_、. 或 -")
        case .noSuchRole:
            Bilingual(
                "there is no role {name} in this server; create it with: CREATE ROLE {name} LOGIN",
                "该服务器中没有角色 {name}；请先执行：CREATE ROLE {name} LOGIN")
        case .roleCannotLogin: Bilingual("role {name} cannot log in", "角色 {name} 不能登录")
        case .roleIsSuperuser:
            Bilingual(
                "role {name} is a superuser; a peer gets a role with no rights of its own",
                "角色 {name} 是超级用户；对端应使用没有其他权限的角色")
        case .noSuchTable:
            Bilingual(
                "{name} is no shared table; see: bashuctl table list",
                "{name} 不是共享表；参见：bashuctl table list")
        case .ambiguousTable: Bilingual("{name} means several tables: {candidates}", "{name} 对应多个表：{candidates}")
        case .keyColumns:
            Bilingual("the key of {table} is ({columns}); {count} given", "{table} 的键为（{columns}）；给出了 {count} 个值")
        case .badKeyValue: Bilingual("not a key of this table: {reason}", "不是该表的键：{reason}")
        case .badHandle:
            Bilingual(
                "\"{handle}\" is no handle; it looks like 50:12:0 "
                    + "(region, batch, position): see: bashuctl conflict list",
                "“{handle}”不是句柄；句柄形如 50:12:0（地区、批次、位置），参见：bashuctl conflict list")
        case .ambiguousHandle:
            Bilingual("{handle} means several origins; use one of: {candidates}", "{handle} 对应多个来源；请选用：{candidates}")
        case .noSuchChange: Bilingual("there is no change {handle} in the log here", "此处的日志中没有变更 {handle}")
        case .noCase: Bilingual("change {handle} is in no conflict", "变更 {handle} 不涉及任何冲突")
        case .caseClosed:
            Bilingual(
                "the case of {handle} is closed: {state} by {closedBy}",
                "{handle} 的冲突已了结：{state}，由 {closedBy} 了结")
        case .caseClosedUnknown: Bilingual("the case of {handle} is closed: {state}", "{handle} 的冲突已了结：{state}")
        case .notACandidate: Bilingual("{handle} is no candidate of this case", "{handle} 不是该冲突的候选")
        case .notInCase:
            Bilingual(
                "{column} is not in conflict here; in conflict: {groups}",
                "{column} 在此没有冲突；有冲突的是：{groups}")
        case .notEmpty:
            Bilingual(
                "this database has changes in its log already; only an empty one can join", "该数据库的日志中已有变更；只有空的数据库才能加入")
        }
    }
}
