/// What `init`, `uninstall`, `table` and `schema` say.
public enum InstallMessage: MessageCatalogue {
    case installed, upgraded, unchanged, originIs, grantsFor, grantsPeer, grantsReader, grantsAdministrator
    case grantsMonitor, refused, problem, needsRegion, nextSteps, uninstalled, uninstallAsk, noSuchFile

    public var bilingual: Bilingual {
        switch self {
        case .installed:
            Bilingual(
                "Bashu is installed in {database} (schema {version}).",
                "已在 {database} 中安装 Bashu（模式版本 {version}）。")
        case .upgraded:
            Bilingual(
                "Bashu in {database} is upgraded from schema {from} to {version}.",
                "{database} 中的 Bashu 已从模式版本 {from} 升级到 {version}。")
        case .unchanged:
            Bilingual(
                "Bashu is in {database} already (schema {version}); nothing to do.",
                "{database} 中已有 Bashu（模式版本 {version}），无需更改。")
        case .originIs: Bilingual("This database publishes as {origin}.", "该数据库以 {origin} 的名义发布。")
        case .grantsFor:
            Bilingual(
                "-- Grants for a role of each kind; put the role's name in place of {role}.",
                "-- 各类角色所需的授权；请把 {role} 换成角色名。")
        case .grantsPeer: Bilingual("-- a peer that pulls from here:", "-- 从此处拉取的对端：")
        case .grantsReader: Bilingual("-- a reader of the shared tables:", "-- 共享表的读者：")
        case .grantsAdministrator: Bilingual("-- an administrator:", "-- 管理员：")
        case .grantsMonitor: Bilingual("-- monitoring:", "-- 监控：")
        case .problem: Bilingual("- {what}. {remedy}", "- {what}。{remedy}")
        case .refused: Bilingual("Bashu cannot be installed here:", "无法在此安装 Bashu：")
        case .needsRegion:
            Bilingual(
                "say which region this is and which role bashud logs in as: --region CODE --daemon-role ROLE",
                "请指明地区和 bashud 的登录角色：--region 代码 --daemon-role 角色")
        case .nextSteps:
            Bilingual(
                "Next: bashuctl table add TABLE, bashuctl peer add NAME, and start bashud.",
                "接下来：bashuctl table add 表、bashuctl peer add 名称，然后启动 bashud。")
        case .uninstalled:
            Bilingual(
                "Bashu is removed from {database}; the shared tables and their rows are as they were.",
                "已从 {database} 中移除 Bashu；共享表及其数据保持不变。")
        case .uninstallAsk:
            Bilingual(
                "this removes Bashu's log and its triggers from "
                    + "{database}; the tables stay. If that is meant, add --yes",
                "这会从 {database} 中移除 Bashu 的日志和触发器；表本身保留。若确定，请加上 --yes")
        case .noSuchFile:
            Bilingual(
                "there is no file {name}; see: bashuctl schema print --list",
                "没有文件 {name}；参见：bashuctl schema print --list")
        }
    }
}
