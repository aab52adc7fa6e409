public import Postgres
internal import RegionStore

/// Puts the catalogue's tables, and what readers see of them, into a database.
public enum CatalogueInstaller {
    /// What an installation did.
    public struct Outcome: Sendable, Equatable {
        /// The catalogue's files that were run now, in order.
        public var ran: [String] = []
        /// Whether the schema `reader` was installed: it needs Bashu's own tables.
        public var hasReader = false
    }

    /// The schema is there, but nothing tells which of its files were run.
    public struct UnknownState: Error {}

    /// Installs what is missing. Each numbered file of the catalogue is run once, in a transaction of its own; the
    /// files of the schema `reader` every time.
    ///
    /// - Parameter session: the owner's.
    /// - Throws: `UnknownState`, or `PostgresError`; the file that failed has changed nothing.
    public static func install(_ session: Session) throws -> Outcome {
        guard let state = try session.queryOne(SQLText.named("catalogue_state")) else { return Outcome() }
        let recorded = try state.bool("recorded")
        guard try recorded || !state.bool("present") else { throw UnknownState() }
        var outcome = Outcome()
        let known = Set(recorded ? try session.query(SQLText.named("catalogue_ran")).map { try $0.text(0) } : [])
        for (index, file) in SchemaFiles.numbered(in: "catalogue").enumerated() where !known.contains(file.path) {
            try session.transaction {
                try session.script(file.text)
                if index == 0 { try session.script(SQLText.named("catalogue_memory")) }
                try session.execute(SQLText.named("catalogue_run"), [.text(file.path)])
            }
            outcome.ran.append(file.path)
        }
        if try state.bool("has_bashu") {
            try session.transaction {
                for file in SchemaFiles.numbered(in: "reader") { try session.script(file.text) }
            }
            outcome.hasReader = true
        }
        return outcome
    }

    /// Shares every table of the catalogue that is not shared yet, parents before children.
    ///
    /// - Returns: The tables that are shared now.
    /// - Throws: what `SharedTables.add` throws.
    public static func share(_ session: Session) throws -> [String] {
        try session.query(SQLText.named("catalogue_tables")).map { row in
            let name = "catalogue.\(try row.text("name"))"
            var options = SharingOptions()
            options.excluded = try ArrayText.parse(row.text("local_columns"))
            try SharedTables.add(session, name, options: options)
            return name
        }
    }
}
