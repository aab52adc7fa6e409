/// What each command does, and examples.
public enum HelpMessage: MessageCatalogue {
    case bashuctl, initialise, uninstall, table, tableAdd, tableRemove, tableList, tableAccept, tableRestore
    case peer, peerAdd, peerRemove, peerList, peerPause, peerResume, join, status, conflict, conflictList
    case conflictShow, conflictResolve, conflictUndo, history, verify, wait, schema, schemaPrint
    case policy, policyCheck, policyApply, policyShow, policyRehearse
    case key, keyGenerate, keyShow, keyTrust, keyRevoke, keyRotate, keyList
    case audit, auditRecord, auditVerify
    case origin, originList, originClose, originRenew
    case doctor, erase, catalogue, catalogueInstall, catalogueCheck

    public var bilingual: Bilingual {
        switch self {
        case .bashuctl: Bilingual("Control the replication of this database.", "管理本数据库的同步。")
        case .initialise: Bilingual("Install Bashu in this database, or upgrade it.", "在本数据库中安装或升级 Bashu。")
        case .uninstall: Bilingual("Remove Bashu from this database; the tables stay.", "从本数据库中移除 Bashu；表保留。")
        case .table: Bilingual("Which tables are shared.", "哪些表参与共享。")
        case .tableAdd: Bilingual("Share a table.", "共享一个表。")
        case .tableRemove: Bilingual("Stop sharing a table here; its rows stay.", "停止在此共享一个表；数据保留。")
        case .tableList: Bilingual("List the shared tables.", "列出共享的表。")
        case .tableAccept: Bilingual("Agree to a held mass change.", "同意被搁置的大批量变更。")
        case .tableRestore: Bilingual("Put back the rows of a held mass change.", "恢复被搁置的大批量变更所删的行。")
        case .peer: Bilingual("The parties this database exchanges changes with.", "与本数据库交换变更的各方。")
        case .peerAdd: Bilingual("Add a peer, or a party that pulls from here.", "添加对端，或从此处拉取的一方。")
        case .peerRemove: Bilingual("Forget a peer.", "删除一个对端。")
        case .peerList: Bilingual("List the peers and the state of their links.", "列出对端及其链路状态。")
        case .peerPause: Bilingual("Stop pulling from a peer.", "暂停从一个对端拉取。")
        case .peerResume: Bilingual("Pull from a peer again.", "恢复从一个对端拉取。")
        case .auditRecord: Bilingual("Write where each field of a record came from.", "写出一条记录各字段的来源。")
        case .auditVerify: Bilingual("Check such a file, without a database.", "核验此类文件，不需要数据库。")
        case .audit: Bilingual("Is the history what was published?", "检查历史是否与发布时一致。")
        case .origin: Bilingual("The lives of the regions' databases, and their ends.", "各地区数据库的源及其终点。")
        case .originList: Bilingual("List the origins and how far each is known.", "列出各源及其已知的位置。")
        case .originClose: Bilingual("Declare the last batch of an origin.", "声明一个源的最后一批。")
        case .originRenew: Bilingual("Begin a new origin for this database.", "为本库开始新的源。")
        case .join: Bilingual("Fill this empty database from a peer.", "用一个对端的内容填充这个空数据库。")
        case .status: Bilingual("How replication is doing.", "同步的状况。")
        case .conflict: Bilingual("Recorded conflicts, and rulings on them.", "记录的冲突及其裁定。")
        case .conflictList: Bilingual("List rows with conflicts.", "列出有冲突的行。")
        case .conflictShow: Bilingual("Show the candidates of a case side by side.", "并列显示冲突的各候选。")
        case .conflictResolve: Bilingual("Rule on a case.", "裁定一个冲突。")
        case .conflictUndo: Bilingual("Bring back what lost, weeks later too.", "恢复落败的值，数周之后亦可。")
        case .policy: Bilingual("Rules by which concurrent changes are merged.", "合并并发变更的规则。")
        case .policyCheck: Bilingual("Check a policy file against the tables.", "按表检查策略文件。")
        case .policyApply: Bilingual("Make a file the policy of this database.", "将文件用作本数据库的策略。")
        case .policyShow: Bilingual("Show the policy that holds.", "显示现行策略。")
        case .policyRehearse: Bilingual("List what another policy would change.", "列出换用策略会改变的结果。")
        case .history: Bilingual("Who wrote what into a row, and what lost.", "谁在一行中写了什么，什么被取代。")
        case .verify: Bilingual("Compare tables with the log, or with a peer.", "将表与日志或对端比对。")
        case .wait: Bilingual("Wait until a peer has what is committed here.", "等待对端获得此处已提交的内容。")
        case .doctor: Bilingual("Look for what will go wrong, and what to do.", "检查隐患，并给出处理办法。")
        case .erase: Bilingual("Erase the data of a person, everywhere.", "在各处抹除个人信息。")
        case .catalogue: Bilingual("The catalogue of standards itself.", "标准目录本身。")
        case .catalogueInstall: Bilingual("Install the catalogue's tables and views.", "安装目录的表和视图。")
        case .catalogueCheck: Bilingual("List what people should look at.", "列出需人工核查的内容。")
        case .schema: Bilingual("The SQL that Bashu installs.", "Bashu 安装的 SQL。")
        case .schemaPrint: Bilingual("Print the SQL for a DBA to read.", "输出 SQL 供 DBA 阅读。")
        default: keys
        }
    }

    private var keys: Bilingual {
        switch self {
        case .keyGenerate: Bilingual("Make the private key of this region.", "生成本地区的私钥。")
        case .keyShow: Bilingual("Show a key; without a name our own.", "显示一个密钥；不指明时显示本地密钥。")
        case .keyTrust: Bilingual("Trust another region's key.", "信任另一地区的密钥。")
        case .keyRevoke: Bilingual("Believe a key no more.", "吊销一个密钥。")
        case .keyRotate: Bilingual("Make the next key, signed by the present one.", "生成由现有密钥签名的新密钥。")
        case .keyList: Bilingual("List the public keys that are known here.", "列出本地已知的公钥。")
        default: Bilingual("Keys that sign and check history.", "签名和验证历史的密钥。")
        }
    }
}
