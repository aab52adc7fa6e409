/// Why a link does not work, or what a person should know of it.
public enum PeerReason: String, ReasonSentence {
    case peer_unreachable = "the peer cannot be reached: {message}"
    case login_refused = "the peer refuses the login: {message}"
    case no_database = "the peer has no such database for us: {message}"
    case connection_lost = "the connection to the peer is lost: {message}"
    case not_installed_there = "Bashu is not installed in the peer's database: run bashuctl init there"
    case functions_missing = """
        the peer's Bashu is of another version, without the functions that this program calls
        """
    case not_registered = """
        at the peer: login "{login}" is not registered as a peer of this database. Register it here with: \
        bashuctl peer add NAME --login LOGIN
        """
    case peer_refuses = "at the peer: {message}"
    case not_granted = """
        our login may not call the peer's feed: run there what bashuctl init prints for peers ({message})
        """
    case peer_failed = "the peer failed: {message}"
    case taken_over = "another daemon is taking this database over"
    case not_stored = "this database cannot store what arrives: {message}"
    case no_connection_here = "no connection to this database: {message}"
    case link_failed = "the link has failed here: {message}"
    case freshness_malformed = "the peer's word on freshness is not of its form"
    case batch_malformed = "batch {number} of {origin} from peer {peer} is refused: part {part}, {message}"
    case own_origin_ahead = """
        peer {peer} has batch {theirs} of {origin}, which is this database's own origin and has only {ours} here: \
        this database is older than what it has published
        """
    case same_database = "peer {peer} is this very database, or a copy of it"
    case other_protocol = "peer {peer} speaks protocol versions {offered}; this program speaks {spoken}"
    case unexpected_answer = "unexpected answer from peer {peer}: {message}"
    case forgotten_there = """
        this database has origin {origin} up to batch {applied}, and {peer} has forgotten changes up to batch \
        {number} after its retention. Nothing is taken from it; this database has to join again: bashuctl join \
        --from {peer} into empty tables
        """
    case clock_ahead = "the peer's clock is {seconds} s ahead of ours"
    case clock_behind = "the peer's clock is {seconds} s behind ours"
    case other_schema = "the peer has Bashu's schema {theirs}, this database {ours}"
    case no_such_peer = "there is no peer {peer} to pull from"
    case unnamed_peer = "there is no peer without a name to pull from"
    case more_reasons = "and {count} more"
}
