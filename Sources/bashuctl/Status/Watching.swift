import Console
import RegionStore

/// The status on a screen of its own, until somebody has seen enough.
struct Watching {
    /// Seconds between two looks.
    let interval: Int
    /// Looks once.
    let read: () async throws -> (Status, Verdict)

    /// Shows it until q or Ctrl-C; p holds it still.
    func run() async throws -> ExitStatus {
        var history = LagHistory(interval: Int64(interval) * 1_000_000)
        var (status, verdict) = try await read()
        history.add(status)
        let screen = Screen()
        defer { screen.leave() }
        var isPaused = false
        var next = ContinuousClock.now + .seconds(interval)
        while true {
            let size = Screen.size
            let terminal = Terminal.current(environment: environment)
            let paper = WatchPage.Paper(
                width: max(Terminal.widthLeast, size.width), height: size.height, style: terminal.style,
                unicode: Terminal.isUnicode(environment: environment))
            screen.show(page(status, verdict, isPaused: isPaused).lines(paper, history, speech))
            switch try await screen.event(until: isPaused ? nil : next) {
            case .key(.character("q")), .key(.character("Q")), .key(.interrupt): return verdict.status
            case .key(.character("p")), .key(.character("P")):
                isPaused.toggle()
                next = .now
            case .time:
                (status, verdict) = try await read()
                history.add(status)
                next = .now + .seconds(interval)
            case .key, .resized: break
            }
        }
    }

    private func page(_ status: Status, _ verdict: Verdict, isPaused: Bool) -> WatchPage {
        let page = StatusPage(status: status, verdict: verdict)
        let keys: StatusMessage = isPaused ? .watchPaused : .watchKeys
        return WatchPage(
            title: "\(TimeText.local(status.node.now))  \(page.node())", verdict: Cell(verdict.text, verdict.tone),
            groups: [
                WatchPage.Group(
                    title: speech(StatusMessage.receivingFrom), state: speech(WordMessage.state),
                    links: status.links.map { $0.watched(status, page) }),
                WatchPage.Group(
                    title: speech(StatusMessage.sendingTo), state: speech(WordMessage.lastReport),
                    links: status.consumers.map { $0.watched(status) }),
            ],
            counts: [
                (speech(WordMessage.cases), page.cases()), (speech(WordMessage.pending), Cell(page.pending())),
            ],
            notes: status.links.compactMap { link in
                link.reason.map { speech(StatusMessage.troubleTable, ["table": link.peer, "reason": $0]) }
            } + page.holds() + page.held() + page.troubles(),
            matrix: status.lagMatrix, now: status.node.now, keys: speech(keys, ["seconds": "\(interval)"]))
    }
}

extension LagHistory {
    /// Notes the lags of all links.
    fileprivate mutating func add(_ status: Status) {
        let now = status.node.now
        for link in status.links {
            let flows = status.daemon.isAlive && link.trouble == nil
            add(flows ? Sample(link.lag(now)) : .broken, of: link.line, at: now)
        }
        for consumer in status.consumers {
            add(consumer.reportedAt == nil ? .broken : Sample(consumer.lag(now)), of: consumer.line, at: now)
        }
    }
}

extension LagHistory.Sample {
    fileprivate init(_ lag: Int64?) { self = lag.map { .lag($0) } ?? .unknown }
}

extension Status.Link {
    fileprivate var line: String { "from \(peer)" }

    fileprivate func watched(_ status: Status, _ page: StatusPage) -> WatchPage.Link {
        WatchPage.Link(
            peer: peer, state: page.state(self), lag: page.lag(self), waiting: page.waiting(self), line: line)
    }
}

extension Status.Consumer {
    fileprivate var line: String { "to \(peer)" }

    fileprivate func watched(_ status: Status) -> WatchPage.Link {
        let now = status.node.now
        let state = reportedAt.map { speech(StatusMessage.ago, ["age": TimeText.brief(now - $0)]) }
        return WatchPage.Link(
            peer: peer, state: state.map { Cell($0) } ?? Cell(speech(WordMessage.never), .bad),
            lag: reportedAt == nil ? "-" : lag(now).map(TimeText.duration) ?? "?", waiting: "\(waitingChanges)",
            line: line)
    }
}
