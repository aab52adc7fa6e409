import Console

/// What is going on, for whoever waits: one line on a terminal, or every measurement when asked for.
final class Journal {
    private let line: ProgressLine
    private let verbose: Bool

    init(terminal: Terminal, verbose: Bool) {
        line = ProgressLine(terminal)
        self.verbose = verbose
    }

    /// Says what is being done now.
    func doing(_ text: String) { line.show(text) }

    /// Says what was measured.
    func measured(_ text: String) {
        guard verbose else { return }
        line.clear()
        Output.say(text)
    }

    func clear() { line.clear() }
}
