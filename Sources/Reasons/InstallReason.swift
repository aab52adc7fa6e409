/// What a database, its server or a role lacks for an installation.
public enum InstallReason: String, ReasonSentence {
    case bad_region = "\"{region}\" is no code of a region"
    case server_old = "The server is PostgreSQL {version}, 15 is the oldest that works"
    case encoding_other = "The database's encoding is {encoding}, not UTF8"
    case server_standby = "The server is a standby, which nobody can write"
    case no_create = "{role} may not create a schema in database {database}"
    case no_plpgsql = "{role} may not use the language plpgsql"
    case letters_unknown = "The database's character type {locale} does not know Chinese letters"
    case schema_taken = "There is a schema \"bashu\" that is not Bashu's"
    case owner_other = "Bashu's objects belong to {owner}, you are {user}"
    case schema_newer = "The database has Bashu's schema {installed}, this program is made for {expected}"
    case other_node = "The database is {kind} {region}, not {wantedKind} {wantedRegion}"
    case role_missing = "There is no role {role} for the daemon"
    case role_superuser = "The daemon's role {role} is a superuser"
    case role_no_login = "The daemon's role {role} can not log in"
    case role_owner = "The daemon's role {role} is the owner, whose writes have to be captured"
    case role_member = """
        The daemon's role {role} is a member of the owner's role and could do all that the owner can
        """
    case role_no_connect = """
        The daemon's role {role} may not connect to {database} or have temporary tables there
        """
    case daemon_here = "A daemon is running on this database, or another bashuctl init"
}

/// What to do about it.
public enum InstallRemedy: String, ReasonSentence {
    case use_code = "Use 1 to 32 letters, digits or underscores, such as 50 or 51"
    case upgrade_server = "Upgrade the server"
    case create_unicode = "Create a database with ENCODING 'UTF8' TEMPLATE template0 and move the data there"
    case use_primary = "Install on its primary: the objects arrive here by themselves"
    case grant_create = "GRANT CREATE ON DATABASE {database} TO {role}"
    case grant_plpgsql = "GRANT USAGE ON LANGUAGE plpgsql TO {role}"
    case create_ctype = """
        Create a database with LC_CTYPE 'C.UTF-8' or 'zh_CN.UTF-8' TEMPLATE template0 and move the data there
        """
    case rename_schema = "Rename or drop it"
    case connect_owner = "Connect as {owner}"
    case newer_program = "Use the newer program"
    case uninstall_first = "Run bashuctl uninstall first to make it another"
    case create_role = "CREATE ROLE {role} LOGIN"
    case no_superuser = "ALTER ROLE {role} NOSUPERUSER, or use a role of its own"
    case alter_login = "ALTER ROLE {role} LOGIN"
    case own_role = "Use a role of its own: CREATE ROLE bashud LOGIN"
    case revoke_member = "REVOKE the membership, or use a role of its own"
    case grant_connect = "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}"
    case stop_daemon = "Stop bashud first"
}
