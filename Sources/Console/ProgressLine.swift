import Glibc

/// One line on the terminal that says how far long work is, rewritten in place; nothing in a pipe.
public final class ProgressLine {
    private let terminal: Terminal
    private var shown = ""

    public init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Replaces the line.
    public func show(_ text: String) {
        guard terminal.errorIsTerminal else { return }
        let line = text.printable.truncated(to: terminal.width - 1)
        guard line != shown else { return }
        shown = line
        Output.write("\r\u{1b}[K" + line, to: STDERR_FILENO)
    }

    /// Takes the line away, so that what follows starts in an empty one.
    public func clear() {
        guard !shown.isEmpty else { return }
        shown = ""
        Output.write("\r\u{1b}[K", to: STDERR_FILENO)
    }
}
