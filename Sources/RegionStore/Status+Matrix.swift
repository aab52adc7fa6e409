import Postgres
public import Replication

extension Status {
    /// How much one database has of every origin's changes, as far as it is known here.
    public struct Reach: Sendable {
        /// The name of the peer; nil for this database.
        public var peer: String?
        /// What the database says of itself; nil where it has not.
        public var region: String?
        public var kind: String?
        /// When its numbers were true; it may have got more since.
        public var asOf: Int64?
        /// One for each origin that anybody knows, in the order of their names; the same in every row.
        public var cells: [Cell]

        /// What it has of one origin.
        public struct Cell: Sendable {
            public var origin: OriginID
            /// The last batch that it has applied; 0 for none.
            public var number: Int64
            /// Batches between that one and the newest that is known here; 0 when it has them all.
            public var missing: Int64
            /// Time of the oldest change that it lacks; nil when it lacks none, or that batch is not here.
            public var oldest: Int64?

            /// Age of the oldest change that it lacks, in microseconds; nil when it is unknown; 0 when it lacks none.
            public func lag(_ now: Int64) -> Int64? {
                missing == 0 ? 0 : oldest.map { max(0, now - $0) }
            }
        }
    }

    /// How many databases are known here: this one, its peers, and the regions that others have changes of.
    public var knownDatabases: Int {
        // A region is one database, whichever way it is known. A peer that has not said what it is counts by its name.
        let regions = matrix.flatMap(\.cells).map(\.origin.region) + [node.region]
        func name(_ peer: String, _ kind: String?, _ region: String?) -> String {
            kind == "replica" ? "\(peer) of \(region ?? "")" : region ?? peer
        }
        let names = links.map { name($0.peer, $0.peerKind, $0.peerRegion) }
            + consumers.map { name($0.peer, $0.kind, $0.region) }
        return Set(regions + names).count
    }

    /// Every database that has said what it has, this one first.
    static func readMatrix(_ session: Session) throws -> [Reach] {
        var matrix: [Reach] = []
        for row in try session.query(SQLText.named("ctl_matrix")) {
            let peer = row[text: "peer"]
            if matrix.isEmpty || matrix[matrix.count - 1].peer != peer {
                matrix.append(
                    Reach(
                        peer: peer, region: row[text: "region"], kind: row[text: "kind"],
                        asOf: try row[int: "as_of"], cells: []))
            }
            guard let origin = row[text: "origin"] else { continue }
            matrix[matrix.count - 1].cells.append(
                Reach.Cell(
                    origin: OriginID(origin), number: try row.int("number"), missing: try row.int("missing"),
                    oldest: try row[int: "oldest"]))
        }
        return matrix
    }
}
