import ArgumentParser
import Console
import RegionStore

struct PeerList: ControlCommand {
    static let configuration = page("peer list", "[-o json]", .peerList)

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws -> ExitStatus {
        let (peers, now) = try await context.installed { session in
            (try Peers.list(session), try Status.readNode(session).now)
        }
        switch format.output {
        case .json: Output.print(Self.json(peers).text)
        case .table where peers.isEmpty: context.print(speech(PeerMessage.noPeers))
        case .table: context.print { Self.table(peers, now: now).lines(width: $0, style: $1) }
        }
        return .done
    }

    private static func table(_ peers: [Peers.Peer], now: Int64) -> Table {
        var table = Table([
            .init(speech(WordMessage.peer)), .init(speech(WordMessage.state)),
            .init(speech(WordMessage.lastContact), .right), .init(speech(WordMessage.login), .left, .truncate),
            .init(speech(WordMessage.lastReport), .right), .init(speech(WordMessage.from), .left, .wrap),
        ])
        for peer in peers {
            let pulls = peer.conninfo != nil
            let login = peer.isByFile ? speech(WordMessage.byFile) : peer.login
            let state = peer.isPaused ? "paused" : peer.state ?? "connecting"
            table.add([
                Cell(peer.name), Cell(pulls ? Words.linkState(state) : "-", tone(pulls ? state : "")),
                Cell(pulls ? Words.ago(peer.lastContact, now: now) : "-"), Cell(login ?? "-"),
                Cell(login == nil ? "-" : Words.ago(peer.reportedAt, now: now)), Cell(peer.conninfo ?? "-"),
            ])
        }
        return table
    }

    /// The colour of a link's state.
    static func tone(_ state: String) -> Tone {
        switch state {
        case "streaming", "waiting": .good
        case "down", "held", "stopped": .bad
        case "paused", "connecting": .warning
        default: .normal
        }
    }

    private static func json(_ peers: [Peers.Peer]) -> JSONValue {
        .envelope(
            "peers",
            [
                "peers": .array(
                    peers.map { peer in
                        [
                            "name": .string(peer.name), "conninfo": JSONValue(peer.conninfo),
                            "login": JSONValue(peer.login), "by_file": .bool(peer.isByFile),
                            "paused": .bool(peer.isPaused),
                            "state": JSONValue(peer.state), "reason": JSONValue(peer.reason),
                            "reason_codes": .codes(peer.reason),
                            "region": JSONValue(peer.region), "added_at": .time(peer.addedAt),
                            "last_contact": .time(peer.lastContact), "reported_at": .time(peer.reportedAt),
                        ]
                    })
            ])
    }
}

extension JSONValue {
    /// A time in UTC, or null.
    static func time(_ micros: Int64?) -> JSONValue { micros.map { .string(TimeText.iso($0)) } ?? .null }
}
