/// How a database of the present version becomes one of an earlier version: for tests of upgrades.
///
/// A new migration adds what undoes it.
public enum EarlierSchema {
    /// What undoes each migration, by its number.
    private static let undo: [Int: String] = [
        2: "DROP TABLE bashu.guarded_trigger, bashu.removed_table, bashu.installed;",
        3: """
            DROP TABLE bashu.policy;
            ALTER TABLE bashu.conflict_case DROP COLUMN clock_alarm;
            ALTER TABLE bashu.link DROP COLUMN clock_off;
            """,
        4: "DROP TABLE bashu.claim; ALTER TABLE bashu.known DROP COLUMN parked;",
        5: "DROP INDEX bashu.change_erasure;",
        6: "DROP TABLE bashu.forgotten CASCADE; ALTER TABLE bashu.daemon DROP COLUMN retention_days;",
        7: """
            DROP TABLE bashu.life, bashu.closing, bashu.peer_life CASCADE;
            ALTER TABLE bashu.origin DROP COLUMN former;
            """,
        8: "DROP TABLE bashu.public_key, bashu.signature, bashu.evidence CASCADE;",
        9: """
            DROP FUNCTION bashu.feed_closings_v2();
            ALTER TABLE bashu.closing DROP COLUMN fingerprint, DROP COLUMN signature;
            """,
        10: "DROP TABLE bashu.transfer;",
    ]

    /// Statements that take a database from its present version to `version`, and make its functions look like others.
    public static func script(present: Int, downTo version: Int) -> String {
        var statements: [String] = []
        if version >= 2 { statements.append("UPDATE bashu.installed SET functions_digest = 'earlier';") }
        for number in stride(from: present, to: version, by: -1) { statements.append(undo[number] ?? "") }
        statements.append("DELETE FROM bashu.migration WHERE version > \(version);")
        return statements.joined(separator: "\n")
    }
}
