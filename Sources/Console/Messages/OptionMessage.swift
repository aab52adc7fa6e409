/// One-line help of options and arguments.
public enum OptionMessage: MessageCatalogue {
    case config, database, output, kind, region, daemonRole, yes, tableName, without, allowTruncate
    case keysMayCollide, guardTriggers, allowTriggers, peerName, conninfo, login, joinFrom, noWait, watch
    case interval, maxLag, maxTransaction, caseTable, caseState, caseAll, limit
    case historyTable, historyKey, verifyTables, against, repair, dryRepair, timeout, waitPeer, waitTimeout
    case schemaName, schemaList
    case keyAlgorithm, nextKeyAlgorithm, keyName, keyDigits, keyReason
    case policyFile, eraseReason, eraseYes, share, alarmKind, byFile

    public var bilingual: Bilingual {
        switch self {
        case .config:
            Bilingual(
                "The configuration file (default: /etc/bashu/bashu.toml).",
                "配置文件（默认：/etc/bashu/bashu.toml）。")
        case .database:
            Bilingual("The database instead of the configured one: a libpq string or URI.", "代替配置中的数据库：libpq 连接串或 URI。")
        case .output: Bilingual("table for people, json for programs.", "table 供人阅读，json 供程序读取。")
        case .kind: Bilingual("region writes and publishes, replica only reads.", "region 可写并发布，replica 只读。")
        case .region: Bilingual("The region's code (50, 51), or the institution's name.", "地区代码（50、51），或机构名称。")
        case .daemonRole: Bilingual("The role bashud logs in as; its writes are not captured.", "bashud 的登录角色；其写入不被捕获。")
        case .yes: Bilingual("Yes, remove the log too.", "确定，连同日志一并移除。")
        case .tableName: Bilingual("The table, with its schema if need be.", "表名，必要时带模式名。")
        case .without: Bilingual("Columns that stay local, separated by commas.", "不共享的列，用逗号分隔。")
        case .allowTruncate:
            Bilingual(
                "Let TRUNCATE pass; the table is then compared as a whole.",
                "允许 TRUNCATE；之后整表比对。")
        case .keysMayCollide: Bilingual("Accept keys that two regions may give out.", "接受两个地区可能重复分配的键。")
        case .guardTriggers: Bilingual("Its triggers leave other regions' rows alone.", "触发器不处理来自其他地区的行。")
        case .allowTriggers: Bilingual("Let them act on such rows.", "允许触发器处理这些行。")
        case .peerName: Bilingual("A name for the peer, such as 51.", "对端的名称，例如 51。")
        case .conninfo:
            Bilingual("Where to pull from: a libpq string or URI, no password.", "从何处拉取：libpq 连接串或 URI，不含口令。")
        case .login: Bilingual("The role under which the peer pulls from here.", "对端从此处拉取时使用的角色。")
        case .joinFrom: Bilingual("The peer to receive everything from.", "从哪个对端接收全部内容。")
        case .noWait: Bilingual("Do not wait for bashud.", "不等待 bashud。")
        case .watch:
            Bilingual(
                "Repeat on a full screen until q or Ctrl-C; p holds it; in a pipe one line each time.",
                "全屏反复显示至 q 或 Ctrl-C，p 暂停；管道中每次一行。")
        case .interval: Bilingual("Seconds between two looks.", "两次查看之间的秒数。")
        case .maxTransaction: Bilingual("Seconds a transaction may be open.", "事务允许打开的秒数。")
        case .maxLag: Bilingual("Lag up to this many seconds counts as none.", "不超过此秒数的延迟不计。")
        case .caseTable: Bilingual("Only this table.", "只看此表。")
        case .caseState:
            Bilingual(
                "Only these: open, decided, superseded, ruled.",
                "只看这些状态：open、decided、superseded、ruled。")
        case .caseAll: Bilingual("Closed ones too.", "也包括已了结的。")
        case .limit: Bilingual("At most so many rows.", "最多显示的行数。")
        case .historyTable: Bilingual("The shared table.", "共享表。")
        case .historyKey: Bilingual("The key: one value for each key column.", "键：每个键列一个值。")
        case .verifyTables: Bilingual("Only these tables (default: all).", "只比对这些表（默认：全部）。")
        case .against: Bilingual("Compare with this peer instead of with the log.", "与该对端比对，而不是与日志比对。")
        case .dryRepair: Bilingual("Show both sides, and change nothing.", "只显示双方的值，不作更改。")
        case .repair: Bilingual("Publish what differs, or restore it from the log.", "发布不同之处（publish），或按日志恢复（restore）。")
        case .timeout: Bilingual("Give up after so many seconds.", "超过此秒数即放弃。")
        case .waitPeer: Bilingual("The peer to wait for.", "等待哪个对端。")
        case .waitTimeout: Bilingual("Give up after so many seconds, with exit status 3.", "超过此秒数即放弃，退出状态为 3。")
        case .policyFile: Bilingual("The policy file (TOML).", "策略文件（TOML）。")
        case .eraseReason: Bilingual("Why; stays in the history, names nobody.", "理由；保留在历史中，请勿写姓名。")
        case .eraseYes: Bilingual("Yes, erase for ever.", "确定，永久抹除。")
        case .share: Bilingual("Share every table of the catalogue.", "共享目录的全部表。")
        case .alarmKind: Bilingual("Only this kind of alarm.", "只看此类。")
        case .schemaName: Bilingual("One file (default: all).", "某个文件（默认：全部）。")
        default: later
        }
    }

    private var later: Bilingual {
        switch self {
        case .keyAlgorithm: Bilingual("sm2 or ed25519.", "sm2 或 ed25519。")
        case .schemaList: Bilingual("Only the names.", "只列出名称。")
        case .byFile: Bilingual("It takes what is here in files: bashuctl batch.", "对端以文件取得此处的内容：bashuctl batch。")
        case .nextKeyAlgorithm:
            Bilingual("sm2 or ed25519 (default: that of the present key).", "sm2 或 ed25519（默认与现有密钥相同）。")
        case .keyReason: Bilingual("Why; shown with every refusal.", "理由；每次拒绝时显示。")
        case .keyDigits: Bilingual("Eight or more digits of the fingerprint.", "指纹的前八位以上数字。")
        default:
            Bilingual(
                "A peer or region, or eight or more digits of a fingerprint.", "对端或地区，或指纹的前八位以上数字。")
        }
    }
}
