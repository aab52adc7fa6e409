/// What `audit` says.
public enum AuditMessage: MessageCatalogue {
    case progress, tableProgress, batches, changes, gone, vouchedFor, unsigned, faults
    case table, records, merged, parked, kept, leftOut
    case clean, historyClean, faulty, untrusted

    public var bilingual: Bilingual {
        switch self {
        case .progress: Bilingual("batch {done} of {total}", "第 {done} 批，共 {total} 批")
        case .tableProgress: Bilingual("{count} records of {table}", "{table}：{count} 条记录")
        case .batches: Bilingual("BATCHES", "批次")
        case .changes: Bilingual("CHANGES", "变更")
        case .gone: Bilingual("TAKEN OUT", "已取出")
        case .vouchedFor: Bilingual("SIGNED", "可信签名")
        case .unsigned: Bilingual("UNSIGNED", "无签名")
        case .faults: Bilingual("FAULTS", "问题")
        case .table: Bilingual("TABLE", "表")
        case .records: Bilingual("RECORDS", "记录")
        case .merged: Bilingual("MERGED", "重新合并")
        case .parked: Bilingual("PARKED", "暂不在表中")
        case .kept: Bilingual("KEPT", "暂留表中")
        case .leftOut: Bilingual("IN FLIGHT", "处理中")
        case .clean:
            Bilingual(
                "The history is what was published, and the tables are what it says.",
                "历史与发布时一致，各表与历史一致。")
        case .historyClean:
            Bilingual(
                "The history is what was published. The tables were not looked at.",
                "历史与发布时一致。未检查各表。")
        case .untrusted:
            Bilingual(
                "Batches that are signed, but by no key that is trusted here: {count}. See: bashuctl key list",
                "有签名但其密钥在此处不受信任的批次：{count}。请查看：bashuctl key list")
        case .faulty:
            Bilingual(
                "Faults: {count}. Keep this database as it is, and compare with the other regions.",
                "问题：{count}。请保持本数据库原状，并与其他地区比对。")
        }
    }
}

/// Pages of help about audits, and one-line help of their options.
public enum AuditPage: MessageCatalogue {
    case auditMore, historyOnly

    public var bilingual: Bilingual {
        switch self {
        case .auditMore:
            Bilingual(
                """
                Reads every batch of every origin that is kept here and checks each line against the digest of its \
                batch, each batch against the next one, and the signatures; then the index of changes against the \
                lines, and every row of the shared tables against what the history says. Finds what a superuser has \
                edited, deleted or put in. Needs neither bashud nor a peer, and writes nothing. Exit status 1 when \
                something is wrong.
                """,
                """
                读取此处保存的每个源的每一批，逐行核对批次摘要、批次之间的链接以及签名；再将变更索引与各行、共享表的每一行与历史\
                逐一比对；能发现超级用户所做的修改、删除或伪造。不需要 bashud 或对端，也不写入任何内容。发现问题时退出状态为 1。
                """)
        case .historyOnly: Bilingual("Look neither at the index nor at the tables.", "不检查变更索引和各表。")
        }
    }
}
