/// What an audit finds wrong with the history.
public enum AuditReason: String, ReasonSentence {
    case altered = "batch {number} of {origin} is not what was published: {message}"
    case other_root = "batch {number} of {origin} is whole, but its recorded digest is another one"
    case incomplete = "batch {number} of {origin} ends before its end"
    case missing_batches = "batches {number} to {last} of {origin} are missing"
    case taken_out = """
        {count} changes of batch {number} of {origin} were taken out, which neither retention nor an erasure explains
        """
    case signature_forged = "batch {number} of {origin} has a signature by key {key} that is not of these bytes"
    case position_differs = """
        {origin} is recorded as applied up to batch {number}, and the log here ends at batch {last} or differs from it
        """
}
