/// The five characters by which PostgreSQL names an error: what code branches on, never the text of a message.
public struct SQLState: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    /// Five characters of `0-9A-Z`.
    public let rawValue: String

    /// A state from its five characters; nil for anything else.
    public init?(rawValue: String) {
        let characters = rawValue.utf8
        let valid = characters.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        guard characters.count == 5, valid else { return nil }
        self.rawValue = rawValue
    }

    private init(_ known: StaticString) {
        rawValue = String(describing: known)
    }

    /// The first two characters: the class of the error ("23" integrity constraint, "40" transaction rollback).
    public var errorClass: Substring { rawValue.prefix(2) }

    public var description: String { rawValue }
}

extension SQLState {
    /// 08006: the connection failed.
    public static let connectionFailure = SQLState("08006")
    /// 0A000: the server can not do this.
    public static let featureNotSupported = SQLState("0A000")
    /// 22008: a time beyond what the type can hold.
    public static let datetimeFieldOverflow = SQLState("22008")
    /// 22P02: a text is no value of the type.
    public static let invalidTextRepresentation = SQLState("22P02")
    /// 23502: NULL in a column that forbids it.
    public static let notNullViolation = SQLState("23502")
    /// 23503: a parent is missing, or a child still there.
    public static let foreignKeyViolation = SQLState("23503")
    /// 23505: the value is there already.
    public static let uniqueViolation = SQLState("23505")
    /// 23514: a CHECK refuses the row.
    public static let checkViolation = SQLState("23514")
    /// 25006: a write in a read-only transaction, or on a standby.
    public static let readOnlyTransaction = SQLState("25006")
    /// 25P02: the transaction failed earlier; only a rollback is possible.
    public static let inFailedTransaction = SQLState("25P02")
    /// 28000: this role may not log in here.
    public static let invalidAuthorization = SQLState("28000")
    /// 28P01: wrong password.
    public static let invalidPassword = SQLState("28P01")
    /// 3D000: no such database.
    public static let undefinedDatabase = SQLState("3D000")
    /// 3F000: no such schema.
    public static let undefinedSchema = SQLState("3F000")
    /// 40001: the snapshot is too old to write this row; try the transaction again.
    public static let serializationFailure = SQLState("40001")
    /// 40P01: chosen as the victim of a deadlock.
    public static let deadlockDetected = SQLState("40P01")
    /// 42501: the role lacks a privilege.
    public static let insufficientPrivilege = SQLState("42501")
    /// 42601: the statement is not SQL.
    public static let syntaxError = SQLState("42601")
    /// 42703: no such column.
    public static let undefinedColumn = SQLState("42703")
    /// 42704: no such type, role or other object.
    public static let undefinedObject = SQLState("42704")
    /// 42883: no such function.
    public static let undefinedFunction = SQLState("42883")
    /// 42P01: no such table.
    public static let undefinedTable = SQLState("42P01")
    /// 42P04: the database exists already.
    public static let duplicateDatabase = SQLState("42P04")
    /// 42P06: the schema exists already.
    public static let duplicateSchema = SQLState("42P06")
    /// 42P07: the table exists already.
    public static let duplicateTable = SQLState("42P07")
    /// 42710: the object exists already.
    public static let duplicateObject = SQLState("42710")
    /// 53100: the server's disk is full.
    public static let diskFull = SQLState("53100")
    /// 53300: every connection slot is taken.
    public static let tooManyConnections = SQLState("53300")
    /// 54000: more than the server takes (a row, an index entry, a statement).
    public static let programLimitExceeded = SQLState("54000")
    /// 55000: the object is not in the state for this.
    public static let objectNotInPrerequisiteState = SQLState("55000")
    /// 55006: the object is in use.
    public static let objectInUse = SQLState("55006")
    /// 55P03: a lock was not free at once, or not within `lock_timeout`.
    public static let lockNotAvailable = SQLState("55P03")
    /// 57014: cancelled, by request or by `statement_timeout`.
    public static let queryCanceled = SQLState("57014")
    /// 57P01: an administrator ended the session, or the server is stopping.
    public static let adminShutdown = SQLState("57P01")
    /// 57P02: the server crashed or was stopped at once.
    public static let crashShutdown = SQLState("57P02")
    /// 57P03: the server is starting or stopping.
    public static let cannotConnectNow = SQLState("57P03")
    /// P0001: RAISE EXCEPTION in a function.
    public static let raisedException = SQLState("P0001")
}
