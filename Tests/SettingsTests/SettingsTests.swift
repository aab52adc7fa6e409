import Testing

@testable import Settings

@Suite("Settings")
struct SettingsTests {
    private func error(_ text: String) -> SettingsError? {
        #expect(throws: SettingsError.self) { try Settings.parse(text, path: "b.toml") }
    }

    @Test("every key of the file is read")
    func everyKey() throws {
        let settings = try Settings.parse(
            """
            [database]
            conninfo = "host=重庆 dbname='标 准'"
            owner_conninfo = "postgresql://owner@db.example/standards"
            [daemon]
            poll_interval_max_ms = 100
            peer_poll_seconds = 7
            clock_bound_ms = 900
            peer_file_age_max_days = 30
            i_accept_that_peers_can_be_read_and_forged_on_the_network = true
            log_level = "debug"
            """, path: "b.toml")
        var expected = Settings()
        expected.conninfo = "host=重庆 dbname='标 准'"
        expected.ownerConninfo = "postgresql://owner@db.example/standards"
        expected.pollIntervalMaxMilliseconds = 100
        expected.peerPollSeconds = 7
        expected.clockBoundMilliseconds = 900
        expected.peerFileAgeMaxDays = 30
        expected.acceptsUnprotectedPeers = true
        expected.logLevel = .debug
        #expect(settings == expected)
    }

    @Test("an empty file gives the defaults")
    func defaults() throws {
        #expect(try Settings.parse("", path: "b.toml") == Settings())
    }

    @Test("addresses to listen on")
    func listen() throws {
        #expect(ListenAddress("127.0.0.1:8480") == ListenAddress(host: "127.0.0.1", port: 8480))
        #expect(ListenAddress("[::1]:0") == ListenAddress(host: "::1", port: 0))
        #expect(ListenAddress("standards.example:65535") == ListenAddress(host: "standards.example", port: 65_535))
        for wrong in ["", "8480", ":8480", "127.0.0.1", "::1:8480", "a:65536", "a:-1", "a:x", "a b:1", "http://a:1"] {
            #expect(ListenAddress(wrong) == nil, "\(wrong)")
        }
        guard case .notAllowed(_, "http.listen", "\"8480\"", let allowed) = error("[http]\nlisten = '8480'") else {
            Issue.record("not refused")
            return
        }
        #expect(allowed.contains("127.0.0.1:8480"))
    }

    @Test("monitoring needs an address and nothing else")
    func metricsListen() throws {
        #expect(Settings().metricsListen == nil)
        let variables = ["BASHU_METRICS_LISTEN": "[::1]:9480"]
        let settings = try Settings.load(path: "/dev/null", environment: variables)
        #expect(settings.metricsListen == ListenAddress(host: "::1", port: 9_480))
        #expect(settings.httpListen == nil)
        guard case .notAllowed(_, "metrics.listen", "\"9480\"", _) = error("[metrics]\nlisten = '9480'") else {
            Issue.record("not refused")
            return
        }
    }

