import Console
import TestCluster
import Testing

/// What people see before any database is reached.
@Suite struct CtlUsageTests {
    private static let pages = [
        [], ["init"], ["uninstall"], ["table"], ["table", "add"], ["table", "remove"], ["table", "list"],
        ["table", "accept"], ["table", "restore"], ["peer"], ["peer", "add"], ["peer", "remove"], ["peer", "list"],
        ["peer", "pause"], ["peer", "resume"],
        ["origin"], ["origin", "list"], ["origin", "close"], ["origin", "renew"],
        ["join"], ["status"], ["doctor"], ["policy"], ["policy", "check"],
        ["policy", "apply"], ["policy", "show"], ["policy", "rehearse"], ["conflict"], ["conflict", "list"],
        ["conflict", "show"], ["conflict", "resolve"], ["conflict", "undo"], ["history"], ["erase"], ["verify"],
        ["audit"], ["audit", "record"], ["audit", "verify"],
        ["batch"], ["batch", "export"], ["batch", "import"], ["batch", "list"],
        ["batch", "acknowledge"], ["batch", "show"],
        ["key"], ["key", "generate"], ["key", "show"], ["key", "trust"], ["key", "revoke"], ["key", "rotate"],
        ["key", "list"],
        ["wait"], ["catalogue"], ["catalogue", "install"], ["catalogue", "check"], ["import"], ["export"],
        ["schema"], ["schema", "print"],
    ]

    @Test(arguments: ["C.UTF-8", "zh_CN.UTF-8"])
    func everyPageOfHelpFitsATerminal(locale: String) throws {
        for page in Self.pages {
            let run = try Ctl.finish(Ctl.start(page + ["--help"], ["LC_ALL": locale]))
            #expect(run.status == .exited(0))
            let wide = run.lines.filter { $0.displayWidth > 80 }
            #expect(wide.isEmpty, "\(page) \(wide)")
            let isChinese = locale.hasPrefix("zh")
            let usage = "\n\(isChinese ? "用法：" : "USAGE: ")\((["bashuctl"] + page).joined(separator: " ")) "
            #expect(run.output.contains(usage), "\(page)")
            // Wrapped twice, at different widths: a word that stands alone in the midst of prose.
            let words = zip(run.lines, run.lines.dropFirst()).filter { line, next in
                !isChinese && !line.isEmpty && !line.contains(" ") && !next.isEmpty && !next.hasPrefix(" ")
            }
            #expect(words.isEmpty, "\(page): \(words)")
            guard isChinese else { continue }
            // Examples are commands.
            for line in run.lines
            where !line.contains(/^ .*bashuctl [a-z]/) || line.contains("See ") {
                let prose = line.replacing(/bashuctl [a-z ]+|“[^”]*”/, with: "")
                #expect(
                    !prose.contains(/[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}|[A-Z]{4,}:|\(default|Show help/),
                    "\(page): \(line)")
            }
            // Second columns stand one under the other.
            let columns = Set(run.lines.filter { $0.hasPrefix("  -") && $0.contains(/\ {2}\S+$/) }
                .compactMap { $0.firstMatch(of: /^\ \ -.*?\ {2,}/)?.0.displayWidth })
            #expect(columns.count <= 1, "\(page): \(columns)")
        }
    }

    @Test func noCommandIsWithoutATestedPage() throws {
        var found: [[String]] = [[]]
        var next = 0
        while next < found.count {
            let page = found[next]
            next += 1
            let run = try Ctl.finish(Ctl.start(page + ["--help"]))
            for line in run.lines.drop(while: { $0 != "SUBCOMMANDS:" }) {
                guard let name = line.firstMatch(of: /^ {2}([a-z]+) {2,}/)?.1 else { continue }
                found.append(page + [String(name)])
            }
        }
        #expect(Set(found) == Set(Self.pages))
    }

