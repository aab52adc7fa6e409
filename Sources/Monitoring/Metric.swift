/// A metric: its name, what it is, and what it says. `all` is the one list that output and tests go by; the guide
/// says more.
struct Metric: Sendable, Hashable {
    enum Kind: String, Sendable {
        case gauge, counter, histogram
    }

    let name: String
    let kind: Kind
    let help: String

    private init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// In the order of the output.
    static let all = process + database

    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// What the process knows by itself: there even while the database is away.
    private static let process = [
        Metric("bashu_build_info", .gauge, "Always 1; the version of bashud as a label."),
        Metric("bashu_daemon_start_time_seconds", .gauge, "When bashud started, in seconds since 1970."),
        Metric("bashu_daemon_up", .gauge, "Whether this bashud holds its database and works on it."),
        Metric("bashu_database_up", .gauge, "Whether the database could be read for this answer."),
        Metric("bashu_database_read_seconds", .gauge, "How long it took to read the database for this answer."),
        Metric("bashu_engine_pass_age_seconds", .gauge, "Time since the engine last came to the end of a pass."),
        Metric("bashu_links_pass_age_seconds", .gauge, "Time since the list of peers was last looked after."),
        Metric("bashu_engine_failures_total", .counter, "Passes of the engine that failed and are tried again."),
        Metric("bashu_cut_batches_total", .counter, "Own batches cut."),
        Metric("bashu_cut_changes_total", .counter, "Changes of rows in own batches cut."),
        Metric("bashu_cut_bytes_total", .counter, "Bytes of own batches cut."),
        Metric("bashu_cut_duration_seconds", .histogram, "How long it took to cut a batch."),
        Metric("bashu_apply_batches_total", .counter, "Batches of others applied."),
        Metric("bashu_apply_changes_total", .counter, "Changes of rows in batches applied."),
        Metric("bashu_apply_bytes_total", .counter, "Bytes of batches applied."),
        Metric("bashu_apply_duration_seconds", .histogram, "How long it took to apply a group of batches."),
        Metric("bashu_apply_holds_total", .counter, "Attempts to apply that ended with a batch that has to wait."),
        Metric("bashu_receive_batches_total", .counter, "Batches received whole from a peer."),
        Metric("bashu_receive_changes_total", .counter, "Changes of rows in batches received whole from a peer."),
        Metric("bashu_receive_bytes_total", .counter, "Bytes received from a peer and stored."),
        Metric("bashu_link_attempts_total", .counter, "Attempts to connect a link."),
        Metric("bashu_link_failures_total", .counter, "Attempts or connections of a link that failed."),
        Metric("bashu_scrape_failures_total", .counter, "Answers for which the database could not be read."),
    ]

    /// What the database says: absent while it is away. The statements are in Schemas/sql/statements_metrics.sql.
    private static let database = [
        Metric("bashu_node_info", .gauge, "Always 1; kind, region and origin of this database as labels."),
        Metric("bashu_node_joining", .gauge, "Whether this database is still being filled from a peer."),
        Metric("bashu_daemon_heartbeat_age_seconds", .gauge, "Time since the daemon last wrote that it lives."),
        Metric("bashu_origin_applied_batch", .gauge, "Number of the last batch of an origin applied here."),
        Metric(
            "bashu_origin_freshness_age_seconds", .gauge,
            "Everything older than this is here; grows while a link or a daemon is dead."),
        Metric("bashu_origin_unapplied_batches", .gauge, "Batches received and not applied."),
        Metric("bashu_origin_unapplied_changes", .gauge, "Changes of rows in batches received and not applied."),
        Metric(
            "bashu_origin_unapplied_age_seconds", .gauge,
            "How long the oldest of them has been here; 0 for none."),
        Metric(
            "bashu_origin_hold", .gauge,
            "1 while the next batch of an origin has to wait, by kind of reason and SQLSTATE."),
        Metric("bashu_origin_hold_age_seconds", .gauge, "How long it has been waiting."),
        Metric("bashu_link_state", .gauge, "1 for the state that a link is in, 0 for the others."),
        Metric("bashu_link_state_age_seconds", .gauge, "How long a link has been in its state."),
        Metric("bashu_link_contact_age_seconds", .gauge, "Time since the peer last answered."),
        Metric("bashu_link_retries", .gauge, "Failures in a row of a link; 0 while it works."),
        Metric("bashu_link_clock_offset_seconds", .gauge, "The peer's clock less ours."),
        Metric(
            "bashu_link_certificate_remaining_seconds", .gauge,
            "Time until a certificate of an encrypted link expires, the peer's or our own."),
        Metric("bashu_link_clock_off", .gauge, "Whether that is beyond the bound in the configuration."),
        Metric(
            "bashu_link_missing_batches", .gauge,
            "Batches that the peer had when last asked and that are not applied here."),
        Metric(
            "bashu_peer_unflushed_batches", .gauge,
            "Batches applied here that a party that pulls from here has not reported as stored."),
        Metric("bashu_peer_unflushed_changes", .gauge, "Changes of rows in them."),
        Metric("bashu_peer_kept_bytes", .gauge, "Bytes of them, uncompressed: the log keeps them for it."),
        Metric(
            "bashu_peer_retention_remaining_seconds", .gauge,
            "Time until the oldest of them is older than the retention; absent when there are none."),
        Metric("bashu_peer_report_age_seconds", .gauge, "Time since a party that pulls from here last reported."),
        Metric(
            "bashu_peer_file_age_seconds", .gauge,
            "Age of the last file of a peer that takes files; before there is one, time since the peer was added."),
        Metric("bashu_peer_file_limit_seconds", .gauge, "The age in the configuration at which that is reported."),
        Metric("bashu_pending_rows", .gauge, "Rows of bashu.pending, each some keys noted by writers and not cut."),
        Metric("bashu_pending_age_seconds", .gauge, "Age of the oldest of them; 0 for none."),
        Metric(
            "bashu_oldest_transaction_age_seconds", .gauge,
            "How long the server's oldest writing transaction has been seen open."),
        Metric("bashu_conflict_cases", .gauge, "Conflicts that are recorded, by table, type and state."),
        Metric("bashu_open_cases", .gauge, "Conflicts that need a person."),
        Metric("bashu_held_keys", .gauge, "Rows whose change is not published until an operator agrees."),
        Metric("bashu_parked_rows", .gauge, "Rows that a unique or foreign-key rule keeps out of their table."),
        Metric("bashu_recheck_keys", .gauge, "Rows that wait to be projected again."),
        Metric("bashu_recheck_failed_keys", .gauge, "Of these the rows whose last attempt failed."),
        Metric("bashu_log_size_bytes", .gauge, "Size of the log on disk, indexes included."),
        Metric("bashu_log_rows", .gauge, "Rows of the log as the planner estimates them."),
        Metric("bashu_log_forgotten_changes", .gauge, "Changes that the log has forgotten after the retention."),
        Metric("bashu_shared_tables", .gauge, "Tables that are shared."),
        Metric(
            "bashu_degraded_tables", .gauge,
            "Of these the tables whose capture is not whole; they are compared at every cut."),
    ]
}
