import Postgres

/// What an installation needs of a database, a server and two roles. Every problem is found, not the first.
struct InstallCheck {
    let session: Session
    let request: InstallRequest

    func problems() throws -> [InstallProblem] {
        var problems = checkRequest()
        let isUTF8 = try checkServer(&problems)
        if isUTF8 { try checkCharacters(&problems) }
        try checkPresent(&problems)
        try checkDaemonRole(&problems)
        return problems
    }

    private func checkRequest() -> [InstallProblem] {
        let characters = request.region.utf8
        let valid = characters.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
        guard valid, (1...32).contains(characters.count) else {
            return [
                InstallProblem(
                    what: "\"\(request.region)\" is no code of a region",
                    remedy: "Use 1 to 32 letters, digits or underscores, such as 50 or 51")
            ]
        }
        return []
    }

    /// Whether the database's encoding is UTF8.
    private func checkServer(_ problems: inout [InstallProblem]) throws -> Bool {
        let row = try session.queryOne(
            """
            SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
                pg_encoding_to_char(d.encoding), pg_is_in_recovery(), d.datname,
                has_database_privilege(d.oid, 'CREATE') OR to_regnamespace('bashu') IS NOT NULL, current_user,
                EXISTS (SELECT FROM pg_language WHERE lanname = 'plpgsql' AND has_language_privilege(oid, 'USAGE'))
            FROM pg_database d WHERE d.datname = current_database()
            """)
        guard let row else { return false }
        let encoding = try row.text(2)
        let database = Session.quoteIdentifier(try row.text(4))
        let owner = Session.quoteIdentifier(try row.text(6))
        add(
            &problems, try row.int(0) < 150_000,
            "The server is PostgreSQL \(try row.text(1)), 15 is the oldest that works",
            "Upgrade the server")
        add(
            &problems, encoding != "UTF8", "The database's encoding is \(encoding), not UTF8",
            "Create a database with ENCODING 'UTF8' TEMPLATE template0 and move the data there")
        add(
            &problems, try row.bool(3), "The server is a standby, which nobody can write",
            "Install on its primary: the objects arrive here by themselves")
        add(
            &problems, try !row.bool(5), "\(owner) may not create a schema in database \(database)",
            "GRANT CREATE ON DATABASE \(database) TO \(owner)")
        add(
            &problems, try !row.bool(7), "\(owner) may not use the language plpgsql",
            "GRANT USAGE ON LANGUAGE plpgsql TO \(owner)")
        return encoding == "UTF8"
    }

    /// Search and sorting of Chinese depend on the character type, and it can not be changed later.
    private func checkCharacters(_ problems: inout [InstallProblem]) throws {
        let row = try session.queryOne(
            """
            SELECT $1 ~ $4 AND $2 ~ $4 AND lower($3) = $5, d.datctype
            FROM pg_database d WHERE d.datname = current_database()
            """, ["汉", "𬭎", "É", "^\\w$", "é"])
        guard let row else { return }
        add(
            &problems, try !row.bool(0),
            "The database's character type \(try row.text(1)) does not know Chinese letters",
            "Create a database with LC_CTYPE 'C.UTF-8' or 'zh_CN.UTF-8' TEMPLATE template0 and move the data there")
    }

    /// What is in the database already.
    private func checkPresent(_ problems: inout [InstallProblem]) throws {
        let row = try session.queryOne(
            "SELECT pg_get_userbyid(nspowner), current_user FROM pg_namespace WHERE nspname = 'bashu'")
        guard let row else { return }
        guard let installed = try Installer.installedVersion(session) else {
            add(
                &problems, true, "There is a schema \"bashu\" that is not Bashu's",
                "Rename or drop it")
            return
        }
        let owner = Session.quoteIdentifier(try row.text(0))
        guard try row.text(0) == row.text(1) else {
            add(
                &problems, true,
                "Bashu's objects belong to \(owner), you are \(Session.quoteIdentifier(try row.text(1)))",
                "Connect as \(owner)")
            return
        }
        add(
            &problems, installed > Installer.version,
            "The database has Bashu's schema \(installed), this program is made for \(Installer.version)",
            "Use the newer program")
        try checkIdentity(&problems)
    }

    private func checkIdentity(_ problems: inout [InstallProblem]) throws {
        guard let row = try session.queryOne("SELECT kind, region FROM bashu.node") else { return }
        let kind = try row.text(0)
        let region = try row.text(1)
        add(
            &problems, kind != request.kind.rawValue || region != request.region,
            "The database is \(kind) \(region), not \(request.kind.rawValue) \(request.region)",
            "Run bashuctl uninstall first to make it another")
    }

    private func checkDaemonRole(_ problems: inout [InstallProblem]) throws {
        let role = Session.quoteIdentifier(request.daemonRole)
        let row = try session.queryOne(
            """
            SELECT r.rolsuper, r.rolcanlogin, r.rolname = current_user,
                pg_has_role(r.oid, current_user, 'MEMBER') AND r.rolname <> current_user AND NOT r.rolsuper,
                pg_has_role(d.datdba, 'USAGE') OR has_database_privilege(r.oid, d.oid, 'CONNECT')
                    AND has_database_privilege(r.oid, d.oid, 'TEMPORARY'),
                d.datname
            FROM pg_roles r, pg_database d WHERE r.rolname = $1 AND d.datname = current_database()
            """, [.text(request.daemonRole)])
        guard let row else {
            add(&problems, true, "There is no role \(role) for the daemon", "CREATE ROLE \(role) LOGIN")
            return
        }
        let why = "The daemon's role \(role)"
        let database = Session.quoteIdentifier(try row.text(5))
        add(
            &problems, try row.bool(0), "\(why) is a superuser",
            "ALTER ROLE \(role) NOSUPERUSER, or use a role of its own")
        add(&problems, try !row.bool(1), "\(why) can not log in", "ALTER ROLE \(role) LOGIN")
        add(
            &problems, try row.bool(2), "\(why) is the owner, whose writes have to be captured",
            "Use a role of its own: CREATE ROLE bashud LOGIN")
        add(
            &problems, try row.bool(3), "\(why) is a member of the owner's role and could do all that the owner can",
            "REVOKE the membership, or use a role of its own")
        add(
            &problems, try !row.bool(4), "\(why) may not connect to \(database) or have temporary tables there",
            "GRANT CONNECT, TEMPORARY ON DATABASE \(database) TO \(role)")
    }

    private func add(_ problems: inout [InstallProblem], _ wrong: Bool, _ what: String, _ remedy: String) {
        if wrong { problems.append(InstallProblem(what: what, remedy: remedy)) }
    }
}
