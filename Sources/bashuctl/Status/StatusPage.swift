import Console
import Reasons
import RegionStore
import Replication

/// The status as people read it.
struct StatusPage {
    let status: Status
    let verdict: Verdict

    private var now: Int64 { status.node.now }

    func lines(width: Int, style: Style) -> [String] {
        var lines = head().lines(width: width, style: style)
        func section(_ title: StatusMessage, _ table: Table) {
            guard !table.isEmpty else { return }
            lines += ["", style.paint(speech(title), .strong)] + table.lines(width: width, style: style)
        }
        func section(_ title: StatusMessage, _ entries: [String]) {
            guard !entries.isEmpty else { return }
            lines += ["", style.paint(speech(title), .strong)]
            for entry in entries {
                let wrapped = entry.printable.wrapped(to: width - 2)
                lines += wrapped.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
            }
        }
        section(.receivingFrom, links())
        section(.sendingTo, consumers())
        section(.origins, origins())
        if let matrix = status.lagMatrix {
            lines += ["", style.paint(speech(StatusMessage.matrix), .strong)]
            lines += matrix.lines(width: width, style: style, speech)
        }
        section(.holds, holds())
        section(.heldChanges, held())
        section(.troubles, clocks() + troubles())
        var tail = KeyValues()
        tail.add(speech(WordMessage.verdict), Cell(verdict.text, verdict.tone))
        return lines + [""] + tail.lines(width: width, style: style)
    }

    private func head() -> KeyValues {
        var block = KeyValues()
        block.add(speech(WordMessage.node), Cell(node()))
        block.add(speech(WordMessage.daemon), daemon())
        block.add(speech(WordMessage.pending), Cell(pending()))
        block.add(
            speech(WordMessage.log), Cell(speech(StatusMessage.logSize, ["size": Words.bytes(status.logBytes)])))
        block.add(speech(WordMessage.cases), cases())
        return block
    }

    /// What this database is.
    func node() -> String {
        let node = status.node
        let name = speech(
            StatusMessage.node,
            [
                "kind": Words.nodeKind(node.kind), "region": node.region, "database": node.database,
                "origin": node.origin?.name ?? "-",
            ])
        guard node.state == "joining" else { return name }
        return speech(StatusMessage.nodeJoining, ["node": name, "peer": node.joinPeer ?? "-"])
    }

    /// How many conflicts there are.
    func cases() -> Cell {
        let counts = speech(
            StatusMessage.caseCounts, ["open": "\(status.openCases)", "decided": "\(status.decidedCases)"])
        return Cell(counts, status.openCases > 0 ? .warning : .normal)
    }

    private func daemon() -> Cell {
        let daemon = status.daemon
        guard daemon.isAlive else {
            guard let last = daemon.heartbeatAt else { return Cell(speech(StatusMessage.daemonNever), .bad) }
            return Cell(speech(StatusMessage.daemonDown, ["age": TimeText.duration(now - last)]), .bad)
        }
        return Cell(
            speech(
                StatusMessage.daemonAlive,
                [
                    "time": daemon.startedAt.map(TimeText.local) ?? "-", "version": daemon.version ?? "-",
                    "pid": daemon.processID.map { "\($0)" } ?? "-", "host": daemon.host ?? "-",
                ]), .good)
    }

    /// Local writes that are not published.
    func pending() -> String {
        guard let oldest = status.pending.oldest else { return speech(StatusMessage.pendingNone) }
        let age = TimeText.duration(now - oldest)
        return status.pending.markers == 0
            ? speech(StatusMessage.pendingKeys, ["count": "\(status.pending.keys)", "age": age])
            : speech(
                StatusMessage.pendingMarkers,
                ["count": "\(status.pending.keys)", "markers": "\(status.pending.markers)", "age": age])
    }

    private func links() -> Table {
        var table = Table([
            .init(speech(WordMessage.peer)), .init(speech(WordMessage.state)),
            .init(speech(WordMessage.lag), .right), .init(speech(WordMessage.waiting), .right),
            .init(speech(WordMessage.lastContact), .right), .init(speech(WordMessage.reason), .left, .wrap),
        ])
        for link in status.links {
            table.add([
                Cell(link.peer), state(link), Cell(lag(link)), Cell(waiting(link)),
                Cell(Words.ago(link.lastContact, now: now)), Cell(link.reason.map(speech.reason) ?? ""),
            ])
        }
        return table
    }

    /// What a link does, in a word.
    func state(_ link: Status.Link) -> Cell {
        let state = link.isPaused ? "paused" : status.daemon.isAlive ? link.state : "stopped"
        return Cell(Words.linkState(state), PeerList.tone(state))
    }

