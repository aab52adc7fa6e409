/// What was named that does not exist, or does not allow what was asked.
public enum RefusalMessage: MessageCatalogue {
    case notInstalled, noSuchPeer, peerNotPulled, peerExists, loginTaken, badPeerName, noSuchRole
    case roleCannotLogin, roleIsSuperuser, roleIsDaemon, noSuchTable, ambiguousTable, keyColumns, badKeyValue, badHandle
    case ambiguousHandle, noSuchChange, noCase, caseClosed, caseClosedUnknown, notACandidate, notInCase
    case notEmpty

    public var bilingual: Bilingual {
        switch self {
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
            Bilingual("there is no role {name}; CREATE ROLE {name} LOGIN", "没有角色 {name}；请先执行 CREATE ROLE {name} LOGIN")
        case .roleCannotLogin: Bilingual("role {name} cannot log in", "角色 {name} 不能登录")
        case .roleIsSuperuser:
            Bilingual(
                "role {name} is a superuser; a peer gets a role with no rights of its own",
                "角色 {name} 是超级用户；对端应使用没有其他权限的角色")
        case .roleIsDaemon:
            Bilingual("role {name} is bashud's own; a peer gets another", "角色 {name} 属于 bashud；对端应使用另一个角色")
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
                "this database has changes of its own already; only an empty one can join", "该数据库已有自己的变更；只有空的数据库才能加入")
        }
    }
}
