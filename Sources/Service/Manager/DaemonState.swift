import RegionStore

/// What the daemon is about, for one line of text: what `systemctl status` shows of it.
struct DaemonState: Sendable, Equatable {
    enum Phase: Sendable, Equatable {
        /// The database has not been ours yet.
        case starting
        /// It is ours.
        case working
        /// It was ours, and is not at present.
        case without
        case ending
    }

    /// What is known of the links and of what is missing here.
    struct Progress: Sendable, Equatable {
        /// Links that work, links that are wanted; paused ones are neither.
        var up = 0
        var wanted = 0
        /// The first link that does not work, and why.
        var down: String?
        /// Batches that peers have and this database has not applied.
        var missing: Int64 = 0
        /// Age of the oldest change not applied here, in seconds; nil: unknown.
        var lagSeconds: Int64?
        /// What the engine could not do last.
        var problem: String?
    }

    /// The longest line: the manager cuts what is much longer.
    static let longest = 500

    var phase = Phase.starting
    var region = ""
    /// Why the engine cannot work, while it cannot.
    var problem: String?
    var progress: Progress?
    /// What is wrong with the configuration file since the last reload.
    var configuration: String?

    /// The line.
    var text: String {
        var parts: [String] = []
        switch phase {
        case .starting: parts.append("waiting for the database")
        case .without: parts.append("\(region): the database cannot be used at present")
        case .working: parts.append("\(region): \(position)")
        case .ending: parts.append("ending")
        }
        if phase == .working, let progress {
            parts.append("links \(progress.up)/\(progress.wanted) up")
            if let down = progress.down { parts.append(down) }
        }
        if phase != .ending, let problem = problem ?? (phase == .working ? progress?.problem : nil) {
            parts.append("problem: \(problem)")
        }
        if let configuration { parts.append(configuration) }
        // A line end would begin another field of the message.
        let line = parts.joined(separator: "; ").split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > Self.longest ? "\(line.prefix(Self.longest - 1))…" : line
    }

    private var position: String {
        guard let progress else { return "started" }
        guard progress.missing > 0 else { return "in step" }
        let lag = progress.lagSeconds.map { ", \($0) s behind" } ?? ""
        return "\(progress.missing) batches to apply\(lag)"
    }
}

extension DaemonState.Progress {
    /// From what the database knows.
    init(_ links: [Status.Link], problem: String?, now: Int64) {
        let running = links.filter { !$0.isPaused }
        let working: Set = [Links.State.streaming.rawValue, Links.State.waiting.rawValue]
        wanted = running.count
        up = running.filter { working.contains($0.state) }.count
        if let first = running.first(where: { !working.contains($0.state) }) {
            down = "\(first.peer) is \(first.state)" + (first.reason.map { ": \($0)" } ?? "")
        }
        missing = links.map(\.missingBatches).max() ?? 0
        lagSeconds = missing > 0 ? links.compactMap(\.oldest).min().map { max(0, (now - $0) / 1_000_000) } : nil
        self.problem = problem
    }
}
