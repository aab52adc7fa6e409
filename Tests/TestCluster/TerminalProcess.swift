import Glibc

/// A program under test on a terminal of its own: a pseudo-terminal, on which the test types and looks.
public final class TerminalProcess {
    /// The program. Its output goes to the terminal.
    public let child: ChildProcess
    private let user: Int32
    private let program: Int32

    /// Starts a program on a terminal of this size.
    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:], columns: Int, rows: Int
    ) throws {
        var ends: (user: Int32, program: Int32) = (-1, -1)
        guard openpty(&ends.user, &ends.program, nil, nil, nil) == 0 else {
            throw TestClusterError("no pseudo-terminal (errno \(errno))")
        }
        (user, program) = ends
        for end in [user, program] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(user, F_SETFL, O_NONBLOCK)
        Self.resize(user, columns, rows)
        child = try ChildProcess.spawn(executable, arguments, environment: environment, terminal: program)
    }

    deinit {
        close(user)
        close(program)
    }

    /// Types.
    public func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(user, bytes, bytes.count)
    }

    /// Gives the window another size.
    public func resize(columns: Int, rows: Int) { Self.resize(user, columns, rows) }

    /// What the program has written since the last call.
    public func written() -> [UInt8] {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(user, &part, part.count)
            guard count > 0 else { return all }
            all += part[0..<count]
        }
    }

    /// How the terminal treats what is typed: all the flags that a program may change.
    public var settings: [UInt32] {
        var settings = termios()
        tcgetattr(program, &settings)
        return [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    }

    private static func resize(_ terminal: Int32, _ columns: Int, _ rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
    }
}