    /// Age of the oldest change not applied here.
    func lag(_ link: Status.Link) -> String {
        link.lastContact == nil ? "-" : link.lag(now).map(TimeText.duration) ?? "?"
    }

    /// Rows received and not applied.
    func waiting(_ link: Status.Link) -> String {
        guard link.unseenBatches > 0 else { return "\(link.waitingChanges)" }
        return speech(
            StatusMessage.unseen, ["count": "\(link.waitingChanges)", "batches": "\(link.unseenBatches)"])
    }

    /// The last file that was made for a peer.
    private func file(_ consumer: Status.Consumer) -> String {
        guard let last = consumer.lastFile else { return speech(WordMessage.byFile) }
        return speech(
            StatusMessage.lastFile, ["serial": "\(last.serial)", "age": TimeText.duration(now - last.madeAt)])
    }

    private func consumers() -> Table {
        var table = Table([
            .init(speech(WordMessage.peer)), .init(speech(WordMessage.lag), .right),
            .init(speech(WordMessage.waiting), .right), .init(speech(WordMessage.lastReport), .right),
            .init(speech(WordMessage.kept), .right), .init(speech(WordMessage.keptUntil)),
            .init(speech(WordMessage.login), .left, .truncate),
        ])
        for consumer in status.consumers {
            let lag = consumer.lag(now).map(TimeText.duration) ?? "?"
            table.add([
                Cell(consumer.peer), Cell(consumer.reportedAt == nil ? "-" : lag),
                Cell("\(consumer.waitingChanges)"), Cell(Words.ago(consumer.reportedAt, now: now)),
                Cell(Words.bytes(consumer.keptBytes)), budget(consumer),
                Cell(consumer.login ?? file(consumer)),
            ])
        }
        return table
    }

    /// The day by which a party has to be back, before the log is kept for it alone.
    private func budget(_ consumer: Status.Consumer) -> Cell {
        guard let until = consumer.keptUntil else { return Cell("-") }
        let day = String(TimeText.local(until).prefix(10))
        return Cell(day, until < now ? .bad : until - now < Self.budgetWarning ? .warning : .normal)
    }

    /// Thirty days, in microseconds.
    private static let budgetWarning: Int64 = 30 * 86_400 * 1_000_000

    private func origins() -> Table {
        var table = Table([
            .init(speech(WordMessage.origin)), .init(speech(WordMessage.applied), .right),
            .init(speech(WordMessage.received), .right), .init(speech(WordMessage.waiting), .right),
            .init(speech(WordMessage.through)),
        ])
        for origin in status.origins {
            let name = origin.isOwn ? speech(StatusMessage.own, ["origin": origin.origin.name]) : origin.origin.name
            table.add([
                Cell(name), Cell("\(origin.applied)"), Cell("\(origin.received)"), Cell("\(origin.waitingChanges)"),
                Cell(origin.through.map(TimeText.local) ?? speech(WordMessage.unknown)),
            ])
        }
        return table
    }

    /// Batches that cannot be applied, and why.
    func holds() -> [String] {
        status.origins.compactMap { origin in
            origin.hold.map { hold in
                speech(
                    StatusMessage.holdLine,
                    [
                        "number": "\(hold.number)", "origin": origin.origin.name,
                        "reason": speech.reason(hold.reason),
                        "attempts": "\(hold.attempts)", "age": TimeText.duration(now - hold.since),
                    ])
            }
        }
    }

    /// Mass changes that wait for an operator.
    func held() -> [String] {
        status.held.map { held in
            // Roles that may not read keys see none.
            let examples = held.examples.isEmpty
                ? "…" : held.examples.map { "(\($0))" }.joined(separator: ", ")
            let message: StatusMessage = held.reason == "mass_delete" ? .heldDelete : .heldLarge
            return speech(
                message, ["table": "\(held.table)", "count": "\(held.keys)", "examples": examples])
        }
    }

    /// Peers by files whose clock is ahead of ours; of others their link says it.
    func clocks() -> [String] {
        status.consumers.compactMap { consumer in
            consumer.clockOffsetMilliseconds.map { ahead in
                let reason = Reason(PeerReason.clock_ahead, ["seconds": "\(ahead / 1_000)"])
                return speech(
                    StatusMessage.troubleTable, ["table": consumer.peer, "reason": speech.reason(reason.text)])
            }
        }
    }

    /// Tables and rows that need attention.
    func troubles() -> [String] {
        status.troubles.map { trouble in
            guard let key = trouble.key else {
                return speech(
                    StatusMessage.troubleTable,
                    ["table": "\(trouble.table)", "reason": speech.reason(trouble.reason)])
            }
            return speech(
                StatusMessage.troubleRow,
                ["table": "\(trouble.table)", "key": "\(key)", "reason": speech.reason(trouble.reason)])
        }
    }
}
