import ArgumentParser
import Console
import RegionStore
import Settings

struct PolicyCheck: ControlCommand {
    static let configuration = page("policy check", "FILE", .policyCheck)

    @Argument(help: help(.policyFile))
    var file: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let source = try PolicySource(path: file)
        let warnings = try await context.installed { try source.checked($0).warnings }
        warnings.forEach(Output.say)
        context.print(
            speech(PolicyMessage.good, ["path": file, "count": "\(source.file.tables.count)"]))
        return .done
    }
}

struct PolicyApply: ControlCommand {
    static let configuration = page("policy apply", "FILE", .policyApply, PolicyPage.policyApplyMore)

    @Argument(help: help(.policyFile))
    var file: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let source = try PolicySource(path: file)
        let (changed, warnings, isAlive) = try await context.installed(as: .owner) { session in
            let (policies, warnings) = try source.checked(session)
            return (try PolicyStore.apply(session, policies), warnings, try Status.readDaemon(session).isAlive)
        }
        warnings.forEach(Output.say)
        guard !changed.isEmpty else {
            context.print(speech(PolicyMessage.unchanged))
            return .done
        }
        context.print(speech(PolicyMessage.applied, ["count": "\(changed.count)"]))
        for table in changed { Output.print(speech(PolicyMessage.changedTable, ["table": "\(table)"])) }
        if !isAlive { context.print(speech(PolicyMessage.daemonDown)) }
        return .done
    }
}
