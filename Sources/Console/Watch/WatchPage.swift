/// What `status --watch` shows: exactly as many lines as the screen has, the most important ones first.
///
///     2026-08-28 09:14:03  region 50, database standards
///     Verdict:  51 is held
///
///     Receiving from
///     PEER      STATE               LAG  WAITING  LAST 10 min
///     --------  ----------  -----------  -------  ------------------------------------
///     51        held               12 s       14                              ▁▁▁▂▂▃!!
///
///     Cases:    0 open, 0 decided by a rule
///     Pending:  nothing
///
///     every 2 s; p pauses; q ends
public struct WatchPage {
    /// A link, in either direction.
    public struct Link {
        let peer: String
        /// In a word: what it does, or when it last reported.
        let state: Cell
        let lag: String
        let waiting: String
        /// Its name in the history.
        let line: String

        public init(peer: String, state: Cell, lag: String, waiting: String, line: String) {
            self.peer = peer
            self.state = state
            self.lag = lag
            self.waiting = waiting
            self.line = line
        }
    }

    /// Links of one direction under their title.
    public struct Group {
        let title: String
        /// Title of the column of states.
        let state: String
        let links: [Link]

        public init(title: String, state: String, links: [Link]) {
            self.title = title
            self.state = state
            self.links = links
        }
    }

    /// The place that a page is drawn for.
    public struct Paper {
        let width: Int
        let height: Int
        let style: Style
        let unicode: Bool

        /// - Parameter unicode: whether the terminal shows more than ASCII.
        public init(width: Int, height: Int, style: Style, unicode: Bool) {
            self.width = width
            self.height = height
            self.style = style
            self.unicode = unicode
        }
    }

    /// What the page is about, in one line.
    public var title: String
    public var verdict: Cell
    public var groups: [Group]
    /// Cases and pending writes.
    public var counts: [(label: String, value: Cell)]
    /// What needs attention.
    public var notes: [String]
    public var matrix: LagMatrix?
    /// The database's clock, in microseconds since 1970 UTC: where the lines of the history end.
    public var now: Int64
    /// The last line.
    public var keys: String

    public init(
        title: String, verdict: Cell, groups: [Group], counts: [(label: String, value: Cell)], notes: [String],
        matrix: LagMatrix?, now: Int64, keys: String
    ) {
        self.title = title
        self.verdict = verdict
        self.groups = groups
        self.counts = counts
        self.notes = notes
        self.matrix = matrix
        self.now = now
        self.keys = keys
    }

    private static let verdictHeight = 3
    private static let barsMost = 60
    private static let barsLeast = 10
    private static let peerMost = 16

    /// The lines of the page: `height` of them, the keys in the last.
    public func lines(_ paper: Paper, _ history: LagHistory, _ speech: Speech) -> [String] {
        let (width, style) = (paper.width, paper.style)
        var top = [style.paint(title.printable.truncated(to: width), .faint)]
        var conclusion = KeyValues()
        conclusion.add(speech(WordMessage.verdict), verdict)
        top += fitted(conclusion.lines(width: width, style: style), Self.verdictHeight, speech)
        var numbers = KeyValues()
        for count in counts { numbers.add(count.label, count.value) }
        let bottom = numbers.lines(width: width, style: style)
        let middle = groupLines(paper, history, speech)
        let rest = restLines(paper, speech)
        // What is too tall does without the empty line above the counts, which are there however many links there are.
        let whole = top.count + 1 + middle.count + 1 + bottom.count + rest.count + 1
        let gap = middle.isEmpty || whole > paper.height ? [] : [""]
        let room = paper.height - 1 - top.count - 1 - gap.count - bottom.count
        top += [""] + fitted(middle, max(0, room), speech) + gap + bottom
        top += fitted(rest, max(0, paper.height - 1 - top.count), speech)
        let shown = top.prefix(max(0, paper.height - 1))
        let empty = Array(repeating: "", count: max(0, paper.height - 1 - shown.count))
        return shown + empty + [style.paint(keys.printable.truncated(to: width), .faint)]
    }

    /// What is shown where there is room: what needs attention, and the matrix.
    private func restLines(_ paper: Paper, _ speech: Speech) -> [String] {
        let (width, style) = (paper.width, paper.style)
        var rest: [String] = []
        if !notes.isEmpty {
            rest += ["", style.paint(speech(StatusMessage.troubles), .strong)]
            for note in notes {
                let wrapped = note.printable.wrapped(to: max(20, width - 2))
                rest += wrapped.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
            }
        }
        if let matrix {
            rest += ["", style.paint(speech(StatusMessage.matrix), .strong)]
            rest += matrix.lines(width: width, style: style, speech)
        }
        return rest
    }

    /// The beginning of `lines` that fits, and how much does not.
    private func fitted(_ lines: [String], _ room: Int, _ speech: Speech) -> [String] {
        guard lines.count > room else { return lines }
        guard room > 0 else { return [] }
        let left = lines.count - room + 1
        return lines.prefix(room - 1) + [speech(StatusMessage.moreLines, ["count": "\(left)"])]
    }

    private func groupLines(_ paper: Paper, _ history: LagHistory, _ speech: Speech) -> [String] {
        let groups = groups.filter { !$0.links.isEmpty }
        let longest = groups.flatMap(\.links).map(\.peer.displayWidth).max() ?? 0
        let peer = min(longest, Self.peerMost)
        let bars = groups.map { group in
            let bare = table(group, peer, speech, nil) { _ in "" }.lines(width: paper.width)[1].displayWidth
            return min(Self.barsMost, paper.width - bare - 2)
        }.min() ?? 0
        let span = speech(StatusMessage.lastSpan, ["span": TimeText.brief(history.span)])
        let shown = bars >= max(Self.barsLeast, span.displayWidth) ? span : nil
        var lines: [String] = []
        for group in groups {
            let table = table(group, peer, speech, shown) {
                history.line(of: $0.line, now: now, width: bars, unicode: paper.unicode)
            }
            if !lines.isEmpty { lines.append("") }
            lines.append(paper.style.paint(group.title, .strong))
            lines += table.lines(width: paper.width, style: paper.style)
        }
        return lines
    }

    /// Columns keep their widths while numbers change, so that nothing moves that has not changed.
    private func table(
        _ group: Group, _ peer: Int, _ speech: Speech, _ span: String?, _ line: (Link) -> String
    ) -> Table {
        var table = Table(
            [
                .init(speech(WordMessage.peer), .left, .truncate, least: peer),
                .init(group.state, .left, .truncate, least: 10),
                .init(speech(WordMessage.lag), .right, .truncate, least: 11),
                .init(speech(WordMessage.waiting), .right, .truncate, least: 7),
            ] + (span.map { [.init($0)] } ?? []))
        for link in group.links {
            let cells = [Cell(link.peer), link.state, Cell(link.lag), Cell(link.waiting)]
            table.add(cells + (span == nil ? [] : [Cell(line(link))]))
        }
        return table
    }
}
