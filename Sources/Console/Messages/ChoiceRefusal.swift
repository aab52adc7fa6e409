/// Why a choice does not fit the conflict it is made for.
public enum ChoiceRefusal: MessageCatalogue {
    case noCandidateNumber, needsValue, keyColumn, rowIsGone, nothingLost, severalLost, noHomeColumn

    public var bilingual: Bilingual {
        switch self {
        case .noCandidateNumber:
            Bilingual(
                "there is no candidate {number}; the case has {count}: see bashuctl conflict show",
                "没有候选 {number}；该冲突有 {count} 个候选，参见 bashuctl conflict show")
        case .needsValue:
            Bilingual(
                "the row is out of its table because of {group}, which no candidate changes: "
                    + "give it another value with --set COLUMN=VALUE, or --delete it",
                "该行因 {group} 不在表中，选择候选不能改变这一点：请用 --set 列=值 给出另一个值，或用 --delete 删除")
        case .keyColumn:
            Bilingual("{column} is part of the key, which a ruling cannot change", "{column} 属于键，裁定不能更改键")
        case .rowIsGone:
            Bilingual(
                "the row {key} is deleted; bring it back with a candidate that has it, or insert it",
                "行 {key} 已删除；请选择含有该行的候选来恢复，或重新插入")
        case .nothingLost:
            Bilingual("nothing of the case of {handle} has lost", "{handle} 的冲突中没有落败的值")
        case .severalLost:
            Bilingual(
                "several candidates of the case of {handle} have lost; name one with --candidate: {candidates}",
                "{handle} 的冲突中有多个落败的候选；请用 --candidate 指明一个：{candidates}")
        case .noHomeColumn:
            Bilingual(
                "the policy names no home column for {table}, so no side is at home",
                "策略没有为 {table} 指定归属地区列，无法判断归属方")
        }
    }
}
