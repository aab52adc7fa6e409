public import Reasons

extension TableReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .not_a_table: "{table} 不是表"
        case .system_table: "{table} 属于 PostgreSQL 或 Bashu"
        case .partition: "{table} 是 {parent} 的分区"
        case .inheritance: "{table} 是 INHERITS 继承关系中的父表或子表"
        case .shared_already: "{table} 已经共享"
        case .not_owner: "{table} 属于 {owner}，而 {user} 不是该角色的成员"
        case .unlogged: "{table} 是 UNLOGGED 表：崩溃会将其清空，且不触发任何触发器"
        case .temporary: "{table} 是临时表"
        case .foreign_table: "{table} 是外部表：他人写入时不触发任何触发器"
        case .row_security: "{table} 启用了行级安全：其策略会使部分行无法参与比对"
        case .rules: "{table} 带有规则（RULE），对守护进程的写入也会生效"
        case .exclusion: "{table} 带有排他约束，两个地区的写入合在一起可能违反它"
        case .subscribed: "{table} 由逻辑复制订阅写入，而订阅不触发语句级触发器"
        case .user_trigger: "{table} 上的触发器 {trigger} 会对来自其他地区的行再次生效"
        case .triggers_act: "{table} 的触发器会对来自其他地区的行再次生效"
        case .triggers_late: "{table} 的触发器在 Bashu 的触发器之后执行，可能暗中改变主键"
        case .cannot_be_shared: "表 {table} 不能共享：{reason}"
        case .not_the_owner: "只有模式 bashu 的属主 {owner} 可以执行此操作；当前角色是 {user}"
        default: capture
        }
    }

    private var capture: String {
        switch self {
        case .table_gone: "该表已不存在或已改名"
        case .named_otherwise:
            "该表已不存在或已改名，对它的写入正在等待；请恢复其名称，或用 bashuctl table remove 取消共享"
        case .key_gone: "该表已没有主键"
        case .other_table: "该表不是当初共享的表，而是另一个同名的表"
        case .key_changed: "主键原为（{before}），现为（{now}）"
        case .capture_missing: "捕获函数缺失，或是为另一主键或另一守护进程角色生成的"
        case .became_partition: "{table} 已成为分区：经父表写入时此处的触发器不会执行"
        case .trigger_missing: "{table} 上缺少触发器 {trigger}"
        case .trigger_disabled: "{table} 上的触发器 {trigger} 已被禁用"
        case .trigger_not_always: "{table} 上的触发器 {trigger} 不是 ENABLE ALWAYS"
        default: "{table} 上的触发器 {trigger} 不是 Bashu 的"
        }
    }
}

extension KeyReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .no_key: "{table} 没有主键"
        case .deferrable_key: "{table} 的主键是可延迟的（DEFERRABLE）"
        case .invalid_key: "{table} 的主键无效"
        case .key_collation: "{table} 的主键列 {column} 类型为 {type}：其排序规则 {collation} 会把不同的文本视为相等"
        case .key_without_scale: "{table} 的主键列 {column} 类型为 {type}：未定小数位数时 1.0 与 1.00 相等但文本不同"
        case .key_without_length: "{table} 的主键列 {column} 类型为 {type}：未定长度时填充空格不固定"
        case .key_float: "{table} 的主键列 {column} 类型为 {type}：-0 与 0 相等但文本不同"
        case .key_interval: "{table} 的主键列 {column} 类型为 {type}：1 天与 24 小时相等但文本不同"
        case .key_json: "{table} 的主键列 {column} 类型为 {type}：其中的 1.0 与 1.00 相等但文本不同"
        case .key_enum: "{table} 的主键列 {column} 类型为 {type}：枚举标签改名后会成为另一个主键"
        case .key_other_type: "{table} 的主键列 {column} 类型为 {type}：该类型的相等值不一定文本相同"
        case .key_serial: "{table} 的主键列 {column} 由序列 {sequence} 以步长 1 编号，各地区会编出相同的号"
        case .excluded_unknown: "{table} 没有列 {column}"
        case .excluded_key: "{table} 的列 {column} 属于主键，不能只留在本地"
        case .excluded_unique: "{table} 的列 {column} 属于唯一索引：其本地值可能使其他地区的行被拒绝"
        case .excluded_generated: "{table} 的列 {column} 是生成列：从不发送"
        case .excluded_not_null: "{table} 的列 {column} 为 NOT NULL 且没有默认值，其他地区的行将无法插入"
        }
    }
}

extension TableHint: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .share_sources: "请共享它所读取的表。"
        case .share_root: "请共享被分区的主表：其分区随之共享。"
        case .no_inherit: "子表的行同时也是父表的行。请改用声明式分区，或执行 NO INHERIT。"
        case .run_as_owner: "请以该表属主的角色执行，或将该角色授予模式 bashu 的属主。"
        case .set_logged: "请执行 ALTER TABLE ... SET LOGGED。"
        case .disable_row_security: "请执行 ALTER TABLE ... DISABLE ROW LEVEL SECURITY，并改用视图供读者查询。"
        case .use_triggers: "请改用触发器，触发器可以加防护条件。"
        case .drop_exclusion: "请删除该约束，或共享另一个表。"
        case .alter_subscription: "请执行 ALTER SUBSCRIPTION ...，去掉该表。"
        case .share_column: "请共享该列，或删除该索引。"
        case .leave_out: "请将其从列表中去掉。"
        case .give_default: "请为其设置默认值，或共享该列。"
        case .add_key: "请执行 ALTER TABLE ... ADD PRIMARY KEY，最好选用永不改变的列。"
        case .not_deferrable: "请重新创建主键，去掉 DEFERRABLE：ON CONFLICT 不能使用可延迟的主键。"
        case .attach_index: "请在每个分区附加索引。"
        case .key_types: "请使用整数、uuid、text、char(n)、numeric(p,s)、日期时间、bytea、inet 等类型。"
        case .stride:
            "请在各地区执行 ALTER SEQUENCE {sequence} INCREMENT 100 RESTART WITH 各不相同的起始号；"
                + "如另有主键列可区分地区，也可声明允许主键相撞（--keys-may-collide）。"
        case .guard_it: "请为其加防护条件（此后对守护进程的写入不再生效，--guard-triggers），或声明允许它生效（--allow-triggers）。"
        case .guard_them: "请为它们加防护条件（此后对守护进程的写入不再生效），或声明允许它们生效。"
        case .rename_triggers: "请将其改名：BEFORE 触发器按名称顺序执行。"
        case .connect_as: "请以 {owner} 连接，或执行 SET ROLE {owner}。"
        case .truncate_allowed: "请使用 DELETE，或在共享该表时允许 TRUNCATE。"
        }
    }
}
