import ArgumentParser
import Console
import Postgres
import RegionStore

struct Init: ControlCommand {
    static let configuration = page(
        "init", "[--region CODE] [--daemon-role ROLE] [--kind KIND]", .initialise, SetupPage.initialiseMore)

    @Option(help: help(.region, value: "code"))
    var region: String?

    @Option(help: help(.kind, value: "region|replica"))
    var kind: Kind?

    @Option(name: .customLong("daemon-role"), help: help(.daemonRole, value: "role"))
    var daemonRole: String?

    @OptionGroup var global: GlobalOptions

    enum Kind: String, ExpressibleByArgument {
        /// The help text names them, in the user's language.
        static let allValueStrings: [String] = []

        case region, replica

        var kind: NodeKind { self == .region ? .region : .replica }
    }

    /// Stands where the DBA puts a role's name.
    private static let roleToken = "ROLE"

    func execute(_ context: Context) async throws -> ExitStatus {
        try await context.connected(as: .owner) { connection in
            let (region, kind, daemonRole) = (region, kind, daemonRole)
            let (outcome, database) = try await connection.run { session in
                let present = try Installer.present(session)
                guard let region = region ?? present?.region, let role = daemonRole ?? present?.daemonRole else {
                    throw Failure(.usage, speech(InstallMessage.needsRegion))
                }
                let request = InstallRequest(
                    kind: kind?.kind ?? present?.kind ?? .region, region: region, daemonRole: role)
                let outcome = try Installer.install(session, request)
                return (outcome, try Status.readNode(session).database)
            }
            context.print(Self.sentence(outcome, database))
            if let origin = outcome.origin { context.print(speech(InstallMessage.originIs, ["origin": origin])) }
            try await printGrants(connection)
            if outcome.from == 0 { context.print(speech(InstallMessage.nextSteps)) }
            return .done
        }
    }

    private static func sentence(_ outcome: InstallOutcome, _ database: String) -> String {
        let values: KeyValuePairs = [
            "database": database, "from": "\(outcome.from)", "version": "\(outcome.to)",
        ]
        if outcome.from == 0 { return speech(InstallMessage.installed, values) }
        let changed = outcome.from != outcome.to || outcome.functionsReplaced
        return speech(changed ? InstallMessage.upgraded : InstallMessage.unchanged, values)
    }

    private func printGrants(_ connection: Connection) async throws {
        let kinds: [(String, InstallMessage)] = [
            ("peer", .grantsPeer), ("reader", .grantsReader), ("administrator", .grantsAdministrator),
            ("monitor", .grantsMonitor),
        ]
        Output.print(["", speech(InstallMessage.grantsFor, ["role": Self.roleToken])])
        for (kind, title) in kinds {
            let grants = try await connection.run { try Installer.grants($0, kind: kind, role: Self.roleToken) }
            Output.print([speech(title)] + grants.map { $0.replacing("\"\(Self.roleToken)\"", with: Self.roleToken) })
        }
        Output.print("")
    }
}

