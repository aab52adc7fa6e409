/// Pages of help about peers.
public enum PeerPage: MessageCatalogue {
    case peerAddMore, joinMore, waitMore

    public var bilingual: Bilingual {
        switch self {
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
}
