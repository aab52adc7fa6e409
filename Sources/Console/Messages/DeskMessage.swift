/// What the interactive ruling says.
public enum DeskMessage: MessageCatalogue {
    case field, keys, keysOfRow, all, enter, reason, confirm, left

    public var bilingual: Bilingual {
        switch self {
        case .field: Bilingual("Field", "字段")
        case .keys:
            Bilingual(
                "Field {field} of {count}: {numbers} take that value, Enter keep what stands (*), a all from one, "
                    + "e enter a value, n null, u back, q leave",
                "第 {field} 个字段，共 {count} 个：{numbers} 取该值，回车 保留现值（*），a 全取一方，e 输入新值，n 空值，u 返回，q 放弃")
        case .keysOfRow:
            Bilingual(
                "Field {field} of {count}: {numbers} take that, Enter keep what stands (*), a all from one, u back, "
                    + "q leave",
                "第 {field} 个字段，共 {count} 个：{numbers} 取该项，回车 保留现状（*），a 全取一方，u 返回，q 放弃")
        case .all: Bilingual("Take everything from which? {numbers}; any other key: back", "全部取自哪一方？{numbers}；其他键：返回")
        case .enter:
            Bilingual(
                "New value of {field} (Enter: take it, Esc: back): {text}_", "{field} 的新值（回车：确定，Esc：返回）：{text}_")
        case .reason:
            Bilingual(
                "Why? It becomes part of the history (Enter: go on, Esc: back): {text}_",
                "理由？将成为历史的一部分（回车：继续，Esc：返回）：{text}_")
        case .confirm:
            Bilingual("Send this ruling to every region? y yes, u back, q leave", "将此裁定发往各地区？y 确定，u 返回，q 放弃")
        case .left: Bilingual("Nothing was changed.", "未作任何更改。")
        }
    }
}
