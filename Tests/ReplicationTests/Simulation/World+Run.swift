@testable import Replication

extension World {
    /// Runs the steps, heals everything and checks what is left.
    static func run(_ history: History, mutant: Mutant? = nil) throws(SimulationFailure) {
        var world = World(setup: history.setup, mutant: mutant)
        for step in history.steps {
            world.time += 200_000
            try world.perform(step)
        }
        try world.heal()
        try world.checkEverything()
    }

    mutating func perform(_ step: Step) throws(SimulationFailure) {
        switch step {
        case .write(let region, let writer, let key, let operation):
            write(region, writer: writer, key: key, operation)
        case .commit(let region, let writer): commit(region, writer: writer)
        case .rollback(let region, let writer): rollback(region, writer: writer)
        case .autocommit(let region, let key, let operation):
            guard regions[region].transactions[0] == nil else { return }
            write(region, writer: 0, key: key, operation)
            commit(region, writer: 0)
        case .cut(let region):
            if regions[region].apply == nil { try cut(region) }
        case .pull(let region, let peer, let origin, let again):
            pull(region, from: peer, origin: origin, again: again)
        case .apply(let region, let origin, let count, let stages):
            if regions[region].apply == nil { try startApply(region, origin: origin, count: count) }
            for _ in 0..<stages { guard try advance(region) else { return } }
        case .recheck(let region, let stages):
            if regions[region].apply == nil { try startRecheck(region) }
            for _ in 0..<stages { guard try advance(region) else { return } }
        case .sync(let region, let peer): try sync(region, with: peer)
        case .rule(let region, let key, let pick): rule(region, key: key, pick: pick)
        case .takeRuling(let region): try takeRuling(region)
        case .crash(let region, let losing): crash(region, losing: losing)
        case .link(let region, let peer, let up):
            let pair = [min(region, peer), max(region, peer)]
            if up { down.remove(pair) } else { down.insert(pair) }
        }
    }

    /// Receives one batch; one that is here already is not taken twice.
    mutating func pull(_ region: Int, from peer: Int, origin: Int, again: Bool) {
        guard isUp(region, peer), origin != region else { return }
        let name = World.origin(origin)
        let applied = regions[region].state.applied[name]
        let highest = regions[region].state.received[origin].last?.number ?? applied
        let theirs = max(
            regions[peer].state.applied[name], regions[peer].state.received[origin].last?.number ?? 0)
        let wanted = again ? highest : highest + 1
        guard wanted > 0, wanted <= theirs else { return }
        let batch = batches[origin][Int(wanted) - 1]
        guard batch.number > highest || mutant == .duplicatesTaken else { return }
        regions[region].state.received[origin].append(batch)
    }

    /// Receives and applies all that a peer has, as far as writers let it; true when anything came.
    @discardableResult
    mutating func sync(_ region: Int, with peer: Int) throws(SimulationFailure) -> Bool {
        guard isUp(region, peer) else { return false }
        for origin in regions.indices where origin != region {
            while true {
                let count = regions[region].state.received[origin].count
                pull(region, from: peer, origin: origin, again: false)
                if regions[region].state.received[origin].count == count { break }
            }
        }
        return try applyAll(region)
    }

    /// Applies what has been received, in whatever order cause allows.
    private mutating func applyAll(_ region: Int) throws(SimulationFailure) -> Bool {
        while try advance(region) {}
        guard regions[region].apply == nil else { return false }
        var hasApplied = false
        var goesOn = true
        while goesOn {
            goesOn = false
            for origin in regions.indices where !regions[region].state.received[origin].isEmpty {
                try startApply(region, origin: origin, count: 2)
                guard regions[region].apply != nil else { continue }
                while try advance(region) {}
                guard regions[region].apply == nil else { return hasApplied }
                goesOn = true
                hasApplied = true
            }
        }
        return hasApplied
    }

    /// Ends the writers, lets everybody speak and waits until nothing moves.
    mutating func heal() throws(SimulationFailure) {
        down = []
        for region in regions.indices {
            for writer in regions[region].transactions.indices { commit(region, writer: writer) }
        }
        for _ in 0..<100 {
            var moves = false
            for region in regions.indices {
                while try advance(region) { moves = true }
                while !regions[region].state.rulings.isEmpty {
                    try takeRuling(region)
                    moves = true
                }
                if regions[region].state.pending.contains(where: { $0 != nil }) {
                    try cut(region)
                    moves = true
                }
                for peer in regions.indices where linked(region, peer) {
                    if try sync(region, with: peer) { moves = true }
                }
                try startRecheck(region)
                while try advance(region) { moves = true }
            }
            if !moves { return }
        }
        throw SimulationFailure("no rest: something moves for ever")
    }
}
