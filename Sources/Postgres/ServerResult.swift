import CLibPQ

/// Owns one `PGresult`.
///
/// Unchecked: libpq never changes a result once it is handed out, so any thread may read it, and the last owner
/// frees it.
final class ServerResult: @unchecked Sendable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    var rowCount: Int { Int(PQntuples(handle)) }

    var rows: [Row] { (0..<rowCount).map { Row(result: self, index: Int32($0)) } }

    /// Rows inserted, updated, deleted, selected or copied; 0 for statements that have no such number.
    var affectedRows: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    /// "COMMIT", "INSERT 0 1", …
    var commandTag: String { String(cString: PQcmdStatus(handle)) }

    func field(_ code: some BinaryInteger) -> String? {
        PQresultErrorField(handle, Int32(code)).map { String(cString: $0) }
    }

    /// The error in this result, or nil when it is none.
    func error(cancelRequested: Bool) -> PostgresError? {
        let failed: Set = [PGRES_BAD_RESPONSE.rawValue, PGRES_FATAL_ERROR.rawValue]
        guard failed.contains(status.rawValue) else { return nil }
        let primary = field(BASHU_DIAG_MESSAGE_PRIMARY)
        let text = primary ?? trimmed(String(cString: PQresultErrorMessage(handle)))
        let state = field(BASHU_DIAG_SQLSTATE).flatMap(SQLState.init(rawValue:))
        let severity = field(BASHU_DIAG_SEVERITY)
        var error = PostgresError(
            kind(state: state, severity: severity, cancelRequested: cancelRequested),
            text.isEmpty ? "the server gave no reason" : text, sqlState: state)
        error.detail = field(BASHU_DIAG_MESSAGE_DETAIL)
        error.hint = field(BASHU_DIAG_MESSAGE_HINT)
        error.context = field(BASHU_DIAG_CONTEXT)
        error.schema = field(BASHU_DIAG_SCHEMA_NAME)
        error.table = field(BASHU_DIAG_TABLE_NAME)
        error.column = field(BASHU_DIAG_COLUMN_NAME)
        error.constraint = field(BASHU_DIAG_CONSTRAINT_NAME)
        return error
    }

    private func kind(state: SQLState?, severity: String?, cancelRequested: Bool) -> PostgresError.Kind {
        if severity == "FATAL" || severity == "PANIC" { return .connectionLost }
        switch state {
        case .queryCanceled: return cancelRequested ? .cancelled : .timedOut
        case .adminShutdown, .crashShutdown, .cannotConnectNow: return .connectionLost
        case .some(let state) where state.errorClass == "08": return .connectionLost
        default: return .statementFailed
        }
    }
}

/// libpq's messages end with a line end.
func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
}
