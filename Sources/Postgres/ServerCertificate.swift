import CLibPQ
import CLibSSL
import Glibc

/// Finds out why libpq did not accept a server's certificate: libpq says only that it did not.
enum ServerCertificate {
    /// Nil when nothing is wrong, or the certificate cannot be had any more.
    ///
    /// Opens a second connection, which ends when the server has shown its certificate: before a name, a password or
    /// anything else is sent.
    static func fault(
        _ keywords: [(keyword: String, value: String)], _ options: [String: String]
    ) -> NetworkFault? {
        let unverified = keywords + [("sslmode", "require"), ("sslrootcert", "/nonexistent"), ("sslcrl", "")]
        let names = unverified.map { strdup($0.0) }
        let values = unverified.map { strdup($0.1) }
        defer { (names + values).forEach { free($0) } }
        guard
            let connection = PQconnectStartParams(
                names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
        else { return nil }
        defer { PQfinish(connection) }
        guard shakeHands(connection), let tls = PQsslStruct(connection, "OpenSSL") else { return nil }
        return verify(OpaquePointer(tls), options).map { .certificateRefused(reason: $0) }
    }

    /// Goes on until the server has shown its certificate.
    private static func shakeHands(_ connection: OpaquePointer) -> Bool {
        let deadline = ContinuousClock.now + .seconds(5)
        var state = PGRES_POLLING_WRITING
        var isTLS = false
        while PQstatus(connection) != CONNECTION_BAD {
            var ready = false
            while !ready {
                guard ContinuousClock.now < deadline, !Task.isCancelled else { return false }
                guard
                    let polled = try? Poll.wait(
                        [PQsocket(connection)], milliseconds: 200, writing: state == PGRES_POLLING_WRITING)
                else { return false }
                ready = polled[0]
            }
            state = PQconnectPoll(connection)
            if PQstatus(connection) == CONNECTION_SSL_STARTUP { isTLS = true }
            if isTLS, PQstatus(connection) == CONNECTION_MADE { return true }
            if state == PGRES_POLLING_OK || state == PGRES_POLLING_FAILED { return false }
        }
        return false
    }

    /// As libpq verifies, but with a reason.
    private static func verify(_ tls: OpaquePointer, _ options: [String: String]) -> CertificateReason? {
        guard let certificate = SSL_get1_peer_certificate(tls) else { return nil }
        defer { X509_free(certificate) }
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return nil }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
        }
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        X509_STORE_load_locations(store, options["sslrootcert"] ?? "\(home)/.postgresql/root.crt", nil)
        let list = options["sslcrl"] ?? "\(home)/.postgresql/root.crl"
        if X509_STORE_load_locations(store, list, options["sslcrldir"]) == 1 {
            X509_STORE_set_flags(store, UInt(BASHU_CRL_CHECK | BASHU_CRL_CHECK_ALL))
        }
        guard X509_STORE_CTX_init(context, store, certificate, SSL_get_peer_cert_chain(tls)) == 1 else { return nil }
        X509_STORE_CTX_set_default(context, "ssl_server")
        guard X509_verify_cert(context) != 1 else { return nil }
        return reason(X509_STORE_CTX_get_error(context), certificate)
    }

    private static func reason(_ code: Int32, _ certificate: OpaquePointer) -> CertificateReason {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired(CertificateDates.end(certificate) ?? 0)
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_CERT_REVOKED: .revoked
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            .unknownAuthority
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID,
            X509_V_ERR_CRL_SIGNATURE_FAILURE:
            .revocationListUnusable
        default: .other(X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)")
        }
    }
}

/// Dates of certificates.
enum CertificateDates {
    /// Microseconds since 1970 UTC until which a certificate is valid.
    static func end(_ certificate: OpaquePointer) -> Int64? {
        var parts = tm()
        guard let time = X509_get0_notAfter(certificate), ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Int64(timegm(&parts)) * 1_000_000
    }
}

/// How a session is protected on its way.
public struct SessionProtection: Sendable, Hashable {
    /// The protocol, such as "TLSv1.3".
    public let protocolName: String
    /// Until when the server's certificate is valid, in microseconds since 1970 UTC.
    public let serverCertificateUntil: Int64?
    /// Until when our own certificate is; nil when we have shown none.
    public let ownCertificateUntil: Int64?
}

extension SessionProtection {
    /// Nil when the connection is not encrypted.
    init?(_ connection: OpaquePointer) {
        guard PQsslInUse(connection) == 1, let structure = PQsslStruct(connection, "OpenSSL") else { return nil }
        let tls = OpaquePointer(structure)
        let server = SSL_get1_peer_certificate(tls)
        defer { X509_free(server) }
        self.init(
            protocolName: SSL_get_version(tls).map { String(cString: $0) } ?? "TLS",
            serverCertificateUntil: server.flatMap(CertificateDates.end),
            ownCertificateUntil: SSL_get_certificate(tls).flatMap(CertificateDates.end))
    }
}
