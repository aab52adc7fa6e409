/// Why a table cannot be shared, or why its capture may miss writes. The words are those of
/// `Schemas/sql/table_refusals.sql`, `table_shapes.sql`, `table_add.sql` and `capture_triggers.sql`.
public enum TableReason: String, ReasonSentence {
    case not_a_table = "{table} is not a table"
    case system_table = "{table} belongs to PostgreSQL or to Bashu"
    case partition = "{table} is a partition of {parent}"
    case inheritance = "{table} is a parent or a child by INHERITS"
    case shared_already = "{table} is shared already"
    case not_owner = "{table} belongs to {owner}, and {user} is not a member of that role"
    case unlogged = "{table} is unlogged: a crash empties it without a trigger"
    case temporary = "{table} is temporary"
    case foreign_table = "{table} is a foreign table: others write it without a trigger"
    case row_security = "{table} has row-level security: policies would hide rows from the comparison"
    case rules = "{table} has rules, which would act on the daemon's writes too"
    case exclusion = "{table} has an exclusion constraint, which two regions can break together"
    case subscribed = """
        {table} is written by a logical replication subscription, which fires no statement trigger
        """
    case user_trigger = "trigger {trigger} on {table} would act a second time on rows from another region"
    case triggers_act = """
        triggers of {table} would act a second time on rows that arrive from another region
        """
    case triggers_late = "triggers of {table} fire after Bashu's and could change a key unseen"
    case cannot_be_shared = "table {table} cannot be shared: {reason}"
    case not_the_owner = "only {owner}, the owner of schema bashu, can do this; you are {user}"

    case table_gone = "the table is gone or has another name"
    case named_otherwise = """
        the table is gone or has another name, what is written to it waits; give it its name back, or take it out \
        with: bashuctl table remove
        """
    case key_gone = "the table has no primary key any more"
    case other_table = "the table is not the one that was shared, but another of that name"
    case key_changed = "the primary key was ({before}) and is ({now}) now"
    case capture_missing = "the capture functions are missing, or made for another key or daemon role"
    case became_partition = """
        {table} has become a partition: what is written through its parent fires no trigger here
        """
    case trigger_missing = "trigger {trigger} on {table} is missing"
    case trigger_disabled = "trigger {trigger} on {table} is disabled"
    case trigger_not_always = "trigger {trigger} on {table} is not ENABLE ALWAYS"
    case trigger_foreign = "trigger {trigger} on {table} is not Bashu's"
}

/// Why a primary key, or the choice of columns, does not do. The words are those of
/// `Schemas/sql/table_refusals.sql` and `table_refusals_key.sql`.
public enum KeyReason: String, ReasonSentence {
    case no_key = "{table} has no primary key"
    case deferrable_key = "the primary key of {table} is deferrable"
    case invalid_key = "the primary key of {table} is not valid"
    case key_collation = """
        key column {column} of {table} has type {type}: its collation {collation} finds different texts equal
        """
    case key_without_scale = """
        key column {column} of {table} has type {type}: without a scale 1.0 and 1.00 are equal but not the same text
        """
    case key_without_length = """
        key column {column} of {table} has type {type}: without a length its padding is not fixed
        """
    case key_float = """
        key column {column} of {table} has type {type}: -0 and 0 are equal but not the same text
        """
    case key_interval = """
        key column {column} of {table} has type {type}: 1 day and 24 hours are equal but not the same text
        """
    case key_json = """
        key column {column} of {table} has type {type}: 1.0 and 1.00 in it are equal but not the same text
        """
    case key_enum = """
        key column {column} of {table} has type {type}: a label that is renamed would be another key
        """
    case key_other_type = """
        key column {column} of {table} has type {type}: equal values of this type need not have the same text
        """
    case key_serial = """
        key column {column} of {table} is numbered by sequence {sequence} in steps of 1, in every region alike
        """
    case excluded_unknown = "column {column} of {table} does not exist"
    case excluded_key = "column {column} of {table} is part of the primary key and cannot stay local"
    case excluded_unique = """
        column {column} of {table} is part of a unique index: its local values could refuse rows of another region
        """
    case excluded_generated = "column {column} of {table} is generated: it is never sent"
    case excluded_not_null = """
        column {column} of {table} is NOT NULL and has no default, so that no row of another region could be inserted
        """
}

/// What to do about a table that cannot be shared, in the words of the same files.
public enum TableHint: String, ReasonSentence {
    case share_sources = "Share the tables that it reads from."
    case share_root = "Share the table that is partitioned: its partitions are shared with it."
    case no_inherit = """
        A row of the child is a row of the parent too. Use declarative partitioning, or NO INHERIT.
        """
    case run_as_owner = """
        Run this as a role that owns the table, or grant that role to the owner of schema bashu.
        """
    case set_logged = "ALTER TABLE ... SET LOGGED."
    case disable_row_security = "ALTER TABLE ... DISABLE ROW LEVEL SECURITY, and give readers a view."
    case use_triggers = "Use triggers, which can be guarded."
    case drop_exclusion = "Drop it, or share another table."
    case alter_subscription = "ALTER SUBSCRIPTION ... without this table."
    case share_column = "Share the column, or drop the index."
    case leave_out = "Leave it out of the list."
    case give_default = "Give it a default, or share it."
    case add_key = "ALTER TABLE ... ADD PRIMARY KEY, best of columns that never change."
    case not_deferrable = "Create it anew without DEFERRABLE: ON CONFLICT cannot use a deferrable key."
    case attach_index = "Attach an index in every partition."
    case key_types = """
        Use integers, uuid, text, char(n), numeric(p,s), dates and times, bytea, inet or the like.
        """
    case stride = """
        ALTER SEQUENCE {sequence} INCREMENT 100 RESTART WITH another number in each region; or say that keys may \
        collide, if another key column tells the regions apart.
        """
    case guard_it = "Have it guarded (it then leaves the daemon's writes alone), or say that it may act."
    case guard_them = "Have them guarded (they then leave the daemon's writes alone), or say that they may act."
    case rename_triggers = "Rename them: BEFORE triggers fire in the order of their names."
    case connect_as = "Connect as {owner}, or SET ROLE {owner}."
    case truncate_allowed = "Use DELETE, or share the table with TRUNCATE allowed."
}
