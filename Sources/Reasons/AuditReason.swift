/// What an audit finds wrong with the history.
public enum AuditReason: String, ReasonSentence {
    case altered = "batch {number} of {origin} is not what was published: {message}"
    case other_root = "batch {number} of {origin} is whole, but its recorded digest is another one"
    case incomplete = "batch {number} of {origin} ends before its end"
    case record_differs = "bashu.batch has another {columns} of batch {number} of {origin} than the batch's first line"
    case missing_batch = "batch {number} of {origin} is missing"
    case missing_batches = "batches {number} to {last} of {origin} are missing"
    case taken_out = """
        {count} changes of batch {number} of {origin} were taken out, which neither retention nor an erasure explains
        """
    case signature_forged = "batch {number} of {origin} has a signature by key {key} that is not of these bytes"
    case batch_unvouched = """
        batch {number} of {origin} has no signature by a key that is trusted here, and batches of region {region} must \
        have one
        """
    case batches_unvouched = """
        batches {number} to {last} of {origin} have no signature by a key that is trusted here, and batches of region \
        {region} must have one
        """
    case position_differs = """
        {origin} is recorded as applied up to batch {number}, and the log here ends at batch {last} or differs from it
        """
    case index_missing = "change {change} is in its batch and not in bashu.change: table {table}, key {key}"
    case index_extra = "bashu.change has a change {change} that no batch has: table {table}, key {key}"
    case index_differs = """
        bashu.change has other {columns} of change {change} than its batch: table {table}, key {key}
        """
    case row_altered = "table {table}, key {key}: what the table has in {columns} is not what the history says"
    case row_missing = "table {table}, key {key}: the history has this row in the table, and it is not there"
    case row_extra = "table {table}, key {key}: the history has no such row in the table, and there is one"
    case case_missing = "table {table}, key {key}: the history has a conflict about {group}, and none is recorded"
    case case_extra = "table {table}, key {key}: the history has no conflict about {group}, and one is recorded"
    case case_differs = "table {table}, key {key}: the recorded conflict about {group} is not that of the history"
    case shared_table_missing = "table {table} is shared, and there is no table of this name: it was not compared"
    case table_unreadable = """
        table {table} was not compared: this role may not read it; run bashuctl audit as the owner or the daemon's \
        role, or GRANT SELECT on the table
        """
    case no_temporary = """
        table {table} was not compared: this role may make no temporary tables; GRANT TEMPORARY on the database
        """
    case table_not_compared = "table {table} could not be compared: {message}"
    case table_changed = "table {table} was not compared: its columns were changed a moment ago; run it again"
}
