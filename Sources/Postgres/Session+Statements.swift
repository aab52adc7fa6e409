import CLibPQ

extension Session {
    /// Runs one statement and returns all its rows.
    ///
    /// - Parameter binary: asks for the values in binary form: cheaper for `bytea`, but `Row` then decodes only
    ///   integers, booleans, text and `bytea`.
    public func query(_ sql: String, _ params: [Parameter] = [], binary: Bool = false) throws -> [Row] {
        try result(sql, params, binary: binary).rows
    }

    /// Runs one statement that returns at most one row. Throws `protocolViolation` when there are more.
    public func queryOne(_ sql: String, _ params: [Parameter] = [], binary: Bool = false) throws -> Row? {
        let rows = try query(sql, params, binary: binary)
        guard rows.count <= 1 else {
            throw PostgresError(.protocolViolation, "expected at most one row, got \(rows.count)")
        }
        return rows.first
    }

    /// Runs one statement and returns the number of rows it touched (0 where that means nothing).
    @discardableResult
    public func execute(_ sql: String, _ params: [Parameter] = []) throws -> Int {
        try result(sql, params, binary: false).affectedRows
    }

    /// Runs several statements without parameters, as one implicit transaction unless the text says otherwise.
    public func script(_ sql: String) throws {
        try statement { connection in
            try refuseNull(sql)
            guard PQsendQuery(connection, sql) == 1 else { throw refused(connection) }
            _ = try lastResult(connection)
        }
    }

    /// Runs one statement and hands over its rows one by one as they arrive: memory stays bounded whatever their
    /// number. When `body` throws, the statement is cancelled (which fails an open transaction), the session stays
    /// usable and the error is thrown on. `body` can not use the session.
    public func stream(
        _ sql: String, _ params: [Parameter] = [], binary: Bool = false, _ body: (Row) throws -> Void
    ) throws {
        try statement { connection in
            try send(connection, sql, params, binary: binary)
            guard PQsetSingleRowMode(connection) == 1 else { throw refused(connection) }
            var failure: PostgresError?
            while let result = try nextResult(connection) {
                if result.status == PGRES_SINGLE_TUPLE {
                    try abandoning(connection) { try body(Row(result: result, index: 0)) }
                } else {
                    failure = try failure ?? failed(connection, result)
                }
            }
            if let failure { throw settled(connection, failure) }
        }
    }

    /// As `execute`, for the command tag, and for statements that must run in a cancelled task too.
    func command(_ sql: String, evenIfCancelled: Bool) throws -> String {
        try result(sql, [], binary: false, evenIfCancelled: evenIfCancelled).commandTag
    }

    private func result(
        _ sql: String, _ params: [Parameter], binary: Bool, evenIfCancelled: Bool = false
    ) throws -> ServerResult {
        try statement(evenIfCancelled: evenIfCancelled) { connection in
            try send(connection, sql, params, binary: binary)
            return try lastResult(connection)
        }
    }

    /// Sends one statement with the extended protocol, which takes no second one.
    func send(_ connection: OpaquePointer, _ sql: String, _ params: [Parameter], binary: Bool) throws {
        try refuseNull(sql)
        let buffer = try ParameterBuffer(params)
        let sent = buffer.withPointers { pointers in
            PQsendQueryParams(
                connection, sql, Int32(params.count), buffer.types, pointers, buffer.lengths, buffer.formats,
                binary ? 1 : 0)
        }
        guard sent == 1 else { throw refused(connection) }
    }

    /// C would read the statement only up to there.
    private func refuseNull(_ sql: String) throws {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.misuse, "the statement contains the character U+0000")
        }
    }

    /// Reads results to the end: the last, or the first error.
    func lastResult(_ connection: OpaquePointer) throws -> ServerResult {
        var last: ServerResult?
        var failure: PostgresError?
        while let result = try nextResult(connection) {
            failure = try failure ?? failed(connection, result)
            last = result
        }
        if let failure { throw settled(connection, failure) }
        guard let last else { throw lost(connection) }
        return last
    }

    /// The error in a result; a COPY that nobody asked for is one, and is ended.
    private func failed(_ connection: OpaquePointer, _ result: ServerResult) throws -> PostgresError? {
        switch result.status {
        case PGRES_COPY_IN, PGRES_COPY_BOTH:
            PQputCopyEnd(connection, "COPY needs copyIn")
            return PostgresError(.misuse, "COPY FROM STDIN needs copyIn")
        case PGRES_COPY_OUT:
            canceller.send()
            try discardCopy(connection)
            return PostgresError(.misuse, "COPY TO STDOUT needs copyOut")
        default:
            return result.error(cancelRequested: canceller.requested)
        }
    }

    /// An error, once it is known whether the connection survived it.
    func settled(_ connection: OpaquePointer, _ error: PostgresError) -> PostgresError {
        var error = error
        if PQstatus(connection) != CONNECTION_OK { error.kind = .connectionLost }
        return error
    }

    /// Runs the caller's code in the middle of a statement; when it throws, ends the statement and throws on.
    func abandoning<T>(_ connection: OpaquePointer, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            canceller.send()
            try? drain(connection)
            throw error
        }
    }

    /// Reads and forgets everything up to the end of the statement.
    func drain(_ connection: OpaquePointer) throws {
        while let result = try nextResult(connection) {
            if result.status == PGRES_COPY_OUT { try discardCopy(connection) }
        }
    }

    private func discardCopy(_ connection: OpaquePointer) throws {
        while try copyData(connection, { _ in }) {}
    }
}
