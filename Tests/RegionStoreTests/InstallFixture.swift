import Postgres
import TestCluster

@testable import RegionStore

/// A database of its own in the shared cluster, with roles whose names need quoting.
struct InstallFixture {
    /// Owns the database, the tables and Bashu's objects.
    static let owner = "业主 \"one\""
    /// The daemon's role.
    static let daemon = "bashu'd"
    /// An ordinary user.
    static let writer = "编辑 𬭎"

    let cluster: TestCluster
    let database: String

    /// An empty database of the owner.
    static func empty() async throws -> InstallFixture {
        let cluster = try await TestCluster.shared()
        try await Roles.shared.create(in: cluster)
        let database = try await cluster.createDatabase(owner: owner)
        return InstallFixture(cluster: cluster, database: database)
    }

    /// A database with Bashu in it.
    static func installed(_ kind: NodeKind = .region, region: String = "50") async throws -> InstallFixture {
        let fixture = try await empty()
        try Installer.install(try fixture.owner(), fixture.request(kind, region: region))
        return fixture
    }

    func request(_ kind: NodeKind = .region, region: String = "50") -> InstallRequest {
        InstallRequest(kind: kind, region: region, daemonRole: Self.daemon)
    }

    func owner(settings: [String: String] = [:]) throws -> Session { try session(Self.owner, settings) }
    func daemon(settings: [String: String] = [:]) throws -> Session { try session(Self.daemon, settings) }
    func writer(settings: [String: String] = [:]) throws -> Session { try session(Self.writer, settings) }
    func superuser() throws -> Session { try session(TestCluster.superuser, [:]) }

    private func session(_ user: String, _ settings: [String: String]) throws -> Session {
        try cluster.session(database: database, user: user, settings: settings)
    }
}

/// Roles belong to the cluster: they are created once.
private actor Roles {
    static let shared = Roles()
    private var created = false

    func create(in cluster: TestCluster) throws {
        guard !created else { return }
        created = true
        let session = try cluster.session()
        for role in [InstallFixture.owner, InstallFixture.daemon, InstallFixture.writer] {
            try session.execute("CREATE ROLE \(Session.quoteIdentifier(role)) LOGIN")
        }
    }
}
