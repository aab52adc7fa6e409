import ArgumentParser
import Console
import Integrity
import RegionStore

struct KeyList: ControlCommand {
    static let configuration = page("key list", "[-o json]", .keyList)

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let keys = try await context.installed(as: .owner) { try Keys.list($0) }
        switch format.output {
        case .json: Output.print(JSONValue.envelope("keys", ["keys": .array(keys.map(KeyWords.json))]).text)
        case .table where keys.isEmpty: context.print(speech(KeyMessage.noKeys))
        case .table: context.print { Self.table(keys).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func table(_ keys: [Keys.Key]) -> Table {
        var table = Table([
            .init(speech(WordMessage.region)), .init(speech(WordMessage.state)), .init(speech(KeyMessage.algorithm)),
            .init(speech(KeyMessage.signatures), .right), .init(speech(KeyMessage.fingerprint), .left, .wrap),
        ])
        for key in keys {
            let state = KeyWords.state(key)
            table.add([
                Cell(key.region), Cell(state.text, state.tone), Cell(key.algorithm), Cell("\(key.signatures)"),
                Cell(key.fingerprintText),
            ])
        }
        return table
    }
}

struct KeyShow: ControlCommand {
    static let configuration = page("key show", "[PEER|FINGERPRINT] [-o json]", .keyShow)

    @Argument(help: help(.keyName, value: "fingerprint"))
    var key: String?

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let name = key
        let keys = try await context.installed(as: .owner) { session in
            guard let name else { return try Keys.list(session).filter { $0.isOwn && $0.revokedAt == nil } }
            return [try Keys.find(session, name) { !$0.isOwn }.key]
        }
        switch format.output {
        case .json: Output.print(JSONValue.envelope("keys", ["keys": .array(keys.map(KeyWords.json))]).text)
        case .table where keys.isEmpty: context.print(speech(KeyMessage.noKeys))
        case .table:
            for key in keys {
                Self.lines(key).forEach { context.print($0) }
                // As a file of it has to be, whatever the width.
                if let pem = key.publicKey?.pem { Output.print(pem.split(separator: "\n").map(String.init)) }
            }
        }
        return .done
    }

    private static func lines(_ key: Keys.Key) -> [String] {
        var lines = [
            key.fingerprintText,
            "  \(key.region)  \(key.algorithm)  \(KeyWords.state(key).text)",
            "  \(speech(KeyMessage.firstSeen)): \(TimeText.local(key.firstSeen)) "
                + "\(key.firstSeenFrom ?? speech(KeyMessage.madeHere))",
        ]
        if let time = key.trustedAt, let name = key.trustedBy, !key.isOwn {
            lines.append("  " + speech(KeyMessage.trustedBy, ["name": name, "time": TimeText.local(time)]))
        }
        if let predecessor = key.predecessor {
            lines.append("  " + speech(KeyMessage.follows, ["fingerprint": predecessor]))
        }
        if let time = key.revokedAt {
            lines.append(
                "  \(speech(KeyMessage.stateRevoked)): \(TimeText.local(time)) \(key.revokedBy ?? "-"): "
                    + "\(key.revokeReason ?? "")")
        }
        return lines
    }
}
