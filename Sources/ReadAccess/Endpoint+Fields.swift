// What the rows of answers have. The functions and views of the schema `reader` say what the values mean.
extension Endpoint {
    static let found: [Field] = [
        .init("std_id", .uuid, "Identifier."), .init("number", .text, "Number as published."),
        .init("title_zh", .text, "Title in Chinese."), .init("title_en", .text, "Title in English."),
        .init("kind", .text, "Kind of standard."), .init("status", .text, "Status on the day."),
        .init("implement_date", .date, "Day from which it is in force."),
        .init("disputed", .boolean, "Whether two origins contradict each other and no person has decided."),
    ]

    static let status: [Field] = [
        .init("std_id", .uuid, "Identifier."), .init("number", .text, "Number."),
        .init("status", .text, "Status on the day."),
        .init("newer_edition", .boolean, "Whether a newer edition has been issued that is not in force yet."),
        .init("issue_date", .date, "Issued."), .init("implement_date", .date, "In force from."),
        .init("abolish_date", .date, "Abolished."), .init("abolish_reason", .text, "Why."),
        .init("announcement", .text, "Announcement that said so."),
    ]

    static let chain: [Field] = [
        .init("step", .integer, "From 1, the oldest edition."),
        .init("std_id", .uuid, "Identifier."), .init("number", .text, "Number."),
        .init("title_zh", .text, "Title in Chinese."), .init("status", .text, "Status today."),
        .init("issue_date", .date, "Issued."), .init("implement_date", .date, "In force from."),
        .init("abolish_date", .date, "Abolished."), .init("extent", .text, "full or partial."),
        .init("cycle", .boolean, "Whether the chain comes back to a standard in it."),
    ]

    static let provenance: [Field] = [
        .init("value", .any, "The value."), .init("origin", .text, "Origin of the change that it comes from."),
        .init("region", .text, "Region of that origin."), .init("session_user", .text, "Database user who wrote it."),
        .init("actor", .text, "Who the writer claimed to be."), .init("batch", .integer, "Number of the batch."),
        .init("position", .integer, "Position in the batch."), .init("written_at", .time, "When."),
        .init("losing", .any, "Values that were not taken."),
    ]

    static let changes: [Field] = [
        .init("cursor", .object, "Position of this row, as in next."), .init("origin", .text, "Origin."),
        .init("region", .text, "Region of the origin."), .init("number", .integer, "Number of the batch."),
        .init("position", .integer, "Position in the batch."), .init("committed_at", .time, "When."),
        .init("table_name", .text, "Table."), .init("key", .any, "Key of the row."),
        .init("std_id", .uuid, "Standard that the row belongs to."), .init("kind", .text, "What was done."),
        .init("columns", .texts, "Columns written."), .init("old", .object, "Values before."),
        .init("new", .object, "Values after."), .init("announcement", .text, "Announcement."),
        .init("session_user", .text, "Database user."), .init("actor", .text, "Who the writer claimed to be."),
    ]

    static let freshness: [Field] = [
        .init("origin", .text, "Origin."), .init("region", .text, "Region of the origin."),
        .init("own", .boolean, "Whether it is this database's own."),
        .init("number", .integer, "Last batch applied here."),
        .init("through", .time, "Everything that the origin committed before this is here."),
        .init("age_seconds", .integer, "How old that is; grows while a link or a daemon is dead."),
        .init("unapplied", .integer, "Batches that have arrived and wait."),
        .init("oldest_unapplied", .time, "When the oldest of them was made."),
        .init("held_because", .text, "Why they wait."),
    ]

    static let joint: [Field] = [
        .init("joint_group_id", .uuid, "Identifier of the pair."), .init("title_zh", .text, "Title in Chinese."),
        .init("number_50", .text, "Number of Chongqing's half."),
        .init("number_51", .text, "Number of Sichuan's half."),
        .init("record_no_50", .text, "Filing number of Chongqing's half."),
        .init("record_no_51", .text, "Filing number of Sichuan's half."),
        .init("std_id_50", .uuid, "Identifier of Chongqing's half."),
        .init("std_id_51", .uuid, "Identifier of Sichuan's half."),
        .init("differing", .texts, "Fields that should be equal and are not."),
    ]

    static let classification: [Field] = [
        .init("code", .text, "Class."), .init("standards", .integer, "Standards in it."),
        .init("in_force", .integer, "Of these in force on the day."),
    ]

    static let alarms: [Field] = [
        .init("alarm", .text, "What is wrong."), .init("std_id", .uuid, "Identifier."),
        .init("number", .text, "Number."), .init("other_std_id", .uuid, "The other one."),
        .init("other_number", .text, "Its number."), .init("detail_zh", .text, "In Chinese."),
        .init("detail_en", .text, "In English."), .init("home_region", .text, "Who has to look at it."),
    ]

    static let record: [Field] = [
        .init("std_id", .uuid, "Identifier."), .init("number", .text, "Number as published."),
        .init("title_zh", .text, "Title in Chinese."), .init("title_en", .text, "Title in English."),
        .init("kind", .text, "Kind of standard."), .init("status", .text, "Status on the day."),
        .init("issue_date", .date, "Issued."), .init("implement_date", .date, "In force from."),
        .init("abolish_date", .date, "Abolished."), .init("disputed", .boolean, "Whether it is under dispute."),
    ]

    static let references: [Field] = [
        .init("number", .text, "The standard that cites."), .init("cited", .text, "Number as cited."),
        .init("dated", .boolean, "Whether a certain edition is meant."), .init("title", .text, "Its title."),
        .init("std_id", .uuid, "What is cited; null when it is not in the catalogue."),
        .init("status", .text, "Its status on the day."), .init("in_force", .boolean, "Whether it is in force."),
        .init("successor_std_id", .uuid, "What replaces it."), .init("successor", .text, "Number of that."),
    ]

    static let reviewDue: [Field] = [
        .init("std_id", .uuid, "Identifier."), .init("number", .text, "Number."),
        .init("title_zh", .text, "Title in Chinese."), .init("age_years", .integer, "Years since then."),
        .init("jurisdiction", .text, "Organisation or committee in charge."),
        .init("last_date", .date, "Last issue or review."), .init("due_date", .date, "When the review was due."),
        .init("days_overdue", .integer, "Days since then."),
    ]

    static let ranking: [Field] = [
        .init("org_id", .uuid, "Identifier of the organisation."), .init("name_zh", .text, "Its name."),
        .init("kind", .text, "Kind of standard."), .init("year", .integer, "Year of issue."),
        .init("standards", .integer, "Standards that it drafted first."),
        .init("in_force", .integer, "Of these in force today."),
    ]
}
