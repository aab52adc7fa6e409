/// What is wrong with the life of a database: ends of origins, and copies.
public enum LifeReason: String, ReasonSentence {
    case origin_closed = """
        this database's own origin {origin} was closed at batch {number} by {person} in region {region}: {message}. \
        Nothing is published or applied here; local changes stay in their tables. Where this database is to go on, \
        stop bashud and begin a new origin: bashuctl origin renew
        """
    case beyond_closing = """
        origin {origin} was closed at batch {number}, and peer {peer} has its batch {theirs}: what is beyond the end \
        is not received. Where it is to count, close the origin again at that batch with bashuctl origin close
        """
    case closing_unproven = """
        the end of origin {origin} at batch {number}, declared in region {region}, is not believed: peer {peer} passes \
        it on without a signature by a key of that region that is trusted here. Ask there whether it was declared; \
        then bashuctl key trust {region}, or bashuctl origin close it here
        """
    case copy_connected = """
        another database of this region, with origin {origin}, has been connected to {peer} since {time}: this one is \
        taken for a copy of it. Only one may run; stop the bashud of the other one if this is the right one
        """
    case copy_refused = """
        a copy of this database, with origin {origin}, tried to connect to the peer at {time} and was refused: find \
        out who runs it
        """
    case state_file_unusable = """
        the state file {path} cannot be used: {message}. Nothing is published without it; its folder is the first of \
        STATE_DIRECTORY
        """
    case state_file_in_use = """
        the state file {path} is in use: another bashud on this machine works on this database or a copy of it
        """
}
