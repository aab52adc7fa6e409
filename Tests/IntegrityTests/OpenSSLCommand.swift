import Glibc

/// The system's openssl command.
enum OpenSSLCommand {
    struct NotStarted: Error { let code: Int32 }

    /// Runs it without output to its end, and gives its exit status; -1 when a signal ended it.
    static func run(_ arguments: [String]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0)
        for file in [1, 2] as [Int32] { posix_spawn_file_actions_adddup2(&actions, 0, file) }
        var words = (["openssl"] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let code = posix_spawnp(&process, "openssl", &actions, nil, &words, environ)
        guard code == 0 else { throw NotStarted(code: code) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }
}
