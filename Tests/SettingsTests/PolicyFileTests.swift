import Testing

@testable import Settings

@Suite struct PolicyFileTests {
    @Test func everyPartIsRead() throws {
        let (file, errors) = try PolicyFile.parse(
            """
            # 目录
            [[table]]
            name = "catalogue.standard"
            home = "home_region"
            delete = "home"
            default = "newest"

            [[table.group]]
            name = "L"
            columns = [
                "status",   # ] no end
                "abolish_date",
            ]
            rule = "newest_by"
            column = "abolish_date"

            [[table.group]]
            name = "T"
            columns = ["title"]
            rule = "prefer"
            regions = ["50", "51"]

            [[table.foreign_key]]
            columns = ["std_id"]
            rule = "park_child"

            [[table]]
            name = "drafter"
            """, path: "p.toml")
        #expect(errors.isEmpty)
        try #require(file.tables.count == 2)
        let table = file.tables[0]
        #expect(table.name == "catalogue.standard" && table.home == "home_region" && table.delete == "home")
        #expect(table.lines[""] == 2 && table.lines["delete"] == 5)
        try #require(table.groups.count == 2 && table.foreignKeys.count == 1)
        #expect(table.groups[0].columns == ["status", "abolish_date"] && table.groups[0].column == "abolish_date")
        #expect(table.groups[0].lines == ["": 8, "name": 9, "columns": 10, "rule": 14, "column": 15])
        #expect(table.groups[1].regions == ["50", "51"] && table.groups[1].lines["regions"] == 21)
        #expect(table.foreignKeys[0].columns == ["std_id"] && table.foreignKeys[0].lines[""] == 23)
        #expect(file.tables[1].lines["name"] == 28)
    }

    @Test(arguments: [
        ("[[tables]]\nname = \"t\"", "p, line 1: unknown key tables; did you mean table?"),
        ("[[table]]\nhome = \"h\"", "p, line 1: name is missing"),
        ("[[table]]\nname = \"t\"\nhom = \"h\"", "p, line 3: unknown key hom; did you mean home?"),
        ("[[table]]\nname = 3", "p, line 2: name must be a string, not integer"),
        (
            "[[table]]\nname = \"t\"\ndelete = \"newest\"",
            "p, line 3: delete cannot be \"newest\"; allowed: home, keep, delete, manual"
        ),
        ("[[table]]\nname = \"t\"\n[[table.group]]\nname = \"L\"\nrule = \"home\"", "p, line 3: columns is missing"),
        (
            "[[table]]\nname = \"t\"\n[[table.group]]\nname = \"L\"\ncolumns = [\n1]\nrule = \"home\"",
            "p, line 5: columns must be an array of strings, not array"
        ),
        (
            "[[table]]\nname = \"t\"\n[[table.group]]\nname = \"L\"\ncolumns = [\"a\"]\nrule = \"newest_by\"",
            "p, line 3: column is missing"
        ),
        (
            "[[table]]\nname=\"t\"\n[[table.group]]\nname=\"L\"\ncolumns=[\"a\"]\nrule=\"home\"\nregions=[\"50\"]",
            "p, line 7: regions means nothing beside rule home"
        ),
        (
            "[[table]]\nname = \"t\"\n[[table.foreign_key]]\ncolumns = [\"a\"]\nrule = \"keep\"",
            "p, line 5: rule cannot be \"keep\"; allowed: keep_parent, park_child"
        ),
        ("[table]\nname = \"t\"", "p, line 1: table must be an array of tables, written [[table]], not table"),
    ])
    func eachErrorNamesItsLine(text: String, message: String) throws {
        #expect(try PolicyFile.parse(text, path: "p").errors.map(\.description) == [message])
    }

    @Test func whatIsNoTOMLNamesItsLine() {
        let error = #expect(throws: SettingsError.self) { try PolicyFile.parse("[[table]]\nname = \n", path: "p") }
        #expect(error?.description.hasPrefix("p, line 2: not valid TOML") == true)
    }
}
