/// What `status` says.
public enum StatusMessage: MessageCatalogue {
    case node, nodeJoining, daemonAlive, daemonDown, daemonNever, pendingNone, pendingKeys, pendingMarkers
    case logSize, caseCounts, receivingFrom, sendingTo, origins, holds, heldChanges, troubles, holdLine
    case heldDelete, heldLarge, troubleTable, troubleRow, own, ago, unseen, watchLine, watchKeys
    case watchPaused, outage, moreLines, lastSpan, matrix, matrixCell, asOf, database
    case lastFile

    public var bilingual: Bilingual {
        switch self {
        case .node:
            Bilingual(
                "{kind} {region}, database {database}, origin {origin}",
                "{kind} {region}，数据库 {database}，来源 {origin}")
        case .lastFile: Bilingual("file {serial}, {age} ago", "第 {serial} 个文件，{age} 前")
        case .nodeJoining: Bilingual("{node}; joining from {peer}", "{node}；正在从 {peer} 加入")
        case .daemonAlive:
            Bilingual(
                "alive since {time} ({version}, process {pid} on {host})",
                "自 {time} 起运行（{version}，{host} 上的进程 {pid}）")
        case .daemonDown: Bilingual("not running; last sign of life {age} ago", "没有运行；上次活动在 {age} 前")
        case .daemonNever: Bilingual("has never run on this database", "从未在该数据库上运行")
        case .pendingNone: Bilingual("nothing", "无")
        case .pendingKeys: Bilingual("{count} keys, the oldest {age} old", "{count} 个键，最早的在 {age} 前")
        case .pendingMarkers:
            Bilingual(
                "{count} keys and {markers} whole tables, the oldest {age} old",
                "{count} 个键、{markers} 个整表，最早的在 {age} 前")
        case .logSize: Bilingual("{size} on disk", "占用磁盘 {size}")
        case .caseCounts: Bilingual("{open} open, {decided} decided by a rule", "待裁定 {open} 个，按规则裁定 {decided} 个")
        case .receivingFrom: Bilingual("Receiving from", "接收自")
        case .sendingTo: Bilingual("Sending to", "发送至")
        case .origins: Bilingual("Batches by origin", "各来源的批次")
        case .holds: Bilingual("Held batches", "搁置的批次")
        case .heldChanges: Bilingual("Held mass changes", "搁置的大批量变更")
        case .troubles: Bilingual("Needs attention", "需要处理")
        case .holdLine:
            Bilingual(
                "batch {number} of {origin}, {attempts} attempts in {age}: {reason}",
                "{origin} 的第 {number} 批，{age} 内尝试 {attempts} 次：{reason}")
        case .heldDelete:
            Bilingual(
                "{table}: {count} rows deleted at once (such as {examples}); agree with: bashuctl "
                    + "table accept {table}, or put them back with: bashuctl table restore {table}",
                "{table}：一次删除了 {count} 行（例如 {examples}）；同意请用 bashuctl "
                    + "table accept {table}，恢复请用 bashuctl table restore {table}")
        case .heldLarge:
            Bilingual(
                "{table}: {count} rows too large to publish (such as {examples})",
                "{table}：{count} 行过大而无法发布（例如 {examples}）")
        case .troubleTable: Bilingual("{table}: {reason}", "{table}：{reason}")
        case .troubleRow: Bilingual("{table} ({key}): {reason}", "{table}（{key}）：{reason}")
        case .own: Bilingual("{origin} (own)", "{origin}（本地）")
        case .ago: Bilingual("{age} ago", "{age} 前")
        case .unseen: Bilingual("{count} + {batches} batches", "{count} + {batches} 批")
        default: watching
        }
    }

    private var watching: Bilingual {
        switch self {
        case .matrix:
            Bilingual(
                "Batches that each database lacks, by origin (age of the oldest)",
                "各数据库尚缺的批次，按来源（最早一批的时长）")
        case .matrixCell: Bilingual("{batches} ({age})", "{batches}（{age}）")
        case .asOf: Bilingual("AS OF", "截至")
        case .database: Bilingual("DATABASE", "数据库")
        case .watchLine:
            Bilingual(
                "{time} {verdict}; waiting {waiting}, pending {pending}, open cases {open}",
                "{time} {verdict}；待应用 {waiting}，待发布 {pending}，待裁定 {open}")
        case .watchKeys:
            Bilingual("every {seconds} s; p pauses, q ends", "每 {seconds} 秒刷新；按 p 暂停，按 q 结束")
        case .watchPaused:
            Bilingual("PAUSED: p goes on, q ends", "已暂停：按 p 继续，按 q 结束")
        case .outage:
            Bilingual(
                "cannot reach the database since {time}, and all that follows is of then; trying every {seconds} s "
                    + "({reason})",
                "自 {time} 起无法连接数据库，以下均为当时的数据；每 {seconds} 秒重试（{reason}）")
        case .moreLines: Bilingual("... {count} more lines", "……还有 {count} 行")
        default: Bilingual("LAST {span}", "最近 {span}")
        }
    }
}
