import Postgres
import TestCluster

@testable import Integrity
@testable import RegionStore
@testable import Replication

/// A database that receives, or that is received from.
struct ReceiveDatabase {
    let fixture: InstallFixture
    /// The superuser's: what the tests arrange and look at.
    let session: Session
    /// The daemon's: what receives.
    let daemon: Session

    var name: String { fixture.database }

    /// A session of a peer's login.
    func peer(_ login: String = PeerRole.name) throws -> Session {
        try fixture.cluster.session(database: name, user: login)
    }
}

/// The login under which other databases read: belongs to the cluster, so it is created once.
actor PeerRole {
    static let name = "对端 \"51\""
    static let other = "peer_52"
    static let shared = PeerRole()
    private var created = false

    func create(in cluster: TestCluster) throws {
        guard !created else { return }
        created = true
        for role in [Self.name, Self.other] {
            try cluster.session().execute("CREATE ROLE \(Session.quoteIdentifier(role)) LOGIN")
        }
    }
}

/// Databases with Bashu's tables and feed, and batches written into them by hand as a cut would.
enum ReceiveFixture {
    static let shape = Shape(
        schemaName: "catalogue", tableName: "standard \"标准\"", keyColumns: ["number"],
        columns: ["number", "title", "status"], types: ["text", "text", "character(2)"])

    /// A database of that region, or a replica, in the shared cluster.
    static func database(_ region: String, kind: NodeKind = .region) async throws -> ReceiveDatabase {
        let fixture = try await InstallFixture.installed(kind, region: region)
        try await PeerRole.shared.create(in: fixture.cluster)
        return try ready(fixture)
    }

    /// A database of that region in a cluster of the test's own.
    static func database(_ region: String, in cluster: TestCluster) async throws -> ReceiveDatabase {
        for role in [InstallFixture.owner, InstallFixture.daemon, PeerRole.name] { try await cluster.createRole(role) }
        let name = try await cluster.createDatabase(owner: InstallFixture.owner)
        let fixture = InstallFixture(cluster: cluster, database: name)
        try Installer.install(try fixture.owner(), fixture.request(.region, region: region))
        return try ready(fixture)
    }

    private static func ready(_ fixture: InstallFixture) throws -> ReceiveDatabase {
        let session = try fixture.superuser()
        try session.script(HistoryGuard.off)
        let grants = try session.query("SELECT bashu.grants_text('peer', $1)", [.text(PeerRole.name)])
        for grant in grants { try session.execute(try grant.text(0)) }
        return ReceiveDatabase(fixture: fixture, session: session, daemon: try fixture.daemon())
    }

    /// Gives this region's own origin a name that the test knows.
    static func own(_ origin: OriginID, in session: Session) throws {
        try session.execute(
            "UPDATE bashu.origin SET name = $1, region = $2 WHERE own", [.text(origin.name), .text(origin.region)])
    }

    static func receiver(_ peer: String = "peer", token: Int64 = 0) -> BatchReceiver {
        BatchReceiver(peer: peer, token: token)
    }

    /// Published batches of one origin, for tests that write the next one.
    struct History {
        let origin: OriginID
        var number: Int64 = 0
        var digest: [UInt8] = []
        var spelledOut = false

        init(_ origin: OriginID) { self.origin = origin }
    }

    /// Builds the next batch: `changes` inserts with a title of about `titleBytes`.
    static func build(
        _ history: inout History, changes: Int, titleBytes: Int = 30, _ part: (BatchPart) throws -> Void
    ) throws -> (header: BatchHeader, trailer: BatchTrailer, root: [UInt8], parts: Int32, bytes: Int64) {
        let digest = shape.line.withUnsafeBytes { bytes in
            var hasher = BatchHasher()
            return hasher.digest16(bytes)
        }
        let known = history.spelledOut
        let header = BatchHeader(
            region: history.origin.region, origin: history.origin, number: history.number + 1,
            previous: history.digest, cutAt: 1_700_000_000_000_000 + history.number, context: Vector())
        var writer = try BatchWriter(header: header, hasher: BatchHasher()) {
            known && $0 == digest ? shape : nil
        }
        if !known { _ = try writer.addShape(shape) }
        let title = String(repeating: "质量管理 𬭎\\", count: max(1, titleBytes / 18))
        for index in 0..<changes {
            let key = "GB/T \(100_000 + index)—\(history.number)"
            let draft = ChangeDraft(
                kind: .insert, shape: digest, written: "*", hlc: 1_700_000_000_000_000 + Int64(index),
                sessionUser: "编辑", actor: "王\t工", nonce: Digest16(randomBytes(16)) ?? digest,
                key: "{\"\(key)\"}")
            let values: [String?] = [key, title + String(index), index.isMultiple(of: 3) ? nil : "现行"]
            _ = try writer.addChange(draft, image: Array(values.map { CopyText.escape($0) }.joined(separator: [9])))
            for part_ in writer.takeParts() { try part(part_) }
        }
        let end = try writer.finish(consumed: [])
        for part_ in writer.takeParts() { try part(part_) }
        history.number += 1
        history.digest = end.root
        history.spelledOut = true
        return (header, end.trailer, end.root, writer.partCount, writer.byteCount)
    }

