import Counting

extension Exposition {
    /// Adds everything there is to say without the database.
    mutating func add(_ metrics: DaemonMetrics, now: ContinuousClock.Instant = .now) {
        let state = metrics.snapshot
        add("bashu_build_info", "1", [("version", metrics.version)])
        add("bashu_daemon_start_time_seconds", "\(metrics.startedAt)")
        add("bashu_daemon_up", state.isOwner ? "1" : "0")
        if let seconds = metrics.fileAgeMaxSeconds { add("bashu_peer_file_limit_seconds", "\(seconds)") }
        for part in DaemonMetrics.Part.allCases {
            let age = (now - (state.passed[part] ?? now)) / .seconds(1)
            add("bashu_\(part)_pass_age_seconds", Self.number(max(age, 0)))
        }
        for counter in DaemonMetrics.Counter.allCases {
            add(counter.rawValue, "\(state.counters[counter, default: 0])")
        }
        add("bashu_cut_duration_seconds", state.cut)
        add("bashu_apply_duration_seconds", state.apply)
        for (peer, counters) in state.peers.sorted(by: { $0.key < $1.key }) {
            for counter in DaemonMetrics.PeerCounter.allCases {
                add(counter.rawValue, "\(counters[counter, default: 0])", [("peer", peer)])
            }
        }
    }
}
