/// Why something was not compared.
public enum VerifyReason: String, ReasonSentence {
    case unknown_table = "{table}: not a shared table"
    case table_missing = """
        {table}: the table is gone or has another name, what is written to it waits; give it its name back, or take \
        it out with: bashuctl table remove
        """
    case not_shared_there = "{table}: table {name} is not shared here"
    case columns_not_shared = "{table}: table {name} does not share all of the columns ({columns}) here"
    case too_many_rows = "{table}: more than {count} rows differ; the rest is not named"
    case written_all_the_time = "{table}: {count} rows are being written all the time"
    case not_caught_up = "the two databases did not catch up with each other in time"
}
