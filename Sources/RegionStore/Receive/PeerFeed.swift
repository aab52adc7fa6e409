public import Postgres
public import Reasons
public import Replication

/// The feed functions of a peer, version 1, over a session there. What comes back is a stranger's: nothing of it is
/// taken for granted.
public struct PeerFeed: BatchSource {
    /// The peer's name in this database.
    public let peer: String
    private let session: Session

    /// A feed over a session in the peer's database.
    public init(peer: String, session: Session) {
        self.peer = peer
        self.session = session
    }

    /// Asks who the peer is and how far it is. Throws `PeerFailure`, `ReceiveError`.
    public func hello() throws -> PeerHello {
        try ask { try readHello() }
    }

    private func readHello() throws -> PeerHello {
        let rows = try session.query(SQLText.named("feed_hello"))
        guard let row = rows.first, rows.count == 1 else { throw unexpected("no single row of feed_hello_v1") }
        try expect(row, columns: 12)
        let protocols = try row.text(0)
        guard TextArray.parse(protocols)?.contains("1") ?? false else {
            throw ReceiveError.unsupportedProtocol(peer: peer, offered: protocols)
        }
        let origin = row[text: 4].map(OriginID.init)
        if let origin, !BatchHeader.isOrigin(origin, of: origin.region) { throw unexpected("a malformed origin") }
        return PeerHello(
            schemaVersion: try row.int(1), kind: try row.text(2), region: try row.text(3), origin: origin,
            systemIdentifier: try row.text(5), databaseID: try row.text(6), clock: try row.int(7),
            applied: try vector(row.text(8)), received: try vector(row.text(9)),
            freshness: try row.text(10), tables: try row.text(11))
    }

    /// The complete batches beyond `have`, by (origin, number), at most `max` of each origin.
    public func batches(beyond have: Vector, max: Int = 1_000) throws -> [OfferedBatch] {
        let have = try JSONText.vector(have)
        return try ask {
            try session.query(SQLText.named("feed_batches"), [.text(have), .int(max)]).map { row in
                try expect(row, columns: 4)
                return OfferedBatch(
                    origin: OriginID(try row.text(0)), number: try row.int(1), parts: try row.int(2),
                    bytes: try row.int(3))
            }
        }
    }

