import CLibPQ

extension Session {
    /// Runs `COPY … TO STDOUT`. `body` gets one message per call: a line with its line end in text format, a piece
    /// in binary; the bytes live no longer than the call. When `body` throws, the COPY is cancelled (which fails an
    /// open transaction), the session stays usable and the error is thrown on.
    ///
    /// - Returns: the number of rows.
    @discardableResult
    public func copyOut(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        try statement { connection in
            try beginCopy(connection, sql, expected: PGRES_COPY_OUT)
            try abandoning(connection) {
                while try copyData(connection, body) {}
            }
            return try lastResult(connection).affectedRows
        }
    }

    /// Runs `COPY … FROM STDIN` with what `body` writes; blocks while the server does not keep up. When `body`
    /// throws, nothing of it is stored, the session stays usable and the error is thrown on.
    ///
    /// An error in the data (a bad value, a duplicate key) shows only at the end: the server reads the rest first.
    ///
    /// - Returns: the number of rows.
    @discardableResult
    public func copyIn(_ sql: String, _ body: (CopyWriter) throws -> Void) throws -> Int {
        try statement { connection in
            try beginCopy(connection, sql, expected: PGRES_COPY_IN)
            let writer = CopyWriter(session: self, connection: connection)
            do {
                try body(writer)
                try writer.finish()
            } catch {
                writer.abandon()
                // The server's own reason, when it had ended the COPY before us.
                let reason = serverReason(connection)
                if let lost = reason, lost.kind == .connectionLost { throw lost }
                throw error
            }
            return try lastResult(connection).affectedRows
        }
    }

    /// Reads to the end of a COPY that was given up.
    private func serverReason(_ connection: OpaquePointer) -> PostgresError? {
        do {
            _ = try lastResult(connection)
            return nil
        } catch {
            return error as? PostgresError
        }
    }

    private func beginCopy(_ connection: OpaquePointer, _ sql: String, expected: ExecStatusType) throws {
        try send(connection, sql, [], binary: false)
        guard let result = try nextResult(connection) else { throw lost(connection) }
        guard result.status == expected else {
            if let error = result.error(cancelRequested: canceller.requested) {
                try drain(connection)
                throw settled(connection, error)
            }
            try endOther(connection, result)
            throw PostgresError(.misuse, "the statement is no COPY of this direction")
        }
    }

    /// Ends a statement that turned out to be another one than expected.
    private func endOther(_ connection: OpaquePointer, _ result: ServerResult) throws {
        if result.status == PGRES_COPY_IN { PQputCopyEnd(connection, "not expected") }
        if result.status == PGRES_COPY_OUT {
            canceller.send()
            while try copyData(connection, { _ in }) {}
        }
        try drain(connection)
    }

    /// Hands over the next message of a running COPY OUT; false when there is none any more.
    func copyData(_ connection: OpaquePointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        var buffer: UnsafeMutablePointer<CChar>?
        while true {
            let count = PQgetCopyData(connection, &buffer, 1)
            if count > 0 {
                defer { PQfreemem(buffer) }
                try body(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
                return true
            }
            // Below 0 the COPY is over, well or badly: the result that follows says which.
            if count < 0 { return false }
            try waitForInput(connection)
            if PQconsumeInput(connection) == 0 { return false }
        }
    }

    /// Gives bytes of a running COPY IN to libpq.
    func putCopyData(_ connection: OpaquePointer, _ bytes: UnsafeRawBufferPointer) throws {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
        let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
        guard PQputCopyData(connection, start, Int32(bytes.count)) == 1 else { throw lost(connection) }
    }
}