    /// Publishes the next batch in the origin's own database.
    static func publish(
        _ history: inout History, in session: Session, changes: Int, titleBytes: Int = 30
    ) throws {
        try session.transaction {
            let id = try originID(history.origin, session)
            let number = history.number + 1
            var copy = history
            var built: (header: BatchHeader, trailer: BatchTrailer, root: [UInt8], parts: Int32, bytes: Int64)?
            try session.copyIn(SQLText.named("receive_copy")) { writer in
                let chunks = ChunkWriter(origin: Int32(id), writer: writer)
                try chunks.begin()
                built = try build(&copy, changes: changes, titleBytes: titleBytes) { part in
                    try part.bytes.withUnsafeBytes { try chunks.write(number, Int64(part.number), $0) }
                }
                try chunks.end()
            }
            history = copy
            guard let built else { return }
            try register(built.header, built.trailer, built.root, id, built.parts, built.bytes, session)
        }
    }

    private static func register(
        _ header: BatchHeader, _ trailer: BatchTrailer, _ root: [UInt8], _ id: Int64, _ parts: Int32, _ bytes: Int64,
        _ session: Session
    ) throws {
        try session.execute(
            SQLText.named("receive_batch"),
            [
                .int(id), .int(header.number), .bytes(header.previous), .bytes(root),
                .text(try JSONText.vector(header.context)),
                .int(Int64(parts)), .int(trailer.changeCount), .int(bytes), .int(trailer.hlc?.lowerBound),
                .int(trailer.hlc?.upperBound), .int(header.cutAt), .null, true, .null,
            ])
        try session.execute(
            """
            INSERT INTO bashu.applied (origin_id, number, digest) VALUES ($1, $2, $3)
            ON CONFLICT (origin_id) DO UPDATE SET number = excluded.number, digest = excluded.digest
            """, [.int(id), .int(header.number), .bytes(root)])
    }

    static func originID(_ origin: OriginID, _ session: Session) throws -> Int64 {
        let row = try session.queryOne("SELECT id FROM bashu.origin WHERE name = $1", [.text(origin.name)])
        return try row?.int(0) ?? 0
    }

    /// The bytes of a batch as they are stored, one string for each part.
    static func storedParts(_ origin: OriginID, _ number: Int64, in session: Session) throws -> [[UInt8]] {
        try session.query(
            """
            SELECT c.bytes FROM bashu.chunk c JOIN bashu.origin o ON o.id = c.origin_id
            WHERE o.name = $1 AND c.number = $2 ORDER BY c.part
            """, [.text(origin.name), .int(number)], binary: true
        ).map { try $0.bytes(0) }
    }

    /// Puts other parts in the place of a batch's.
    static func replace(_ parts: [[UInt8]], _ origin: OriginID, _ number: Int64, in session: Session) throws {
        let id = try originID(origin, session)
        try session.transaction {
            try session.execute(SQLText.named("receive_discard_chunks"), [.int(id), .int(number)])
            for (index, part) in parts.enumerated() {
                try session.execute(
                    "INSERT INTO bashu.chunk (origin_id, number, part, bytes) VALUES ($1, $2, $3, $4)",
                    [.int(id), .int(number), .int(index), .bytes(part)])
            }
        }
    }

    /// Everything a database holds of the log, except where and when it was received: equal in all databases that
    /// received the same batches.
    static func log(_ session: Session) throws -> [String] {
        try session.query(
            """
            SELECT format('%s %s %s %s %s %s %s %s %s %s %s %s %s', o.name, b.number, b.previous, b.digest, b.context,
                          b.parts, b.changes, b.bytes, b.hlc_min, b.hlc_max, b.cut_at, b.complete, b.fault)
            FROM bashu.batch b JOIN bashu.origin o ON o.id = b.origin_id
            UNION ALL
            SELECT format('%s %s %s %s', o.name, c.number, c.part, sha256(c.bytes))
            FROM bashu.chunk c JOIN bashu.origin o ON o.id = c.origin_id ORDER BY 1
            """
        ).map { try $0.text(0) }
    }

    /// Everything else that receiving could touch: must not change when a batch is refused.
    static func rest(_ session: Session) throws -> [String] {
        try session.query(
            """
            SELECT 'applied ' || a::text FROM bashu.applied a UNION ALL SELECT 'shape ' || s::text FROM bashu.shape s
            UNION ALL SELECT 'use ' || u::text FROM bashu.shape_use u
            UNION ALL SELECT 'change ' || c::text FROM bashu.change c
            UNION ALL SELECT 'fence ' || f::text FROM bashu.fence f
            UNION ALL SELECT 'batch ' || b::text FROM bashu.batch b WHERE b.complete
            UNION ALL SELECT 'origin ' || o::text FROM bashu.origin o ORDER BY 1
            """
        ).map { try $0.text(0) }
    }

    static func fault(_ session: Session) throws -> (complete: Bool, fault: String?, parts: Int64)? {
        try session.query("SELECT complete, fault, parts FROM bashu.batch ORDER BY number DESC LIMIT 1").first.map {
            (try $0.bool(0), $0[text: 1], try $0.int(2))
        }
    }
}
