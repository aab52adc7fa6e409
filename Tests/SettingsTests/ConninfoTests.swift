import Settings
import Testing

@Suite("Connection strings")
struct ConninfoTests {
    @Test(
        "a password is found in whatever form libpq takes it",
        arguments: [
            "password=secret", "dbname=a password = 'se cret'", "host=h PassWord=x", "sslpassword=x sslkey=k",
            "dbname='it\\'s' password=x", "postgresql://u:secret@h/d", "postgres://u:p%40ss@h:5432,h2/d",
            "postgresql://h/d?password=x", "postgresql://h/d?sslmode=require&pass%77ord=x",
            "postgresql:///d?sslpassword=x", "postgresql://u:se/cret@h/d",
        ])
    func found(text: String) {
        #expect(Conninfo.containsPassword(text))
    }

    @Test(
        "what only looks like one is not",
        arguments: [
            "", "dbname=password", "dbname='x password=y'", "passfile=/etc/bashu/pgpass dbname=a",
            "application_name=it\\ password=1", "postgresql://user@h:5432/d", "postgresql://h:5432/password",
            "postgresql://[::1]:5432/d?passfile=/x", "standards", "service=bashu require_auth=scram-sha-256",
            "postgresql://u:@h/d",
        ])
    func notFound(text: String) {
        #expect(!Conninfo.containsPassword(text))
    }

    @Test("a file and a variable with a password are refused by name")
    func refused() {
        #expect(
            throws: SettingsError.password(place: .file(path: "b.toml", line: 2), key: "database.owner_conninfo")
        ) {
            try Settings.parse("[database]\nowner_conninfo = 'user=o password=x'", path: "b.toml")
        }
        #expect(throws: SettingsError.password(place: .environment, key: "BASHU_DATABASE")) {
            try Settings.load(path: nil, environment: ["BASHU_DATABASE": "postgresql://u:x@h/d"])
        }
    }
}
