/// What stands in the way of a protected connection to another machine.
public enum NetworkFault: Sendable, Hashable {
    /// The connection string is content with less than `verify-full`; what it names.
    case weak(sslMode: String)
    /// A connection came about that is not encrypted, or whose server was not verified.
    case notEncrypted
    /// The server has TLS switched off.
    case serverWithoutTLS
    /// There is no file of certificates to verify the server's by.
    case noRootCertificate
    /// The server's certificate is valid, and for other names.
    case otherHost
    /// The server's certificate is not valid: OpenSSL's reason, nil when it could not be found out.
    case certificateRefused(reason: CertificateReason?)
    /// The server does not accept our certificate, or wants one; in its words.
    case ownCertificateRefused(String)
    /// Our certificate or key cannot be used.
    case ownCertificateUnusable
}

/// Why a server's certificate is not valid.
public enum CertificateReason: Sendable, Hashable {
    /// Microseconds since 1970 UTC at which it expired.
    case expired(Int64)
    case notYetValid
    case revoked
    /// It does not lead to any certificate in `sslrootcert`.
    case unknownAuthority
    /// `sslcrl` is out of date, or has nothing of this authority.
    case revocationListUnusable
    /// Anything else, in OpenSSL's words.
    case other(String)
}

extension NetworkFault {
    /// The error of a connection that we did not make.
    var error: PostgresError {
        let message =
            switch self {
            case .weak(let sslMode): "sslmode=\(sslMode) does not protect a connection to another machine"
            default: "the connection to another machine is not encrypted and verified"
            }
        var error = PostgresError(.connectionFailed, message)
        error.network = self
        return error
    }

    /// What libpq's account of a failed connection means; nil when it is about something else.
    ///
    /// libpq gives no codes for these. Its messages are not translated: this program chooses no locale.
    static func saidBy(_ report: ConnectionReport) -> NetworkFault? {
        let message = report.message
        if message.contains("certificate verify failed") { return .certificateRefused(reason: nil) }
        if message.contains("does not match host name") { return .otherHost }
        if message.contains("host name must be specified for a verified") { return .otherHost }
        if message.contains("root certificate file") { return .noRootCertificate }
        if message.contains("server does not support SSL") { return .serverWithoutTLS }
        if message.contains("alert") {
            let words = message.split(separator: "alert", maxSplits: 1).last.map(String.init) ?? message
            return .ownCertificateRefused(words.split(separator: ";")[0].drop { $0 == " " }.description)
        }
        if report.sqlState?.errorClass == "28", message.contains("certificate") {
            return .ownCertificateRefused(message.split(separator: ": ").last.map(String.init) ?? message)
        }
        let ofOurs = ["private key file", "certificate file", "could not load private key", "certificate present"]
        return ofOurs.contains(where: message.contains) ? .ownCertificateUnusable : nil
    }
}
