import Glibc

/// Where PostgreSQL's programs are, and as whom they run.
enum ServerPrograms {
    /// The folder with `initdb` and `postgres`: of `PG_CONFIG`, of `pg_config`, or the newest installed.
    static func folder() throws -> String {
        let named = getenv("PG_CONFIG").map { String(cString: $0) }
        let candidates = [named.flatMap(bindir), bindir("pg_config")].compactMap { $0 } + installed()
        guard let folder = candidates.first(where: { access("\($0)/initdb", X_OK) == 0 }) else {
            throw TestClusterError("no PostgreSQL server found: set PG_CONFIG")
        }
        return folder
    }

    private static func bindir(_ program: String) -> String? {
        guard let run = try? ChildProcess.run(program, ["--bindir"]), run.status == .exited(0) else { return nil }
        return run.output.split(separator: "\n").first.map(String.init)
    }

    private static func installed() -> [String] {
        Files.names(in: "/usr/lib/postgresql").compactMap(Int.init).sorted(by: >)
            .map { "/usr/lib/postgresql/\($0)/bin" }
    }

    /// The user of the server: PostgreSQL refuses to run as root. Nil when we are not root.
    static func user() -> String? {
        guard geteuid() == 0 else { return nil }
        return getpwnam("postgres") != nil ? "postgres" : "nobody"
    }

    /// The words that run `program` as that user.
    static func asUser(_ program: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        guard let user = user(), let entry = getpwnam(user) else { return (program, arguments) }
        let identity = ["--reuid=\(user)", "--regid=\(entry.pointee.pw_gid)", "--clear-groups"]
        return ("setpriv", identity + [program] + arguments)
    }

    /// Creates a folder that belongs to that user.
    static func makeFolder(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 else { throw TestClusterError("can not create \(path) (errno \(errno))") }
        guard let user = user(), let entry = getpwnam(user) else { return }
        chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// A TCP port of 127.0.0.1 that is free now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw TestClusterError("no free port (errno \(errno))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