    @Test("who listens needs a role of its own to read with, and no password in the file")
    func httpNeedsADatabase() throws {
        let listening = ["BASHU_HTTP_LISTEN": "127.0.0.1:8480"]
        #expect(
            throws: SettingsError.missingBeside(place: .environment, key: "http.database", other: "http.listen")
        ) {
            try Settings.load(path: "/dev/null", environment: listening)
        }
        let both = listening.merging(["BASHU_HTTP_DATABASE": "dbname=x user=reader"]) { $1 }
        #expect(try Settings.load(path: "/dev/null", environment: both).httpConninfo == "dbname=x user=reader")
        #expect(
            error("[http]\ndatabase = 'dbname=x password=y'")
                == .password(place: .file(path: "b.toml", line: 2), key: "http.database"))
    }

    @Test(
        "an unknown key is named with its line and what was meant",
        arguments: [
            ("[database]\nconinfo = 'x'", 2, "database.coninfo", "database.conninfo"),
            ("[daemon]\n\n# c\nloglevel = 'info'", 4, "daemon.loglevel", "daemon.log_level"),
            ("[database]\nlog_level = 'info'", 2, "database.log_level", "daemon.log_level"),
            ("[databse]\nconninfo = 'x'", 1, "databse", "database"),
            ("conninfo = 'x'", 1, "conninfo", "database.conninfo"),
            ("[daemon]\n\"标准\" = 1", 2, "daemon.标准", nil),
            ("daemon.peer_pol_seconds = 3", 1, "daemon.peer_pol_seconds", "daemon.peer_poll_seconds"),
        ])
    func unknownKey(text: String, line: Int, key: String, suggestion: String?) {
        #expect(
            error(text)
                == .unknownKey(place: .file(path: "b.toml", line: line), key: key, suggestion: suggestion))
    }

    @Test("wrong types and values say what is allowed")
    func wrongTypes() {
        #expect(
            error("[daemon]\npeer_poll_seconds = \"5\"")
                == .wrongType(
                    place: .file(path: "b.toml", line: 2), key: "daemon.peer_poll_seconds", expected: "an integer",
                    found: "a string"))
        #expect(
            error("[database]\nconninfo = 5")
                == .wrongType(
                    place: .file(path: "b.toml", line: 2), key: "database.conninfo", expected: "a string",
                    found: "an integer"))
        #expect(
            error("daemon = 1")
                == .wrongType(
                    place: .file(path: "b.toml", line: 1), key: "daemon", expected: "a table", found: "an integer"))
        #expect(
            error("[daemon]\nclock_bound_ms = 0")
                == .notAllowed(
                    place: .file(path: "b.toml", line: 2), key: "daemon.clock_bound_ms", value: "0",
                    allowed: "1 to 86400000"))
        guard case .notAllowed(_, "daemon.log_level", "\"loud\"", let allowed) = error("[daemon]\nlog_level='loud'")
        else {
            Issue.record("a level that does not exist was not refused as such")
            return
        }
        #expect(allowed.contains("warning"))
    }

    @Test("text that is not TOML is refused with its line")
    func syntax() {
        guard case .syntax(.file("b.toml", let line), _) = error("[database]\nconninfo = \n") else {
            Issue.record("not reported as a syntax error")
            return
        }
        #expect(line == 2)
    }

    @Test("variables go over the file; an empty one does not")
    func environment() throws {
        var settings = try Settings.parse("[database]\nconninfo = 'dbname=a'", path: "b.toml")
        try settings.override(by: [
            "BASHU_DATABASE": "dbname=b", "BASHU_LOG_LEVEL": "Error", "BASHU_CLOCK_BOUND_MS": "",
            "BASHU_PEER_POLL_SECONDS": "60",
        ])
        #expect(settings.conninfo == "dbname=b")
        #expect(settings.logLevel == .error)
        #expect(settings.peerPollSeconds == 60)
        #expect(settings.clockBoundMilliseconds == Settings().clockBoundMilliseconds)
    }

    @Test("a variable that is almost ours is refused, another program's is not")
    func unknownVariable() throws {
        var settings = Settings()
        #expect(throws: SettingsError.unknownVariable(name: "BASHU_DATABSE", suggestion: "BASHU_DATABASE")) {
            try settings.override(by: ["BASHU_DATABSE": "dbname=b"])
        }
        try settings.override(by: ["BASHU_TEST_CLUSTER": "x", "PGHOST": "y"])
        #expect(settings == Settings())
    }

    @Test("a wrong value in a variable names the variable")
    func wrongVariable() {
        var settings = Settings()
        #expect(
            throws: SettingsError.wrongType(
                place: .environment, key: "BASHU_CLOCK_BOUND_MS", expected: "an integer", found: "\"5s\"")
        ) {
            try settings.override(by: ["BASHU_CLOCK_BOUND_MS": "5s"])
        }
    }

    @Test("a file that is named must exist, the default one need not")
    func missingFile() throws {
        #expect(throws: SettingsError.unreadable(path: "/nonexistent/b.toml", reason: "No such file or directory")) {
            try Settings.load(path: "/nonexistent/b.toml", environment: [:])
        }
        #expect(throws: SettingsError.unreadable(path: "/nonexistent/c.toml", reason: "No such file or directory")) {
            try Settings.load(path: nil, environment: ["BASHU_CONFIG": "/nonexistent/c.toml"])
        }
        #expect(throws: SettingsError.unreadable(path: "/", reason: "Is a directory")) {
            try Settings.load(path: "/", environment: [:])
        }
    }

    @Test("the example file is valid and shows the defaults")
    func example() throws {
        let path = #filePath.replacing("Tests/SettingsTests/SettingsTests.swift", with: "Deploy/bashu.toml")
        var settings = try Settings.load(path: path, environment: [:])
        #expect(settings.conninfo != nil)
        settings.conninfo = nil
        #expect(settings == Settings())
        let text = try #require(try readFile(path, mustExist: true))
        for key in SettingsKey.all {
            #expect(text.contains(key.name))
            #expect(text.contains(key.variable))
        }
    }
}
