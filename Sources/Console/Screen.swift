import Glibc

/// The whole terminal, for output that is redrawn: the user's screen comes back afterwards, however we end.
public final class Screen {
    private let keysWork: Bool

    /// q, Q, Ctrl-C, Ctrl-D.
    private static let endingKeys: [UInt8] = [0x71, 0x51, 3, 4]
    private static let step = Duration.milliseconds(100)

    /// Takes the screen. Keys are read one by one from now on.
    public init() {
        keysWork = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &keptTerminalSettings) == 0
        if keysWork {
            var settings = keptTerminalSettings
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
            keptTerminalSettingsValid = true
        }
        for number in [SIGTERM, SIGHUP, SIGINT] { signal(number, leaveScreenAndExit) }
        // Alternate screen, no cursor.
        Output.write("\u{1b}[?1049h\u{1b}[?25l", to: STDOUT_FILENO)
    }

    /// Replaces what is shown, without flicker: every line is overwritten in place.
    public func show(_ lines: [String]) {
        let height = Self.height()
        let shown = lines.prefix(height).map { $0 + "\u{1b}[K" }.joined(separator: "\r\n")
        Output.write("\u{1b}[H" + shown + "\u{1b}[J", to: STDOUT_FILENO)
    }

    /// Waits so long, or until the user presses q or Ctrl-C: then true.
    public func quits(within time: Duration) async throws -> Bool {
        let end = ContinuousClock.now + time
        while ContinuousClock.now < end {
            if keysWork, TerminalKeys.isReady(), let key = TerminalKeys.byte(), Self.endingKeys.contains(key) {
                return true
            }
            // A terminal is asked now and then: reading it blocks, and would outlast a cancelled task.
            try await Task.sleep(for: Self.step)
        }
        return false
    }

    /// Gives the screen back.
    public func leave() {
        leaveScreen()
    }

    private static func height() -> Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }
}

// A signal handler reaches only globals. One screen exists at a time, and these are set before the handler is.
nonisolated(unsafe) private var keptTerminalSettings = termios()
nonisolated(unsafe) private var keptTerminalSettingsValid = false

/// Only calls that a signal handler may make.
private func leaveScreen() {
    let bytes: StaticString = "\u{1b}[?25h\u{1b}[?1049l"
    _ = write(STDOUT_FILENO, bytes.utf8Start, bytes.utf8CodeUnitCount)
    if keptTerminalSettingsValid { tcsetattr(STDIN_FILENO, TCSANOW, &keptTerminalSettings) }
}

private func leaveScreenAndExit(_ number: Int32) {
    leaveScreen()
    _exit(128 + number)
}
