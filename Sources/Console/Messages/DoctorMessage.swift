/// What `bashuctl doctor` finds: one sentence each, with what to do. The names are those of the findings.
public enum DoctorMessage: String, MessageCatalogue {
    case server, server_old, schema, schema_other, encoding, encoding_other, collation, collation_changed
    case daemon, daemon_dead, daemon_problem, daemon_version
    case role, role_missing, role_no_login, role_powerful, grants, grant_missing
    case tables, table_fault, sizes, hidden
    case transactions, transaction_old, prepared_old, sessions_hidden, slots, slot_waits
    case retention, retention_kept, digest, digest_waits, keys, key_new, `guard`, guard_off
    case indexes, index_invalid, sequences, sequence_low, sequences_hidden
    case freeze, freeze_near, vacuum_off, table_vacuum_off, connections, connections_few

    public var bilingual: Bilingual {
        switch self {
        case .server: Bilingual("PostgreSQL {version}", "服务器为 PostgreSQL {version}")
        case .server_old:
            Bilingual(
                "PostgreSQL {version} is too old: upgrade to 15 or later",
                "PostgreSQL {version} 过旧：请升级到 15 或更高版本")
        case .schema: Bilingual("Bashu's schema {version} is this program's", "Bashu 模式版本 {version} 与本程序一致")
        case .schema_other: Bilingual("Schema: {reason}", "模式版本：{reason}")
        case .encoding: Bilingual("Encoding {encoding}, character type {locale}", "编码 {encoding}，字符类型 {locale}")
        case .encoding_other:
            Bilingual(
                "The encoding is {encoding}: move the data into a database with UTF8",
                "编码为 {encoding}：请将数据迁移到 UTF8 数据库")
        case .collation: Bilingual("Sort orders are as the indexes were built", "排序规则与建立索引时一致")
        case .collation_changed:
            Bilingual(
                "The sort order of {collation} was {recorded} and is {present}: REINDEX, then ALTER … REFRESH "
                    + "COLLATION VERSION",
                "{collation} 的排序规则版本由 {recorded} 变为 {present}：请先 REINDEX，再执行 ALTER … REFRESH COLLATION VERSION")
        default: roles
        }
    }

    private var roles: Bilingual {
        switch self {
        case .daemon: Bilingual("bashud {version} is alive on {host}", "bashud {version} 在 {host} 上运行")
        case .daemon_dead:
            Bilingual(
                "bashud is not running: systemctl start bashud, and read its log",
                "bashud 没有运行：请执行 systemctl start bashud 并查看日志")
        case .daemon_problem: Bilingual("bashud reports: {problem}", "bashud 报告：{problem}")
        case .daemon_version:
            Bilingual(
                "bashud is of version {version}, this program {program}: install the same on both",
                "bashud 版本为 {version}，本程序为 {program}：请安装相同版本")
        case .role: Bilingual("The daemon's role {role} is an ordinary one", "守护进程角色 {role} 是普通角色")
        case .role_missing:
            Bilingual(
                "There is no role {role}: CREATE ROLE, then bashuctl init",
                "没有角色 {role}：请 CREATE ROLE，再执行 bashuctl init")
        case .role_no_login:
            Bilingual(
                "Role {role} cannot log in: ALTER ROLE … LOGIN",
                "角色 {role} 不能登录：请 ALTER ROLE … LOGIN")
        case .role_powerful:
            Bilingual(
                "Role {role} is a superuser or a member of the owner: take that from it",
                "角色 {role} 是超级用户或属主的成员：请收回该权限")
        case .grants: Bilingual("The daemon's role has what it needs", "守护进程角色具有所需的权限")
        case .grant_missing:
            Bilingual(
                "{role} lacks {right} on {table}: bashuctl init for Bashu's own tables, GRANT for shared ones",
                "{role} 缺少 {table} 的 {right} 权限：Bashu 自己的表请执行 bashuctl init，共享的表请 GRANT")
        case .tables: Bilingual("Every shared table is captured", "每个共享的表都在捕获变更")
        case .table_fault:
            Bilingual(
                "{table}: {fault}. bashud mends triggers by itself; if this stays, bashuctl table add again",
                "{table}：{fault}。bashud 会自行修复触发器；如仍存在，请重新执行 bashuctl table add")
        default: server
        }
    }

