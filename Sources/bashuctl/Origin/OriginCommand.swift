import ArgumentParser
import Console
import RegionStore

struct OriginCommand: ParsableCommand {
    static let configuration = page(
        "origin", "COMMAND", .origin, OriginPage.originMore, [OriginList.self, OriginClose.self, OriginRenew.self])
}

struct OriginList: ControlCommand {
    static let configuration = page("origin list", "[-o json]", .originList)

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let origins = try await context.installed { try Origins.list($0) }
        switch format.output {
        case .json: Output.print(Self.json(origins).text)
        case .table where origins.isEmpty: context.print(speech(OriginMessage.none))
        case .table: context.print { Self.table(origins).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func state(_ origin: Origins.Origin) -> String {
        switch origin {
        case _ where origin.closing != nil: speech(OriginMessage.closed)
        case _ where origin.isOwn: speech(OriginMessage.own)
        case _ where origin.isFormer: speech(OriginMessage.former)
        default: speech(OriginMessage.open)
        }
    }

    private static func table(_ origins: [Origins.Origin]) -> Table {
        var table = Table([
            .init(speech(OriginMessage.origin)), .init(speech(WordMessage.state)),
            .init(speech(OriginMessage.applied), .right), .init(speech(OriginMessage.received), .right),
            .init(speech(OriginMessage.elsewhere), .right), .init(speech(OriginMessage.end), .left, .wrap),
        ])
        for origin in origins {
            let end = origin.closing.map { closing in
                speech(
                    OriginMessage.closedAt,
                    [
                        "number": "\(closing.number)", "person": closing.person, "region": closing.region,
                        "reason": closing.reason,
                    ])
            }
            table.add([
                Cell(origin.name), Cell(state(origin), origin.isFormer && origin.closing == nil ? .warning : .normal),
                Cell("\(origin.applied)"), Cell("\(origin.received)"), Cell("\(origin.elsewhere)"), Cell(end ?? "-"),
            ])
        }
        return table
    }

    private static func json(_ origins: [Origins.Origin]) -> JSONValue {
        .envelope(
            "origins",
            [
                "origins": .array(
                    origins.map { origin in
                        [
                            "origin": .string(origin.name), "region": .string(origin.region),
                            "own": .bool(origin.isOwn), "former": .bool(origin.isFormer),
                            "applied": .integer(origin.applied), "received": .integer(origin.received),
                            "elsewhere": .integer(origin.elsewhere),
                            "closed_at": origin.closing.map { .integer($0.number) } ?? .null,
                            "closed_in": JSONValue(origin.closing?.region),
                            "closed_by": JSONValue(origin.closing?.person),
                            "closing_signed": origin.closing.map { .bool($0.isSigned) } ?? .null,
                            "reason": JSONValue(origin.closing?.reason),
                            "declared_at": .time(origin.closing?.declaredAt),
                        ]
                    })
            ])
    }
}

struct OriginClose: ControlCommand {
    static let configuration = page(
        "origin close", "ORIGIN --reason TEXT [--at NUMBER]", .originClose, OriginPage.closeMore)

    @Argument(help: help(origin: .name))
    var origin: String

    @Option(help: help(origin: .reason, value: "text"))
    var reason: String

    @Option(help: help(origin: .at, value: "number"))
    var at: Int64?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError(speech(CaseMessage.needsReason)) }
        guard reason.count <= 2_000 else { throw ValidationError(speech(OriginMessage.reasonTooLong)) }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let (origin, at, reason) = (origin, at, reason)
        let number = try await context.installed(as: .owner) {
            try Origins.close($0, name: origin, at: at, reason: reason)
        }
        context.print(speech(OriginMessage.nowClosed, ["origin": origin, "number": "\(number)"]))
        return .done
    }
}

struct OriginRenew: ControlCommand {
    static let configuration = page("origin renew", "--yes", .originRenew, OriginPage.renewMore)

    @Flag(help: help(origin: .yes))
    var yes = false

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        guard yes else { throw Failure(.usage, speech(OriginMessage.renewAsk)) }
        let (former, new) = try await context.installed(as: .owner) { try Origins.renew($0) }
        context.print(speech(OriginMessage.renewed, ["former": former, "new": new]))
        return .done
    }
}

extension OriginError {
    /// The error in the user's language.
    var text: String {
        switch self {
        case .unknown(let name): speech(OriginMessage.unknown, ["origin": name])
        case .own(let name): speech(OriginMessage.isOwn, ["origin": name])
        case .lacking(let name, let here, let elsewhere):
            speech(OriginMessage.lacking, ["origin": name, "here": "\(here)", "elsewhere": "\(elsewhere)"])
        case .tooEarly(let name, let at, let known):
            speech(OriginMessage.tooEarly, ["origin": name, "at": "\(at)", "known": "\(known)"])
        case .daemonRuns: speech(OriginMessage.daemonRuns)
        case .replica: speech(OriginMessage.onReplica)
        case .closeOnReplica: speech(OriginMessage.closeOnReplica)
        }
    }
}
