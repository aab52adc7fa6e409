internal import Glibc
internal import Integrity
public import Postgres
internal import Replication

/// Sessions whose text forms of values are pinned: what they read and write is the text of the log.
public enum DaemonSession {
    /// The target with the settings of every daemon session.
    public static func target(_ target: ConnectionTarget) -> ConnectionTarget {
        var pinned = target
        for (name, value) in settings { pinned = pinned.setting(name, value) }
        return pinned
    }

    /// Has the session read and write like the daemon's until the transaction ends.
    static func pin(_ session: Session) throws {
        for (name, value) in settings {
            _ = try session.query("SELECT set_config($1, $2, true)", [.text(name), .text(value)])
        }
    }

    private static let settings = [
        ("extra_float_digits", "1"), ("TimeZone", "UTC"), ("IntervalStyle", "iso_8601"), ("bytea_output", "hex"),
        ("DateStyle", "ISO"), ("quote_all_identifiers", "off"), ("lc_monetary", "C"), ("search_path", "pg_catalog"),
        ("client_encoding", "UTF8"), ("row_security", "off"), ("default_transaction_isolation", "read committed"),
        ("idle_in_transaction_session_timeout", "0"), ("jit", "off"),
    ]
}

/// This process, as the database is told of it.
enum ProcessInfo {
    static var identifier: Int32 { getpid() }

    /// A random UUID of this run of the program.
    static let run = {
        var bytes = randomBytes(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return Hex.text(bytes)
    }()

    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
