/// Why a request of an operator cannot be met: what was named does not exist, or does not allow it.
public enum ControlError: Error, Sendable, Equatable {
    /// The database has no Bashu in it.
    case notInstalled
    /// No peer of that name.
    case noSuchPeer(String)
    /// The peer has no conninfo: nothing is pulled from it.
    case peerNotPulled(String)
    /// The peer takes nothing from here: neither by a login nor by files.
    case peerTakesNothing(String)
    /// No login may begin as those of peers by files do.
    case fileLogin(String)
    /// A peer of that name exists already.
    case peerExists(String)
    /// Another peer has that login already.
    case loginTaken(String)
    /// The name is none that a peer may have.
    case badPeerName(String)
    /// No role of that name in this server.
    case noSuchRole(String)
    /// A role that cannot log in cannot pull.
    case roleCannotLogin(String)
    /// A superuser would not be bound by the grants.
    case roleIsSuperuser(String)
    /// The daemon's own role must stay with the daemon.
    case roleIsDaemon(String)
    /// No shared table of that name.
    case noSuchTable(String)
    /// The name means several shared tables.
    case ambiguousTable(String, candidates: [String])
    /// The key does not have as many columns as the table's.
    case keyColumns(table: String, columns: [String], given: Int)
    /// A value is not of the key column's type.
    case badKeyValue(String)
    /// The text is not REGION:NUMBER:POSITION or ORIGIN:NUMBER:POSITION.
    case badHandle(String)
    /// The region has had several lives here; the handle has to name the origin.
    case ambiguousHandle(String, candidates: [String])
    /// No such change in the log.
    case noSuchChange(String)
    /// The change is no candidate of any case.
    case noCase(String)
    /// Every case that the change is a candidate of has been closed, by that change.
    case caseClosed(handle: String, closedBy: String, state: String)
    /// The chosen change is no candidate of the case.
    case notACandidate(String)
    /// A column to be ruled is no group of the case.
    case notInCase(column: String, groups: [String])
    /// There are not so many candidates.
    case noCandidateNumber(Int, count: Int)
    /// A row that is out of its table needs another value, or to go: no candidate says that.
    case needsValue(group: String)
    /// A ruling cannot change a row's key.
    case keyColumn(String)
    /// A value cannot be given to a row that is absent.
    case rowIsGone(String)
    /// Nothing of the case has lost.
    case nothingLost(String)
    /// Several candidates have lost: one is to be named.
    case severalLost(String, candidates: [String])
    /// The policy names no home column.
    case noHomeColumn(String)
    /// The database is not empty, so it cannot join.
    case notEmpty
}
