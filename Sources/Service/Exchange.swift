import RegionStore
import Synchronization

/// What the parts of the daemon tell each other.
///
/// The engine says that it holds the database, and under which fencing token, and that it has applied something; a
/// link says that it has received something.
final class Exchange: Sendable {
    /// The engine's hold on the database. Links write only under its token.
    struct Tenure: Sendable, Equatable {
        let token: Int64
        let node: Node
    }

    private struct State {
        var tenure: Tenure?
        var links: [String: Bell] = [:]
        /// Whom we are to pull from; nil before the list was read under the present tenure.
        var peers: Set<String>?
        /// Who has answered (true) or could not be asked (false).
        var words: [String: Bool] = [:]
    }

    private let state = Mutex(State())
    /// Ends the engine's pauses.
    let engine = Bell()
    /// Ends the pauses of the part that looks after the links.
    let supervisor = Bell()
    /// Tells the service manager how we are.
    let manager: ManagerService

    init(manager: ManagerService = ManagerService(environment: [:])) {
        self.manager = manager
    }

    /// Nil while the database is not ours.
    var tenure: Tenure? { state.withLock { $0.tenure } }

    /// The engine has taken the database over, or (nil) lost it.
    func hold(_ tenure: Tenure?) {
        state.withLock { state in
            state.tenure = tenure
            // It may be another server than before. Who could not be asked a moment ago is not waited for again.
            state.peers = nil
            state.words = state.words.filter { !$0.value }
        }
        manager.update { daemon in
            if let tenure {
                daemon.phase = .working
                daemon.region = tenure.node.origin.isEmpty ? tenure.node.region : tenure.node.origin
                daemon.problem = nil
            } else if daemon.phase == .working {
                daemon.phase = .without
                daemon.progress = nil
            }
        }
        supervisor.ring()
        advanced()
    }

    /// Settings are others now: who pauses looks at them.
    func settingsChanged() {
        engine.ring()
        supervisor.ring()
        advanced()
    }

    /// A link has stored batches that may be applied.
    func received() {
        engine.ring()
    }

    /// Something was applied: links have a new position to report.
    func advanced() {
        let bells = state.withLock { Array($0.links.values) }
        for bell in bells { bell.ring() }
    }

    /// The peers that there are links to.
    func expect(_ peers: Set<String>) {
        let isFirst = state.withLock { state in
            defer { state.peers = peers }
            return state.peers == nil
        }
        if isFirst { engine.ring() }
    }

    /// A link has asked its peer how far it is, and noted what it said; or it could not ask.
    func spoke(_ peer: String, answered: Bool) {
        let isNew = state.withLock { $0.words.updateValue(answered, forKey: peer) } == nil
        if isNew { engine.ring() }
    }

    /// Whether every peer was asked since the database is ours.
    var haveAllSpoken: Bool {
        state.withLock { state in state.peers.map { $0.isSubset(of: state.words.keys) } ?? false }
    }

    /// From now on a link's pauses end when something was applied; with nil no longer.
    func setBell(_ bell: Bell?, ofLink name: String) {
        state.withLock { $0.links[name] = bell }
    }
}
