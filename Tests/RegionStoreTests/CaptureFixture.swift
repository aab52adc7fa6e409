import Postgres
import TestCluster

@testable import RegionStore

/// What capture noted.
struct Captured: Hashable {
    /// Keys, each once.
    var keys: Set<String>
    /// Whole-table markers.
    var markers: Int
    /// Rows of pending.
    var rows: Int

    static let nothing = Captured(keys: [], markers: 0, rows: 0)
}

extension InstallFixture {
    /// Creates tables as the owner, lets the writer use them, shares them and forgets the first markers.
    func share(_ statements: String, _ tables: [String], options: SharingOptions = SharingOptions()) throws {
        let owner = try owner()
        try owner.script(statements)
        try owner.execute(
            "GRANT ALL ON ALL TABLES IN SCHEMA public TO \(Session.quoteIdentifier(Self.writer))")
        for table in tables { try SharedTables.add(owner, table, options: options) }
        _ = try captured(owner)
    }

    /// Takes what is pending.
    @discardableResult
    func captured(_ owner: Session) throws -> Captured {
        let rows = try owner.query(
            "DELETE FROM bashu.pending RETURNING keys IS NULL, coalesce(keys, '{}'), cardinality(keys)")
        var captured = Captured(keys: [], markers: 0, rows: rows.count)
        for row in rows {
            if try row.bool(0) { captured.markers += 1 }
            for key in TextArray.parse(try row.text(1)) ?? [] {
                if let key { captured.keys.insert(key) }
            }
        }
        return captured
    }

    /// What one script of the writer's leaves behind.
    func captured(_ script: String) throws -> Captured {
        let writer = try writer()
        try writer.script(script)
        return try captured(try owner())
    }
}

/// A reproducible source of random numbers.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
