import Postgres
internal import Reasons

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
                    Reason(InstallReason.bad_region, ["region": request.region]), Reason(InstallRemedy.use_code))
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
            Reason(InstallReason.server_old, ["version": try row.text(1)]), Reason(InstallRemedy.upgrade_server))
        add(
            &problems, encoding != "UTF8", Reason(InstallReason.encoding_other, ["encoding": encoding]),
            Reason(InstallRemedy.create_unicode))
        add(
            &problems, try row.bool(3), Reason(InstallReason.server_standby), Reason(InstallRemedy.use_primary))
        add(
            &problems, try !row.bool(5), Reason(InstallReason.no_create, ["role": owner, "database": database]),
            Reason(InstallRemedy.grant_create, ["database": database, "role": owner]))
        add(
            &problems, try !row.bool(7), Reason(InstallReason.no_plpgsql, ["role": owner]),
            Reason(InstallRemedy.grant_plpgsql, ["role": owner]))
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
            Reason(InstallReason.letters_unknown, ["locale": try row.text(1)]), Reason(InstallRemedy.create_ctype))
    }

    /// What is in the database already.
    private func checkPresent(_ problems: inout [InstallProblem]) throws {
        let row = try session.queryOne(
            "SELECT pg_get_userbyid(nspowner), current_user FROM pg_namespace WHERE nspname = 'bashu'")
        guard let row else { return }
        guard let installed = try Installer.installedVersion(session) else {
            add(&problems, true, Reason(InstallReason.schema_taken), Reason(InstallRemedy.rename_schema))
            return
        }
        let owner = Session.quoteIdentifier(try row.text(0))
        guard try row.text(0) == row.text(1) else {
            add(
                &problems, true,
                Reason(
                    InstallReason.owner_other, ["owner": owner, "user": Session.quoteIdentifier(try row.text(1))]),
                Reason(InstallRemedy.connect_owner, ["owner": owner]))
            return
        }
        add(
            &problems, installed > Installer.version,
            Reason(
                InstallReason.schema_newer, ["installed": "\(installed)", "expected": "\(Installer.version)"]),
            Reason(InstallRemedy.newer_program))
        try checkIdentity(&problems)
    }

    private func checkIdentity(_ problems: inout [InstallProblem]) throws {
        guard let row = try session.queryOne("SELECT kind, region FROM bashu.node") else { return }
        let kind = try row.text(0)
        let region = try row.text(1)
        add(
            &problems, kind != request.kind.rawValue || region != request.region,
            Reason(
                InstallReason.other_node,
                [
                    "kind": kind, "region": region, "wantedKind": request.kind.rawValue,
                    "wantedRegion": request.region,
                ]), Reason(InstallRemedy.uninstall_first))
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
            add(
                &problems, true, Reason(InstallReason.role_missing, ["role": role]),
                Reason(InstallRemedy.create_role, ["role": role]))
            return
        }
        let database = Session.quoteIdentifier(try row.text(5))
        add(
            &problems, try row.bool(0), Reason(InstallReason.role_superuser, ["role": role]),
            Reason(InstallRemedy.no_superuser, ["role": role]))
        add(
            &problems, try !row.bool(1), Reason(InstallReason.role_no_login, ["role": role]),
            Reason(InstallRemedy.alter_login, ["role": role]))
        add(
            &problems, try row.bool(2), Reason(InstallReason.role_owner, ["role": role]),
            Reason(InstallRemedy.own_role))
        add(
            &problems, try row.bool(3), Reason(InstallReason.role_member, ["role": role]),
            Reason(InstallRemedy.revoke_member))
        add(
            &problems, try !row.bool(4),
            Reason(InstallReason.role_no_connect, ["role": role, "database": database]),
            Reason(InstallRemedy.grant_connect, ["database": database, "role": role]))
    }

    private func add(_ problems: inout [InstallProblem], _ wrong: Bool, _ what: Reason, _ remedy: Reason) {
        if wrong { problems.append(InstallProblem(what, remedy)) }
    }
}
