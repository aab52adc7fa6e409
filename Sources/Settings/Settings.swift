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

    /// Messages below this level are not logged.
    public var logLevel = LogLevel.info

    public init() {}
}

/// Severity of a log message, from the most talkative to the quietest.
public enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}