    private var server: Bilingual {
        switch self {
        case .sizes:
            Bilingual(
                "Database {database}, of that log {log}; temporary files so far {temporary}. Free space of the disk "
                    + "cannot be seen from here: watch it on the server",
                "数据库 {database}，其中日志 {log}；临时文件累计 {temporary}。此处看不到磁盘剩余空间：请在服务器上监控")
        case .hidden: Bilingual("{what} could not be looked at: {reason}", "无法检查 {what}：{reason}")
        case .transactions: Bilingual("No transaction is open for too long", "没有长时间未结束的事务")
        case .transaction_old:
            Bilingual(
                "Process {pid} ({user}, {program}) has a transaction open for {age}: end it, or "
                    + "pg_terminate_backend({pid})",
                "进程 {pid}（{user}，{program}）的事务已打开 {age}：请结束它，或执行 pg_terminate_backend({pid})")
        case .prepared_old:
            Bilingual(
                "Prepared transaction {name} of {user} waits for {age}: COMMIT PREPARED or ROLLBACK PREPARED",
                "{user} 的预备事务 {name} 已等待 {age}：请 COMMIT PREPARED 或 ROLLBACK PREPARED")
        case .sessions_hidden:
            Bilingual(
                "{count} sessions of other roles cannot be looked into: GRANT pg_read_all_stats TO {role}",
                "无法查看其他角色的 {count} 个会话：请 GRANT pg_read_all_stats TO {role}")
        case .retention:
            Bilingual("The log keeps nothing for anybody beyond its retention", "日志没有为任何一方保留超过保留期的内容")
        case .retention_kept:
            Bilingual(
                "The log keeps changes since {until} only because {who} has not seen them: bring it back, or bashuctl "
                    + "peer remove it",
                "日志自 {until} 起的变更仅因 {who} 尚未读取而保留：请恢复它，或用 bashuctl peer remove 删除它")
        case .digest: Bilingual("Own batches are hashed with {algorithm}", "本库的批次使用 {algorithm} 摘要")
        case .digest_waits:
            Bilingual(
                "Own batches are hashed with sha256 until these peers report that they read {algorithm}: {peers}",
                "以下对端尚未报告可读取 {algorithm}，在此之前本库的批次使用 sha256：{peers}")
        case .slots: Bilingual("No replication slot keeps the server's journal", "没有复制槽占用预写日志")
        case .slot_waits:
            Bilingual(
                "Replication slot {slot}, not Bashu's, has no reader and keeps {kept}: bring its reader back, or "
                    + "pg_drop_replication_slot",
                "复制槽 {slot}（不属于 Bashu）没有读取者，占用 {kept}：请恢复读取者，或执行 pg_drop_replication_slot")
        default: growth
        }
    }

    private var growth: Bilingual {
        switch self {
        case .keys: Bilingual("No key waits to be compared", "没有待核对的密钥")
        case .key_new:
            Bilingual(
                "Key {fingerprint} of region {region} is not trusted yet: compare it, then bashuctl key trust",
                "地区 {region} 的密钥 {fingerprint} 尚未受信任：请核对后执行 bashuctl key trust")
        case .guard: Bilingual("Nobody but bashud can write the history by mistake", "除 bashud 外无人会误改历史")
        case .guard_off:
            Bilingual(
                "The trigger bashu_history of {table} is off: put it back with bashuctl init",
                "{table} 的触发器 bashu_history 未启用：请用 bashuctl init 恢复")
        case .indexes: Bilingual("Every index is valid", "所有索引有效")
        case .index_invalid:
            Bilingual(
                "Index {index} of {table} is invalid: REINDEX INDEX CONCURRENTLY",
                "{table} 的索引 {index} 无效：请 REINDEX INDEX CONCURRENTLY")
        case .sequences: Bilingual("Sequences have numbers left", "序列仍有余量")
        case .sequence_low:
            Bilingual(
                "Sequence {sequence} has used {percent} % of its numbers: make the column bigint",
                "序列 {sequence} 已用 {percent}%：请将列改为 bigint")
        case .sequences_hidden:
            Bilingual(
                "{count} sequences cannot be looked at: GRANT SELECT on them TO {role}",
                "无法查看 {count} 个序列：请将其 SELECT 权限授予 {role}")
        case .freeze:
            Bilingual(
                "Vacuum keeps up: {percent} % of the transaction numbers in use",
                "清理跟得上：事务号已用 {percent}%")
        case .freeze_near:
            Bilingual(
                "{percent} % of the transaction numbers are in use: find what holds vacuum up, then VACUUM FREEZE",
                "事务号已用 {percent}%：请查明阻碍清理的原因，再执行 VACUUM FREEZE")
        case .vacuum_off:
            Bilingual(
                "Autovacuum is off: switch autovacuum and track_counts on",
                "自动清理已关闭：请打开 autovacuum 和 track_counts")
        case .table_vacuum_off:
            Bilingual(
                "Autovacuum is off for {table}: ALTER TABLE … RESET (autovacuum_enabled)",
                "{table} 的自动清理已关闭：请 ALTER TABLE … RESET (autovacuum_enabled)")
        case .connections: Bilingual("{used} of {limit} connections are in use", "已用连接 {used} / {limit}")
        default:
            Bilingual(
                "{used} of {limit} connections are in use: raise max_connections, or pool the programs' own",
                "已用连接 {used} / {limit}：请调高 max_connections，或为应用程序使用连接池")
        }
    }
}
