import Glibc
import TestCluster

/// Runs Bashu's own programs as an operator does, whatever this machine's configuration is.
enum Programs {
    /// Starts a daemon on a database, with every setting at its default but for what the variant says.
    static func startDaemon(_ node: Node, _ variant: DaemonVariant = DaemonVariant()) throws -> ChildProcess {
        var environment = environment(database: node.conninfo(user: BashuPair.daemonRole))
        environment["BASHU_HISTORY_DIGEST"] = variant.digest
        environment["BASHU_HISTORY_KEY_FILE"] = variant.signing.map { keyFile(node, $0) }
        return try ChildProcess.spawn(
            try variant.program ?? ChildProcess.builtProduct("bashud"), environment: environment)
    }

    /// Makes the key that a variant of this server's daemons signs with, unless it is there.
    static func makeKey(_ node: Node, _ signing: DaemonVariant.Signing) throws {
        let file = keyFile(node, signing)
        guard access(file, F_OK) != 0 else { return }
        try control(
            node, ["key", "generate", "--algorithm", signing.rawValue], ["BASHU_HISTORY_KEY_FILE": file])
    }

    private static func keyFile(_ node: Node, _ signing: DaemonVariant.Signing) -> String {
        "\(node.cluster.socketFolder)/history-\(signing.rawValue).pem"
    }

    /// Runs `bashuctl` as the owner; fails when it does.
    static func control(_ node: Node, _ arguments: [String], _ more: [String: String] = [:]) throws {
        let run = try ChildProcess.run(
            try ChildProcess.builtProduct("bashuctl"), arguments,
            environment: environment(database: node.conninfo(user: Node.owner)).merging(more) { $1 })
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
            "BASHU_LOG_LEVEL": nil, "BASHU_HISTORY_DIGEST": nil, "BASHU_HISTORY_KEY_FILE": nil, "LC_ALL": "C.UTF-8",
        ]
    }
}
