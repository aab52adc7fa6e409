internal import Journal
internal import Logging
internal import Postgres
internal import Replication

/// Why a region's database begins a new life, and with it a new origin.
public enum NewLifeReason: Sendable, Equatable, CustomStringConvertible {
    /// It is in another cluster than before: restored from a dump, or upgraded.
    case otherCluster
    /// It is on another timeline: a standby was promoted, or a backup was recovered.
    case otherTimeline(then: String, now: String)
    /// The state file is missing, or of another life: the database was copied, or put back.
    case otherStateFile(path: String, isMissing: Bool)
    /// The state file has seen later batches than the database has.
    case behindStateFile(theirs: Int64, ours: Int64)
    /// A peer has later batches of its origin than the database has.
    case behindPeer(String, theirs: String, ours: Int64)
    /// An operator asked for it.
    case asked

    public var description: String {
        switch self {
        case .otherCluster: "it is in another cluster than before"
        case .otherTimeline(let then, let now): "its timeline was \(then) and is \(now) now"
        case .otherStateFile(let path, true): "the daemon's state file \(path) is not there"
        case .otherStateFile(let path, false): "the daemon's state file \(path) is of another life"
        case .behindStateFile(let theirs, let ours):
            "the daemon had published up to batch \(theirs), and the database has \(ours)"
        case .behindPeer(let peer, let theirs, let ours):
            "peer \(peer) has batch \(theirs) of its origin, and the database has \(ours)"
        case .asked: "an operator asked for it"
        }
    }
}

/// A region's database that is not where its origin was published from begins a new one, before it publishes
/// anything: batches of one number and different content would fork its history. Design notes, "Lives".
///
/// What the former life published and this database lacks comes back from the peers.
enum Lives {
    /// Where the database is, and which life it has.
    private struct Present {
        let database: String
        let origin: String
        let number: Int64
        let system: String
        let timeline: String
        let systemThen: String?
        let timelineThen: String?
        let token: String?
        let former: [String]

        init?(_ session: Session) throws {
            guard let row = try session.queryOne(SQLText.named("life_read")) else { return nil }
            database = try row.text("database_id")
            origin = try row.text("origin")
            number = try row.int("number")
            system = try row.text("system_now")
            timeline = try row.text("timeline_now")
            systemThen = row[text: "system_then"]
            timelineThen = row[text: "timeline_then"]
            token = row[text: "token"]
            former = try ArrayText.parse(row.text("former"))
        }
    }

    /// Looks whether the database is where its life began, and begins a new one where it is not. Of a replica nothing
    /// is looked at.
    ///
    /// - Parameter folder: of the state file; nil: the daemon keeps none.
    /// - Returns: the state file, and why a new life has begun, if one has.
    /// - Throws: `LifeFileError`, `PostgresError`, `StoreError.fenceLost`.
    static func take(
        _ session: Session, folder: String?, fence: Int64
    ) throws -> (file: LifeFile?, began: NewLifeReason?) {
        guard let present = try Present(session) else { return (nil, nil) }
        let file = try folder.map { try LifeFile(folder: $0, database: present.database) }
        guard var token = present.token else {
            let row = try session.queryOne(
                SQLText.named("life_first"), [.text(present.system), .text(present.timeline)])
            try file?.write(
                .init(token: row?.text(0) ?? "", origin: present.origin, number: present.number))
            return (file, nil)
        }
        let reason = reason(present, token, file)
        var origin = present.origin
        var number = present.number
        if let reason {
            (token, origin) = try begin(session, reason, fence: fence)
            number = 0
        }
        try file?.write(.init(token: token, origin: origin, number: number))
        return (file, reason)
    }

    private static func reason(_ present: Present, _ token: String, _ file: LifeFile?) -> NewLifeReason? {
        if present.system != present.systemThen { return .otherCluster }
        if let then = present.timelineThen, then != present.timeline {
            return .otherTimeline(then: then, now: present.timeline)
        }
        guard let file else { return nil }
        // The database is further than the file: a life that the file could not be told of any more.
        if let content = file.content, present.former.contains(content.origin) { return nil }
        guard let content = file.content, content.token == token else {
            return .otherStateFile(path: file.path, isMissing: file.content == nil)
        }
        return content.number > present.number
            ? .behindStateFile(theirs: content.number, ours: present.number) : nil
    }

