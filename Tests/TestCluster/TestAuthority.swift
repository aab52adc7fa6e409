/// A certificate authority made by `Deploy/tls/small-ca.sh`. Its files belong to the user of the test servers, and go
/// when the test process ends.
public struct TestAuthority: Sendable {
    /// Where `ca.pem`, `crl.pem` and NAME.pem, NAME.key are.
    public let folder: String
    private let script: String

    /// A new authority.
    public init() throws {
        let place = try TestDirectory.shared().newPath("ca")
        try ServerPrograms.makeFolder(place)
        folder = place
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        guard let text = Files.read("/\(root)/Deploy/tls/small-ca.sh") else {
            throw TestClusterError("there is no Deploy/tls/small-ca.sh")
        }
        script = text
        try run("init", "试验 authority")
    }

    /// Runs the script with these words after the folder's name.
    ///
    /// - Parameter until: when a certificate ends, as 20260930000000Z; a year from now by default.
    public func run(_ words: String..., until: String? = nil) throws { try run(words, until: until) }

    /// Runs the script with these words after the folder's name.
    public func run(_ words: [String], until: String? = nil) throws {
        // The server's user may not be able to read where the script is.
        let (executable, arguments) = ServerPrograms.asUser("bash", ["-c", script, "small-ca.sh", folder] + words)
        let run = try ChildProcess.run(
            executable, arguments, environment: until.map { ["UNTIL": $0] } ?? [:])
        guard run.status == .exited(0) else { throw TestClusterError("small-ca.sh \(words): \(run.errors)") }
    }

    /// Writes a file beside the others.
    public func write(_ text: String, to name: String) throws -> String {
        try Files.write(text, to: "\(folder)/\(name)")
        return "\(folder)/\(name)"
    }

    /// Settings of a server that shows the certificate of that name and asks for those of this authority.
    public func serverSettings(_ name: String) -> [String: String] {
        [
            "ssl": "on", "ssl_cert_file": "\(folder)/\(name).pem", "ssl_key_file": "\(folder)/\(name).key",
            "ssl_ca_file": "\(folder)/ca.pem",
        ]
    }

    /// What a connection string says to show the certificate of that name.
    public func client(_ name: String) -> String { "sslcert=\(folder)/\(name).pem sslkey=\(folder)/\(name).key" }
}