    /// Hands over the parts of an origin's batches from (number, part) on, in order, until `maxBytes` are exceeded.
    ///
    /// - Parameter body: Gets number, part and bytes, which live no longer than the call. When it throws, the peer's
    ///   statement is cancelled and the error is thrown on.
    public func stream(
        _ origin: OriginID, from number: Int64, part: Int32, maxBytes: Int64,
        _ body: (Int64, Int64, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try ask {
            try session.stream(
                SQLText.named("feed_stream"),
                [.text(origin.name), .int(number), .int(Int64(part)), .int(maxBytes)], binary: true
            ) { row in
                try expect(row, columns: 3)
                let number = try row.int(0)
                let part = try row.int(1)
                guard try row.withBytes(2, { try body(number, part, $0) }) != nil else {
                    throw unexpected("a part without bytes")
                }
            }
        }
    }

    /// What the peer's log has forgotten: of whom, and up to which batch. Nothing from one of an older version.
    func forgotten() throws -> [Forgotten] {
        try ask {
            do {
                return try session.query(SQLText.named("feed_forgotten")).map { row in
                    try expect(row, columns: 3)
                    let origin = OriginID(try row.text(0))
                    guard BatchHeader.isOrigin(origin, of: origin.region) else {
                        throw unexpected("a malformed origin")
                    }
                    return Forgotten(origin: origin.name, number: try row.int(1), seen: try row.int(2))
                }
            } catch let error as PostgresError where error.sqlState == .undefinedFunction {
                return []
            }
        }
    }

    /// Batches whose signatures come in one answer, which holds 4,000 signatures at most.
    private static let signedAtOnce = 500

    /// The public keys that the peer knows; nil from one of an earlier version.
    func keys() throws -> [OfferedKey]? {
        try ask {
            do {
                return try session.query(SQLText.named("feed_keys")).prefix(200).map { row in
                    try expect(row, columns: 5)
                    return OfferedKey(
                        region: try row.text(0), spki: try row.bytes(2), predecessor: try row[bytes: 3],
                        succession: try row[bytes: 4])
                }
            } catch let error as PostgresError where error.sqlState == .undefinedFunction {
                return nil
            }
        }
    }

    /// Signatures of an origin's batches, by number; none from a peer of an earlier version.
    func signatures(of origin: OriginID, from first: Int64, to last: Int64) throws -> [Int64: [BatchSignature]] {
        try ask {
            do {
                var found: [Int64: [BatchSignature]] = [:]
                for start in stride(from: first, through: last, by: Self.signedAtOnce) {
                    let end = min(last, start + Int64(Self.signedAtOnce) - 1)
                    let bound: [Parameter] = [.text(origin.name), .int(start), .int(end)]
                    for row in try session.query(SQLText.named("feed_signatures"), bound) {
                        try expect(row, columns: 4)
                        found[try row.int(0), default: []].append(
                            BatchSignature(
                                fingerprint: try row.bytes(1), algorithm: try row.text(2),
                                signature: try row.bytes(3)))
                    }
                }
                return found
            } catch let error as PostgresError where error.sqlState == .undefinedFunction {
                return [:]
            }
        }
    }

    /// The ends of origins that the peer knows of, with a signature or without.
    func closings() throws -> [OfferedClosing] {
        try ask {
            let rows: [Row]
            do {
                rows = try session.query(SQLText.named("feed_closings"))
            } catch let error as PostgresError where error.sqlState == .undefinedFunction {
                rows = try earlierClosings()
            }
            return try rows.map { row in
                try expect(row, columns: 8)
                return OfferedClosing(
                    origin: try row.text(0), number: try row.int(1), region: try row.text(2), person: try row.text(3),
                    reason: try row.text(4), declaredAt: try row.int(5), fingerprint: try row[bytes: 6] ?? [],
                    signature: try row[bytes: 7] ?? [])
            }
        }
    }

    private func earlierClosings() throws -> [Row] {
        do {
            return try session.query(SQLText.named("feed_closings_unsigned"))
        } catch let error as PostgresError where error.sqlState == .undefinedFunction {
            return []
        }
    }

    /// Looks whether the peer can still give everything that is lacking here.
    ///
    /// - Returns: why not, nil when it can. A database that is being filled from this peer takes what there is.
    /// - Throws: `PeerFailure`, `ReceiveError`; `PostgresError` of the own database.
    public func adoptForgotten(in local: Session) throws -> Reason? { try takeForgotten(in: local) }

    /// What the peer says to the life that this database has.
    public struct LifeAnswer: Sendable, Equatable {
        /// The peer takes this database for a copy of another one, which is connected.
        public let isRefused: Bool
        /// The origin of that one; or of one that was refused because this one is connected.
        public let other: String
        /// Since when that one has the place, or when it was refused.
        public let at: String
    }

    /// Says which life this database has; nil when there is nothing to be said to it, and from an older version.
    ///
    /// - Throws: `PeerFailure`, `ReceiveError`; `PostgresError` of the own database.
    public func claimLife(in local: Session) throws -> LifeAnswer? {
        guard let own = try local.queryOne(SQLText.named("life_token")) else { return nil }
        let life = [Parameter.text(try own.text("token")), .text(ProcessInfo.run), .text(try own.text("origin"))]
        return try ask {
            do {
                guard let row = try session.queryOne(SQLText.named("feed_life"), life) else { return nil }
                try expect(row, columns: 3)
                return LifeAnswer(isRefused: try row.bool(0), other: try row.text(1), at: try row.text(2))
            } catch let error as PostgresError where error.sqlState == .undefinedFunction {
                return nil
            }
        }
    }

    /// Tells the peer how far this database is, as far as it is flushed to disk.
    ///
    /// - Parameter node: A JSON object: kind, region, origin, version.
    public func report(node: String, applied: Vector, received: Vector) throws {
        let parameters: [Parameter] = [
            .text(node), .text(try JSONText.vector(applied)), .text(try JSONText.vector(received)),
        ]
        try ask { _ = try session.execute(SQLText.named("feed_position"), parameters) }
    }

    /// The peer's policies of the tables that it shares; nil when it is of a version without policies.
    public func policies() throws -> [TableName: NamedPolicy]? {
        let rows: [Row]
        do {
            rows = try ask { try session.query(SQLText.named("feed_policy")) }
        } catch let failure as PeerFailure where failure.error.sqlState == .undefinedFunction {
            return nil
        }
        return try NamedPolicy.offered(
            rows.map { row in
                try expect(row, columns: 4)
                let table = TableName(schema: try row.text(0), table: try row.text(1))
                return (table, row[text: 2], row[text: 3])
            }, by: self)
    }

    /// Tells what the peer's server reports apart from what our own does.
    private func ask<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as PostgresError {
            throw PeerFailure(peer: peer, error: error)
        }
    }

    private func vector(_ text: String) throws -> Vector {
        let vector: Vector
        do {
            vector = try JSONText.vector(text)
        } catch {
            throw unexpected("a vector that is none")
        }
        guard vector.origins.allSatisfy({ BatchHeader.isOrigin($0, of: $0.region) }) else {
            throw unexpected("a vector with a malformed origin")
        }
        return vector
    }

    /// Columns that are not there would stop the program.
    private func expect(_ row: Row, columns: Int) throws {
        guard row.columnCount == columns else { throw unexpected("\(row.columnCount) columns for \(columns)") }
    }
}