    @Test func theFirstPageNamesEveryCommandAndExitStatus() throws {
        let run = try Ctl.run("--help")
        #expect(
            run.output == """
                OVERVIEW: Control the replication of this database.

                Speaks only to its own database: the one in /etc/bashu/bashu.toml,
                BASHU_DATABASE, or --database.

                Exit status: 0 done or converged, 1 failed, 2 cannot reach a database, 3
                lagging, held or paused, 4 open cases, 5 regions differ, 64 wrong usage.

                USAGE: bashuctl COMMAND

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  init                    Install Bashu in this database, or upgrade it.
                  uninstall               Remove Bashu from this database; the tables stay.
                  table                   Which tables are shared.
                  peer                    The parties this database exchanges changes with.
                  origin                  The lives of the regions' databases, and their ends.
                  join                    Fill this empty database from a peer.
                  status                  How replication is doing.
                  doctor                  Look for what will go wrong, and what to do.
                  policy                  Rules by which concurrent changes are merged.
                  conflict                Recorded conflicts, and rulings on them.
                  history                 Who wrote what into a row, and what lost.
                  erase                   Erase the data of a person, everywhere.
                  key                     Keys that sign and check history.
                  verify                  Compare tables with the log, or with a peer.
                  audit                   Is the history what was published?
                  wait                    Wait until a peer has what is committed here.
                  batch                   Changes in files, where no network may be.
                  catalogue               The catalogue of standards itself.
                  import                  Bring records of a file into a table.
                  export                  Write a table as CSV or JSON lines.
                  schema                  The SQL that Bashu installs.

                  See 'bashuctl help <subcommand>' for detailed help.

                """)
    }

    @Test func aPageTeachesWithExamplesInChinese() throws {
        let run = try Ctl.run("wait", "--help", changes: ["LC_ALL": nil, "LANG": "zh_CN.UTF-8"])
        #expect(
            run.output == """
                概述：等待对端获得此处已提交的内容。

                当对端应用了调用之前在此处提交的全部内容时结束。超时则退出状态为 3。

                示例：
                  bashuctl wait --peer 51 --timeout 30

                用法：bashuctl wait --peer 名称 [--timeout 秒数]

                选项：
                  --peer <名称>           等待哪个对端。
                  --timeout <秒数>        超过此秒数即放弃，退出状态为 3。（默认：300）
                  --config <文件>         配置文件（默认：/etc/bashu/bashu.toml）。
                  --database <连接串>     代替配置中的数据库：libpq 连接串或 URI。
                  --version               显示版本。
                  -h, --help              显示本说明。


                """)
    }

    @Test(
        arguments: [
            ["nonsense"], ["peer", "add"], ["peer", "add", "51"], ["status", "-o", "xml"], ["status", "--max-lag", "x"],
            ["wait"], ["wait", "--peer", "51", "--timeout", "-1"], ["history", "standard"], ["conflict", "show"],
            ["conflict", "resolve", "50:1:0", "--reason", "r"],
            ["conflict", "resolve", "50:1:0", "--delete", "--set", "a=1", "--reason", "r"],
            ["conflict", "resolve", "50:1:0", "--set", "=1", "--reason", "r"],
            ["conflict", "resolve", "50:1:0", "--delete"], ["conflict", "undo", "50:1:0"],
            ["conflict", "resolve", "50:1:0", "--take", "a", "--reason", "r"],
            ["conflict", "resolve", "50:1:0", "--delete", "--type", "t", "--reason", "r"],
            ["conflict", "resolve", "--type", "update_deleted", "--table", "t", "--reason", "r"],
            ["conflict", "resolve", "--type", "update_deleted", "--table", "t", "--keep", "all", "--reason", "r"],
            ["conflict", "resolve", "50:1:0", "--delete", "--reason", " "],
            ["conflict", "list", "--state", "closed"], ["table", "add", "t", "--guard-triggers", "--allow-triggers"],
            ["verify", "--repair", "both"], ["--unknown"],
        ])
    func wrongUsageIsStatus64(arguments: [String]) throws {
        let run = try Ctl.finish(Ctl.start(arguments))
        #expect(run.status == .exited(64))
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Usage: "))
    }

    @Test(
        arguments: [
            (["nonsense"], "错误：多余的参数“nonsense”\n用法：bashuctl 命令\n  详见“bashuctl --help”。\n"),
            (
                ["wait"],
                """
                错误：缺少参数“--peer <名称>”
                说明：--peer <名称>  等待哪个对端。
                用法：bashuctl wait --peer 名称 [--timeout 秒数]
                  详见“bashuctl wait --help”。

                """
            ),
            (
                ["status", "--max-lagg", "3"],
                """
                错误：没有选项“--max-lagg”。是否指“--max-lag”？
                用法：bashuctl status [--watch] [--max-lag 秒数] [-o json]
                  详见“bashuctl status --help”。

                """
            ),
            (
                ["status", "--max-lag", "x"],
                """
                错误：值“x”不能用于“--max-lag <秒数>”
                说明：--max-lag <秒数>  不超过此秒数的延迟不计。
                用法：bashuctl status [--watch] [--max-lag 秒数] [-o json]
                  详见“bashuctl status --help”。

                """
            ),
            (
                ["peer", "pause"],
                """
                错误：缺少参数“<名称>”
                说明：<名称>  对端的名称，例如 51。
                用法：bashuctl peer pause 名称
                  详见“bashuctl peer pause --help”。

                """
            ),
        ])
    func wrongUsageIsSaidInChinese(arguments: [String], text: String) throws {
        let run = try Ctl.finish(Ctl.start(arguments, ["LC_ALL": "zh_CN.UTF-8"]))
        #expect(run.status == .exited(64))
        #expect(run.output.isEmpty)
        #expect(run.errors == text)
    }

    @Test func withoutADatabaseItSaysWhereToNameOne() throws {
        let run = try Ctl.run("status")
        #expect(run.status == .exited(64))
        #expect(
            run.errors == "bashuctl: no database named: give --database, BASHU_DATABASE, or [database] conninfo in "
                + "/dev/null\n")
    }

    @Test func theSchemaCanBeReadWithoutADatabase() throws {
        let list = try Ctl.run("schema", "print", "--list")
        #expect(list.status == .exited(0))
        #expect(list.lines.contains("sql/0001_base.sql"))
        let file = try Ctl.run("schema", "print", "sql/0001_base.sql")
        #expect(file.output.contains("\nCREATE SCHEMA bashu;\n"))
        let none = try Ctl.run("schema", "print", "sql/none.sql", changes: ["LC_ALL": "zh_CN.UTF-8"])
        #expect(none.status == .exited(1))
        #expect(none.errors == "bashuctl：没有文件 sql/none.sql；参见：bashuctl schema print --list\n")
    }
}
