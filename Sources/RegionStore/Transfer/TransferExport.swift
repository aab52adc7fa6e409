internal import FoundationEssentials
internal import Integrity
public import Postgres
internal import Reasons
internal import Replication
public import Transfer

/// Makes a file for a peer: what a link would have been told, written down.
public struct TransferExport {
    /// What is asked for.
    public struct Request: Sendable {
        public var peer: String
        public var path: String
        /// Go on after the last file that was made for the peer, and not after what the peer has said it has.
        public var continues = false
        /// The file becomes no larger than this, one batch excepted; at least a megabyte.
        public var maxBytes = Int64.max
        /// With the signatures of all batches before those in the file, and not only of those the peer has asked for.
        public var allSignatures = false
        /// Without batches: it only says what is here. An older one of that name makes way.
        public var isReceipt = false
        /// Of this program, for the peer's operators.
        public var version: String

        public init(peer: String, path: String, version: String) {
            self.peer = peer
            self.path = path
            self.version = version
        }
    }

    /// What was made.
    public struct Report: Sendable {
        public let header: TransferHeader
        public let end: TransferEnd
        public let fileBytes: Int64
        /// Batches that did not fit.
        public let left: Int64
    }

    private let session: Session
    private let request: Request
    private let history: OwnHistory
    private let peer: TransferPeer
    private let feed: PeerFeed

    /// Bytes that a call of the feed brings.
    private static let readBytes: Int64 = 16 << 20
    /// What may wait inside the compression, and what stands at the end of a file.
    private static let slack: Int64 = 512 << 10

