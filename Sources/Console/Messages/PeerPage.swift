/// Pages of help about peers.
public enum PeerPage: MessageCatalogue {
    case peerAddMore, peerPauseMore, peerResumeMore, peerRemoveMore, joinMore, waitMore

    public var bilingual: Bilingual {
        switch self {
        case .peerAddMore:
            Bilingual(
                """
                --conninfo says where to pull from, --login which role the peer uses to pull from here. Two regions \
                that exchange changes give both, in each of them. With --by-file it takes files: NAME is then its \
                region's code, or its institution's name.

                Example:
                  bashuctl peer add 51 --login peer_51 \\
                    --conninfo 'host=db.sc.example dbname=standards user=peer_50'
                """,
                """
                --conninfo 指明从何处拉取，--login 指明对端从此处拉取时使用的角色。互相交换变更的两个地区都要给出两者。\
                带 --by-file 时对端使用文件：名称须为其地区代码或机构名称。

                示例：
                  bashuctl peer add 51 --login peer_51 \\
                    --conninfo 'host=db.sc.example dbname=standards user=peer_50'
                """)
        case .peerPauseMore, .peerResumeMore, .peerRemoveMore: keeping
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
        }
    }

    /// What becomes of the log when a peer is stopped, started again or given up.
    private var keeping: Bilingual {
        switch self {
        case .peerPauseMore:
            Bilingual(
                """
                Nothing is pulled from it until bashuctl peer resume; what it wrote before stays. It may go on pulling \
                from here.

                The peer's log keeps what is lacking here, without limit: nothing is lost however long the pause is. \
                Its bashuctl status says under BACK BY until which day (retention.days after the oldest change, 400 by \
                default) its log would have kept that anyway; from then on it grows for this database alone.

                Example:
                  bashuctl peer pause 51
                """,
                """
                在执行 bashuctl peer resume 之前不再从该对端拉取；此前收到的内容保留。对端仍可从此处拉取。

                此处尚缺的变更由对端的日志为本数据库保留，没有期限：无论暂停多久都不会丢失。对端的 bashuctl status 在“最晚恢复”\
                一栏列出日期（最早的变更之后 retention.days 天，默认 400 天）；过了这一天，对端的日志只为本数据库继续增长。

                示例：
                  bashuctl peer pause 51
                """)
        case .peerResumeMore:
            Bilingual(
                """
                Pulling goes on where it was: everything that the peer has written meanwhile arrives, in its order. \
                The peer's log has kept it, however long the pause was.

                Example:
                  bashuctl peer resume 51
                """,
                """
                从暂停处继续拉取：暂停期间对端写入的全部内容会按顺序到达。无论暂停多久，对端的日志都已为此保留。

                示例：
                  bashuctl peer resume 51
                """)
        default: givingUp
        }
    }

    private var givingUp: Bilingual {
        Bilingual(
            """
            Nothing is pulled from it any more, and its login may not pull from here. What it wrote stays, in the \
            tables and in the log.

            The log here keeps nothing for it any more: what was overwritten or deleted may be forgotten \
            retention.days (400 by default) after it was written. A peer that is added again before that goes on \
            where it was. Later its link is held, and it has to join again; so pause a peer that will come back.

            Example:
              bashuctl peer remove 51
            """,
            """
            不再从该对端拉取，其登录角色也不能再从此处拉取。它写入的内容仍保留在表和日志中。

            此处的日志不再为它保留内容：已被覆盖或删除的内容在写入 retention.days 天（默认 400 天）后即可清除。\
            在此之前重新添加的对端从原处继续；在此之后其链路会被搁置，须重新加入。因此，还会恢复的对端请用暂停。

            示例：
              bashuctl peer remove 51
            """)
    }
}
