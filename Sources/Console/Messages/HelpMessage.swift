/// What each command does, and examples.
public enum HelpMessage: MessageCatalogue {
    case bashuctl, bashuctlMore, initialise, initialiseMore, uninstall, table, tableAdd, tableAddMore, tableRemove
    case tableList, tableAccept, tableAcceptMore, tableRestore, tableRestoreMore, peer, peerAdd, peerAddMore
    case peerRemove, peerList, peerPause, peerResume, join, joinMore, status, statusMore, conflict, conflictList
    case conflictListMore, conflictShow, conflictResolve, conflictResolveMore, history, historyMore, verify
    case verifyMore, wait, waitMore, schema, schemaPrint, schemaPrintMore

    public var bilingual: Bilingual {
        switch self {
        case .bashuctl: Bilingual("Control the replication of this database.", "管理本数据库的同步。")
        case .bashuctlMore:
            Bilingual(
                """
                Speaks only to its own database, named in /etc/bashu/bashu.toml, in BASHU_DATABASE, or by --database. \
                Never asks for a password: use ~/.pgpass.

                Exit status: 0 done or converged, 1 failed, 2 cannot reach a database, 3 lagging, held or paused, \
                4 open cases, 5 regions differ, 64 wrong usage.
                """,
                """
                只与本地数据库通信：由 /etc/bashu/bashu.toml、BASHU_DATABASE 或 --database 指定。从不询问口令：请用 ~/.pgpass。

                退出状态：0 完成或一致，1 失败，2 无法连接数据库，3 延迟、搁置或暂停，4 有待裁定的冲突，5 各地区不同，64 用法错误。
                """)
        case .initialise: Bilingual("Install Bashu in this database, or upgrade it.", "在本数据库中安装或升级 Bashu。")
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
        case .uninstall: Bilingual("Remove Bashu from this database; the tables stay.", "从本数据库中移除 Bashu；表保留。")
        case .table: Bilingual("Which tables are shared.", "哪些表参与共享。")
        case .tableAdd: Bilingual("Share a table.", "共享一个表。")
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
        case .tableRemove: Bilingual("Stop sharing a table here; its rows stay.", "停止在此共享一个表；数据保留。")
        case .tableList: Bilingual("List the shared tables.", "列出共享的表。")
        case .tableAccept: Bilingual("Agree to a held mass change.", "同意被搁置的大批量变更。")
        case .tableAcceptMore:
            Bilingual(
                "A delete of more than a set share of a table is not published until an operator agrees. "
                    + "`bashuctl status` names such tables.",
                "一次删除超过一定比例的行，须经操作员同意才会发布。`bashuctl status` 会列出这样的表。")
        case .tableRestore: Bilingual("Put back the rows of a held mass change.", "恢复被搁置的大批量变更所删的行。")
        case .tableRestoreMore:
            Bilingual(
                "The rows come back here as the log has them; no other region sees that they were gone.",
                "数据按日志恢复；其他地区不会知道它们曾被删除。")
        case .peer: Bilingual("The parties this database exchanges changes with.", "与本数据库交换变更的各方。")
        case .peerAdd: Bilingual("Add a peer, or a party that pulls from here.", "添加对端，或从此处拉取的一方。")
        case .peerAddMore:
            Bilingual(
                """
                --conninfo says where to pull from, --login which role the peer uses to pull from here. Two regions \
                that exchange changes give both, in each of them.

                Example:
                  bashuctl peer add 51 --login peer_51 \\
                    --conninfo 'host=db.sc.example dbname=standards user=peer_50'
                """,
                """
                --conninfo 指明从何处拉取，--login 指明对端从此处拉取时使用的角色。互相交换变更的两个地区都要给出两者。

                示例：
                  bashuctl peer add 51 --login peer_51 \\
                    --conninfo 'host=db.sc.example dbname=standards user=peer_50'
                """)
        case .peerRemove: Bilingual("Forget a peer.", "删除一个对端。")
        case .peerList: Bilingual("List the peers and the state of their links.", "列出对端及其链路状态。")
        case .peerPause: Bilingual("Stop pulling from a peer.", "暂停从一个对端拉取。")
        case .peerResume: Bilingual("Pull from a peer again.", "恢复从一个对端拉取。")
        case .join: Bilingual("Fill this empty database from a peer.", "用一个对端的内容填充这个空数据库。")
        case .joinMore:
            Bilingual(
                """
                Receives the peer's whole log and projects it into the empty tables, while the peer is being written \
                to; then ordinary replication goes on from exactly there. Interrupted, it resumes.

                Example:
                  bashuctl peer add 50 --conninfo 'host=db.cq.example dbname=standards user=reader_1'
                  bashuctl join --from 50
                """,
                """
                接收对端的全部日志并写入空表，期间对端可以照常写入；之后从该处继续正常同步。中断后可继续。

                示例：
                  bashuctl peer add 50 --conninfo 'host=db.cq.example dbname=standards user=reader_1'
                  bashuctl join --from 50
                """)
        case .status: Bilingual("How replication is doing.", "同步的状况。")
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
        case .conflict: Bilingual("Recorded conflicts, and rulings on them.", "记录的冲突及其裁定。")
        case .conflictList: Bilingual("List rows with conflicts.", "列出有冲突的行。")
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
        case .conflictShow: Bilingual("Show the candidates of a case side by side.", "并列显示冲突的各候选。")
        case .conflictResolve: Bilingual("Rule on a case.", "裁定一个冲突。")
        case .conflictResolveMore:
            Bilingual(
                """
                The ruling travels to every region like any other change and closes the case everywhere. It is not \
                taken if the row has changed since you looked.

                Example:
                  bashuctl conflict resolve 50:12:0 --candidate 51:9:3 --reason 'SC published first'
                  bashuctl conflict resolve 50:12:0 --set status=现行 --reason 'announcement 2026-14'
                """,
                """
                裁定与其他变更一样传到各地区，并在各处了结该冲突。若该行在您查看之后又有变化，则不执行。

                示例：
                  bashuctl conflict resolve 50:12:0 --candidate 51:9:3 --reason '四川先发布'
                  bashuctl conflict resolve 50:12:0 --set status=现行 --reason '2026 年第 14 号公告'
                """)
        case .history: Bilingual("Who wrote what into a row, and what lost.", "谁在一行中写了什么，什么被取代。")
        case .historyMore:
            Bilingual(
                """
                Everything published about the row by any region, oldest first.

                Example:
                  bashuctl history standard 'GB/T 1.1-2020'
                  bashuctl history standard_part 'GB/T 1.1-2020' 2
                """,
                """
                各地区发布的关于该行的全部变更，由旧到新。

                示例：
                  bashuctl history standard 'GB/T 1.1-2020'
                  bashuctl history standard_part 'GB/T 1.1-2020' 2
                """)
        case .verify: Bilingual("Compare tables with the log, or with a peer.", "将表与日志或对端比对。")
        case .verifyMore:
            Bilingual(
                """
                Names the rows that differ; rows in flight are no false alarm. Exit status 5 when any differ.

                Example:
                  bashuctl verify
                  bashuctl verify standard --against 51
                """,
                """
                列出不同的行；正在传输的行不会误报。有不同时退出状态为 5。

                示例：
                  bashuctl verify
                  bashuctl verify standard --against 51
                """)
        case .wait: Bilingual("Wait until a peer has what is committed here.", "等待对端获得此处已提交的内容。")
        case .waitMore:
            Bilingual(
                """
                Ends when the peer has applied everything committed here before the call. Exit status 3 on timeout.

                Example:
                  bashuctl wait --peer 51 --timeout 30
                """,
                """
                当对端应用了调用之前在此处提交的全部内容时结束。超时则退出状态为 3。

                示例：
                  bashuctl wait --peer 51 --timeout 30
                """)
        case .schema: Bilingual("The SQL that Bashu installs.", "Bashu 安装的 SQL。")
        case .schemaPrint: Bilingual("Print the SQL for a DBA to read.", "输出 SQL 供 DBA 阅读。")
        case .schemaPrintMore:
            Bilingual(
                """
                Example:
                  bashuctl schema print --list
                  bashuctl schema print sql/0001_base.sql
                """,
                """
                示例：
                  bashuctl schema print --list
                  bashuctl schema print sql/0001_base.sql
                """)
        }
    }
}
