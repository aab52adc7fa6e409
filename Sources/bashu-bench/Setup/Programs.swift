import TestCluster

/// Runs Bashu's own programs as an operator does, whatever this machine's configuration is.
enum Programs {
    /// Starts a daemon on a database, with every setting at its default.
    static func startDaemon(_ node: Node) throws -> ChildProcess {
        try ChildProcess.spawn(
            try ChildProcess.builtProduct("bashud"),
            environment: environment(database: node.conninfo(user: BashuPair.daemonRole)))
    }

    /// Runs `bashuctl` as the owner; fails when it does.
    static func control(_ node: Node, _ arguments: [String]) throws {
        let run = try ChildProcess.run(
            try ChildProcess.builtProduct("bashuctl"), arguments,
            environment: environment(database: node.conninfo(user: Node.owner)))
        guard run.status == .exited(0) else {
            throw BenchError("bashuctl \(arguments.joined(separator: " ")): \(run.status)\n\(run.output)\(run.errors)")
        }
    }

    /// What `bashuctl --version` says.
    static func version() throws -> String {
        let run = try ChildProcess.run(try ChildProcess.builtProduct("bashuctl"), ["--version"])
        return run.output.split(separator: "\n").first.map(String.init) ?? "?"
    }

    private static func environment(database: String) -> [String: String?] {
        [
            "BASHU_CONFIG": "/dev/null", "BASHU_DATABASE": database, "BASHU_OWNER_DATABASE": nil,
            "BASHU_POLL_INTERVAL_MAX_MS": nil, "BASHU_PEER_POLL_SECONDS": nil, "BASHU_CLOCK_BOUND_MS": nil,
            "BASHU_LOG_LEVEL": nil, "LC_ALL": "C.UTF-8",
        ]
    }
}
