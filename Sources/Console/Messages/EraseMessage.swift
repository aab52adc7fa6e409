/// What `erase` says.
public enum EraseMessage: MessageCatalogue {
    case changes, nothing, preview, onReplica, stored, daemonDown, notErased, erased

    public var bilingual: Bilingual {
        switch self {
        case .changes: Bilingual("CHANGES", "变更数")
        case .nothing:
            Bilingual("the log has nothing of this row of {table}", "日志中没有 {table} 的这一行")
        case .preview:
            Bilingual(
                """
                Nothing has been erased yet. With --yes these rows and every change of them go from the tables, the \
                log and the conflicts, in every region and replica, for ever.
                """, "尚未抹除。加上 --yes 后，这些行及其全部变更将从各地区和副本的表、日志和冲突记录中永久移除。")
        case .onReplica:
            Bilingual("a replica only reads; erase in a region", "只读副本不能抹除；请在地区数据库执行")
        case .stored: Bilingual("Stored; bashud will take it.", "已登记；bashud 将执行。")
        case .daemonDown:
            Bilingual("Stored, but bashud is not running: it will take it when it does.", "已登记，但 bashud 未运行；启动后执行。")
        case .notErased: Bilingual("{table} {key} was not erased: {outcome}", "{table} {key} 未抹除：{outcome}")
        case .erased:
            Bilingual(
                """
                Erased here: {count} rows. The erasure travels to the other databases with the next batches; backups \
                and offline files made before still hold the data.
                """, "已在本库抹除 {count} 行。抹除随后续批次到达其他数据库；此前的备份和离线文件仍含有这些数据。")
        }
    }
}

/// Help on erasing.
public enum ErasePage: MessageCatalogue {
    case eraseMore

    public var bilingual: Bilingual {
        Bilingual(
            """
            Erases the data of a person: the row and everything below it by foreign keys (appointments, certificates), \
            deleted ones too. Shows what it would erase; --yes does it. It cannot be undone. Writes of these rows \
            that arrive later and had not seen the erasure are taken out as well.

            The reason stays in the history of every database: do not name the person in it.

            Example:
              bashuctl erase catalogue.person 0b9f6a1e-… --reason 'request of 2026-11-03'
            """,
            """
            抹除个人信息：该行及其按外键关联的下级行（聘任、证书等），已删除的也包括在内。先列出将要抹除的内容，加 --yes 才执行，\
            不可恢复。之后到达的、写入时未见此抹除的变更同样会被移除。

            理由会保留在各数据库的历史中，请勿写入姓名。

            示例：
              bashuctl erase catalogue.person 0b9f6a1e-… --reason '2026-11-03 申请'
            """)
    }
}
