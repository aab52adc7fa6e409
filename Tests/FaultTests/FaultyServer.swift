import Glibc
import TestCluster

/// A server whose disk can be full and whose clock can jump: `Tests/FaultyMachine` is preloaded into it.
final class FaultyServer: Sendable {
    let cluster: TestCluster
    /// Readable for the server's user.
    private let folder: String

    init() async throws {
        var template = Array("/tmp/bashu-server.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ProxyError(description: "no folder (errno \(errno))") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.folder = folder
        chmod(folder, 0o755)
        let machine = "\(folder)/libFaultyMachine.so"
        let copied = try ChildProcess.run("cp", [try ChildProcess.builtProduct("libFaultyMachine.so"), machine])
        guard copied.status == .exited(0) else { throw ProxyError(description: copied.errors) }
        try Self.write(Self.bytes(hours: 0), to: "\(folder)/clock")
        cluster = try await TestCluster.start(
            .init(environment: [
                "LD_PRELOAD": machine, "FAULTY_DISK": "\(folder)/full", "FAULTY_CLOCK": "\(folder)/clock",
            ]))
    }

    deinit { _ = try? ChildProcess.run("rm", ["-rf", folder]) }

    /// The server's clock is so far from the machine's, from now on.
    func setClock(hours: Int) throws { try Self.write(Self.bytes(hours: hours), to: "\(folder)/clock") }

    /// No file of the server can grow, or all can again.
    func setFull(_ isFull: Bool) throws {
        if isFull { try Self.write([], to: "\(folder)/full") } else { unlink("\(folder)/full") }
    }

    private static func bytes(hours: Int) -> [UInt8] { withUnsafeBytes(of: Int64(hours * 3_600)) { Array($0) } }

    /// In place: the server has the file in its memory.
    private static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            throw ProxyError(description: "cannot write \(path) (errno \(errno))")
        }
        close(descriptor)
    }
}
