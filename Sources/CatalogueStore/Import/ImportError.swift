/// Why an import or export cannot begin or go on as a whole. Nothing of the open transaction is stored.
public enum ImportError: Error, Equatable, Sendable {
    /// The file cannot be opened, read or written; the system's reason.
    case file(path: String, reason: String)
    /// The path names a folder.
    case folder(path: String)
    /// There is nothing in the input.
    case empty(path: String)
    /// A byte that no text has, in this line: a workbook, an archive, UTF-16.
    case binary(path: String, line: Int)
    /// Bytes of this line are not UTF-8.
    case encoding(path: String, line: Int)
    /// A record that is larger than an import takes begins in this line.
    case tooLarge(line: Int)
    /// There is no such table, or its name alone fits several.
    case noTable(String)
    case severalTables(String, candidates: [String])
    /// The table has no primary key, or is a view or foreign table.
    case noKey(table: String)
    /// The header has names that are no columns of the table.
    case unknownColumns([String], table: String, columns: [String])
    /// The header names a column twice.
    case repeatedColumn(String)
    /// Key columns that the input lacks.
    case keyMissing([String], table: String)
    /// A list without a column that holds the numbers.
    case noNumberColumn(found: [String])
    /// Published lists go into the table of standards only.
    case listElsewhere(table: String)
    /// There is no announcement in the input to divide it by.
    case noAnnouncement
    /// `--as-of` is no time.
    case badTime(String)
    /// This database is a replica.
    case replica(table: String)
    /// The login is the daemon's, whose writes are not published.
    case daemonRole(String)
    /// The login lacks rights on the table.
    case noRight(table: String, rights: [String], role: String)
    /// Everything is stored, but the rejected records could not be written.
    case rejectsLost(path: String, reason: String)
}

/// Why one record is not stored.
public enum ImportFault: String, Sendable, CaseIterable {
    /// A quoted field does not end, or goes on behind its quote.
    case quote
    /// Another number of fields than the header has.
    case fieldCount
    /// No JSON object; what the parser met.
    case json
    /// A member that is no column of the table.
    case unknownColumn
    /// A key column is empty or absent.
    case noKey
    /// No standard number.
    case noNumber
    /// The key of an earlier record; its line.
    case sameKey
    /// The database does not take a value or the row; its reason.
    case refused
}
