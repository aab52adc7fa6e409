internal import Logging
public import Postgres
internal import RegionStore

/// Puts the catalogue's tables, and what readers see of them, into a database.
public enum CatalogueInstaller {
    /// Installs what is missing; each numbered file is run once, in a transaction of its own.
    ///
    /// - Returns: The names of the files that were run now.
    public static func install(_ session: Session) throws -> [String] {
        var ran: [String] = []
        for file in SchemaFiles.numbered(in: "catalogue") {
            try session.script("BEGIN;" + file.text + "COMMIT;")
            ran.append(file.path)
        }
        return ran
    }
}
