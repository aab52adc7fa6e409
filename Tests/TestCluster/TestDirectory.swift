import Glibc
import Synchronization

/// The folder of everything that this test process creates, and the guardian that clears it away.
///
/// The guardian is a shell that waits for the end of a pipe which only we hold open: it works however we end, kill -9
/// included. What a guardian could not do (killed as well) the next test process does.
final class TestDirectory: Sendable {
    /// Its path.
    let path: String
    private let counter = Atomic(0)

    private static let prefix = "bashu-test."
    private static let store = Mutex<TestDirectory?>(nil)

    /// The folder of this process, made at the first call.
    static func shared() throws -> TestDirectory {
        try store.withLock { directory in
            if let directory { return directory }
            let made = try TestDirectory()
            directory = made
            return made
        }
    }

    private init() throws {
        let parent = Self.parent()
        Self.reapOrphans(parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestClusterError("no folder in \(parent) (errno \(errno))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The server runs as another user when we are root.
        chmod(path, 0o755)
        mkdir("\(path)/children", 0o755)
        try Files.write("\(getpid()) \(Self.startTime(getpid()) ?? "")", to: "\(path)/owner")
        try startGuardian()
    }

    /// A name for a new folder of this process.
    func newPath(_ prefix: String) -> String {
        "\(path)/\(prefix)\(counter.add(1, ordering: .relaxed).newValue)"
    }

    /// The guardian is to kill this child if it is still there at our end.
    func register(_ processID: pid_t) throws {
        try Files.write("", to: "\(path)/children/\(processID)")
    }

    func unregister(_ processID: pid_t) {
        unlink("\(path)/children/\(processID)")
    }

    /// A short one: the path of a Unix socket has at most 107 bytes.
    private static func parent() -> String {
        guard let folder = getenv("TMPDIR").map({ String(cString: $0) }), folder.utf8.count < 60 else {
            return "/tmp"
        }
        return folder
    }

    private func startGuardian() throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestClusterError("no pipe (errno \(errno))") }
        ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(ends[0])
            close(null)
        }
        _ = try Spawn.start(
            "/bin/sh", ["-c", "cat; \(Self.cleaning)", "guardian", path, "children"],
            environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], descriptors: [ends[0], null, null],
            ownSession: true)
    }

    /// Shell: stops every server below `$1` (known by its command line, since numbers are used again), with `$2` the
    /// registered children too, and deletes the folder.
    private static let cleaning = """
        if [ -n "$2" ]; then
            for child in "$1"/children/*; do kill -9 "${child##*/}"; done
        fi
        for file in "$1"/*/data/postmaster.pid; do
            read -r server < "$file" || continue
            grep -qaF "$1/" "/proc/$server/cmdline" || continue
            kill -QUIT "$server"
            turns=0
            while grep -qaF "$1/" "/proc/$server/cmdline" && [ $turns -lt 200 ]; do
                sleep 0.05
                turns=$((turns + 1))
            done
        done
        rm -rf "$1"
        """

    private static func reapOrphans(_ parent: String) {
        for name in Files.names(in: parent) where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let owner = (Files.read("\(path)/owner") ?? "").split(separator: " ").map(String.init)
            guard owner.count == 2, let processID = pid_t(owner[0]), startTime(processID) != owner[1] else { continue }
            let cleaner = try? Spawn.start(
                "/bin/sh", ["-c", cleaning, "cleaner", path], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
                descriptors: [])
            if let cleaner { waitpid(cleaner, nil, 0) }
        }
    }

    /// When a process started, in ticks since boot: with its number, its identity. Nil when there is none.
    private static func startTime(_ processID: pid_t) -> String? {
        guard let stat = Files.read("/proc/\(processID)/stat"), let name = stat.lastIndex(of: ")") else { return nil }
        // After the name in brackets: fields 3 (state) and on; the start is field 22.
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        return fields.count > 19 ? String(fields[19]) : nil
    }
}

/// What little is needed of files.
enum Files {
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += part[0..<count]
        }
    }

    static func write(_ text: String, to path: String, append: Bool = false) throws {
        let mode = append ? O_APPEND : O_TRUNC
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o644)
        guard descriptor >= 0 else { throw TestClusterError("can not write \(path) (errno \(errno))") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw TestClusterError("can not write \(path) (errno \(errno))")
        }
    }

    static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
