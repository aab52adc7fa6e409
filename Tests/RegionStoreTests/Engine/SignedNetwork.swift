import Foundation
import Integrity
import Postgres
import Replication
import TestCluster
import Testing

@testable import RegionStore

/// Parties with keys, whose batches travel when the test says so.
struct SignedNetwork {
    static let table = "public.\"标\"\"准\""

    let network: Network
    private let folder: String

    /// With tables of its own, if need be.
    init(_ names: [String], schema: String? = nil, tables: [String] = [table]) async throws {
        network = try await Network(
            names, schema: schema ?? "CREATE TABLE \(Self.table) (id int PRIMARY KEY, title text)", tables: tables)
        for party in network.parties { try party.owner.script(HistoryGuard.off) }
        var template = Array("/tmp/bashu-密钥-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw EngineFixtureError(description: "no folder for keys") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    subscript(name: String) -> Party { get throws { try network[name] } }

    func removeKeys() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The file of a key.
    func file(_ name: String) -> String { "\(folder)/\(name).pem" }

    /// A new key, which the party signs with from now on.
    @discardableResult
    func equip(_ party: Party, _ algorithm: SignatureAlgorithm = .sm2, key name: String? = nil) throws -> PublicKey {
        let file = file(name ?? party.name)
        let key = try Keys.generate(algorithm, file: file)
        try party.engine.use(OwnHistory(digest: .sm3, keyFile: file))
        return key
    }

    func insert(_ id: Int, at party: Party) throws {
        try party.writer.execute("INSERT INTO \(Self.table) VALUES ($1, '质量\\管理')", [.int(id)])
        try party.settle()
    }

    /// `party` hears which keys `peer` knows.
    func hear(_ party: Party, from peer: Party) throws {
        var late = LateSignatures()
        try hear(party, from: peer, &late)
    }

    func hear(_ party: Party, from peer: Party, _ late: inout LateSignatures) throws {
        let local = try party.cluster.session(database: party.database, user: Party.daemon)
        let there = try peer.cluster.session(database: peer.database, user: Party.peerLogin)
        try KeyExchange.hear(PeerFeed(peer: peer.name, session: there), region: peer.name, in: local, &late)
    }

    /// `party` trusts the only key of a region that is neither revoked nor trusted.
    func trust(_ party: Party, _ key: PublicKey) throws {
        let found = try Keys.find(party.owner, key.fingerprintText)
        #expect(found.isExact)
        try Keys.trust(party.owner, found.key)
    }

    /// Pulls once and applies; what was refused.
    func pull(
        _ party: Party, from peer: Party, _ requirement: SignatureRequirement = .trusted
    ) throws -> [String] {
        let receiver = BatchReceiver(peer: peer.name, token: party.engine.token, requirement: requirement)
        let report = try receiver.receive(
            into: try party.cluster.session(database: party.database, user: Party.daemon),
            from: try peer.cluster.session(database: peer.database, user: Party.peerLogin))
        try party.settle()
        return report.faults.map(\.description)
    }

    func ids(_ party: Party) throws -> [Int64] {
        try party.owner.query("SELECT id FROM \(Self.table) ORDER BY id").map { try $0.int(0) }
    }

    /// How many batches of a region have how many signatures.
    func signatures(_ party: Party, of region: String) throws -> [Int64] {
        try party.owner.query(
            """
            SELECT (SELECT count(*) FROM bashu.signature s WHERE s.origin_id = b.origin_id AND s.number = b.number)
              FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id
             WHERE o.region = $1 AND b.complete ORDER BY b.origin_id, b.number
            """, [.text(region)]
        ).map { try $0.int(0) }
    }

    func origin(_ party: Party) throws -> String {
        try #require(try party.owner.queryOne("SELECT name FROM bashu.origin WHERE own")).text(0)
    }
}
