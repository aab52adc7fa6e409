import Console
import RegionStore
import Replication

/// What a status amounts to.
struct Verdict {
    /// One reason why the database is not converged.
    struct Reason {
        /// Stable, for programs.
        let code: String
        /// The peer, origin or table concerned.
        let subject: String?
        let status: ExitStatus
        /// For people.
        let text: String
    }

    let reasons: [Reason]

    /// The exit status of the command.
    var status: ExitStatus { ExitStatus.combined(reasons.map(\.status)) }

    /// One line for people.
    var text: String {
        reasons.isEmpty ? speech(VerdictMessage.converged) : speech.list(reasons.map(\.text))
    }

    /// One word for programs: converged, lagging (held and paused too), or open_cases.
    var word: String {
        switch status {
        case .done: "converged"
        case .openCases: "open_cases"
        default: "lagging"
        }
    }

    var tone: Tone {
        switch status {
        case .done: .good
        case .openCases: .warning
        default: .bad
        }
    }

    /// - Parameters:
    ///   - lagMax: lag up to this many microseconds counts as none.
    ///   - fileAgeMax: how old the last file of a peer by files may be, in microseconds.
    init(_ status: Status, lagMax: Int64, fileAgeMax: Int64) {
        let now = status.node.now
        var found: [Reason] = []
        func add(
            _ code: String, _ subject: String?, _ message: VerdictMessage,
            _ values: KeyValuePairs<String, String> = [:], _ exit: ExitStatus = .lagging
        ) {
            found.append(Reason(code: code, subject: subject, status: exit, text: speech(message, values)))
        }
        if !status.daemon.isAlive {
            add("daemon_not_running", nil, .daemonNotRunning)
        } else if let problem = status.daemon.problem {
            add("daemon_problem", nil, .daemonProblem, ["problem": speech.reason(problem)])
        }
        if status.node.state == "joining" {
            add("joining", status.node.joinPeer, .joiningFrom, ["peer": status.node.joinPeer ?? "-"])
        }
        for link in status.links {
            if let state = link.trouble {
                let message: VerdictMessage = state == "paused" ? .linkPaused : .linkNotStreaming
                add("link_\(state)", link.peer, message, ["peer": link.peer, "state": Words.linkState(state)])
            } else if link.missingBatches > 0, link.lag(now) ?? .max > lagMax {
                add("behind", link.peer, .linkBehind, ["peer": link.peer, "lag": lagText(link.lag(now))])
            }
        }
        for consumer in status.consumers {
            if consumer.isByFile {
                guard let (code, message, age) = consumer.fileTrouble(now, fileAgeMax) else { continue }
                add(code, consumer.peer, message, ["peer": consumer.peer, "age": age])
            } else if consumer.reportedAt == nil {
                add("never_pulled", consumer.peer, .consumerNever, ["peer": consumer.peer])
            } else if consumer.missingBatches > 0, consumer.lag(now) ?? .max > lagMax {
                let lag = lagText(consumer.lag(now))
                add("peer_behind", consumer.peer, .consumerBehind, ["peer": consumer.peer, "lag": lag])
            }
        }
        if status.daemon.isAlive, let oldest = status.pending.oldest, now - oldest > lagMax {
            add("unpublished", nil, .pendingOld, ["age": TimeText.duration(now - oldest)])
        }
        for origin in status.origins where origin.hold != nil {
            add("batch_held", origin.origin.name, .originHeld, ["origin": origin.origin.name])
        }
        for held in status.held {
            add("mass_change_held", "\(held.table)", .massHeld, ["table": "\(held.table)"])
        }
        // A table and a row of it may both need attention.
        var tables: Set<String> = []
        for trouble in status.troubles where tables.insert("\(trouble.table)").inserted {
            add("attention", "\(trouble.table)", .troubleVerdict, ["table": "\(trouble.table)"])
        }
        if status.openCases > 0 {
            add("open_cases", nil, .openCases, ["count": "\(status.openCases)"], .openCases)
        }
        reasons = found
    }
}

/// A lag for people.
func lagText(_ lag: Int64?) -> String {
    lag.map { TimeText.duration($0) } ?? speech(VerdictMessage.lagUnknown)
}

extension Status.Link {
    /// The state if it is one in which nothing flows; nil when all is well.
    var trouble: String? {
        if isPaused { return "paused" }
        return ["streaming", "waiting"].contains(state) ? nil : state
    }

    /// Age of the oldest change not applied here, in microseconds; nil when it is unknown; 0 when there is none.
    func lag(_ now: Int64) -> Int64? {
        missingBatches == 0 ? 0 : oldest.map { max(0, now - $0) }
    }
}

extension Status.Consumer {
    /// Why somebody should look after a peer by files: its code, its words, and the age of its last file.
    fileprivate func fileTrouble(
        _ now: Int64, _ ageMax: Int64
    ) -> (code: String, message: VerdictMessage, age: String)? {
        guard missingBatches > 0 else { return nil }
        guard let reportedAt else { return ("no_file_back", .noFileBack, "") }
        guard now - reportedAt > ageMax else { return nil }
        return ("file_old", .fileOld, TimeText.duration(now - reportedAt))
    }

    /// Age of the oldest change not applied there, in microseconds; nil when it is unknown; 0 when there is none.
    func lag(_ now: Int64) -> Int64? {
        missingBatches == 0 ? 0 : oldest.map { max(0, now - $0) }
    }
}
