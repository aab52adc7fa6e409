public import Postgres
internal import RegionStore

/// What is wrong in the catalogue although each row is right.
public enum CatalogueCheck {
    /// One thing for people to look at, as `reader.alarm` has it.
    public struct Alarm: Sendable, Equatable {
        /// The kind, a word of the documentation.
        public let kind: String
        /// The standard's number; empty where there is none.
        public let number: String
        public let standardID: String?
        /// The other standard that is concerned; empty where there is none.
        public let otherNumber: String
        public let otherStandardID: String?
        public let chinese: String
        public let english: String
        /// Whose record it is; empty where nobody knows.
        public let homeRegion: String
    }

    /// The alarms, by kind and number.
    ///
    /// - Parameter kind: only these; nil: all.
    /// - Throws: `PostgresError`; with SQLSTATE 3F000 or 42P01 where schema `reader` is not installed.
    public static func alarms(_ session: Session, kind: String? = nil) throws -> [Alarm] {
        try session.query(SQLText.named("catalogue_alarms"), [.text(kind)]).map { row in
            Alarm(
                kind: try row.text("alarm"), number: try row.text("number"), standardID: row[text: "std_id"],
                otherNumber: try row.text("other_number"), otherStandardID: row[text: "other_std_id"],
                chinese: try row.text("detail_zh"), english: try row.text("detail_en"),
                homeRegion: try row.text("home_region"))
        }
    }
}
