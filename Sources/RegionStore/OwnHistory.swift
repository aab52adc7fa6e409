public import Replication

/// How this database writes its own history.
public struct OwnHistory: Sendable, Equatable {
    /// What batches are hashed with once every party that pulls from here has said that it reads it; SHA-256 before.
    public var digest: DigestAlgorithm

    /// - Parameter digest: see there.
    public init(digest: DigestAlgorithm = .sm3) {
        self.digest = digest
    }

    /// What the next batch is hashed with. `readByAll`: what every party that pulls from here reads.
    func algorithm(readByAll: Set<DigestAlgorithm>) -> DigestAlgorithm {
        readByAll.contains(digest) && DigestAlgorithm.available.contains(digest) ? digest : .sha256
    }
}