    /// Begins a new life: our own origin becomes a former one, and another takes its place.
    ///
    /// - Returns: its token and origin.
    static func begin(
        _ session: Session, _ reason: NewLifeReason, fence: Int64
    ) throws -> (token: String, origin: String) {
        try session.transaction {
            // What is published next must not be a life that a crash takes back.
            try session.script("SET LOCAL synchronous_commit = on")
            guard try session.queryOne(SQLText.named("life_fence"))?.int(0) == fence else {
                throw StoreError.fenceLost
            }
            guard let present = try Present(session) else {
                throw StoreError.unexpectedResult("this database has no origin of its own")
            }
            for name in ["life_known_overridden", "life_known_rest", "life_former"] {
                try session.execute(SQLText.named(name))
            }
            guard let origin = try session.queryOne(SQLText.named("life_origin"))?.text(0),
                let token = try session.queryOne(
                    SQLText.named("life_begin"),
                    [.text(present.system), .text(present.timeline), .text("\(reason)")])?.text(0)
            else { throw StoreError.unexpectedResult("no new origin") }
            return (token, origin)
        }
    }
}

extension Engine {
    /// How long a new life waits, after the last thing that it received, for what its peers have of the former one.
    static let formerPatience = Duration.seconds(30)

    /// Between two lives that peers have made us begin by what they say: a peer that is wrong must not make more and
    /// more of them.
    static let lifeShortest = Duration.seconds(3600)

    /// A peer has more of our own origin than this database.
    ///
    /// - Throws: `OlderCopy` when that was so a short time ago already.
    func beginNewLife(behind older: OlderCopy) throws {
        let recent = try control.queryOne(
            SQLText.named("life_recent"), [.int(Self.lifeShortest.components.seconds)])
        guard try recent?.bool(0) != true else { throw older }
        try beginNewLife(.behindPeer(older.peer, theirs: older.theirs, ours: older.ours))
    }

    /// From now on we are another one.
    func beginNewLife(_ reason: NewLifeReason) throws {
        let former = node.origin
        let (token, origin) = try Lives.begin(control, reason, fence: self.token)
        try lifeFile?.write(.init(token: token, origin: origin, number: 0))
        node = Node(kind: node.kind, region: node.region, origin: origin)
        formerUntil = .now + Self.formerPatience
        hasHintsOfFormer = false
        tellOfNewLife(reason, former: former)
    }

    func tellOfNewLife(_ reason: NewLifeReason, former: String) {
        logger.warning(
            .newLife,
            """
            this database is not where its origin was published from: a new origin begins; close the former one when \
            nobody has more of it
            """,
            metadata: ["reason": "\(reason)", "former": "\(former)", "origin": "\(node.origin)"])
    }

    /// Whether cuts have to wait for what the peers have of our former lives: what is pending here may be published
    /// there already. Then it is taken over as it is, without a write to a table. Only on another timeline: after a
    /// restore from a dump, or of files, what was written since has the same timeline and the same numbers as what
    /// the former life had.
    func isCatchingUp(_ step: inout EngineStep) throws -> Bool {
        guard let until = formerUntil else { return false }
        if hasHintsOfFormer, try takeOverFormer() {
            step.didWork = true
            step.applied += 1
            formerUntil = .now + Self.formerPatience
            return true
        }
        if try control.queryOne(SQLText.named("life_behind"))?.int(0) == 0 {
            formerUntil = nil
            return false
        }
        guard ContinuousClock.now >= until else { return true }
        logger.warning(
            .formerLifeIncomplete, "not everything that a former life has published has arrived; going on without it")
        formerUntil = nil
        return false
    }

    /// Takes the next batch of a former life into the log, if all that it was cut from is pending here still: the
    /// tables have its effect.
    ///
    /// - Returns: false when there is none, or it has to be applied as anybody's.
    private func takeOverFormer() throws -> Bool {
        guard let row = try applier.session.queryOne(SQLText.named("life_next")) else { return false }
        let id = Int(try row.int("origin_id"))
        let batch = try ReceivedBatch(row, names: [id: OriginID(try row.text("name"))])
        guard let end = try applier.session.queryOne(
            SQLText.named("life_end"), [.int(Int64(id)), .int(batch.number)])
        else { return false }
        let consumed = try BatchTrailer.consumed(inEnd: end.bytes(0))
        guard !consumed.isEmpty else { return false }
        let ranges: [Parameter] = [
            .textArray(consumed.map(\.timeline)), .intArray(consumed.map(\.sequence.lowerBound)),
            .intArray(consumed.map(\.sequence.upperBound)),
        ]
        guard try applier.session.queryOne(SQLText.named("life_still_pending"), ranges)?.bool(0) == true else {
            return false
        }
        do {
            try applier.takeOver(attempt(ApplyGroup(single: batch)), pending: ranges)
        } catch StoreError.held {
            // What is in the way says apply.
            return false
        }
        logger.notice(
            .formerBatchTaken, "a batch of a former life is taken over: the tables have it already",
            metadata: ["origin": "\(batch.origin)", "batch": "\(batch.number)"])
        return true
    }
}

extension ApplyRun {
    /// Bashu's own tables of a batch whose rows are in their tables: every key is projected again later, as after a
    /// cut.
    func writeTakenOver() throws {
        for name in ["apply_index", "life_known_forget", "life_recheck"] { try session.execute(SQLText.named(name)) }
        try writePosition()
    }
}
