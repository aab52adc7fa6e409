import Glibc

extension TestCluster {
    /// Writes a database to a file with `pg_dump`, and returns its path. Roles are not part of it.
    public func dump(_ database: String) throws -> String {
        let path = try TestDirectory.shared().newPath("dump")
        try runClient(
            "pg_dump", ["--format=custom", "--file=\(path)", "--dbname=\(conninfo(database: database))"])
        return path
    }

    /// Fills an empty database from such a file.
    public func restore(_ path: String, into database: String) throws {
        try runClient(
            "pg_restore", ["--exit-on-error", "--dbname=\(conninfo(database: database))", path])
    }

    private func runClient(_ name: String, _ arguments: [String]) throws {
        let run = try ChildProcess.run("\(programs)/\(name)", arguments)
        guard run.status == .exited(0) else { throw TestClusterError("\(name) failed: \(run.errors)") }
    }

    /// A standby that follows a running server, asynchronously, over a connection. It is not started: see `start`.
    public static func standby(of original: TestCluster) throws -> TestCluster {
        let cluster = try copy(of: original)
        let source = original.conninfo().replacing("'", with: "''")
        try Files.write("primary_conninfo = '\(source)'\n", to: "\(cluster.dataFolder)/postgresql.conf", append: true)
        try Files.write("", to: "\(cluster.dataFolder)/standby.signal")
        return cluster
    }

    /// Makes a copy that has not been started recover from the original's WAL, up to a restore point
    /// (`pg_create_restore_point`), and go on from there.
    public nonisolated func recover(from original: TestCluster, to restorePoint: String) throws {
        let lines = """
            restore_command = 'cp "\(original.dataFolder)/pg_wal/%f" "%p"'
            recovery_target_name = '\(restorePoint)'
            recovery_target_action = 'promote'

            """
        try Files.write(lines, to: "\(dataFolder)/postgresql.conf", append: true)
        try Files.write("", to: "\(dataFolder)/recovery.signal")
    }

    /// Copies a running server as it is, with `pg_basebackup`. The copy is not started: see `start`.
    public static func copy(of original: TestCluster) throws -> TestCluster {
        let programs = try ServerPrograms.folder()
        let cluster = try TestCluster(original.configuration, programs: programs)
        try ServerPrograms.makeFolder(cluster.socketFolder)
        chmod(cluster.socketFolder, 0o755)
        let (executable, arguments) = ServerPrograms.asUser(
            "\(programs)/pg_basebackup",
            [
                "--pgdata=\(cluster.dataFolder)", "--dbname=\(original.conninfo())", "--checkpoint=fast",
                "--wal-method=stream",
            ])
        let run = try ChildProcess.run(executable, arguments)
        guard run.status == .exited(0) else { throw TestClusterError("pg_basebackup failed: \(run.errors)") }
        let lines = cluster.configuration.lines(port: cluster.port, socketFolder: cluster.socketFolder)
        try Files.write(lines, to: "\(cluster.dataFolder)/postgresql.conf", append: true)
        return cluster
    }
}
