public import Postgres
public import Replication

/// The daemon's links in this database: which there are to be, and what is seen of them.
public enum Links {
    /// A peer to pull from.
    public struct Peer: Sendable, Equatable {
        public let name: String
        /// libpq connection string, without a password.
        public let conninfo: String
        public let isPaused: Bool
    }

    /// What a link is doing.
    public enum State: String, Sendable {
        /// Not connected yet.
        case connecting
        /// Batches are arriving.
        case streaming
        /// Everything the peer has is here.
        case waiting
        /// The peer answers, but somebody has to change something.
        case held
        /// An operator has stopped it.
        case paused
        /// No connection.
        case down
    }

    /// The state of a link, for `bashu.link`.
    public struct Record: Sendable, Equatable {
        public var state: State
        /// Why, in a sentence for people; nil when all is well.
        public var reason: String?
        public var sqlState: String?
        /// Failures in a row.
        public var attempts = 0
        /// Seconds until the next try, nil when none is planned.
        public var nextTrySeconds: Double?
        /// Whether the peer has answered since the last record.
        public var isContact = false
        /// What the peer has applied; nil keeps what is there.
        public var vector: Vector?
        /// The peer's clock less ours, in milliseconds; nil keeps what is there.
        public var clockOffsetMilliseconds: Int64?
        /// Whether that is beyond the bound; nil keeps what is there.
        public var isClockOff: Bool?
        /// Who the peer is; nil keeps what is there.
        public var node: PeerNode?

        /// A record without anything but a state.
        public init(state: State) {
            self.state = state
        }
    }

    /// Who a peer is.
    public struct PeerNode: Sendable, Equatable, Codable {
        public let kind: String
        public let region: String
        public let origin: String?
        public let schema: Int64
        /// How the connection to it is protected; nil when it is not encrypted.
        public let tls: Protection?

        /// What is known of a protected connection. Times are in microseconds since 1970 UTC.
        public struct Protection: Sendable, Equatable, Codable {
            /// The protocol, such as "TLSv1.3".
            public let version: String
            /// Until when the peer's server has a valid certificate.
            public let serverUntil: Int64?
            /// Until when our own certificate is valid, where we have shown one.
            public let ownUntil: Int64?

            private enum CodingKeys: String, CodingKey {
                case version
                case serverUntil = "server_until"
                case ownUntil = "own_until"
            }
        }

        /// From the peer's own words, and from the connection.
        public init(_ hello: PeerHello, protection: SessionProtection? = nil) {
            tls = protection.map {
                Protection(
                    version: $0.protocolName, serverUntil: $0.serverCertificateUntil, ownUntil: $0.ownCertificateUntil)
            }
            kind = hello.kind
            region = hello.region
            origin = hello.origin?.name
            schema = hello.schemaVersion
        }
    }

    /// This database, as its links need it.
    public struct Own: Sendable {
        /// What is in the tables here.
        public let applied: Vector
        /// JSON object for `PeerFeed.report`.
        public let node: String
        /// The peer that this database is being filled from; nil when it is not, or not any more.
        public let joins: String?
        /// What there is to receive before it has joined, nil until the peer was asked.
        public let joinVector: Vector?
    }

    /// The peers to pull from, paused ones included, by name.
    public static func peers(_ session: Session) throws -> [Peer] {
        try session.query(SQLText.named("link_peers")).map { row in
            Peer(name: try row.text("name"), conninfo: try row.text("conninfo"), isPaused: try row.bool("paused"))
        }
    }

    /// This database.
    ///
    /// - Parameter version: of this program, for the peers' operators.
    public static func own(_ session: Session, version: String) throws -> Own {
        let parameters: [Parameter] = [.text(version), .textArray(DigestAlgorithm.available.map(\.rawValue))]
        guard let row = try session.queryOne(SQLText.named("link_own"), parameters) else {
            throw StoreError.unexpectedResult("bashu.node has no row")
        }
        return Own(
            applied: try JSONText.vector(row.text("applied")), node: try row.text("node"),
            joins: row[text: "joins"], joinVector: try row[text: "join_vector"].map(JSONText.vector))
    }

    /// This database's clock, in microseconds since 1970 UTC.
    public static func clock(_ session: Session) throws -> Int64 {
        guard let row = try session.queryOne(SQLText.named("link_clock")) else {
            throw StoreError.unexpectedResult("no time")
        }
        return try row.int(0)
    }

    /// Writes down the state of a link; false when its peer is not registered any more.
    @discardableResult
    public static func write(_ session: Session, peer: String, _ record: Record) throws -> Bool {
        let written = try session.query(
            SQLText.named("link_write"),
            [
                .text(peer), .text(record.state.rawValue), .text(record.reason), .text(record.sqlState),
                .int(record.attempts), .text(record.nextTrySeconds.map { "\($0)" }), .bool(record.isContact),
                .text(try record.node.map(JSONText.encode)), .text(try record.vector.map(JSONText.vector)),
                .int(record.clockOffsetMilliseconds), .text(record.isClockOff.map { "\($0)" }),
            ])
        return !written.isEmpty
    }
}

extension Links {
    /// Notes what there is to receive from the peer that this database joins; the first word counts.
    public static func setJoinTarget(_ session: Session, peer: String, _ vector: Vector) throws {
        try session.execute(SQLText.named("link_join_target"), [.text(peer), .text(try JSONText.vector(vector))])
    }

    /// Ends the joining when everything there was to receive is applied; true when it has.
    public static func finishJoin(_ session: Session, peer: String) throws -> Bool {
        try session.execute(SQLText.named("link_joined"), [.text(peer)]) > 0
    }
}

extension Links {
    /// A question of `bashuctl`: can this peer be pulled from?
    public struct Test: Sendable {
        public let id: Int64
        /// The peer's name, nil when the question lacks it.
        public let peer: String?
    }

    /// What a test found.
    public struct TestResult: Sendable {
        /// Why it cannot be pulled from; nil when it can.
        public var reason: String?
        public var sqlState: String?
        public var node: PeerNode?
        public var clockOffsetMilliseconds: Int64?
        /// Shared tables and columns that differ, a sentence each.
        public var differences: [String] = []

        /// Nothing found yet.
        public init() {}
    }

    /// Takes the next question, nil when there is none.
    public static func takeTest(_ session: Session) throws -> Test? {
        try session.queryOne(SQLText.named("link_test_take")).map { row in
            Test(id: try row.int("id"), peer: row[text: "peer"])
        }
    }

    /// Answers a question.
    public static func answer(_ session: Session, _ test: Test, _ result: TestResult) throws {
        try session.execute(
            SQLText.named("link_test_answer"),
            [
                .int(test.id), .text(result.reason == nil ? "done" : "failed"), .text(result.reason),
                .text(result.sqlState), .text(try result.node.map(JSONText.encode)),
                .int(result.clockOffsetMilliseconds), .textArray(result.differences),
            ])
    }

    /// Puts questions back that a daemon before this one had begun.
    public static func resetTests(_ session: Session) throws {
        try session.execute(SQLText.named("link_test_reset"))
    }
}