    /// Makes the file; progress in batches.
    ///
    /// - Parameters:
    ///   - session: the daemon's, outside a transaction.
    ///   - history: how this database writes its own history: the file is signed with its key.
    /// - Throws: `TransferError`, `ControlError`, `KeyRevoked`, `SignatureError`, `PostgresError`; then there is no
    ///   file.
    public static func run(
        _ session: Session, _ request: Request, _ history: OwnHistory,
        progress: (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
    ) throws -> Report {
        let here = try TransferHere(session)
        let export = TransferExport(
            session: session, request: request, history: history, peer: try TransferPeer(request.peer, session),
            feed: PeerFeed(peer: request.peer, session: session))
        let locked = try session.queryOne(SQLText.named("transfer_lock"), [.text(request.peer)])
        guard try locked?.bool(0) == true else { throw TransferError(.export_running, ["peer": request.peer]) }
        defer { _ = try? session.query(SQLText.named("transfer_unlock"), [.text(request.peer)]) }
        do {
            if here.kind == NodeKind.region.rawValue { try history.register(session) }
            return try export.write(here, progress)
        } catch let failure as PeerFailure {
            throw failure.error
        }
    }

    private func write(_ here: TransferHere, _ progress: (Int64, Int64) -> Void) throws -> Report {
        guard peer.login != nil || request.isReceipt else { throw ControlError.peerTakesNothing(peer.name) }
        let position = try session.durablePosition()
        let hello = try feed.hello()
        let from = request.continues ? peer.received.union(peer.after) : peer.received
        let header = try header(hello, position, from)
        let output = try OutputFile(path: request.path, replaces: request.isReceipt)
        var late = request.isReceipt ? nil : late(from)
        let firstLate = try late?.next()
        let writer = try TransferWriter(output, header, try digest(), hasLate: firstLate != nil)
        try write(firstLate, &late, writer)
        var left: Int64 = 0
        if !request.isReceipt {
            let total = hello.received.origins.reduce(0) { $0 + max(0, hello.received[$1] - from[$1]) }
            for origin in hello.received.origins where hello.received[origin] > from[origin] {
                left += try write(origin, after: from[origin], within: hello.received, writer) {
                    progress(writer.written.batches, total)
                }
            }
        }
        let (end, digest) = try writer.finish { message in
            guard let key = history.key else { preconditionFailure("the header names no key") }
            return TransferSignature(
                fingerprint: key.publicKey.fingerprint, algorithm: key.publicKey.algorithm.rawValue,
                bytes: try key.sign(message))
        }
        // After the file: what goes on after it must not go on after one that was never there.
        try Self.remember(
            session, peer: peer.name, isOutgoing: true, header, end, digest: digest, bytes: output.bytes)
        return Report(header: header, end: end, fileBytes: output.bytes, left: left)
    }

    private func late(_ from: Vector) -> TransferLateSource {
        let all = from.origins.map { TransferLateSource.Range(origin: $0, first: 1, last: from[$0]) }
        let ranges = request.allSignatures ? all : peer.unsigned
        return TransferLateSource(session, ranges.sorted { $0.origin.name < $1.origin.name }, before: from)
    }

    /// Late signatures have at most half of a file's size.
    private func write(_ first: [TransferLate]?, _ late: inout TransferLateSource?, _ writer: TransferWriter) throws {
        var page = first
        while let lines = page {
            for line in lines { try writer.write(line) }
            guard writer.fileBytes < request.maxBytes / 2 else { return }
            page = try late?.next()
        }
    }

    /// What the file's digest is made with: what the peer has said that it reads.
    private func digest() throws -> DigestAlgorithm {
        let reads = try session.query(SQLText.named("transfer_reads"), [.text(peer.name)]).map { try $0.text(0) }
        return history.algorithm(readByAll: Set(reads.compactMap(DigestAlgorithm.init)))
    }

    private func header(
        _ hello: PeerHello, _ position: (applied: Vector, received: Vector), _ from: Vector
    ) throws -> TransferHeader {
        let own = try Links.own(session, version: request.version)
        var header = TransferHeader(
            file: UUID().uuidString.lowercased(), serial: peer.serial + 1, madeAt: try Links.clock(session),
            maker: .init(
                kind: hello.kind, region: hello.region, origin: hello.origin?.name, database: hello.databaseID,
                system: hello.systemIdentifier, schema: hello.schemaVersion, program: request.version),
            recipient: .init(peer: peer.name, region: peer.region, database: peer.databaseID), from: from.numbers,
            available: hello.received.numbers, applied: position.applied.numbers,
            received: position.received.numbers, node: own.node, freshness: hello.freshness, tables: hello.tables)
        header.policies = try session.query(SQLText.named("feed_policy")).map { row in
            .init(schema: try row.text(0), table: try row.text(1), fingerprint: row[text: 2], policy: row[text: 3])
        }
        header.keys = try (feed.keys() ?? []).map { key in
            .init(
                region: key.region, spki: Hex.text(key.spki), predecessor: key.predecessor.map { Hex.text($0) },
                succession: key.succession.map { Hex.text($0) })
        }
        header.closings = try feed.closings().map(\.travelling)
        header.forgotten = try feed.forgotten().map { .init(origin: $0.origin, number: $0.number, seen: $0.seen) }
        header.unsigned = try TransferHeader.unsigned(session)
        header.earlier = try session.query(SQLText.named("transfer_earlier"), [.text(peer.name)]).map { row in
            .init(serial: try row.int("serial"), file: try row.text("file"), madeAt: try row.int("made_at"))
        }
        if !request.isReceipt { header.shapes = try shapes(hello.received, from) }
        header.signedBy = history.key.map { Hex.text($0.publicKey.fingerprint) }
        return header
    }

    /// Lines of the shapes that the batches in the file may use and do not spell out.
    private func shapes(_ through: Vector, _ from: Vector) throws -> [String] {
        var lines: Set<String> = []
        for origin in from.origins where through[origin] > from[origin] {
            let known = [Parameter.text(origin.name), .int(from[origin])]
            for row in try session.query(SQLText.named("transfer_shapes"), known) {
                let shape = Shape(
                    schemaName: try row.text("schema_name"), tableName: try row.text("table_name"),
                    keyColumns: try row.texts("key_columns"), columns: try row.texts("columns"),
                    types: try row.texts("types"))
                lines.insert(String(decoding: shape.line, as: UTF8.self))
            }
        }
        return lines.sorted()
    }

    /// Writes an origin's batches.
    ///
    /// - Returns: how many did not fit.
    private func write(
        _ origin: OriginID, after: Int64, within received: Vector, _ writer: TransferWriter, _ progress: () -> Void
    ) throws -> Int64 {
        let through = received[origin]
        var last = after
        // The other origins have their turn.
        var have = Vector(Dictionary(uniqueKeysWithValues: received.origins.map { ($0, Int64.max) }))
        while last < through {
            have[origin] = last
            let offered = try feed.batches(beyond: have).filter { $0.origin == origin && $0.number <= through }
            let fitting = self.fitting(offered, writer)
            guard let first = fitting.first, let end = fitting.last else { return through - last }
            guard first.number == last + 1 else { throw vanished(origin, last + 1) }
            try write(fitting, try feed.signatures(of: origin, from: first.number, to: end.number), writer)
            last = end.number
            progress()
        }
        return 0
    }

    /// The first batches that the file may still take: one read's worth.
    private func fitting(_ offered: [OfferedBatch], _ writer: TransferWriter) -> [OfferedBatch] {
        var bytes: Int64 = 0
        var room = request.maxBytes == .max ? Int64.max : request.maxBytes - Self.slack - writer.fileBytes
        let isEmpty = writer.written.batches == 0
        return Array(
            offered.enumerated().prefix { index, batch in
                let isFirst = index == 0
                guard isFirst || bytes + batch.bytes <= Self.readBytes else { return false }
                guard batch.bytes <= room || isFirst && isEmpty else { return false }
                bytes += batch.bytes
                room -= min(room, batch.bytes)
                return true
            }.map(\.element))
    }

    private func write(
        _ batches: [OfferedBatch], _ signatures: [Int64: [BatchSignature]], _ writer: TransferWriter
    ) throws {
        var waiting = batches[...]
        var current: (number: Int64, part: Int64, left: Int64) = (0, 0, 0)
        while current.left > 0 || !waiting.isEmpty {
            let rest = current.left + waiting.reduce(0) { $0 + $1.bytes }
            let number = current.left > 0 ? current.number : waiting[waiting.startIndex].number
            let origin = batches[0].origin
            let before = (current.left, waiting.count)
            try feed.stream(
                origin, from: number, part: current.left > 0 ? Int32(truncatingIfNeeded: current.part) : 0,
                maxBytes: min(rest, Self.readBytes)
            ) { number, part, bytes in
                if current.left == 0 {
                    guard let next = waiting.popFirst(), next.number == number, part == 0 else {
                        throw vanished(origin, number)
                    }
                    try writer.begin(
                        TransferBatch(
                            origin: origin.name, number: number, bytes: next.bytes,
                            signatures: signatures[number, default: []].map(\.travelling)))
                    current = (number, 0, next.bytes)
                }
                guard number == current.number, part == current.part, try writer.append(bytes) >= 0 else {
                    throw vanished(origin, number)
                }
                current.part += 1
                current.left -= Int64(bytes.count)
            }
            guard before != (current.left, waiting.count) else { throw vanished(origin, number) }
        }
    }

    private func vanished(_ origin: OriginID, _ number: Int64) -> TransferError {
        TransferError(.batch_vanished, ["number": "\(number)", "origin": origin.name])
    }

    /// Notes a file that was made or taken; it is on the disk when this returns.
    static func remember(
        _ session: Session, peer: String, isOutgoing: Bool, _ header: TransferHeader, _ end: TransferEnd,
        digest: [UInt8], bytes: Int64, with more: () throws -> Void = {}
    ) throws {
        try session.transaction {
            try session.execute("SET LOCAL synchronous_commit = on")
            try session.execute(
                SQLText.named("transfer_write"),
                [
                    .text(peer), .bool(isOutgoing), .int(header.serial), .text(header.file), .bytes(digest),
                    .text(header.maker.database), .int(header.madeAt),
                    .text(try JSONText.vector(Vector(numbers: header.from))),
                    .text(try JSONText.vector(Vector(numbers: end.through))), .int(end.batches), .int(bytes),
                ])
            try session.execute(SQLText.named("transfer_bound"), [.text(peer), .bool(isOutgoing)])
            try more()
        }
    }
}
