/// What one configuration file and the environment say.
///
/// Read by `bashud` and `bashuctl` alike, so that both speak to the same database.
public struct Settings: Sendable, Equatable {
    /// The file that is read when none is named.
    public static let defaultPath = "/etc/bashu/bashu.toml"

    /// libpq connection string or URI of the daemon's own database; never with a password.
    /// Nil when neither the file nor the environment names one.
    public var conninfo: String?

    /// The same database as the owner of Bashu's objects and of the shared tables, for `bashuctl init`,
    /// `uninstall` and `table`. Nil: use `conninfo`.
    public var ownerConninfo: String?

    /// How long the daemon waits at most between two looks at the pending changes, in milliseconds, 1 to 60,000.
    public var pollIntervalMaxMilliseconds = 250

    /// How often a peer is asked for news if it does not announce any, in seconds, 1 to 3,600.
    public var peerPollSeconds = 5

    /// How far a peer's clock may be off before it is reported, in milliseconds, 1 to 86,400,000.
    public var clockBoundMilliseconds = 5_000

    /// How old, in days, the last file that came from a peer by files may be before somebody is told, 1 to 3,650.
    /// Files are carried once a week, and a day may be lost.
    public var peerFileAgeMaxDays = 8

    /// How many days the log keeps what it may forget: at least 180.
    public var retentionDays = 400

    /// What own batches are hashed with once every party that pulls from here reads it.
    public var historyDigest = HistoryDigest.sm3

    /// The PEM file with the private key that own batches are signed with; nil: they are not.
    public var historyKeyFile: String?

    /// Whose batches must be signed.
    public var requiredSignatures = RequiredSignatures.trusted

    /// Whether peers on other machines may be reached over connections that others can read, or where they can
    /// pretend to be the peer. Otherwise every such connection is `sslmode=verify-full`.
    public var acceptsUnprotectedPeers = false

    /// Where readers are answered over HTTP; nil: nowhere.
    public var httpListen: ListenAddress?

    /// libpq connection string of the role that HTTP reads with: it may read, and nothing else.
    /// Never nil where `httpListen` is not.
    public var httpConninfo: String?

    /// How long one query of an HTTP request may take, in milliseconds, 100 to 600,000.
    public var httpQueryTimeoutMilliseconds = 10_000

    /// How many rows one HTTP answer has at most, 1 to 1,000.
    public var httpRowsMax = 200

    /// How many sessions HTTP has in the database at most, 1 to 64.
    public var httpConnectionsMax = 4

    /// Where monitoring is answered over HTTP; nil: nowhere.
    public var metricsListen: ListenAddress?

    /// Messages below this level are not logged.
    public var logLevel = LogLevel.info

    public init() {}
}

/// Severity of a log message, from the most talkative to the quietest.
public enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// The hash function of own batches.
public enum HistoryDigest: String, Sendable, CaseIterable {
    /// GB/T 32905.
    case sm3
    /// FIPS 180-4.
    case sha256
}

/// Whose batches must be signed.
public enum RequiredSignatures: String, Sendable, CaseIterable {
    /// Those of regions of which a key is trusted here.
    case trusted
    /// Everybody's.
    case all
    /// Nobody's.
    case none
}

/// Host and port to listen on.
public struct ListenAddress: Sendable, Equatable {
    /// A name or an address; an IPv6 address without its brackets.
    public let host: String
    /// 0 to 65,535; 0: any free one, which the log then names.
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// An address from `host:port` or `[IPv6 address]:port`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), port <= 65_535 else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "[" }) else { return nil }
        self.init(host: String(host), port: port)
    }
}
