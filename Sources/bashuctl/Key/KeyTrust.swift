import ArgumentParser
import Console
import RegionStore

struct KeyTrust: ControlCommand {
    private static let path = "key trust"
    static let configuration = page(path, "PEER|FINGERPRINT", .keyTrust, KeyPage.trustMore)

    @Argument(help: help(.keyName, value: "fingerprint"))
    var key: String

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let name = key
        let (key, isTrusted) = try await context.installed(as: .owner) { session in
            let found = try Keys.findNew(session, name)
            if found.isExact { try Keys.trust(session, found.key) }
            return (found.key, found.isExact)
        }
        let values: KeyValuePairs = ["fingerprint": key.fingerprintText, "region": key.region]
        if !isTrusted { context.print(key.fingerprintText) }
        context.print(speech(isTrusted ? KeyMessage.trusted : KeyMessage.compare, values))
        // Whatever the width: it is to be copied.
        if !isTrusted { Output.print("  bashuctl \(Self.path) \(key.fingerprint)") }
        return .done
    }
}

struct KeyRevoke: ControlCommand {
    static let configuration = page("key revoke", "FINGERPRINT --reason TEXT", .keyRevoke, KeyPage.revokeMore)

    @Argument(help: help(.keyDigits, value: "fingerprint"))
    var key: String

    @Option(help: help(.keyReason, value: "text"))
    var reason: String

    @OptionGroup var global: GlobalOptions

    /// It cannot be taken back: so not by the name of a region, of which there may be another key than one thinks.
    func validate() throws {
        guard Keys.digits(key) != nil else { throw ValidationError(speech(KeyMessage.needsDigits)) }
        guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError(speech(KeyMessage.needsReason)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let (name, reason) = (key, reason)
        let key = try await context.installed(as: .owner) { session in
            let key = try Keys.find(session, name).key
            try Keys.revoke(session, key, reason: reason)
            return key
        }
        context.print(speech(KeyMessage.revoked, ["fingerprint": key.fingerprintText]))
        return .done
    }
}
