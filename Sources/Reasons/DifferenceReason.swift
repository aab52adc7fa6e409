/// What differs between this database and a peer's: shared tables, columns, policies.
public enum DifferenceReason: String, ReasonSentence {
    case table_only_there = "table {table} is shared there and not here"
    case table_only_here = "table {table} is shared here and not there"
    case table_other_key = "table {table} has another key there"
    case column_only_there = "column {column} of {table} is shared there and not here"
    case column_only_here = "column {column} of {table} is shared here and not there"
    case column_other_type = "column {column} of {table} is {theirs} there and {ours} here"
    case policy_group = "the policy of group {group} of table {table} differs: here {ours}, there {theirs}"
    case policy_home = "the policy's home column of table {table} differs: here {ours}, there {theirs}"
    case policy_as_of = "the policy's as_of column of table {table} differs: here {ours}, there {theirs}"
    case policy_delete = "the policy's rule for deletes of table {table} differs: here {ours}, there {theirs}"
    case policy_default = "the policy's default rule of table {table} differs: here {ours}, there {theirs}"
    case policy_foreign_keys = """
        the policy's rule for foreign keys of table {table} differs: here {ours}, there {theirs}
        """
    case policy_types = "the policy of table {table} differs in what its columns' types say"
    case policy_elsewhere = "this replica takes its policy from peer {peer}"
}
