public import Reasons

extension AuditReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .altered: "{origin} 的第 {number} 批与发布时不同：{message}"
        case .other_root: "{origin} 的第 {number} 批完整，但登记的摘要与其不符"
        case .incomplete: "{origin} 的第 {number} 批不完整"
        case .record_differs: "bashu.batch 中 {origin} 第 {number} 批的 {columns} 与该批首行不符"
        case .missing_batch: "缺少 {origin} 的第 {number} 批"
        case .batch_unvouched: "{origin} 的第 {number} 批没有此处信任的密钥的签名，而地区 {region} 的批次必须有"
        case .batches_unvouched: "{origin} 的第 {number} 至 {last} 批没有此处信任的密钥的签名，而地区 {region} 的批次必须有"
        case .missing_batches: "缺少 {origin} 的第 {number} 至 {last} 批"
        case .taken_out: "{origin} 的第 {number} 批中有 {count} 项变更被取出，既非按保留期清理，也非删除个人数据"
        case .signature_forged: "{origin} 的第 {number} 批上密钥 {key} 的签名与其内容不符"
        case .index_missing: "变更 {change} 在批次中而不在 bashu.change 中：表 {table}，键 {key}"
        case .index_extra: "bashu.change 中的变更 {change} 不属于任何批次：表 {table}，键 {key}"
        case .index_differs: "bashu.change 中变更 {change} 的 {columns} 与其批次不符：表 {table}，键 {key}"
        case .row_altered: "表 {table}，键 {key}：{columns} 与历史不符"
        case .row_missing: "表 {table}，键 {key}：按历史应在表中，实际没有"
        case .row_extra: "表 {table}，键 {key}：按历史不应在表中，实际存在"
        case .case_missing: "表 {table}，键 {key}：历史中有关于 {group} 的冲突，而未记录"
        case .case_extra: "表 {table}，键 {key}：历史中没有关于 {group} 的冲突，却有记录"
        case .case_differs: "表 {table}，键 {key}：所记录的关于 {group} 的冲突与历史不符"
        case .shared_table_missing: "共享表 {table} 在此名称下不存在：未作比对"
        case .table_unreadable:
            "表 {table} 未作比对：该角色无权读取；请以属主或 bashud 的角色执行 bashuctl audit，或对该表 GRANT SELECT"
        case .no_temporary: "表 {table} 未作比对：该角色不能创建临时表；请对数据库 GRANT TEMPORARY"
        case .table_not_compared: "表 {table} 无法比对：{message}"
        case .table_changed: "表 {table} 未作比对：其列刚刚改变；请重新执行"
        case .position_differs: "登记 {origin} 已应用到第 {number} 批，而此处日志止于第 {last} 批或与之不符"
        }
    }
}
