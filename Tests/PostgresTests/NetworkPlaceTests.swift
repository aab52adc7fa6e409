import Postgres
import Testing

/// Which connection strings lead to another machine, and what they allow there.
@Suite struct NetworkPlaceTests {
    @Test(
        "on this machine",
        arguments: [
            "", "dbname=标准", "host=/run/postgresql sslmode=disable", "host=localhost", "host=LOCALHOST hostaddr=::1",
            "host=127.0.0.1", "host=127.3.4.5", "host=::1", "hostaddr=127.0.0.1", "postgresql:///d",
            "postgresql://[::1]/d?sslmode=disable", "host=@abstract", "host=localhost,127.0.0.1",
        ])
    func local(conninfo: String) throws {
        let place = try NetworkPlace(conninfo: conninfo)
        #expect(place.isLocal)
        #expect(place.weakness == nil)
    }

    @Test(
        "on another",
        arguments: [
            "host=db.sc.example", "host=db.sc.example hostaddr=127.0.0.1", "host=localhost hostaddr=203.0.113.5",
            "hostaddr=203.0.113.5", "host=127.0.0.1.example", "host=127.0.0.256", "host=127.0.1", "host=::2",
            "host=localhost,db.sc.example", "host=/run/postgresql,10.0.0.1", "postgresql://u@db.sc.example:5433/d",
            "host=localhost.example", "hostaddr=127.0.0.1,10.0.0.1",
        ])
    func remote(conninfo: String) throws {
        #expect(try !NetworkPlace(conninfo: conninfo).isLocal)
        #expect(try NetworkPlace(conninfo: conninfo).weakness == nil)
    }

    @Test func onlyOneModeIsGoodEnough() throws {
        for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
            #expect(try NetworkPlace(conninfo: "host=db.sc.example sslmode=\(mode)").weakness == mode)
            #expect(try NetworkPlace(conninfo: "postgres://db.sc.example/d?sslmode=\(mode)").weakness == mode)
        }
        #expect(try NetworkPlace(conninfo: "host=db.sc.example sslmode=verify-full").weakness == nil)
        #expect(throws: PostgresError.self) { try NetworkPlace(conninfo: "host='a") }
        #expect(throws: PostgresError.self) { try NetworkPlace(conninfo: "hst=a sslmode=require") }
    }
}
