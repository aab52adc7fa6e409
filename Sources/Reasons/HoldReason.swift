/// Why a batch, or a row of one, has to wait.
public enum HoldReason: String, ReasonSentence {
    case table_not_shared = """
        table {table} is not shared here; create it and run: bashuctl table add {table}
        """
    case key_differs = """
        table {table} has the key ({ours}) here, ({theirs}) at the sender; make them the same
        """
    case column_missing = "table {table} lacks column {column} ({type}); add it here, then this goes on"
    case type_differs = """
        column {column} of table {table} is {ours} here, {theirs} at the sender; make the types the same
        """
    case row_refused = """
        table {table} refuses a row of this batch: {message}; change the row here that is in the way, then this goes on
        """
    case row_refused_by = """
        table {table}, constraint {constraint} refuses a row of this batch: {message}; change the row here that is \
        in the way, then this goes on
        """
    case values_in_the_way = """
        rows of table {table} stand in each other's way: unique values move between them that can be neither NULL \
        meanwhile nor taken out and put in again
        """
    case still_referred = """
        row {key} of table {table} is deleted by this batch, but rows of {child} still refer to it here
        """
    case held_mass_delete = """
        key {key} of table {table} is held back here (mass_delete); decide with: bashuctl table accept {table}, or \
        bashuctl table restore {table}
        """
    case held_too_large = """
        key {key} of table {table} is held back here (row_too_large); decide with: bashuctl table accept {table}, or \
        bashuctl table restore {table}
        """
    case too_many_dependents = """
        more rows than expected depend on this batch by unique values and references
        """
    case forgotten_here = """
        its writer had seen origin {origin} only up to batch {seen}, and what came up to batch {number} has been \
        forgotten here after the retention. It comes from a database that was away for too long, or from an old \
        copy: that database has to join again (guide: retention)
        """
    case other_transaction = "another transaction is in the way: {message}"
    case batch_refused = "the database refuses this batch: {message}"
    case always_written = "the tables of the batch are written or changed all the time"
    case rows_differ = "rows of the batch differ from what is known here, although nothing is pending"
    case row_locked = "row {key} of table {table} is locked; it may be by: {holders}"
    case holder = "pid {pid} ({user}, {program}, since {age})"
    case holder_prepared = "prepared transaction {name} ({user}, since {age})"
    case holder_gone = "a transaction that has just ended"
}
