import Journal
import Postgres
import Reasons
import RegionStore
import Replication

/// Why a link does not work, for the person who can change that.
struct LinkProblem: Error, Sendable, Equatable {
    /// What is wrong; each has its own sentence and its own way of being tried again.
    enum Kind: Sendable, Equatable {
        /// No server answers, or it does not let anybody in at present.
        case unreachable
        /// The connection string does not protect the way to another machine.
        case unprotected
        /// The peer's server cannot prove that it is the peer's.
        case untrusted
        /// Our certificate is missing, unusable, or not accepted.
        case ownCertificate
        /// The server refuses this login: password, `pg_hba.conf`, no such database.
        case loginRefused
        /// The connection broke.
        case lost
        /// There is no Bashu in the peer's database.
        case notInstalled
        /// It speaks another protocol than this program.
        case otherVersion
        /// The login may not call the feed.
        case notGranted
        /// The login is nobody's at the peer.
        case notRegistered
        /// The peer is this very database.
        case sameDatabase
        /// The regions would merge differently.
        case policyDiffers
        /// The peer has forgotten what this database has never had.
        case beyondRetention
        /// The peer has more of our own history than we have.
        case restoredCopy
        /// The peer takes this database for a copy of another one that is connected.
        case copyConnected
        /// The peer cannot answer for another reason.
        case peerFailed
        /// What the peer sends is not what it should be.
        case malformed
        /// This database cannot store what arrives.
        case localFailed
        /// This database is not ours at present.
        case notOurs
    }

    let kind: Kind
    let reasons: [Reason]
    var sqlState: SQLState?
    /// What the peer has of our own history, where that is more than we have.
    var ownAhead: Vector?

    init(kind: Kind, reasons: [Reason], sqlState: SQLState? = nil) {
        self.kind = kind
        self.reasons = reasons
        self.sqlState = sqlState
    }

    init(kind: Kind, reason: Reason, sqlState: SQLState? = nil) {
        self.init(kind: kind, reasons: [reason], sqlState: sqlState)
    }

    /// The reasons as one text.
    var reason: String { LinkReason.text(reasons.map(\.text)) ?? "" }

    /// What the operator sees.
    var state: Links.State {
        switch kind {
        case .unreachable, .loginRefused, .lost: .down
        default: .held
        }
    }

    /// What the log line carries.
    var code: MessageCode {
        switch kind {
        case .unreachable: .peerUnreachable
        case .unprotected: .unprotected
        case .untrusted: .untrusted
        case .ownCertificate: .ownCertificate
        case .loginRefused: .loginRefused
        case .lost: .connectionLost
        case .notInstalled: .notInstalledThere
        case .otherVersion: .otherVersionThere
        case .notGranted: .notGranted
        case .notRegistered: .notRegistered
        case .sameDatabase: .sameDatabase
        case .policyDiffers: .policyDiffers
        case .beyondRetention: .beyondRetention
        case .restoredCopy: .restoredCopy
        case .copyConnected: .copyConnected
        case .peerFailed: .peerFailed
        case .malformed: .malformed
        case .localFailed: .notStoredHere
        case .notOurs: .notOurs
        }
    }

    /// How it is tried again.
    var backoff: Backoff {
        switch kind {
        case .unreachable, .loginRefused, .lost, .peerFailed, .localFailed: .link
        case .policyDiffers, .restoredCopy: Backoff(first: .seconds(1), cap: .seconds(5))
        case .notOurs: Backoff(first: .seconds(1), cap: .seconds(1))
        default: .refused
        }
    }
}

extension LinkProblem {
    /// From a failed attempt to connect to the peer.
    static func connecting(_ error: any Error) -> LinkProblem {
        guard let error = error as? PostgresError else {
            return LinkProblem(kind: .unreachable, reason: Reason(PeerReason.peer_unreachable, ["message": "\(error)"]))
        }
        let state = error.sqlState
        if let fault = error.network { return LinkProblem(fault, error) }
        switch state?.errorClass {
        case "28":
            return LinkProblem(.loginRefused, .login_refused, error)
        case "3D", "42":
            return LinkProblem(.loginRefused, .no_database, error)
        default:
            return LinkProblem(.unreachable, .peer_unreachable, error)
        }
    }

    /// From the peer's answer to a call of its feed.
    static func asking(_ error: PostgresError) -> LinkProblem {
        let state = error.sqlState
        switch state {
        case _ where error.kind == .connectionLost || error.kind == .cancelled:
            return LinkProblem(.lost, .connection_lost, error)
        case .undefinedSchema:
            return LinkProblem(.notInstalled, .not_installed_there, error)
        case .undefinedFunction:
            return LinkProblem(.otherVersion, .functions_missing, error)
        case .insufficientPrivilege where error.hint != nil:
            // The feed's own refusal says what to do about it.
            let hint = error.hint.map { ". \($0)" } ?? ""
            return LinkProblem(
                kind: .notRegistered, reason: Reason(PeerReason.peer_refuses, ["message": error.message + hint]),
                sqlState: state)
        case .insufficientPrivilege:
            return LinkProblem(.notGranted, .not_granted, error)
        default:
            return LinkProblem(.peerFailed, .peer_failed, error)
        }
    }

    /// From anything that a round of receiving throws.
    ///
    /// - Parameter isLocalOpen: whether the session in our own database lives.
    static func receiving(_ error: any Error, isLocalOpen: Bool) -> LinkProblem {
        switch error {
        case let problem as LinkProblem:
            return problem
        case let failure as PeerFailure:
            return asking(failure.error)
        case let error as ReceiveError:
            var problem = LinkProblem(kind: kind(error), reason: error.reason)
            if case .ownOriginAhead(_, let origin, let theirs, _) = error {
                problem.ownAhead = Vector([origin: theirs])
            }
            return problem
        case StoreError.fenceLost:
            return LinkProblem(kind: .notOurs, reason: Reason(PeerReason.taken_over))
        case let error as PostgresError where isLocalOpen && error.kind == .connectionLost:
            // Not ours, then.
            return asking(error)
        case let error as PostgresError:
            return LinkProblem(.localFailed, isLocalOpen ? .not_stored : .no_connection_here, error)
        default:
            return LinkProblem(
                kind: .localFailed, reason: Reason(PeerReason.link_failed, ["message": "\(error)"]))
        }
    }

    /// What PostgreSQL said, after our own words.
    private init(_ kind: Kind, _ sentence: PeerReason, _ error: PostgresError) {
        self.init(kind: kind, reason: Reason(sentence, ["message": error.message]), sqlState: error.sqlState)
    }

    private static func kind(_ error: ReceiveError) -> Kind {
        switch error {
        case .sameDatabase: .sameDatabase
        case .ownOriginAhead: .restoredCopy
        case .unsupportedProtocol: .otherVersion
        case .malformedBatch, .unexpectedAnswer, .notVouchedFor, .beyondClosing: .malformed
        }
    }
}
