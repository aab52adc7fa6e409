import Console
import Logging
import Postgres
import RegionStore
import Settings

/// What a command works with: the settings, the terminal and the way to the database.
struct Context: Sendable {
    let settings: Settings
    let terminal: Terminal
    private let path: String

    /// Which role a command needs.
    enum Role {
        /// The one in `conninfo`.
        case ordinary
        /// The owner of Bashu's objects: `owner_conninfo`, else `conninfo`.
        case owner
    }

    /// Reads the settings; `--database` goes over both connection strings.
    init(_ options: GlobalOptions) throws {
        var settings = try Settings.load(path: options.config, environment: environment)
        if let database = options.database {
            guard !Conninfo.containsPassword(database) else {
                throw SettingsError.password(place: .commandLine, key: "--database")
            }
            settings.conninfo = database
            settings.ownerConninfo = nil
        }
        self.settings = settings
        path = options.config ?? environment["BASHU_CONFIG"] ?? Settings.defaultPath
        terminal = Terminal.current(environment: environment)
    }

    /// Runs `body` with a connection to the database, and closes it.
    func connected<T: Sendable>(
        as role: Role = .ordinary, _ body: (Connection) async throws -> T
    ) async throws -> T {
        let connection = try await connection(as: role)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// A connection to the database, which the caller closes.
    func connection(as role: Role = .ordinary) async throws -> Connection {
        let conninfo = role == .owner ? settings.ownerConninfo ?? settings.conninfo : settings.conninfo
        guard let conninfo else { throw Failure(.usage, speech(ErrorMessage.noDatabase, ["path": path])) }
        // The owner's search path says which table a name without a schema means.
        let path = role == .owner ? [:] : ["search_path": "pg_catalog"]
        let target = ConnectionTarget(
            conninfo, settings: path.merging(["TimeZone": "UTC", "DateStyle": "ISO"]) { $1 })
        return try await Connection.connect(
            target, applicationName: "bashuctl", logger: Logger(label: "bashuctl") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A connection with the daemon's own texts of values, which the caller closes.
    func daemonConnection() async throws -> Connection {
        guard let conninfo = settings.conninfo else {
            throw Failure(.usage, speech(ErrorMessage.noDatabase, ["path": path]))
        }
        return try await Connection.connect(
            Transfers.target(ConnectionTarget(conninfo)), applicationName: "bashuctl",
            logger: Logger(label: "bashuctl") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Whose batches must be signed, as the daemon is told.
    var signatureRequirement: SignatureRequirement {
        switch settings.requiredSignatures {
        case .trusted: .trusted
        case .all: .all
        case .none: .none
        }
    }

    /// Runs one piece of work in a database that has Bashu in it.
    func installed<T: Sendable>(
        as role: Role = .ordinary, _ body: @Sendable (Session) throws -> T
    ) async throws -> T {
        try await connected(as: role) { connection in
            try await connection.run { session in
                _ = try Status.readNode(session)
                return try body(session)
            }
        }
    }

    /// Prints lines that are made for the terminal's width and style.
    func print(_ lines: (_ width: Int, _ style: Style) -> [String]) {
        Output.print(lines(terminal.width, terminal.style))
    }

    /// Prints a sentence, wrapped.
    func print(_ text: String) {
        Output.print(text.wrapped(to: terminal.width))
    }
}
