import CLibPQ
import Glibc

/// One attempt to connect.
///
/// Done step by step instead of by libpq's blocking call, because only so the server's SQLSTATE can be had for a
/// connection that fails, notices of the first moment reach the log, and a cancelled task need not wait.
struct ConnectionAttempt {
    /// libpq's options, in order.
    var keywords: [(keyword: String, value: String)]
    let notices: NoticeSink
    var protection = Protection.asWritten

    init(keywords: [(keyword: String, value: String)], notices: NoticeSink) {
        self.keywords = keywords
        self.notices = notices
    }

    /// What is asked of the way to another machine.
    enum Protection {
        /// Whatever the options say.
        case asWritten
        /// TLS with the server's name verified. `named` is the `sslmode` of the connection string.
        case verified(named: String?)
    }

    private enum Outcome {
        case connected
        case failed
        case noAnswer
    }

    /// How often a wait looks whether the task was cancelled.
    private static let sliceMilliseconds = 200
    /// How long libpq may look for the address of a name.
    private static let lookup = Duration.seconds(60)
    /// How long its blocking call may go from address to address.
    private static let rounds = Duration.seconds(600)

    /// The connection, ready for use.
    mutating func run() throws -> OpaquePointer {
        guard case .verified(let named) = protection else { return try connected(started()) }
        // Another encryption than TLS verifies another party.
        keywords.append(("gssencmode", "disable"))
        var connection = try started()
        // Nothing has been said to the server yet, but now services and environment are known too.
        let place = NetworkPlace(options: options(connection))
        if !place.isLocal, place.weakness != nil {
            PQfinish(connection)
            if let named, named != NetworkPlace.verified { throw NetworkFault.weak(sslMode: named).error }
            keywords.append(("sslmode", NetworkPlace.verified))
            connection = try started()
        }
        let session = try connected(connection)
        guard isProtected(session, place) else {
            PQfinish(session)
            throw NetworkFault.notEncrypted.error
        }
        return session
    }

    private func started() throws -> OpaquePointer {
        Pulse.current?.beat(before: Self.lookup)
        return try opened { PQconnectStartParams($0, $1, 1) }
    }

    /// Whether the way that was really taken is good: a name such as localhost may have led elsewhere.
    private func isProtected(_ connection: OpaquePointer, _ place: NetworkPlace) -> Bool {
        let address = PQhostaddr(connection).map { String(cString: $0) } ?? ""
        if place.isLocal, address.isEmpty || NetworkPlace.isLoopback(address) { return true }
        return PQsslInUse(connection) == 1 && options(connection)["sslmode"] == NetworkPlace.verified
    }

    private func connected(_ connection: OpaquePointer) throws -> OpaquePointer {
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        do {
            switch try advance(connection) {
            case .connected:
                PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
                return connection
            case .failed:
                throw failure(connection)
            case .noAnswer:
                guard mayHaveOtherAddresses(connection) else { throw noAnswer(connection) }
            }
        } catch {
            PQfinish(connection)
            throw error
        }
        PQfinish(connection)
        return try throughAllAddresses()
    }

    private func advance(_ connection: OpaquePointer) throws -> Outcome {
        guard PQstatus(connection) != CONNECTION_BAD else { return .failed }
        let limit = timeoutSeconds(connection).map { ContinuousClock.now + .seconds($0) }
        var state = PGRES_POLLING_WRITING
        while true {
            let socket = PQsocket(connection)
            var ready = false
            while !ready {
                if let limit, limit < .now { return .noAnswer }
                guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
                ready = try Poll.wait(
                    [socket], milliseconds: Self.sliceMilliseconds, writing: state == PGRES_POLLING_WRITING)[0]
            }
            state = PQconnectPoll(connection)
            if state == PGRES_POLLING_OK { return .connected }
            if state == PGRES_POLLING_FAILED { return .failed }
        }
    }

