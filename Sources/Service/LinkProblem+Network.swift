import Glibc
import Postgres

extension LinkProblem {
    /// From what stands in the way of a protected connection: what it is, and what to do, in one line.
    init(_ fault: NetworkFault, _ error: PostgresError) {
        let (kind, reason): (Kind, String) =
            switch fault {
            case .weak(let sslMode):
                (.unprotected, "sslmode=\(sslMode) lets others read and forge what the peer sends: set "
                    + "sslmode=verify-full and sslrootcert in its connection string (bashuctl peer remove, peer add)")
            case .notEncrypted:
                (.unprotected, "the connection to the peer was not encrypted and verified, so it was closed: set "
                    + "sslmode=verify-full and the peer's name as host in its connection string")
            case .serverWithoutTLS:
                (.untrusted, "the peer's server has TLS switched off: set ssl = on there")
            case .noRootCertificate:
                (.untrusted, "there is no certificate to verify the peer's server by: name the file of its authority "
                    + "with sslrootcert in its connection string (\(error.message))")
            case .otherHost:
                (.untrusted, "the certificate of the peer's server is for another name: host in the connection string "
                    + "must be a name in it, or it needs a new one there (\(error.message))")
            case .certificateRefused(let reason):
                (.untrusted, "the certificate of the peer's server " + Self.sentence(reason))
            case .ownCertificateRefused(let words):
                (.ownCertificate, "the peer's server does not accept our certificate (\(words)): it must be in date, "
                    + "from an authority that the peer trusts, not revoked, and for our login there (sslcert, sslkey)")
            case .ownCertificateUnusable:
                (.ownCertificate, "our certificate or its key cannot be used (\(error.message)): see sslcert, sslkey "
                    + "in the connection string; the key belongs to bashud's user with mode 0600")
            }
        self.init(kind: kind, reason: reason, sqlState: error.sqlState)
    }

    private static func sentence(_ reason: CertificateReason?) -> String {
        switch reason {
        case .expired(let time): "expired on \(Day.text(time)): it must be renewed there"
        case .notYetValid: "is not valid yet: compare the clocks, or wait"
        case .revoked: "is revoked: it needs a new one there"
        case .unknownAuthority:
            "is not from an authority in sslrootcert: find out who answers there before you add that authority"
        case .revocationListUnusable:
            "cannot be checked, because sslcrl is out of date or of another authority: fetch the list anew"
        case .other(let words): "is not accepted (\(words)): it needs another one there"
        case nil: "is not accepted: look at it with openssl s_client -starttls postgres"
        }
    }
}

/// Days for people.
enum Day {
    /// The date in UTC of microseconds since 1970, as 2026-09-28.
    static func text(_ microseconds: Int64) -> String {
        var seconds = time_t(microseconds / 1_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1_900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}

extension SessionProtection {
    /// How long before its end a certificate is spoken of.
    static let warningDays: Int64 = 30

    /// What a person should know of the certificates, at a time in microseconds since 1970 UTC.
    func notes(at now: Int64) -> [String] {
        [
            Self.note("the certificate of the peer's server", "the peer must renew it", serverCertificateUntil, now),
            Self.note("our certificate for the peer", "renew it", ownCertificateUntil, now),
        ].compactMap(\.self)
    }

    private static func note(_ what: String, _ remedy: String, _ until: Int64?, _ now: Int64) -> String? {
        guard let until else { return nil }
        let days = (until - now) / 86_400_000_000
        guard days < warningDays else { return nil }
        return "\(what) expires on \(Day.text(until)), in \(max(0, days)) days: \(remedy)"
    }
}
