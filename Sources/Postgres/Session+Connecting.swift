import CLibPQ
public import Logging

extension Session {
    /// Connects and sets up a session.
    ///
    /// - Parameter applicationName: what `pg_stat_activity` shows.
    /// - Throws: `connectionFailed` with the server's SQLSTATE where it gave one; `misuse` for a connection string
    ///   that can not be read; `cancelled` in a cancelled task.
    public static func connect(
        _ target: ConnectionTarget, applicationName: String, logger: Logger
    ) throws -> Session {
        try ConnectionString.check(target.conninfo)
        let notices = NoticeSink(logger: logger)
        var attempt = ConnectionAttempt(keywords: target.keywords(applicationName: applicationName), notices: notices)
        if target.requiresProtection {
            attempt.protection = .verified(named: try NetworkPlace(conninfo: target.conninfo).sslMode)
        }
        let session = try Session(adopting: try attempt.run(), notices: notices)
        try session.apply(target.settings)
        return session
    }

    private func apply(_ settings: [String: String]) throws {
        guard !settings.isEmpty else { return }
        let names = settings.keys.sorted()
        _ = try query(
            """
            SELECT pg_catalog.set_config(name, value, false)
            FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
                AS setting (name, value)
            """, [.textArray(names), .textArray(names.map { settings[$0] ?? "" })])
    }
}

/// Looks at a connection string before libpq quotes pieces of it in a message.
enum ConnectionString {
    /// Throws `misuse`, without a word of the text, when it can not be read or a piece of a password seems to have
    /// ended up elsewhere.
    static func check(_ text: String) throws {
        // Anything else is the name of a database.
        guard text.contains("=") || text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else { return }
        guard let options = PQconninfoParse(text, nil) else {
            throw PostgresError(.misuse, "the connection string can not be read")
        }
        defer { PQconninfoFree(options) }
        let values = Self.values(options)
        // Where "/" and "@" of a password in a URI are not escaped, its rest is taken for a port or a host.
        guard (values["port"] ?? "").split(separator: ",").allSatisfy({ Int($0) != nil }) else {
            throw PostgresError(.misuse, "the port in the connection string is no number")
        }
        guard !(values["host"] ?? "").contains("@") || values["host"]?.hasPrefix("@") == true else {
            throw PostgresError(.misuse, "the host in the connection string contains an @: write %40 in a password")
        }
    }

    /// The options that a string names, by keyword; none when it can not be read.
    static func parsed(_ text: String) -> [String: String] {
        guard let options = PQconninfoParse(text, nil) else { return [:] }
        defer { PQconninfoFree(options) }
        return values(options)
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