    /// libpq can pass over an address that does not answer only in its blocking call.
    private func throughAllAddresses() throws -> OpaquePointer {
        Pulse.current?.beat(before: Self.rounds)
        defer { Pulse.current?.beat() }
        let connection = try opened { PQconnectdbParams($0, $1, 1) }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw failure(connection)
        }
        return connection
    }

    private func mayHaveOtherAddresses(_ connection: OpaquePointer) -> Bool {
        let hosts = options(connection)["host"] ?? ""
        if hosts.contains(",") || (options(connection)["hostaddr"] ?? "").contains(",") { return true }
        let isName = PQhostaddr(connection).map { String(cString: $0) } != hosts && !hosts.hasPrefix("/")
        return isName && options(connection)["hostaddr"] == nil
    }

    private func opened(
        _ open: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> OpaquePointer?
    ) throws -> OpaquePointer {
        let names = keywords.map { strdup($0.keyword) }
        let values = keywords.map { strdup($0.value) }
        defer { (names + values).forEach { free($0) } }
        let connection = open(names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
        guard let connection else { throw PostgresError(.connectionFailed, "out of memory") }
        notices.attach(to: connection)
        return connection
    }

    /// What is in force after defaults, services and environment.
    private func options(_ connection: OpaquePointer) -> [String: String] {
        Self.options(connection)
    }

    static func options(_ connection: OpaquePointer) -> [String: String] {
        guard let options = PQconninfo(connection) else { return [:] }
        defer { PQconninfoFree(options) }
        return ConnectionString.values(options)
    }

    /// As libpq takes `connect_timeout`: 0 and less is for ever, 1 is 2.
    private func timeoutSeconds(_ connection: OpaquePointer) -> Int? {
        guard let seconds = options(connection)["connect_timeout"].flatMap({ Int($0) }), seconds > 0 else { return nil }
        return max(2, seconds)
    }

    private func noAnswer(_ connection: OpaquePointer) -> PostgresError {
        let host = PQhost(connection).map { String(cString: $0) } ?? ""
        let port = PQport(connection).map { String(cString: $0) } ?? ""
        let seconds = timeoutSeconds(connection) ?? 0
        return PostgresError(.connectionFailed, "no answer from \"\(host)\", port \(port), within \(seconds) s")
    }

    private func failure(_ connection: OpaquePointer) -> PostgresError {
        let report = ConnectionReport(String(cString: PQerrorMessage(connection)))
        var error = PostgresError(.connectionFailed, report.message, sqlState: report.sqlState)
        error.network = NetworkFault.saidBy(report)
        // libpq does not say why a certificate is not good, and not always that it is the certificate.
        if error.network == .certificateRefused(reason: nil)
            || error.network == nil && report.message.contains("SSL error: ")
        {
            Pulse.current?.beat(before: Self.lookup)
            error.network = ServerCertificate.fault(keywords, options(connection)) ?? error.network
        }
        return error
    }
}

/// libpq's account of a failed connection in verbose form: one or more lines with the SQLSTATE of the last refusal.
struct ConnectionReport {
    private(set) var message = ""
    private(set) var sqlState: SQLState?

    init(_ text: String) {
        var lines: [String] = []
        for line in text.split(separator: "\n") where !line.hasPrefix("LOCATION:") {
            // Lines after the first begin with a tab.
            lines.append(takingState(from: String(line.drop { $0 == "\t" })))
        }
        message = lines.isEmpty ? "the connection failed without a reason" : lines.joined(separator: "; ")
    }

    /// "… FATAL:  28P01: password …" without the state. The form is libpq's own, in every language.
    private mutating func takingState(from line: String) -> String {
        let bytes = Array(line.utf8)
        for start in bytes.indices.dropLast(9) where bytes[start...].starts(with: ":  ".utf8) {
            let code = String(decoding: bytes[start + 3..<start + 8], as: UTF8.self)
            guard let state = SQLState(rawValue: code), bytes[(start + 8)...].starts(with: ": ".utf8) else { continue }
            sqlState = state
            return String(decoding: bytes[..<(start + 2)] + bytes[(start + 9)...], as: UTF8.self)
        }
        return line
    }
}
