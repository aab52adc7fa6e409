import Glibc

/// What is known of the place where output goes.
public struct Terminal: Sendable, Equatable {
    /// Whether standard output is a terminal.
    public var outputIsTerminal: Bool
    /// Whether standard error is a terminal.
    public var errorIsTerminal: Bool
    /// Columns to fill, at least 40; 80 where nothing is known.
    public var width: Int
    /// Whether to colour what goes to standard output.
    public var style: Style

    public init(outputIsTerminal: Bool, errorIsTerminal: Bool, width: Int, style: Style) {
        self.outputIsTerminal = outputIsTerminal
        self.errorIsTerminal = errorIsTerminal
        self.width = width
        self.style = style
    }

    /// The process's terminal. `NO_COLOR`, `TERM=dumb` and a pipe turn colour off; `COLUMNS` sets the width of
    /// what is no terminal.
    public static func current(environment: [String: String]) -> Terminal {
        let output = isatty(STDOUT_FILENO) == 1
        let noColour = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        return Terminal(
            outputIsTerminal: output,
            errorIsTerminal: isatty(STDERR_FILENO) == 1,
            width: max(widthLeast, (output ? windowWidth() : nil) ?? Int(environment["COLUMNS"] ?? "") ?? 80),
            style: output && !noColour ? .coloured : .plain)
    }

    /// Columns that are filled at least, however narrow the terminal is.
    public static let widthLeast = 40

    /// Whether the terminal shows more than ASCII, by the locale in `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    public static func isUnicode(environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let name = (names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "").lowercased()
        return name.hasSuffix("utf-8") || name.hasSuffix("utf8") || name.contains("utf-8@") || name.contains("utf8@")
    }

    private static func windowWidth() -> Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// Writes to the process's standard streams.
public enum Output {
    /// Writes lines to standard output.
    public static func print(_ lines: [String]) {
        write(lines.map { $0 + "\n" }.joined(), to: STDOUT_FILENO)
    }

    /// Writes one line to standard output.
    public static func print(_ line: String) {
        print([line])
    }

    /// Writes one line to standard error: talk, as opposed to data.
    public static func say(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    /// Writes bytes as they are. A reader that has gone away is not an error of ours.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno != EINTR { return }
            bytes = bytes.dropFirst(max(0, written))
        }
    }
}
