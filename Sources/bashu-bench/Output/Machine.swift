import Glibc

/// The machine a run was made on.
struct Machine: Sendable {
    let processor: String
    let cores: Int
    let memoryBytes: Int64
    let kernel: String
    /// Average number of running tasks over the last minute.
    let load: Double
    /// Microseconds since 1970.
    let time: Int64

    /// As it is now.
    static func now() -> Machine {
        let model = TextFile.lines("/proc/cpuinfo").first { $0.hasPrefix("model name") }
        let memory = TextFile.lines("/proc/meminfo").first { $0.hasPrefix("MemTotal:") }
        let load = TextFile.lines("/proc/loadavg").first?.split(separator: " ").first
        let kernel = TextFile.lines("/proc/sys/kernel/osrelease").first
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Machine(
            processor: model?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown",
            cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            memoryBytes: (memory?.split(separator: " ").dropFirst().first.flatMap { Int64($0) } ?? 0) * 1_024,
            kernel: kernel.map(String.init) ?? "unknown",
            load: load.flatMap { Double($0) } ?? 0,
            time: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// Versions, and what of the servers was not at its default.
struct Setting: Sendable {
    let bashu: String
    /// Whether the programs were built for speed.
    let isOptimised: Bool
    let postgres: String
    /// Server settings, those that matter most first.
    let server: [(name: String, value: String)]
    let bytesPerRow: Int64

    static func read(_ clusters: Clusters, _ plan: Plan) async throws -> Setting {
        let node = try await Node.open(clusters.source, Clusters.template)
        let names = ["fsync", "synchronous_commit", "full_page_writes"] + Clusters.settings.map(\.key)
        var server: [(name: String, value: String)] = []
        for name in names {
            server.append((name, try await node.value("SHOW \(name)") ?? ""))
        }
        let version = try await node.value("SHOW server_version") ?? ""
        let bytes = try await node.value("SELECT avg(pg_column_size(s))::bigint FROM public.seed s") ?? ""
        await node.close()
        return Setting(
            bashu: try Programs.version(), isOptimised: isOptimised, postgres: version, server: server,
            bytesPerRow: Int64(bytes) ?? 0)
    }

    private static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }
}
