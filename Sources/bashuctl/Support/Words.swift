import Console
import RegionStore
import Replication

/// Words for what the store knows.
enum Words {
    /// A link's state.
    static func linkState(_ state: String) -> String {
        switch state {
        case "connecting": speech(StateMessage.connecting)
        case "streaming": speech(StateMessage.streaming)
        case "waiting": speech(StateMessage.idle)
        case "held": speech(StateMessage.held)
        case "paused": speech(StateMessage.paused)
        case "down": speech(StateMessage.down)
        case "stopped": speech(StateMessage.stopped)
        default: state
        }
    }

    /// A case's state.
    static func caseState(_ state: String) -> String {
        switch CaseList.State(rawValue: state) {
        case .open: speech(StateMessage.open)
        case .decided: speech(StateMessage.decided)
        case .superseded: speech(StateMessage.superseded)
        case .ruled: speech(StateMessage.ruled)
        case nil: state
        }
    }

    /// What a change does.
    static func kind(_ kind: ChangeKind) -> String {
        switch kind {
        case .insert: speech(StateMessage.insert)
        case .blind: speech(StateMessage.blind)
        case .update: speech(StateMessage.update)
        case .delete: speech(StateMessage.delete)
        case .ruling: speech(StateMessage.ruling)
        case .erasure: speech(StateMessage.erasure)
        }
    }

    /// A column group; existence is one that has no column.
    static func group(_ name: String) -> String {
        name == CaseList.existenceGroup ? speech(WordMessage.existence) : name
    }

    /// A value, or what stands for none.
    static func value(_ value: String?) -> String { value ?? speech(WordMessage.null) }

    /// How long ago; `never` for nil.
    static func ago(_ time: Int64?, now: Int64) -> String {
        time.map { TimeText.duration(now - $0) } ?? speech(WordMessage.never)
    }

    /// `region` or `replica`.
    static func nodeKind(_ kind: String) -> String {
        kind == "replica" ? speech(StateMessage.replica) : speech(StateMessage.regionKind)
    }

    /// Who wrote: the login, and whom it claimed to act for.
    static func author(user: String?, actor: String?) -> String {
        let user = user ?? speech(CaseMessage.unknownUser)
        return actor.map { speech(CaseMessage.actor, ["user": user, "actor": $0]) } ?? user
    }

    /// Bytes in a unit that leaves at most four digits.
    static func bytes(_ count: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var amount = count
        var unit = 0
        while amount >= 10_000, unit < units.count - 1 {
            amount = (amount + 512) / 1_024
            unit += 1
        }
        return "\(amount) \(units[unit])"
    }
}

/// Names changes as briefly as they can be told apart: by the region where it has had one life here.
struct HandleNames: Sendable {
    private let several: Set<String>

    /// - Parameter origins: every origin that is known here.
    init(_ origins: [OriginID]) {
        let counts = Dictionary(grouping: origins, by: \.region)
        several = Set(counts.filter { $0.value.count > 1 }.keys)
    }

    func short(_ id: ChangeID) -> String { "\(short(id.origin)):\(id.number):\(id.position)" }

    func short(_ origin: OriginID) -> String { several.contains(origin.region) ? origin.name : origin.region }
}
