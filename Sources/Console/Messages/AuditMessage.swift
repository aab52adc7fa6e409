/// What `audit` says.
public enum AuditMessage: MessageCatalogue {
    case progress, batches, changes, gone, vouchedFor, unsigned, faults, clean, faulty

    public var bilingual: Bilingual {
        switch self {
        case .progress: Bilingual("batch {done} of {total}", "第 {done} 批，共 {total} 批")
        case .batches: Bilingual("BATCHES", "批次")
        case .changes: Bilingual("CHANGES", "变更")
        case .gone: Bilingual("TAKEN OUT", "已取出")
        case .vouchedFor: Bilingual("SIGNED", "可信签名")
        case .unsigned: Bilingual("UNSIGNED", "无签名")
        case .faults: Bilingual("FAULTS", "问题")
        case .clean:
            Bilingual(
                "The history is what was published. Compare the tables with it: bashuctl verify",
                "历史与发布时一致。各表与历史的比对：bashuctl verify")
        case .faulty:
            Bilingual(
                "Faults in the history: {count}. Keep this database as it is, and compare with the other regions.",
                "历史中的问题：{count}。请保持本数据库原状，并与其他地区比对。")
        }
    }
}

/// Pages of help about audits.
public enum AuditPage: MessageCatalogue {
    case auditMore

    public var bilingual: Bilingual {
        switch self {
        case .auditMore:
            Bilingual(
                """
                Reads every batch of every origin that is kept here and checks each line against the digest of its \
                batch, each batch against the next one, and the signatures. Finds what a superuser has edited, deleted \
                or put in. Needs neither bashud nor a peer, and writes nothing. Exit status 1 when something is wrong.
                """,
                """
                读取此处保存的每个源的每一批，逐行核对批次摘要、批次之间的链接以及签名；能发现超级用户所做的修改、删除或伪造。\
                不需要 bashud 或对端，也不写入任何内容。发现问题时退出状态为 1。
                """)
        }
    }
}
