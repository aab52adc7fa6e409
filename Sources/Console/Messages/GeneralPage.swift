/// Pages of help about looking and checking.
public enum GeneralPage: MessageCatalogue {
    case bashuctlMore, schemaPrintMore, historyMore, verifyMore

    public var bilingual: Bilingual {
        switch self {
        case .bashuctlMore:
            Bilingual(
                """
                Speaks only to its own database: the one in /etc/bashu/bashu.toml, BASHU_DATABASE, or --database.

                Exit status: 0 done or converged, 1 failed, 2 cannot reach a database, 3 lagging, held or paused, \
                4 open cases, 5 regions differ, 64 wrong usage.
                """,
                """
                只与本地数据库通信：由 /etc/bashu/bashu.toml、BASHU_DATABASE 或 --database 指定。

                退出状态：0 完成或一致，1 失败，2 无法连接数据库，3 延迟、搁置或暂停，4 有待裁定的冲突，5 各地区不同，64 用法错误。
                """)
        case .schemaPrintMore:
            Bilingual(
                """
                Example:
                  bashuctl schema print sql/0001_base.sql
                """,
                """
                示例：
                  bashuctl schema print sql/0001_base.sql
                """)
        case .historyMore:
            Bilingual(
                """
                Everything published about the row by any region, oldest first. Rails run beside it: writes on \
                different rails had not seen each other. Each says what it wrote, what it had seen, what lost and by \
                which rule, and why a person ruled. Bring back what lost with: bashuctl conflict undo

                Example:
                  bashuctl history standard 'GB/T 1.1-2020'
                  bashuctl history standard_part 'GB/T 1.1-2020' 2
                """,
                """
                各地区发布的关于该行的全部变更，由旧到新。左侧的竖线表示分支：不同竖线上的写入互未看见。每项变更说明写了什么、\
                写入时已见什么、什么落败及依据哪条规则、人工裁定的理由。恢复落败的值：bashuctl conflict undo

                示例：
                  bashuctl history standard 'GB/T 1.1-2020'
                  bashuctl history standard_part 'GB/T 1.1-2020' 2
                """)
        case .verifyMore: VerifyPage.more
        }
    }
}

private enum VerifyPage {
    static let more = Bilingual(
        """
        Names the rows that differ; rows in flight are no false alarm. Exit status 5 when any differ.

        --repair publish makes what the table has a change like any other; --repair restore puts back what \
        the log says. Look first with --dry-run, which shows both.

        Example:
          bashuctl verify standard
          bashuctl verify standard --repair restore --dry-run
        """,
        """
        列出不同的行；正在传输的行不会误报。有不同时退出状态为 5。

        --repair publish 把表中的值作为普通变更发布；--repair restore 恢复日志中的值。请先用 --dry-run 查看双方的值。

        示例：
          bashuctl verify standard
          bashuctl verify standard --repair restore --dry-run
        """)
}
