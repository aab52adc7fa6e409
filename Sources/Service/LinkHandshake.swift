import Postgres
import Reasons
import RegionStore

/// What is looked at before anything is received from a peer, and now and then again.
struct LinkHandshake: Sendable {
    let hello: PeerHello
    /// The peer's database clock less ours, in milliseconds.
    let clockOffsetMilliseconds: Int64
    /// Shared tables and columns that differ, a sentence each.
    let differences: [String]
    /// How the connection is protected; nil when it is not encrypted.
    let protection: SessionProtection?
    /// Why ends of origins that the peer tells of are not believed.
    let unproven: [Reason]
    /// A copy of this database that the peer has refused.
    let refused: PeerFeed.LifeAnswer?

    /// Asks the peer who it is.
    ///
    /// - Throws: `LinkProblem` or `ReceiveError` when nothing must be received from it, `PostgresError` of our own
    ///   database.
    init(
        _ name: String, peer: Session, local: Session, _ requirement: SignatureRequirement,
        _ late: inout LateSignatures
    ) throws {
        protection = peer.protection
        let feed = PeerFeed(peer: name, session: peer)
        let before = try Links.clock(local)
        do {
            hello = try feed.hello()
        } catch {
            throw LinkProblem.receiving(error, isLocalOpen: local.isOpen)
        }
        // Half of the way there and back: the peer's clock was read somewhere in between.
        let middle = before + (try Links.clock(local) - before) / 2
        clockOffsetMilliseconds = (hello.clock - middle) / 1_000
        // Before anything else that may be in the way: the engine waits for this before it publishes.
        try BatchReceiver.checkIdentity(hello, peer: name, in: local)
        do {
            if let reason = try feed.adoptForgotten(in: local) {
                throw LinkProblem(kind: .beyondRetention, reason: reason)
            }
            unproven = try Closings.adopt(from: feed, in: local, requirement)
            refused = try feed.claimLife(in: local)
        } catch let error as LinkProblem {
            throw error
        } catch {
            throw LinkProblem.receiving(error, isLocalOpen: local.isOpen)
        }
        if let refused, refused.isRefused {
            throw LinkProblem(
                kind: .copyConnected,
                reason: Reason(
                    LifeReason.copy_connected, ["origin": refused.other, "peer": name, "time": refused.at]))
        }
        do {
            try KeyExchange.hear(feed, region: hello.region, in: local, &late)
        } catch {
            throw LinkProblem.receiving(error, isLocalOpen: local.isOpen)
        }
        differences = try BatchReceiver.tableDifferences(hello, in: local)
    }

    /// Sees to it that both sides merge alike.
    ///
    /// - Throws: `LinkProblem` with the tables and groups that differ, `PostgresError` of our own database.
    static func comparePolicies(_ name: String, peer: Session, local: Session) throws {
        let offered: [TableName: NamedPolicy]?
        do {
            offered = try PeerFeed(peer: name, session: peer).policies()
        } catch {
            throw LinkProblem.receiving(error, isLocalOpen: local.isOpen)
        }
        let found = try PolicyStore.compare(local, peer: name, offered)
        guard found.isEmpty else { throw LinkProblem(kind: .policyDiffers, reasons: found) }
    }

    /// Whether the peer's clock is further off than this.
    func isClockOff(boundMilliseconds: Int) -> Bool { abs(clockOffsetMilliseconds) > Int64(boundMilliseconds) }

    /// What a person should know although nothing is held up by it.
    func notes(clockBoundMilliseconds: Int) -> [Reason] {
        var notes = (protection?.notes(at: hello.clock) ?? []) + unproven
        if isClockOff(boundMilliseconds: clockBoundMilliseconds) {
            let sentence: PeerReason = clockOffsetMilliseconds > 0 ? .clock_ahead : .clock_behind
            notes.append(Reason(sentence, ["seconds": "\(abs(clockOffsetMilliseconds) / 1_000)"]))
        }
        if hello.schemaVersion != Int64(Installer.version) {
            notes.append(
                Reason(
                    PeerReason.other_schema, ["theirs": "\(hello.schemaVersion)", "ours": "\(Installer.version)"]))
        }
        if let refused {
            notes.append(Reason(LifeReason.copy_refused, ["origin": refused.other, "time": refused.at]))
        }
        return notes
    }
}
