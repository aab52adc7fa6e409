/// Every key of the file, with its variable and what it takes: the one list that reading, suggestions
/// and tests go by.
struct SettingsKey: Sendable {
    enum Value: Sendable {
        case conninfo(any WritableKeyPath<Settings, String?> & Sendable)
        case flag(any WritableKeyPath<Settings, Bool> & Sendable)
        case integer(any WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
        case listen(any WritableKeyPath<Settings, ListenAddress?> & Sendable)
        case path(any WritableKeyPath<Settings, String?> & Sendable)
        case signatures(any WritableKeyPath<Settings, RequiredSignatures> & Sendable)
        case digest(any WritableKeyPath<Settings, HistoryDigest> & Sendable)
        case logLevel(any WritableKeyPath<Settings, LogLevel> & Sendable)
    }

    let section: String
    let name: String
    let variable: String
    let value: Value

    var path: String { "\(section).\(name)" }

    static let all = [
        SettingsKey(
            section: "database", name: "conninfo", variable: "BASHU_DATABASE", value: .conninfo(\.conninfo)),
        SettingsKey(
            section: "database", name: "owner_conninfo", variable: "BASHU_OWNER_DATABASE",
            value: .conninfo(\.ownerConninfo)),
        SettingsKey(
            section: "daemon", name: "poll_interval_max_ms", variable: "BASHU_POLL_INTERVAL_MAX_MS",
            value: .integer(\.pollIntervalMaxMilliseconds, 1...60_000)),
        SettingsKey(
            section: "daemon", name: "peer_poll_seconds", variable: "BASHU_PEER_POLL_SECONDS",
            value: .integer(\.peerPollSeconds, 1...3_600)),
        SettingsKey(
            section: "daemon", name: "clock_bound_ms", variable: "BASHU_CLOCK_BOUND_MS",
            value: .integer(\.clockBoundMilliseconds, 1...86_400_000)),
        SettingsKey(
            section: "daemon", name: "peer_file_age_max_days", variable: "BASHU_PEER_FILE_AGE_MAX_DAYS",
            value: .integer(\.peerFileAgeMaxDays, 1...3_650)),
        SettingsKey(
            section: "daemon", name: "i_accept_that_peers_can_be_read_and_forged_on_the_network",
            variable: "BASHU_I_ACCEPT_THAT_PEERS_CAN_BE_READ_AND_FORGED_ON_THE_NETWORK",
            value: .flag(\.acceptsUnprotectedPeers)),
        SettingsKey(
            section: "retention", name: "days", variable: "BASHU_RETENTION_DAYS",
            value: .integer(\.retentionDays, 180...36_500)),
        SettingsKey(
            section: "history", name: "digest", variable: "BASHU_HISTORY_DIGEST", value: .digest(\.historyDigest)),
        SettingsKey(
            section: "history", name: "key_file", variable: "BASHU_HISTORY_KEY_FILE", value: .path(\.historyKeyFile)),
        SettingsKey(
            section: "history", name: "require_signatures", variable: "BASHU_HISTORY_REQUIRE_SIGNATURES",
            value: .signatures(\.requiredSignatures)),
        SettingsKey(section: "http", name: "listen", variable: listenVariable, value: .listen(\.httpListen)),
        SettingsKey(
            section: "http", name: "database", variable: "BASHU_HTTP_DATABASE", value: .conninfo(\.httpConninfo)),
        SettingsKey(
            section: "http", name: "query_timeout_ms", variable: "BASHU_HTTP_QUERY_TIMEOUT_MS",
            value: .integer(\.httpQueryTimeoutMilliseconds, 100...600_000)),
        SettingsKey(
            section: "http", name: "max_rows", variable: "BASHU_HTTP_MAX_ROWS",
            value: .integer(\.httpRowsMax, 1...1_000)),
        SettingsKey(
            section: "http", name: "max_connections", variable: "BASHU_HTTP_MAX_CONNECTIONS",
            value: .integer(\.httpConnectionsMax, 1...64)),
        SettingsKey(
            section: "metrics", name: "listen", variable: "BASHU_METRICS_LISTEN", value: .listen(\.metricsListen)),
        SettingsKey(
            section: "daemon", name: "log_level", variable: "BASHU_LOG_LEVEL", value: .logLevel(\.logLevel)),
    ]

    /// Variables that are read elsewhere or choose the file.
    static let otherVariables = [pathVariable]
    static let pathVariable = "BASHU_CONFIG"
    static let listenVariable = "BASHU_HTTP_LISTEN"

    static func named(_ section: String, _ name: String) -> SettingsKey? {
        all.first { $0.section == section && $0.name == name }
    }

    /// The key that was probably meant: the same name in another section, or the nearest name.
    static func suggestion(section: String, name: String) -> String? {
        if let elsewhere = all.first(where: { $0.name == name }) { return elsewhere.path }
        let here = all.filter { $0.section == section }.map(\.name)
        if let near = nearest(to: name, among: here) { return "\(section).\(near)" }
        guard let near = nearest(to: name, among: all.map(\.name)) else { return nil }
        return all.first { $0.name == near }?.path
    }
}

/// The candidate within two edits (three for long words) of `word`, ignoring case; nil when there is none.
func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = word.count > 8 ? 3 : 2
    let ranked = candidates.map { (editDistance(word.lowercased(), $0.lowercased()), $0) }
    guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 <= limit, best.0 < word.count else { return nil }
    return best.1
}

/// Insertions, deletions and substitutions that turn one word into the other.
func editDistance(_ left: String, _ right: String) -> Int {
    let columns = Array(right)
    var previous = Array(0...columns.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for column in columns.indices {
            let substituted = previous[column] + (columns[column] == letter ? 0 : 1)
            current.append(min(substituted, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[columns.count]
}
