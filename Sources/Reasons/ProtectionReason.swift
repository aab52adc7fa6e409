/// What stands in the way of a protected connection to a peer, or soon will.
public enum ProtectionReason: String, ReasonSentence {
    case mode_weak = """
        sslmode={mode} lets others read and forge what the peer sends: set sslmode=verify-full and sslrootcert in \
        its connection string (bashuctl peer remove, peer add)
        """
    case not_encrypted = """
        the connection to the peer was not encrypted and verified, so it was closed: set sslmode=verify-full and the \
        peer's name as host in its connection string
        """
    case tls_off = "the peer's server has TLS switched off: set ssl = on there"
    case no_root_certificate = """
        there is no certificate to verify the peer's server by: name the file of its authority with sslrootcert in \
        its connection string ({message})
        """
    case other_host = """
        the certificate of the peer's server is for another name: host in the connection string must be a name in \
        it, or it needs a new one there ({message})
        """
    case certificate_expired = """
        the certificate of the peer's server expired on {day}: it must be renewed there
        """
    case certificate_early = """
        the certificate of the peer's server is not valid yet: compare the clocks, or wait
        """
    case certificate_revoked = "the certificate of the peer's server is revoked: it needs a new one there"
    case certificate_authority = """
        the certificate of the peer's server is not from an authority in sslrootcert: find out who answers there \
        before you add that authority
        """
    case revocation_list = """
        the certificate of the peer's server cannot be checked, because sslcrl is out of date or of another \
        authority: fetch the list anew
        """
    case certificate_not_accepted = """
        the certificate of the peer's server is not accepted ({message}): it needs another one there
        """
    case certificate_unclear = """
        the certificate of the peer's server is not accepted: look at it with openssl s_client -starttls postgres
        """
    case own_certificate_refused = """
        the peer's server does not accept our certificate ({message}): it must be in date, from an authority that \
        the peer trusts, not revoked, and for our login there (sslcert, sslkey)
        """
    case own_certificate_unusable = """
        our certificate or its key cannot be used ({message}): see sslcert, sslkey in the connection string; the key \
        belongs to bashud's user with mode 0600
        """
    case certificate_ends = """
        the certificate of the peer's server expires on {day}, in {days} days: the peer must renew it
        """
    case own_certificate_ends = "our certificate for the peer expires on {day}, in {days} days: renew it"
}
