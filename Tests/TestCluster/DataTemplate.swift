import Postgres

/// Data folders fresh from initdb, which takes longer than copying one.
actor DataTemplate {
    static let shared = DataTemplate()
    private let executor = SessionExecutor(label: "initdb")
    private var folders: [Kind: String] = [:]

    private struct Kind: Hashable {
        let password: String?
        let identity: Int
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The data folder for a superuser's password, and for an identity.
    func folder(password: String?, identity: Int, programs: String) throws -> String {
        let kind = Kind(password: password, identity: identity)
        if let known = folders[kind] { return known }
        let folder = try TestDirectory.shared().newPath("template")
        try ServerPrograms.makeFolder(folder)
        var arguments = [
            "-D", folder, "-U", TestCluster.superuser, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        ]
        if let password {
            let passwordFile = folder + ".password"
            try Files.write(password + "\n", to: passwordFile)
            arguments += ["--auth=scram-sha-256", "--pwfile=\(passwordFile)"]
        } else {
            arguments += ["--auth=trust"]
        }
        let (executable, words) = ServerPrograms.asUser("\(programs)/initdb", arguments)
        let run = try ChildProcess.run(executable, words)
        guard run.status == .exited(0) else { throw TestClusterError("initdb failed:\n\(run.output)\(run.errors)") }
        folders[kind] = folder
        return folder
    }
}
