import Glibc
import Postgres
import Reasons

extension LinkProblem {
    /// From what stands in the way of a protected connection: what it is, and what to do, in one line.
    init(_ fault: NetworkFault, _ error: PostgresError) {
        let (kind, sentence): (Kind, ProtectionReason) =
            switch fault {
            case .weak: (.unprotected, .mode_weak)
            case .notEncrypted: (.unprotected, .not_encrypted)
            case .serverWithoutTLS: (.untrusted, .tls_off)
            case .noRootCertificate: (.untrusted, .no_root_certificate)
            case .otherHost: (.untrusted, .other_host)
            case .certificateRefused(let reason): (.untrusted, Self.sentence(reason))
            case .ownCertificateRefused: (.ownCertificate, .own_certificate_refused)
            case .ownCertificateUnusable: (.ownCertificate, .own_certificate_unusable)
            }
        let values: KeyValuePairs<String, String> =
            switch fault {
            case .weak(let mode): ["mode": mode]
            case .certificateRefused(.expired(let time)): ["day": Day.text(time)]
            case .certificateRefused(.other(let words)), .ownCertificateRefused(let words): ["message": words]
            default: ["message": error.message]
            }
        self.init(kind: kind, reason: Reason(sentence, values), sqlState: error.sqlState)
    }

    private static func sentence(_ reason: CertificateReason?) -> ProtectionReason {
        switch reason {
        case .expired: .certificate_expired
        case .notYetValid: .certificate_early
        case .revoked: .certificate_revoked
        case .unknownAuthority: .certificate_authority
        case .revocationListUnusable: .revocation_list
        case .other: .certificate_not_accepted
        case nil: .certificate_unclear
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
    func notes(at now: Int64) -> [Reason] {
        [
            Self.note(.certificate_ends, serverCertificateUntil, now),
            Self.note(.own_certificate_ends, ownCertificateUntil, now),
        ].compactMap(\.self)
    }

    private static func note(_ sentence: ProtectionReason, _ until: Int64?, _ now: Int64) -> Reason? {
        guard let until else { return nil }
        let days = (until - now) / 86_400_000_000
        guard days < warningDays else { return nil }
        return Reason(sentence, ["day": Day.text(until), "days": "\(max(0, days))"])
    }
}
