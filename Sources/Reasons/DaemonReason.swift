/// What is wrong with the daemon or its database as a whole.
public enum DaemonReason: String, ReasonSentence {
    case cut_waits = "a table that has pending changes is locked: {message}"
    case nothing_forgotten = "nothing is forgotten at present: {message}"
    case older_copy = """
        peer {peer} has batch {theirs} of this database's own origin {origin}, and this database only {ours}: it \
        began a new life for the same reason a short time ago. Nothing is published or applied here until that life \
        is an hour old or the peer is removed; local changes stay in their tables. Deploy/guide/lives.md says how to \
        go on
        """
    case fence_lost = """
        another bashud has taken over this database; this one has stopped and has changed nothing since
        """
    case daemon_running = "another bashud is running on this database ({holder}); stop it first"
    case through_pooler = """
        this connection string leads to a connection pooler; the daemon holds a lock for as long as its session \
        lives, so database.conninfo has to lead to the server itself
        """
    case unexpected_result = "unexpected answer from the database: {message}"
    case log_damaged = "the log is damaged: {message}"
}

/// Why a ruling was not taken.
public enum RulingReason: String, ReasonSentence {
    case written_meanwhile = "the row was written while the ruling was taken; look at the conflict again"
    case case_over = "the conflict on {group} is over"
    case group_written = "{group} has been written since; look at it again"
    case no_history = "the log has nothing of this row any more"
    case row_gone = "the row is gone; choose the values of a candidate that has it"
    case no_such_column = "table {table} has no column {column}"
    case value_too_long = "{value} is too long for {type}"
    case ruled_on_replica = "a replica rules on nothing; rule in a region"
    case not_shared_any_more = "the table of the ruling is not shared any more"
    case ruling_refused = "the database refuses the ruling: {message}"
}
