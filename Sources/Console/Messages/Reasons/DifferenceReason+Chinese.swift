public import Reasons

extension DifferenceReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .table_only_there: "表 {table} 在对端共享，此处未共享"
        case .table_only_here: "表 {table} 在此处共享，对端未共享"
        case .table_other_key: "表 {table} 在对端的主键不同"
        case .column_only_there: "{table} 的列 {column} 在对端共享，此处未共享"
        case .column_only_here: "{table} 的列 {column} 在此处共享，对端未共享"
        case .column_other_type: "{table} 的列 {column} 的类型在对端为 {theirs}，此处为 {ours}"
        case .policy_group: "表 {table} 列组 {group} 的策略不同：此处为 {ours}，对端为 {theirs}"
        case .policy_home: "表 {table} 策略的归属列不同：此处为 {ours}，对端为 {theirs}"
        case .policy_as_of: "表 {table} 策略的 as_of 列不同：此处为 {ours}，对端为 {theirs}"
        case .policy_delete: "表 {table} 策略的删除规则不同：此处为 {ours}，对端为 {theirs}"
        case .policy_default: "表 {table} 策略的默认规则不同：此处为 {ours}，对端为 {theirs}"
        case .policy_foreign_keys: "表 {table} 策略的外键规则不同：此处为 {ours}，对端为 {theirs}"
        case .policy_types: "表 {table} 的策略因列类型不同而不一致"
        case .policy_elsewhere: "本副本的策略取自对端 {peer}"
        }
    }
}
