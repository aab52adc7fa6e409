/// Pages of help about the state of things and about conflicts.
public enum CasePage: MessageCatalogue {
    case statusMore, conflictListMore, conflictResolveMore

    public var bilingual: Bilingual {
        switch self {
        case .statusMore:
            Bilingual(
                """
                LAG is the age of the oldest change that is not applied. WAITING counts rows received and not applied.

                Exit status: 0 converged; 3 lagging, held, paused, or bashud is not running; 4 cases need a person.

                Example:
                  bashuctl status --watch
                  bashuctl status -o json --max-lag 60
                """,
                """
                “延迟”是最早一项未应用变更的时长。“待应用”是已接收而未应用的行数。

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
        case .conflictResolveMore:
            Bilingual(
                """
                The ruling travels to every region like any other change and closes the case everywhere. It is not \
                taken if the row has changed since you looked. Log in as yourself, so that the history names you.

                Example:
                  bashuctl conflict resolve 50:12:0 --candidate 51:9:3 --reason 'SC published first'
                  bashuctl conflict resolve 50:12:0 --set status=现行 --reason 'announcement 2026-14'
                """,
                """
                裁定与其他变更一样传到各地区，并在各处了结该冲突。若该行在您查看之后又有变化，则不执行。请用自己的角色登录，历史中会记下您的名字。

                示例：
                  bashuctl conflict resolve 50:12:0 --candidate 51:9:3 --reason '四川先发布'
                  bashuctl conflict resolve 50:12:0 --set status=现行 --reason '2026 年第 14 号公告'
                """)
        }
    }
}
