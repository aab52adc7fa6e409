import Glibc
import TestCluster

@testable import RegionStore
@testable import TestFederation

/// The folder in which a daemon looks at every `Checkpoint` for what it is to do there.
final class FailureFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bashu-points.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ProxyError(description: "no folder (errno \(errno))") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? ChildProcess.run("rm", ["-rf", path]) }

    /// What a daemon is started with.
    var environment: [String: String?] { [FailurePoint.variable: path] }

    /// The next daemon that comes there kills itself.
    func kill(at point: Checkpoint) {
        close(open(file(point, "kill"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
    }

    /// The next daemon that comes there waits.
    func hold(at point: Checkpoint) -> Hold {
        mkfifo(file(point, "pause"), 0o644)
        return Hold(path: file(point, "pause"))
    }

    /// Nothing is to happen any more at any point.
    func disarm() {
        for point in Checkpoint.allCases { unlink(file(point, "kill")) }
    }

    private func file(_ point: Checkpoint, _ what: String) -> String { "\(path)/\(point.rawValue).\(what)" }
}

/// A place at which a daemon waits.
struct Hold: ~Copyable {
    private let path: String
    private var descriptor: Int32 = -1

    fileprivate init(path: String) { self.path = path }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Waits until a daemon waits here. Nobody else will.
    mutating func reached() async throws {
        let path = path
        var found: Int32 = -1
        try await eventually("a daemon waits at \(path)", timeout: .seconds(30)) {
            found = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return found >= 0
        }
        descriptor = found
        unlink(path)
    }

    /// Lets it go on.
    consuming func release() {}
}
