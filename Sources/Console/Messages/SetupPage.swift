/// Pages of help about setting up.
public enum SetupPage: MessageCatalogue {
    case initialiseMore, tableAddMore, tableAcceptMore, tableRestoreMore

    public var bilingual: Bilingual {
        switch self {
        case .initialiseMore:
            Bilingual(
                """
                Run it as the owner of the tables to be shared; no superuser, no extension, no restart is needed. \
                Stop bashud first when upgrading. Prints the grants that peers and readers need.

                Example:
                  bashuctl init --region 50 --daemon-role bashu
                  bashuctl init --kind replica --region sichuan_univ --daemon-role bashu
                """,
                """
                请以要共享的表的属主身份运行；不需要超级用户、扩展或重启。升级前请先停止 bashud。会列出对端和读者所需的授权。

                示例：
                  bashuctl init --region 50 --daemon-role bashu
                  bashuctl init --kind replica --region sichuan_univ --daemon-role bashu
                """)
        case .tableAddMore:
            Bilingual(
                """
                From now on its changes are captured and its rows published. Says every reason why a table cannot be \
                shared.

                Example:
                  bashuctl table add standard
                  bashuctl table add "Zhi Jian".标准 --without 备注,updated_at
                """,
                """
                从现在起捕获其变更并发布其数据。若表不能共享，会说明所有原因。

                示例：
                  bashuctl table add standard
                  bashuctl table add "Zhi Jian".标准 --without 备注,updated_at
                """)
        case .tableAcceptMore:
            Bilingual(
                "A delete of more than a set share of a table is not published until an operator agrees. "
                    + "`bashuctl status` names such tables.",
                "一次删除超过一定比例的行，须经操作员同意才会发布。`bashuctl status` 会列出这样的表。")
        case .tableRestoreMore:
            Bilingual(
                "The rows come back here as the log has them; no other region sees that they were gone.",
                "数据按日志恢复；其他地区不会知道它们曾被删除。")
        }
    }
}
