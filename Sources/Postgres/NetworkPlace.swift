import CLibPQ

/// Where the servers of a connection string are, and how the way there is protected, without connecting.
public struct NetworkPlace: Sendable, Equatable {
    /// Whether every one of them is on this machine: a Unix socket, `localhost`, or a loopback address. A name that
    /// is not `localhost` counts as another machine, whatever address stands beside it.
    public let isLocal: Bool
    /// `sslmode` as the string names it; nil when it does not.
    public let sslMode: String?

    /// From a connection string or URI.
    ///
    /// - Throws: `misuse` when it can not be read.
    public init(conninfo: String) throws {
        try ConnectionString.check(conninfo)
        self.init(options: ConnectionString.parsed(conninfo))
    }

    init(options: [String: String]) {
        func list(_ option: String) -> [String] {
            (options[option] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let (hosts, addresses) = (list("host"), list("hostaddr"))
        isLocal = (0..<max(hosts.count, addresses.count)).allSatisfy { place in
            let host = place < hosts.count ? hosts[place] : ""
            let address = place < addresses.count ? addresses[place] : ""
            return Self.isLocal(host: host) && (address.isEmpty || Self.isLoopback(address))
        }
        sslMode = options["sslmode"]
    }

    /// What the string allows although it is not enough on the way to another machine; nil when nothing is.
    public var weakness: String? {
        guard !isLocal, let sslMode, sslMode != Self.verified else { return nil }
        return sslMode
    }

    /// The one mode in which nobody in between can read or pretend to be the server.
    static let verified = "verify-full"

    /// An empty name is the default: a socket, or the loopback address.
    static func isLocal(host: String) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host.lowercased() == "localhost"
            || isLoopback(host)
    }

    static func isLoopback(_ address: String) -> Bool {
        if address == "::1" || address == "::ffff:127.0.0.1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
