/// Pages of help about the state of things and about conflicts.
public enum CasePage: MessageCatalogue {
    case statusMore, conflictListMore, conflictResolveMore, conflictUndoMore

    public var bilingual: Bilingual {
        switch self {
        case .statusMore:
            Bilingual(
                """
                LAG is the age of the oldest change that is not applied. WAITING counts rows received and not applied.

                --watch draws the lag of the last ten minutes. A bar is higher where it was longer: none, below 1 s, \
                10 s, 1 min, 10 min, 1 h, 1 d, more. ! is a time when nothing flowed, ? an unknown lag.

                Exit status: 0 converged; 3 lagging, held, paused, or bashud is not running; 4 cases need a person.

                Example:
                  bashuctl status --watch
                  bashuctl status -o json --max-lag 60
                """,
                """
                “延迟”是最早一项未应用变更的时长。“待应用”是已接收而未应用的行数。

                --watch 画出最近十分钟的延迟，越高越久：无、不足 1 秒、10 秒、1 分、10 分、1 小时、1 天、更久。\
                ! 表示当时没有传输，? 表示延迟未知。

                退出状态：0 一致；3 延迟、搁置、暂停，或 bashud 没有运行；4 有冲突需要人工裁定。

                示例：
                  bashuctl status --watch
                  bashuctl status -o json --max-lag 60
                """)
        case .conflictListMore:
            Bilingual(
                """
                One line for each row. The handle names a case for show and resolve.

                Example:
                  bashuctl conflict list --table standard
                  bashuctl conflict list --state open
                """,
                """
                每行数据一行输出。show 和 resolve 用句柄指明冲突。

                示例：
                  bashuctl conflict list --table standard
                  bashuctl conflict list --state open
                """)
        case .conflictResolveMore: RulingPages.resolve
        case .conflictUndoMore: RulingPages.undo
        }
    }
}

private enum RulingPages {
    static let resolve = Bilingual(
        """
        Say what is to hold: one candidate, a mix of candidates field by field, new values, or that the row is \
        absent. On a terminal, without a choice, the candidates are shown side by side and asked for one by one. \
        Keeping what stands now is a ruling too: it closes the case.

        The ruling travels to every region like any other change and closes the case everywhere. It is not taken if \
        the row has changed since you looked. While bashud is down it waits (exit status 3). Log in as yourself, so \
        that the history names you.

        Example:
          bashuctl conflict resolve 50:12:0
          bashuctl conflict resolve 50:12:0 --candidate 2 --reason 'SC published first'
          bashuctl conflict resolve 50:12:0 --candidate 2 --take title=1 --reason 'agreed'
          bashuctl conflict resolve 50:12:0 --set status=现行 --reason 'announcement 2026-14'

        Many cases at once; look first with --dry-run:
          bashuctl conflict resolve --type update_deleted --table standard --keep home \
        --reason 'duty of the home region' --dry-run
        """,
        """
        说明以何为准：某一候选、逐列混合、新的值，或该行不存在。在终端上不给出选择时，并列显示各候选并逐项询问。保留现值也是裁定，同样会了结冲突。

        裁定与其他变更一样传到各地区，并在各处了结该冲突。若该行在您查看之后又有变化，则不执行。bashud 停止时裁定等待执行（退出状态 3）。\
        请用自己的角色登录，历史中会记下您的名字。

        示例：
          bashuctl conflict resolve 50:12:0
          bashuctl conflict resolve 50:12:0 --candidate 2 --reason '四川先发布'
          bashuctl conflict resolve 50:12:0 --candidate 2 --take title=1 --reason '两地商定'
          bashuctl conflict resolve 50:12:0 --set status=现行 --reason '2026 年第 14 号公告'

        一次裁定一类冲突；请先用 --dry-run 查看：
          bashuctl conflict resolve --type update_deleted --table standard --keep home \
        --reason '归属地区负责' --dry-run
        """)

    static let undo = Bilingual(
        """
        What lost is in the log for as long as the log is kept. It comes back as a ruling, with your name and reason, \
        whether the case is open or was closed long ago; it needs no right to write the table. If the row changes \
        before bashud takes it, it is not taken.

        Example:
          bashuctl conflict undo 51:9:3 --reason 'the older title was right'
          bashuctl conflict undo 51:9:3 --candidate 50:12:0 --reason 'restored for the audit'
        """,
        """
        只要日志还在，落败的值就在其中。它以裁定的形式恢复，记下您的名字和理由，无论冲突尚未了结还是早已了结；不需要该表的写权限。若该行在执行前又有变化，则不执行。

        示例：
          bashuctl conflict undo 51:9:3 --reason '原标题正确'
          bashuctl conflict undo 51:9:3 --candidate 50:12:0 --reason '应审计要求恢复'
        """)
}
