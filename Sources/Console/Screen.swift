import Glibc

/// The whole terminal, for output that is redrawn: the user's screen comes back afterwards, however we end.
public final class Screen {
    /// Columns and lines of a terminal.
    public struct Size: Sendable, Equatable {
        public let width: Int
        public let height: Int
    }

    /// What ended a wait.
    public enum Event: Sendable, Equatable {
        /// The time has come.
        case time
        case key(Key)
        /// The terminal has another size; what is shown is to be drawn for it.
        case resized
    }

    private let keysWork: Bool
    /// What the terminal shows, line by line; nil when that is not known.
    private var shown: [String]?
    private var shownSize: Size

    private static let step = Duration.milliseconds(50)

    /// Takes the screen. Keys are read one by one from now on.
    public init() {
        shownSize = Self.size
        keysWork = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &keptTerminalSettings) == 0
        if keysWork {
            var settings = keptTerminalSettings
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            keptTerminalSettingsValid = true
        }
        for number in Self.endingSignals { signal(number, leaveScreenAndExit) }
        // Alternate screen, no cursor, no wrapping at the edge.
        Output.write("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l", to: STDOUT_FILENO)
    }

    private static let endingSignals = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

    /// The size of the terminal, now; 80 x 24 where it has none.
    public static var size: Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else {
            return Size(width: 80, height: 24)
        }
        return Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }

    /// Replaces what is shown, without flicker: only lines that differ are written, in place. Cut at the edges.
    public func show(_ lines: [String]) {
        let size = Self.size
        let new = (0..<size.height).map { $0 < lines.count ? lines[$0].clipped(to: size.width) : "" }
        Output.write(Self.difference(size == shownSize ? shown : nil, new, width: size.width), to: STDOUT_FILENO)
        shown = new
        shownSize = size
    }

    /// What turns the lines `old` on a terminal into `new`; nil: nothing is known of what stands there.
    static func difference(_ old: [String]?, _ new: [String], width: Int) -> String {
        var bytes = old == nil ? "\u{1b}[2J" : ""
        for (index, line) in new.enumerated() where old == nil ? !line.isEmpty : old?[index] != line {
            bytes += "\u{1b}[\(index + 1);1H" + line
            // After the last column the cursor stands in it: erasing would take the character away.
            if line.withoutEscapes.displayWidth < width { bytes += "\u{1b}[K" }
        }
        return bytes
    }

    /// Waits until `time`, nil for ever, or until `isDone`; until a key is pressed, or the size changes.
    public func event(
        until time: ContinuousClock.Instant?, or isDone: () -> Bool = { false }
    ) async throws -> Event {
        while true {
            if keysWork, let key = TerminalKeys.pressed() { return .key(key) }
            if Self.size != shownSize { return .resized }
            if isDone() { return .time }
            if let time, ContinuousClock.now >= time { return .time }
            // A terminal is asked now and then: reading it blocks, and would outlast a cancelled task.
            try await Task.sleep(for: Self.step)
        }
    }

    /// Gives the screen back.
    public func leave() {
        leaveScreen()
        for number in Self.endingSignals { signal(number, SIG_DFL) }
    }
}

// A signal handler reaches only globals. One screen exists at a time, and these are set before the handler is.
nonisolated(unsafe) private var keptTerminalSettings = termios()
nonisolated(unsafe) private var keptTerminalSettingsValid = false

/// Only calls that a signal handler may make.
private func leaveScreen() {
    let bytes: StaticString = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"
    _ = write(STDOUT_FILENO, bytes.utf8Start, bytes.utf8CodeUnitCount)
    if keptTerminalSettingsValid { tcsetattr(STDIN_FILENO, TCSANOW, &keptTerminalSettings) }
}

private func leaveScreenAndExit(_ number: Int32) {
    leaveScreen()
    _exit(128 + number)
}
