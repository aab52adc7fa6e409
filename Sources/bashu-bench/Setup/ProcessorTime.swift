import Glibc
import TestCluster

/// Processor time that programs have used so far: on a busy machine the steadier figure.
enum ProcessorTime {
    /// Of the servers of a pair, with all their processes that live or have ended, and of its daemons; in seconds.
    static func used(by pair: some Pair) -> Double {
        let servers = Set([pair.source.cluster, pair.target.cluster].compactMap(postmaster))
        let daemons = Set(pair.daemonIDs)
        let ticks = names(in: "/proc").compactMap { Int32($0) }.compactMap(read).reduce(0) { sum, process in
            if servers.contains(process.id) { return sum + process.own + process.ended }
            if servers.contains(process.parent) || daemons.contains(process.id) { return sum + process.own }
            return sum
        }
        return Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Of one process, in seconds; 0 when it has ended.
    static func used(by process: Int32) -> Double {
        Double(read(process)?.own ?? 0) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func postmaster(_ cluster: TestCluster) -> Int32? {
        TextFile.lines("\(cluster.dataFolder)/postmaster.pid").first.flatMap { Int32($0) }
    }

    /// In ticks.
    private struct Process {
        let id: Int32
        let parent: Int32
        let own: Int
        /// Of its children that have ended.
        let ended: Int
    }

    /// Nil when it has ended meanwhile.
    private static func read(_ id: Int32) -> Process? {
        guard let line = TextFile.lines("/proc/\(id)/stat").first, let name = line.lastIndex(of: ")") else {
            return nil
        }
        // After the name in brackets: the state (field 3), the parent; user and system time are fields 14 to 17.
        let fields = line[line.index(after: name)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        let times = fields[11...14].compactMap { Int($0) }
        guard times.count == 4 else { return nil }
        return Process(id: id, parent: parent, own: times[0] + times[1], ended: times[2] + times[3])
    }

    private static func names(in folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }
}
