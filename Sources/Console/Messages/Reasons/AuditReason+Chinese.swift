public import Reasons

extension AuditReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .altered: "{origin} 的第 {number} 批与发布时不同：{message}"
        case .other_root: "{origin} 的第 {number} 批完整，但登记的摘要与其不符"
        case .incomplete: "{origin} 的第 {number} 批不完整"
        case .missing_batches: "缺少 {origin} 的第 {number} 至 {last} 批"
        case .taken_out: "{origin} 的第 {number} 批中有 {count} 项变更被取出，既非按保留期清理，也非删除个人数据"
        case .signature_forged: "{origin} 的第 {number} 批上密钥 {key} 的签名与其内容不符"
        case .position_differs: "登记 {origin} 已应用到第 {number} 批，而此处日志止于第 {last} 批或与之不符"
        }
    }
}
