import Glibc
import Synchronization

/// How a process ended.
public enum ExitStatus: Sendable, Hashable {
    /// It returned this status.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
}

/// A program under test: its output is kept, and it never outlives the test process.
public final class ChildProcess: Sendable {
    /// Its process number.
    public let processID: Int32
    private let program: String
    private let output: Int32
    private let errors: Int32
    private let status = Mutex<ExitStatus?>(nil)

    private init(processID: pid_t, program: String, output: Int32, errors: Int32) {
        self.processID = processID
        self.program = program
        self.output = output
        self.errors = errors
    }

    /// Kills it if it still runs.
    deinit {
        if poll() == nil {
            Glibc.kill(processID, SIGKILL)
            wait()
        }
        close(output)
        close(errors)
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name looked up in `PATH`.
    ///   - environment: added to our own environment; nil takes a variable away.
    ///   - standardInput: what the program can read; nothing by default.
    public static func spawn(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        standardInput: String = ""
    ) throws -> ChildProcess {
        // Before the first child, so that none inherits the guardian's pipe.
        let directory = try TestDirectory.shared()
        let output = try temporaryFile()
        let errors = try temporaryFile()
        let input = try temporaryFile(standardInput)
        defer { close(input) }
        let processID = try Spawn.start(
            executable, arguments, environment: mergedEnvironment(environment), descriptors: [input, output, errors])
        let child = ChildProcess(processID: processID, program: executable, output: output, errors: errors)
        try directory.register(processID)
        return child
    }

    /// Starts a program in a session of its own, with `terminal` as its input and output.
    static func spawn(
        _ executable: String, _ arguments: [String], environment: [String: String?], terminal: Int32
    ) throws -> ChildProcess {
        let directory = try TestDirectory.shared()
        let (output, errors) = (try temporaryFile(), try temporaryFile())
        let processID = try Spawn.start(
            executable, arguments, environment: mergedEnvironment(environment),
            descriptors: [terminal, terminal, terminal], ownSession: true)
        let child = ChildProcess(processID: processID, program: executable, output: output, errors: errors)
        try directory.register(processID)
        return child
    }

    /// Runs a program to its end; blocks.
    public static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        standardInput: String = ""
    ) throws -> (status: ExitStatus, output: String, errors: String) {
        let child = try spawn(executable, arguments, environment: environment, standardInput: standardInput)
        let status = child.wait()
        return (status, child.standardOutput, child.standardError)
    }

    /// What it has written to its standard output so far.
    public var standardOutput: String { Self.contents(output) }

    /// What it has written to its standard error so far.
    public var standardError: String { Self.contents(errors) }

    /// Whether it has not ended yet.
    public var isRunning: Bool { poll() == nil }

    /// How it ended, nil while it runs.
    public func poll() -> ExitStatus? { reap(WNOHANG) }

    /// Blocks until it has ended.
    @discardableResult
    public func wait() -> ExitStatus {
        while true {
            if let status = reap(0) { return status }
        }
    }

    /// Waits until it has ended. Throws `NeverHappened`, with its standard error, when it does not in time.
    @discardableResult
    public func ended(within timeout: Duration = .seconds(10)) async throws -> ExitStatus {
        do {
            try await eventually("the end of \(program)", timeout: timeout) { !isRunning }
        } catch let error as NeverHappened {
            throw NeverHappened(description: "\(error); its standard error:\n\(standardError)")
        }
        return wait()
    }

    /// Sends a signal; does nothing once it has ended.
    public func kill(_ signal: Int32 = 9) {
        status.withLock { status in
            if status == nil { Glibc.kill(processID, signal) }
        }
    }

    /// Asks it to end (SIGTERM).
    public func terminate() { kill(SIGTERM) }

    private func reap(_ options: Int32) -> ExitStatus? {
        status.withLock { status in
            if let status { return status }
            var raw: Int32 = 0
            let reaped = waitpid(processID, &raw, options)
            guard reaped == processID else { return nil }
            let signal = raw & 0x7F
            status = signal == 0 ? .exited((raw >> 8) & 0xFF) : .signalled(signal)
            try? TestDirectory.shared().unregister(processID)
            return status
        }
    }

    private static func mergedEnvironment(_ changes: [String: String?]) -> [String] {
        var merged: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            merged[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
            entry += 1
        }
        // What chooses tests is nothing to programs, which refuse variables that are almost theirs.
        for name in ["BASHU_LONG", "BASHU_SEED", "BASHU_HISTORIES"] { merged[name] = nil }
        for (name, value) in changes { merged[name] = value }
        return merged.map { "\($0)=\($1)" }
    }

    /// A file without a name: nothing to clean up, and no pipe that could fill.
    private static func temporaryFile(_ contents: String = "") throws -> Int32 {
        var path = Array("/tmp/bashu-output.XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw TestClusterError("no temporary file (errno \(errno))") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(path)
        let bytes = Array(contents.utf8)
        guard bytes.isEmpty || pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw TestClusterError("the temporary file took not everything (errno \(errno))")
        }
        return descriptor
    }

    private static func contents(_ descriptor: Int32) -> String {
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &part, part.count, all.count)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += part[0..<count]
        }
    }
}

extension ChildProcess {
    /// The path of a program of this package, beside the test bundle.
    public static func builtProduct(_ name: String) throws -> String {
        guard let own = realpath("/proc/self/exe", nil) else { throw TestClusterError("no /proc") }
        defer { free(own) }
        var path = String(cString: own)
        if let slash = path.lastIndex(of: "/") { path = String(path[..<slash]) }
        // The bundle itself is the running program, or a helper of the toolchain has loaded it.
        for folder in [path] + CommandLine.arguments.compactMap(Self.folder) {
            if access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        throw TestClusterError("\(name) is not built: looked in \(path)")
    }

    private static func folder(_ path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
