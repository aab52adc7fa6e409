/// Tables that a federation shares, as they are made in each of its databases.
struct TableSet: Sendable {
    /// Run by the owner of the database.
    let definition: String
    /// The tables to share, as SQL names them.
    let names: [String]

    /// A record with many columns, and a child with a composite key whose names need quotes.
    static let catalogue = TableSet(
        definition: #"""
            CREATE TABLE standard (
                number   text PRIMARY KEY,
                title    text NOT NULL,
                status   text NOT NULL DEFAULT '现行',
                issued   date,
                pages    integer,
                fee      numeric,
                tags     text[],
                extra    jsonb,
                changed  timestamptz
            );
            CREATE TABLE "条目 ""甲""" (
                number   text NOT NULL,
                "第 N"   integer NOT NULL,
                "正文"   text,
                PRIMARY KEY (number, "第 N")
            );
            """#,
        names: ["standard", #""条目 ""甲""""#])
}
