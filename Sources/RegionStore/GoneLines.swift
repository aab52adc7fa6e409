internal import Integrity
internal import Postgres
internal import Replication

/// Changes that leave the log: in their place stand the digests of the leaves that they were, so that the batches'
/// roots stay what they were.
enum GoneLines {
    /// Changes of one chunk.
    private struct Chunk: Hashable {
        let originID: Int64
        let number: Int64
        let part: Int64
    }

    private struct Places {
        var starts: [Int64] = []
        var lengths: [Int64] = []
        var digests: [[UInt8]] = []
        var leaves: [[UInt8]] = []
    }

    /// Takes out what `statement` names: the changes that it removes from the index.
    ///
    /// - Returns: how many changes of each origin.
    static func takeOut(_ statement: String, _ session: Session) throws -> [Int64: Int64] {
        var chunks: [Chunk: Places] = [:]
        var counts: [Int64: Int64] = [:]
        let functions = Dictionary(
            uniqueKeysWithValues: DigestAlgorithm.available.map { ($0.rawValue, HashFunction($0.function)) })
        for row in try session.query(SQLText.named(statement)) {
            let chunk = Chunk(
                originID: try row.int("origin_id"), number: try row.int("number"), part: try row.int("part"))
            guard let line = row[text: "line"].flatMap(Hex.bytes), let digest = Hex.bytes(try row.text("digest"))
            else {
                throw StoreError.logDamaged("part \(chunk.part) of batch \(chunk.number) is missing")
            }
            let algorithm = row[text: "algorithm"] ?? ""
            guard let hash = functions[algorithm] else {
                throw StoreError.logDamaged("batch \(chunk.number) has digest algorithm \"\(algorithm.prefix(16))\"")
            }
            let leaf = line.withUnsafeBytes { MerkleTree.leafDigest($0, with: hash) }
            chunks[chunk, default: Places()].starts.append(try row.int("start"))
            chunks[chunk, default: Places()].lengths.append(try row.int("length"))
            chunks[chunk, default: Places()].digests.append(digest)
            chunks[chunk, default: Places()].leaves.append(leaf.bytes)
            counts[chunk.originID, default: 0] += 1
        }
        for (chunk, places) in chunks {
            try session.execute(
                SQLText.named("log_take_out"),
                [
                    .int(chunk.originID), .int(chunk.number), .int(chunk.part), .intArray(places.starts),
                    .intArray(places.lengths), .byteaArray(places.digests), .byteaArray(places.leaves),
                ])
        }
        return counts
    }
}
