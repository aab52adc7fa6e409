/// States of links, cases and nodes, and kinds of changes, in one word.
public enum StateMessage: MessageCatalogue {
    case held, replica, regionKind, streaming, connecting, idle, down, paused, stopped, open, decided
    case superseded, ruled, insert, blind, update, delete, ruling, erasure

    public var bilingual: Bilingual {
        switch self {
        case .held: Bilingual("held", "搁置")
        case .replica: Bilingual("replica", "只读副本")
        case .regionKind: Bilingual("region", "地区")
        case .streaming: Bilingual("streaming", "同步中")
        case .connecting: Bilingual("connecting", "连接中")
        case .idle: Bilingual("waiting", "等待")
        case .down: Bilingual("down", "断开")
        case .paused: Bilingual("paused", "已暂停")
        case .stopped: Bilingual("stopped", "已停止")
        case .open: Bilingual("open", "待裁定")
        case .decided: Bilingual("decided", "已自动裁定")
        case .superseded: Bilingual("superseded", "已被后续修改取代")
        case .ruled: Bilingual("ruled", "已人工裁定")
        case .insert: Bilingual("insert", "新增")
        case .blind: Bilingual("blind insert", "盲新增")
        case .update: Bilingual("update", "修改")
        case .delete: Bilingual("delete", "删除")
        case .ruling: Bilingual("ruling", "裁定")
        case .erasure: Bilingual("erasure", "抹除")
        }
    }
}
