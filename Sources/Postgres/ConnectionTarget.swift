/// Where to connect, and how the session is to behave.
public struct ConnectionTarget: Sendable {
    /// A libpq connection string or URI: services, several hosts, password files and TLS options all work.
    public var conninfo: String
    /// Options that win over `conninfo` (for example `dbname`, `user`), by their libpq names.
    public var overrides: [String: String]
    /// How long to wait for an address to answer. Whole seconds, at least 2 (libpq's own lower limit). `conninfo`
    /// may say otherwise.
    public var connectTimeoutSeconds: Int
    /// Idle time before the first keep-alive probe. `conninfo` may say otherwise.
    public var keepalivesIdleSeconds: Int
    /// How long sent data may stay unacknowledged before the connection counts as lost. `conninfo` may say otherwise.
    public var tcpUserTimeoutMilliseconds: Int
    /// Whether a server on another machine (see `NetworkPlace`) is only spoken to by TLS with its name verified.
    /// A connection string without `sslmode` then means `verify-full`, and one that names less fails.
    public var requiresProtection = false
    /// Server settings of the session, by name, set right after connecting and so stronger than the role's.
    public var settings: [String: String]

    /// A target with the defaults: 10 s to connect, a lost network noticed within about 30 s.
    public init(
        _ conninfo: String, overrides: [String: String] = [:], settings: [String: String] = [:],
        connectTimeoutSeconds: Int = 10, keepalivesIdleSeconds: Int = 15, tcpUserTimeoutMilliseconds: Int = 30_000
    ) {
        self.conninfo = conninfo
        self.overrides = overrides
        self.settings = settings
        self.connectTimeoutSeconds = connectTimeoutSeconds
        self.keepalivesIdleSeconds = keepalivesIdleSeconds
        self.tcpUserTimeoutMilliseconds = tcpUserTimeoutMilliseconds
    }

    /// The same target with one more server setting.
    public func setting(_ name: String, _ value: String) -> ConnectionTarget {
        var target = self
        target.settings[name] = value
        return target
    }

    /// The same target with a limit on every statement, in milliseconds; 0 for none.
    public func statementTimeout(milliseconds: Int) -> ConnectionTarget {
        setting("statement_timeout", String(milliseconds))
    }

    /// The same target with a limit on every wait for a lock, in milliseconds; 0 for none.
    public func lockTimeout(milliseconds: Int) -> ConnectionTarget {
        setting("lock_timeout", String(milliseconds))
    }

    /// The same target with a limit on idling inside a transaction, in milliseconds; 0 for none.
    public func idleInTransactionTimeout(milliseconds: Int) -> ConnectionTarget {
        setting("idle_in_transaction_session_timeout", String(milliseconds))
    }

    /// libpq keywords in order: defaults, what the operator wrote, what must be so.
    func keywords(applicationName: String) -> [(keyword: String, value: String)] {
        let defaults = [
            ("connect_timeout", String(connectTimeoutSeconds)),
            ("keepalives", "1"),
            ("keepalives_idle", String(keepalivesIdleSeconds)),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", String(tcpUserTimeoutMilliseconds)),
        ]
        let fixed = [("application_name", applicationName), ("client_encoding", "UTF8")]
        return defaults + [("dbname", conninfo)] + overrides.sorted { $0.key < $1.key }.map { ($0, $1) } + fixed
    }
}

extension ConnectionTarget: CustomStringConvertible {
    /// Nothing of the connection string: it may hold a password.
    public var description: String { "connection target" }
}
