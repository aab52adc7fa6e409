import Glibc
import TestCluster
import Testing

/// What is wrong with the configuration is said before anything is done.
@Suite struct CtlSettingsTests {
    /// Runs `status` with a configuration file of that text; `FILE` in what is expected stands for its path.
    private func status(_ text: String, _ changes: [String: String?] = [:]) throws -> (Ctl.Run, path: String) {
        var path = Array("/tmp/bashu-ctl.XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        let bytes = Array(text.utf8)
        #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        defer { unlink(path) }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (try Ctl.finish(Ctl.start(["status", "--config", name], changes)), name)
    }

    @Test func anUnknownKeyIsNamedWithWhatWasMeant() throws {
        let (run, path) = try status("[database]\n# 主库\nconinfo = 'dbname=a'\n")
        #expect(run.status == .exited(64))
        #expect(
            run.errors
                == "bashuctl: \(path), line 3: unknown key database.coninfo; did you mean database.conninfo?\n")
    }

    @Test func aWrongTypeIsNamedInChinese() throws {
        let (run, path) = try status("[daemon]\nlog_level = 3\n", ["LC_ALL": "zh_CN.UTF-8"])
        #expect(run.status == .exited(64))
        #expect(run.errors == "bashuctl：\(path) 第 2 行：daemon.log_level 应为 a string，而不是 an integer\n")
    }

    @Test func aPasswordIsRefusedWhereverItStands() throws {
        let (run, path) = try status("[database]\nconninfo = 'dbname=a password=geheim'\n")
        #expect(run.status == .exited(64))
        #expect(
            run.errors == "bashuctl: \(path), line 2: database.conninfo contains a password; remove it and use "
                + "~/.pgpass or passfile=\n")
        let option = try Ctl.run("status", "--database", "postgresql://u:geheim@h/d")
        #expect(option.status == .exited(64))
        #expect(option.errors.hasPrefix("bashuctl: command line: --database contains a password;"))
        let peer = try Ctl.run(
            "peer", "add", "51", "--conninfo", "host=h password=geheim", changes: ["BASHU_DATABASE": "dbname=none"])
        #expect(peer.status == .exited(64))
        #expect(peer.errors.hasPrefix("bashuctl: command line: --conninfo contains a password;"))
        for text in [run.errors, option.errors, peer.errors] { #expect(!text.contains("geheim")) }
    }

    @Test func aFileThatIsMissingOrAVariableThatIsMisspeltIsSaid() throws {
        let missing = try Ctl.run("status", "--config", "/nonexistent/bashu.toml")
        #expect(missing.status == .exited(64))
        #expect(missing.errors == "bashuctl: cannot read /nonexistent/bashu.toml: No such file or directory\n")
        let variable = try Ctl.run("status", changes: ["BASHU_DATABSE": "dbname=a"])
        #expect(variable.status == .exited(64))
        #expect(
            variable.errors
                == "bashuctl: unknown environment variable BASHU_DATABSE; did you mean BASHU_DATABASE?\n")
    }
}
