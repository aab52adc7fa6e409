/// What `policy` says.
public enum PolicyMessage: MessageCatalogue {
    case problem, warning, good, refused, applied, unchanged, changedTable, noPolicies, evaluating, inTable, nothing
    case rehearsed, daemonDown
    case unknownTable, ambiguousTable, duplicateTable, unknownColumn, keyColumn, overlap, repeatedColumn, noColumns
    case duplicateGroup, reservedName, nameOfColumn, outsideGroup, noOrder, unionOfSeveral, notArray, noHome
    case noRegions, badRegion, noForeignKey, duplicateForeignKey, unknownRegion, splitCheck

    public var bilingual: Bilingual {
        switch self {
        case .problem: Bilingual("{place}: {text}", "{place}：{text}")
        case .warning: Bilingual("{place}: warning: {text}", "{place}：警告：{text}")
        case .good: Bilingual("{path} can be applied: {count} tables.", "{path} 可以应用：{count} 个表。")
        case .refused: Bilingual("{path} cannot be applied:", "{path} 不能应用：")
        case .applied:
            Bilingual(
                "The policy of {count} tables has changed; bashud projects their conflicts again.",
                "{count} 个表的策略已改变；bashud 将重新判定其冲突。")
        case .unchanged: Bilingual("Nothing changes: this is the policy already.", "没有变化：策略已是如此。")
        case .changedTable: Bilingual("- {table}", "- {table}")
        case .noPolicies: Bilingual("No shared tables yet.", "还没有共享表。")
        case .evaluating: Bilingual("conflicts are being judged again", "正在重新判定冲突")
        case .inTable: Bilingual("table {table}: {text}", "表 {table}：{text}")
        case .nothing: Bilingual("No recorded conflict would end otherwise.", "记录的冲突结果都不会改变。")
        case .rehearsed:
            Bilingual("{count} outcomes of {rows} rows would change.", "共 {rows} 行，其中 {count} 个结果会改变。")
        case .daemonDown:
            Bilingual(
                "bashud is not running here; it follows the policy once it is started.",
                "此处的 bashud 没有运行；启动后将按新策略执行。")
        default: fault
        }
    }

    private var fault: Bilingual {
        switch self {
        case .unknownTable: Bilingual("table {name} is not shared here", "表 {name} 没有在此共享")
        case .ambiguousTable: Bilingual("{name} may be any of {other}", "{name} 可能是 {other} 中的任何一个")
        case .duplicateTable: Bilingual("table {name} has a policy above already", "表 {name} 在上文已有策略")
        case .unknownColumn: Bilingual("there is no shared column {name}", "没有共享列 {name}")
        case .keyColumn: Bilingual("{name} belongs to the key; a key is never merged", "{name} 属于主键；主键不参与合并")
        case .overlap: Bilingual("column {name} is in group {other} already", "列 {name} 已属于列组 {other}")
        case .repeatedColumn: Bilingual("column {name} is named twice", "列 {name} 重复")
        case .noColumns: Bilingual("group {name} has no columns", "列组 {name} 没有列")
        case .duplicateGroup: Bilingual("group {name} is there already", "列组 {name} 已存在")
        case .reservedName:
            Bilingual(
                "a group cannot be named {name}: not empty, not existence, no quote in front",
                "列组不能命名为 {name}：不能为空，不能是 existence，不能以引号开头")
        case .nameOfColumn:
            Bilingual("{name} is the name of a column outside the group", "{name} 是该列组之外的一个列名")
        case .outsideGroup: Bilingual("column {name} must be in group {other}", "列 {name} 必须属于列组 {other}")
        case .noOrder:
            Bilingual(
                "{name} has no fit type: newest_by takes numbers, dates and times, as_of dates and times",
                "{name} 的类型不合适：newest_by 需要数字、日期或时间，as_of 需要日期或时间")
        case .unionOfSeveral:
            Bilingual("union takes one column; group {name} has several", "union 只用于一列；列组 {name} 有多列")
        case .notArray: Bilingual("union needs an array; {name} is none", "union 需要数组；{name} 不是")
        case .noHome: Bilingual("rule {name} needs the table's home column", "规则 {name} 需要指定该表的 home 列")
        case .noRegions: Bilingual("prefer needs at least one region", "prefer 至少需要一个地区")
        case .badRegion: Bilingual("\"{name}\" is no code of a region", "“{name}”不是地区代码")
        case .noForeignKey: Bilingual("there is no foreign key on ({name})", "（{name}）上没有外键")
        case .duplicateForeignKey:
            Bilingual("the foreign key on ({name}) has a rule already", "（{name}）上的外键已有规则")
        case .unknownRegion: Bilingual("region {name} is not known here ({other})", "此处不知道地区 {name}（{other}）")
        case .splitCheck:
            Bilingual(
                "a CHECK ties ({name}) together; merged apart they may violate it",
                "CHECK 约束涉及（{name}）；分开合并可能违反该约束")
        default: Bilingual("", "")
        }
    }
}
