#if DEBUG
    internal import Glibc

    /// Lets a test end or hold a daemon at a `Checkpoint`, from outside. This whole file is in debug builds only;
    /// `Deploy/package.sh` refuses a program that has the name of its variable in it.
    ///
    /// The variable names a folder. A file `NAME.kill` there: the daemon takes it away and ends as by kill -9, before
    /// it does anything else. A named pipe `NAME.pause`: the daemon waits until somebody has opened it for writing and
    /// closed it again; as soon as it waits it can be opened so without blocking.
    enum FailurePoint {
        static let variable = "FAILURE_POINTS"
        private static let folder = getenv(variable).map { String(cString: $0) }

        static func reached(_ name: String) {
            guard let folder else { return }
            if unlink("\(folder)/\(name).kill") == 0 { kill(getpid(), SIGKILL) }
            let pipe = open("\(folder)/\(name).pause", O_RDONLY | O_CLOEXEC)
            guard pipe >= 0 else { return }
            var byte: UInt8 = 0
            while read(pipe, &byte, 1) > 0 {}
            close(pipe)
        }
    }
#endif
