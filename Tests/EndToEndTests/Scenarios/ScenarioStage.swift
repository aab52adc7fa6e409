import Glibc
import Postgres
import TestCluster
import Testing

@testable import TestFederation

extension TableSet {
    /// A parent, and a child with a unique value.
    static let family = TableSet(
        definition: #"""
            CREATE TABLE par (id int PRIMARY KEY, "名称" text);
            CREATE TABLE item (id int PRIMARY KEY, a text, "备注" text, u int UNIQUE, pid int REFERENCES par);
            """#,
        names: ["par", "item"])
}

/// Three regions X, Y and Z with their daemons, on which the design's scenarios are played.
///
/// Whoever is named in `apart` pulls from nobody until the test says so.
struct ScenarioStage {
    let world: Federation
    var x: Party { world["50"] }
    var y: Party { world["51"] }
    var z: Party { world["52"] }

    static func make(apart: [String] = []) async throws -> ScenarioStage {
        let world = try await Federation.make(regions: ["50", "51", "52"], tables: .family)
        for name in apart { try await world[name].run("UPDATE bashu.peer SET paused = true", as: .owner) }
        try await world.startDaemons()
        return ScenarioStage(world: world)
    }

    /// Item 1 of X and item 2 of Y, written unseen by each other, claim u = 5: the later one holds it everywhere,
    /// the other is parked.
    static func parked() async throws -> ScenarioStage {
        let stage = try await make(apart: ["50", "51"])
        try await stage.x.run("INSERT INTO item (id, a, u) VALUES (1, 'PRECIOUS', 5)")
        try await stage.y.run("INSERT INTO item (id, a, u) VALUES (2, '后来', 5)")
        for party in [stage.x, stage.y] {
            try await party.published()
            try await party.resumeAll()
        }
        try await stage.world.converged()
        for party in stage.world.parties {
            #expect(try await party.texts("item") == ["(2,后来,,5,)"])
        }
        return stage
    }

    /// What must be so in every region when everybody has everything.
    ///
    /// - Parameters:
    ///   - status: what `bashuctl status` ends with: 0, or 4 when cases need a person.
    ///   - cases: lines of `caseLines`.
    func expectEnd(
        par: [String] = [], item: [String] = [], cases: [String], status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await world.converged()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for party in world.parties {
                group.addTask {
                    let name = Comment(rawValue: "region \(party.name)")
                    let (parents, items) = (try await party.texts("par"), try await party.texts("item"))
                    #expect(parents == par, name, sourceLocation: sourceLocation)
                    #expect(items == item, name, sourceLocation: sourceLocation)
                    let found = try await party.caseLines()
                    #expect(found == cases, name, sourceLocation: sourceLocation)
                    try await party.expectWell(status, sourceLocation)
                }
            }
            try await group.waitForAll()
        }
        // The same text everywhere: rows, log with its digests, cases.
        #expect(try await world.differences() == [], sourceLocation: sourceLocation)
    }
}

extension Party {
    /// Rows of a table in key order, each as text.
    func texts(_ table: String) async throws -> [String] {
        try await rows("SELECT t::text FROM \(table) t ORDER BY id").compactMap { $0[0] }
    }

    /// The cases, `table key group type state: region {values not null}, …`; the winner has a star.
    func caseLines() async throws -> [String] {
        try await rows(
            """
            SELECT format('%s %s %s %s %s: ', s.table_name, c.key, c.column_group, c.type, c.state)
                || (SELECT string_agg(text, ', ' ORDER BY text COLLATE "C") FROM (
                      SELECT format('%s%s %s', left(d.value ->> 'origin', 2),
                                    CASE WHEN d.place - 1 = c.winner THEN '*' END,
                                    coalesce(jsonb_strip_nulls(d.value -> 'values')::text, 'none')) AS text
                        FROM jsonb_array_elements(c.candidates) WITH ORDINALITY d(value, place)) t)
              FROM bashu.conflict_case c JOIN bashu.shared_table s ON s.id = c.table_id
            """
        ).compactMap { $0[0] }.sorted()
    }

    /// Nothing is left to do or in the way here, `bashuctl` says so, and the tables are what the log says.
    func expectWell(_ status: Int32, _ sourceLocation: SourceLocation) async throws {
        // Links are up, and reports of who is how far have come, a moment later than the rows.
        try await eventually("\(name) has no trouble") { try await troubles() == [] }
        try await eventually("\(name): status ends with \(status)") {
            try await control("status").status == .exited(status)
        }
        let verified = try await control("verify")
        #expect(verified.status == .exited(0), "\(name): \(verified)", sourceLocation: sourceLocation)
    }

    /// Batches that wait, rows that could not be projected, links that do not work.
    func troubles() async throws -> [String] {
        try await rows(
            """
            SELECT 'hold: ' || reason FROM bashu.hold UNION ALL SELECT 'recheck: ' || coalesce(reason, '')
              FROM bashu.recheck UNION ALL SELECT format('link %s: %s %s', peer, state, reason)
              FROM bashu.link WHERE state NOT IN ('streaming', 'waiting')
            """
        ).compactMap { $0[0] }
    }

    /// Changes that this region itself has published.
    func ownChanges() async throws -> Int {
        try await value(
            "SELECT count(*) FROM bashu.change c JOIN bashu.origin o ON o.id = c.origin_id AND o.own"
        ).flatMap { Int($0) } ?? -1
    }

    /// Pulls from every peer again.
    func resumeAll() async throws {
        try await run("UPDATE bashu.peer SET paused = false", as: .owner)
    }

    /// Pulls from nobody.
    func pauseAll() async throws {
        try await run("UPDATE bashu.peer SET paused = true", as: .owner)
        try await eventually("\(name) pulls from nobody") {
            try await value("SELECT bool_and(state = 'paused') FROM bashu.link") == "t"
        }
    }

    /// Waits until everything that was written here is cut.
    func published() async throws {
        try await eventually("\(name) has published what it has") { try await !hasWork() }
    }

    /// Waits until a table here holds a row with that text.
    func awaitRow(_ text: String, in table: String) async throws {
        try await eventually("row \(text) has come to \(name)") { try await texts(table).contains(text) }
    }

    /// Waits until the daemon's apply waits for somebody else's transaction.
    ///
    /// - Parameter inAttempt: while it takes its locks, and not yet where it lets go of everything to wait for one row.
    func awaitApplyWaiting(inAttempt: Bool = false) async throws {
        try await eventually("apply waits in \(name)") {
            try await value(
                """
                SELECT EXISTS (SELECT FROM pg_stat_activity
                                WHERE datname = current_database() AND application_name = 'bashud apply'
                                  AND wait_event_type = 'Lock' AND (NOT $1::boolean OR query LIKE 'SELECT count%'))
                """, [.text(inAttempt ? "t" : "f")]) == "t"
        }
    }

    /// Does something while the daemon stands still: everything of it falls between two of the daemon's steps.
    func whileFrozen(_ body: () async throws -> Void) async throws {
        let daemon = try #require(daemon)
        daemon.kill(SIGSTOP)
        defer { daemon.kill(SIGCONT) }
        // Not all of its threads stop at once.
        try await eventually("the daemon of \(name) stands still") {
            var found = siginfo_t()
            let result = waitid(P_PID, id_t(daemon.processID), &found, WSTOPPED | WNOHANG)
            return result == 0 && found.si_signo == SIGCHLD
        }
        try await body()
    }
}
