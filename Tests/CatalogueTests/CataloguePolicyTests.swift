import Postgres
import RegionStore
import TestCluster
import Testing

/// The policy that comes with the catalogue.
@Suite struct CataloguePolicyTests {
    @Test func theCatalogueFitsItsPolicyAndTheCommandsSaySo() async throws {
        let (cluster, name) = try await Catalogue.database()
        let session = try cluster.session(database: name, user: Catalogue.owner)
        try Installer.install(session, InstallRequest(kind: .region, region: "50", daemonRole: Catalogue.daemon))
        let local = ["catalogue.code_label", "catalogue.confirmed"]
        let tables = try Catalogue.tables(session).filter { !local.contains($0) }
        for table in tables {
            var options = SharingOptions()
            options.triggers = .allow
            try SharedTables.add(session, table, options: options)
        }
        let file = "\(Catalogue.folder)/../policy/catalogue.toml"
        func ctl(_ arguments: String...) throws -> (isDone: Bool, output: String, errors: String) {
            let run = try ChildProcess.run(
                ChildProcess.builtProduct("bashuctl"), arguments,
                environment: [
                    "BASHU_CONFIG": "/dev/null", "LC_ALL": "C.UTF-8",
                    "BASHU_DATABASE": cluster.conninfo(database: name, user: Catalogue.owner),
                ])
            return (run.status == .exited(0), run.output, run.errors)
        }
        let check = try ctl("policy", "check", file)
        #expect(check.isDone, "\(check.errors)")
        let said = (check.output + check.errors).replacing("\n", with: " ")
        #expect(said.contains("\(tables.count) tables"), "every shared table is named")
        #expect(!check.errors.contains("\(file), line") || check.errors.contains("warning"), "\(check.errors)")
        #expect(try ctl("policy", "apply", file).output.contains("tables has changed"))
        #expect(try ctl("policy", "apply", file).output == "Nothing changes: this is the policy already.\n")
        let shown = try ctl("policy", "show", "-o", "json").output
        #expect(shown.contains("\"park_child\"") && shown.contains("\"source_asof\""))
        #expect(try ctl("policy", "rehearse", file).output == "No recorded conflict would end otherwise.\n")
    }
    /// A standard that was a double entry, a person who is erased: no child brings them back.
    @Test func noChildBringsBackAStandardOrAPerson() async throws {
        let session = try await Catalogue.reader()
        let text = try ChildProcess.run("cat", ["\(Catalogue.folder)/../policy/catalogue.toml"]).output
        var blocks: [String: Substring] = [:]
        for block in text.split(separator: "[[table]]\nname = \"").dropFirst() {
            blocks[String(block.prefix { $0 != "\"" })] = block
        }
        // An award refers to a standard or to none: it keeps the one that it refers to.
        let references = try session.query(
            """
            SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.connamespace = 'catalogue'::regnamespace AND
                (c.confrelid = 'catalogue.person'::regclass
                 OR c.confrelid = 'catalogue.standard'::regclass AND a.attnotnull)
            """)
        #expect(references.count >= 19)
        for reference in references {
            let (table, column) = (try reference.text(0), try reference.text(1))
            let rule = "[[table.foreign_key]]\ncolumns = [\"\(column)\"]\nrule = \"park_child\""
            #expect(blocks[table]?.contains(rule) == true, "\(table).\(column)")
        }
    }
}
