import Glibc

/// Something about the test environment is not as it must be.
public struct TestClusterError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// posix_spawn.
enum Spawn {
    /// Starts a program with `descriptors` as its 0, 1, 2 …; it also has those of our files that stay open on exec.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String], descriptors: [Int32],
        ownSession: Bool = false
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK)
        if ownSession { flags |= 0x80 }  // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var processID: pid_t = 0
        let failure = posix_spawnp(&processID, executable, &actions, &attributes, words, variables)
        guard failure == 0 else {
            throw TestClusterError("can not start \(executable): \(String(cString: strerror(failure)))")
        }
        return processID
    }
}
