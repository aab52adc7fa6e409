import CLibPQ
import Glibc
public import Logging

extension Session {
    /// Connects and sets up a session.
    ///
    /// - Parameter applicationName: what `pg_stat_activity` shows.
    /// - Throws: `connectionFailed` with the server's SQLSTATE where it gave one; `cancelled` in a cancelled task.
    public static func connect(
        _ target: ConnectionTarget, applicationName: String, logger: Logger
    ) throws -> Session {
        let keywords = target.keywords(applicationName: applicationName)
        let password = try ConnectionString.check(target.conninfo)
        let attempt = ConnectionAttempt(keywords: keywords, secrets: [password, target.overrides["password"]])
        let session = try Session(adopting: try attempt.run(), logger: logger)
        try session.apply(target.settings)
        return session
    }

    private func apply(_ settings: [String: String]) throws {
        guard !settings.isEmpty else { return }
        let names = settings.keys.sorted()
        _ = try query(
            """
            SELECT pg_catalog.set_config(name, value, false)
            FROM pg_catalog.unnest($1::pg_catalog.text[], $2::pg_catalog.text[]) AS setting (name, value)
            """, [.textArray(names), .textArray(names.map { settings[$0] ?? "" })])
    }
}

/// What is to be known about a connection string before libpq quotes it in a message.
enum ConnectionString {
    /// The password in it, if any. Throws `misuse`, without a word of the text, when it can not be read.
    static func check(_ text: String) throws -> String? {
        guard text.contains("=") || text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
            return nil
        }
        guard let options = PQconninfoParse(text, nil) else {
            // libpq's reason may quote a piece of the password.
            throw PostgresError(.misuse, "the connection string can not be read")
        }
        defer { PQconninfoFree(options) }
        let values = Self.values(options)
        // A password with "/" or "@" that is not escaped ends up here, and libpq would show it.
        let ports = (values["port"] ?? "").split(separator: ",")
        guard ports.allSatisfy({ Int($0) != nil }) else {
            throw PostgresError(.misuse, "the port in the connection string is no number")
        }
        return values["password"]
    }

    /// The options that have a value, by keyword.
    static func values(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }
}

/// One attempt to connect.
struct ConnectionAttempt {
    let keywords: [(keyword: String, value: String)]
    let secrets: [String?]

    /// The connection, ready for use.
    func run() throws -> OpaquePointer {
        guard let connection = withKeywords({ PQconnectdbParams($0, $1, 1) }) else {
            throw PostgresError(.connectionFailed, "out of memory")
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw failure(connection)
        }
        return connection
    }

    private func failure(_ connection: OpaquePointer) -> PostgresError {
        let text = trimmed(String(cString: PQerrorMessage(connection)))
        return PostgresError(.connectionFailed, text)
    }

    private func withKeywords<T>(
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> T
    ) -> T {
        let names = keywords.map { strdup($0.keyword) }
        let values = keywords.map { strdup($0.value) }
        defer { (names + values).forEach { free($0) } }
        return body(names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }
}
