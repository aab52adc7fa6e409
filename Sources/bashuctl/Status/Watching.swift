import Console
import RegionStore
import Synchronization

/// The status on a screen of its own, until somebody has seen enough.
struct Watching {
    /// Seconds between two looks.
    let interval: Int
    /// Looks once.
    let read: @Sendable () async throws -> (Status, Verdict)

    /// Shows it until q or Ctrl-C; p holds it still. While the server is away the last figures stay, marked as old.
    func run() async throws -> ExitStatus {
        var history = LagHistory(interval: Int64(interval) * 1_000_000)
        var (status, verdict) = try await read()
        history.add(status)
        let screen = Screen()
        defer { screen.leave() }
        var outage: Outage?
        var isPaused = false
        var next = ContinuousClock.now + .seconds(interval)
        // A server that takes its time keeps nobody from the keys.
        var look: Look?
        defer { look?.cancel() }
        while true {
            let size = Screen.size
            let terminal = Terminal.current(environment: environment)
            let paper = WatchPage.Paper(
                width: max(Terminal.widthLeast, size.width), height: size.height, style: terminal.style,
                unicode: Terminal.isUnicode(environment: environment))
            let shown = page(status, verdict, outage, isPaused: isPaused)
            screen.show(shown.lines(paper, history, speech))
            switch try await screen.event(
                until: isPaused || look != nil ? nil : next, or: { look?.isDone ?? false })
            {
            case .key(.character("q")), .key(.character("Q")), .key(.interrupt):
                return outage == nil ? verdict.status : .unreachable
            case .key(.character("p")), .key(.character("P")):
                isPaused.toggle()
                next = .now
            case .time:
                guard let done = look else {
                    look = Look(read)
                    continue
                }
                look = nil
                next = .now + .seconds(interval)
                do {
                    let answer = try done.answer()
                    guard let answer, !isPaused else { continue }
                    (status, verdict) = answer
                    outage = nil
                    history.add(status)
                } catch {
                    guard let found = Outage(error, since: status.node.now) else { throw error }
                    outage = found
                }
            case .key, .resized: break
            }
        }
    }

    private func page(
        _ status: Status, _ verdict: Verdict, _ outage: Outage?, isPaused: Bool
    ) -> WatchPage {
        let page = StatusPage(status: status, verdict: verdict)
        let conclusion = outage.map { Cell($0.text(interval: interval), .bad) } ?? Cell(verdict.text, verdict.tone)
        let isOld = outage != nil
        let keys: StatusMessage = isPaused ? .watchPaused : .watchKeys
        return WatchPage(
            title: "\(TimeText.local(status.node.now))  \(page.node())", verdict: conclusion,
            groups: [
                WatchPage.Group(
                    title: speech(StatusMessage.receivingFrom), state: speech(WordMessage.state),
                    links: status.links.map { $0.watched(status, page, isOld: isOld) }),
                WatchPage.Group(
                    title: speech(StatusMessage.sendingTo), state: speech(WordMessage.lastReport),
                    links: status.consumers.map { $0.watched(status, isOld: isOld) }),
            ],
            counts: [
                (speech(WordMessage.cases), page.cases()), (speech(WordMessage.pending), Cell(page.pending())),
            ],
            notes: status.links.compactMap { link in
                link.reason.map {
                    speech(StatusMessage.troubleTable, ["table": link.peer, "reason": speech.reason($0)])
                }
            } + page.holds() + page.held() + page.clocks() + page.troubles(),
            matrix: status.lagMatrix, now: status.node.now, keys: speech(keys, ["seconds": "\(interval)"]))
    }
}

/// One look at the database, while the screen is drawn and keys are read.
private final class Look: Sendable {
    typealias Answer = Result<(Status, Verdict), any Error>

    private let task: Task<Void, Never>
    private let result: Box

    private final class Box: Sendable {
        let answer = Mutex<Answer?>(nil)
    }

    init(_ read: @escaping @Sendable () async throws -> (Status, Verdict)) {
        let box = Box()
        result = box
        task = Task {
            let answer: Answer
            do { answer = .success(try await read()) } catch { answer = .failure(error) }
            box.answer.withLock { $0 = answer }
        }
    }

    var isDone: Bool { result.answer.withLock { $0 != nil } }

    /// What was read; nil while it is being read.
    func answer() throws -> (Status, Verdict)? { try result.answer.withLock { $0 }?.get() }

    func cancel() { task.cancel() }
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

    fileprivate func watched(_ status: Status, _ page: StatusPage, isOld: Bool) -> WatchPage.Link {
        let state = page.state(self)
        return WatchPage.Link(
            peer: peer, state: isOld ? state.faint : state, lag: page.lag(self),
            waiting: page.waiting(self), line: line)
    }
}

extension Status.Consumer {
    fileprivate var line: String { "to \(peer)" }

    fileprivate func watched(_ status: Status, isOld: Bool) -> WatchPage.Link {
        let now = status.node.now
        let state = reportedAt.map { speech(StatusMessage.ago, ["age": TimeText.brief(now - $0)]) }
        return WatchPage.Link(
            peer: peer, state: Cell(state ?? speech(WordMessage.never), isOld ? .faint : state == nil ? .bad : .normal),
            lag: reportedAt == nil ? "-" : lag(now).map(TimeText.duration) ?? "?", waiting: "\(waitingChanges)",
            line: line)
    }
}
