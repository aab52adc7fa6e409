import ArgumentParser
import Console
import Postgres
import RegionStore
import Replication
import Settings

struct DoctorCommand: ControlCommand {
    static let configuration = page("doctor", "[-o json]", .doctor, DoctorPeerMessage.doctorMore)

    @Option(help: help(.maxTransaction, value: "seconds"))
    var maxTransaction: Int64 = 3_600

    @OptionGroup var format: OutputOptions
    @OptionGroup var global: GlobalOptions

    /// How long one peer may take to be asked.
    private static let peerSeconds = 20

    func validate() throws {
        guard (0...1_000_000_000).contains(maxTransaction) else {
            throw ValidationError(speech(WorkMessage.badSeconds))
        }
    }

    func execute(_ context: Context) async throws -> ExitStatus {
        let findings = try await context.connected(as: .owner) { connection in
            let seconds = maxTransaction
            let digest: DigestAlgorithm = context.settings.historyDigest == .sm3 ? .sm3 : .sha256
            let local = try await connection.run { session in
                try Doctor.examine(
                    session, version: programVersion, digest: digest, transactionSeconds: seconds)
            }
            return try await local + peers(connection, context)
        }
        let isCritical = findings.contains { $0.severity == .critical }
        switch format.output {
        case .json: Output.print(Self.json(findings).text)
        case .table: context.print { Self.lines(findings, $0, $1) }
        }
        return isCritical ? .lagging : .done
    }

    /// Has the daemon ask the peers, where it lives.
    private func peers(_ connection: Connection, _ context: Context) async throws -> [Doctor.Finding] {
        do {
            guard try await connection.run({ try Status.readDaemon($0).isAlive }) else { return [] }
            var findings: [Doctor.Finding] = []
            for name in try await connection.run({ try Doctor.peers($0) }) {
                findings += try await ask(name, connection, context)
            }
            return findings
        } catch let error as PostgresError where error.sqlState == .insufficientPrivilege {
            return [Doctor.Finding("hidden", .warning, ["what": "doctor_peers", "reason": error.message])]
        }
    }

    private func ask(_ name: String, _ connection: Connection, _ context: Context) async throws -> [Doctor.Finding] {
        let patience = Patience(connection, context.terminal, seconds: Self.peerSeconds)
        let argument = (["peer": .string(name)] as JSONValue).line
        let id = try await connection.run { try Requests.ask($0, .testPeer, argument: argument) }
        let doing = speech(DoctorPeerMessage.asking, ["peer": name])
        let state: Requests.State? = try await patience.until { session in
            switch try Requests.state(session, id) {
            case .waiting, .running: .notYet(doing)
            case let state: .answer(state)
            }
        }
        switch state {
        case .done(let result): return try Doctor.findings(ofPeer: name, answer: result)
        case .failed(let reason): return [Doctor.Finding("peer_failed", .critical, ["peer": name, "reason": reason])]
        case .waiting, .running, .gone, nil:
            try await connection.run { try Requests.cancel($0, id) }
            return [Doctor.Finding("peer_silent", .warning, ["peer": name])]
        }
    }

    private static func lines(_ findings: [Doctor.Finding], _ width: Int, _ style: Style) -> [String] {
        let words = [Doctor.Severity.ok, .warning, .critical].map { word($0) }
        let margin = (words.map(\.displayWidth).max() ?? 0) + 2
        var lines: [String] = []
        for finding in findings {
            let word = word(finding.severity)
            let gap = String(repeating: " ", count: margin - word.displayWidth)
            let text = text(finding).printable.wrapped(to: width - margin)
            lines += text.enumerated().map { place, line in
                place == 0
                    ? style.paint(word, tone(finding.severity)) + gap + line
                    : String(repeating: " ", count: margin) + line
            }
        }
        let critical = findings.count { $0.severity == .critical }
        let warning = findings.count { $0.severity == .warning }
        let verdict = critical + warning == 0
            ? speech(DoctorPeerMessage.allWell)
            : speech(DoctorPeerMessage.summary, ["critical": "\(critical)", "warning": "\(warning)"])
        return lines + ["", verdict]
    }

    private static func word(_ severity: Doctor.Severity) -> String {
        switch severity {
        case .ok: speech(DoctorPeerMessage.severityOK)
        case .warning: speech(DoctorPeerMessage.severityWarning)
        case .critical: speech(DoctorPeerMessage.severityCritical)
        }
    }

    private static func tone(_ severity: Doctor.Severity) -> Tone {
        switch severity {
        case .ok: .good
        case .warning: .warning
        case .critical: .bad
        }
    }

    /// The sentence of a finding, in the user's language.
    private static func text(_ finding: Doctor.Finding) -> String {
        let message: (any MessageCatalogue)? =
            DoctorMessage(rawValue: finding.code) ?? DoctorPeerMessage(rawValue: finding.code)
        guard let message else { return finding.code }
        var text = message.bilingual.text(speech.language)
        for (name, value) in finding.facts {
            let shown =
                switch name {
                case "age": TimeText.duration((Int64(value) ?? 0) * 1_000_000)
                case "until": TimeText.local(Int64(value) ?? 0)
                case "state": Words.linkState(value)
                case "reason", "fault", "problem", "difference", "differences": speech.reason(value)
                default: value
                }
            text = text.replacing("{\(name)}", with: shown)
        }
        return text
    }

    private static func json(_ findings: [Doctor.Finding]) -> JSONValue {
        .envelope(
            "doctor",
            [
                "critical": .integer(Int64(findings.count { $0.severity == .critical })),
                "warnings": .integer(Int64(findings.count { $0.severity == .warning })),
                "findings": .array(
                    findings.map { finding in
                        [
                            "code": .string(finding.code), "severity": .string(finding.severity.rawValue),
                            "text": .string(text(finding)),
                            "facts": .array(
                                finding.facts.sorted { $0.key < $1.key }.map {
                                    ["name": .string($0.key), "value": .string($0.value)]
                                }),
                        ]
                    }),
            ])
    }
}
