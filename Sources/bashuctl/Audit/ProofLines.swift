import Console
import Integrity
import Reasons
import RegionStore
import Replication

/// What a proof proves, for people.
struct ProofLines {
    private let report: ProofReport
    private let width: Int
    private let style: Style
    private let names: HandleNames

    init(_ report: ProofReport, width: Int, style: Style) {
        self.report = report
        self.width = width
        self.style = style
        names = HandleNames(Array(Set(report.changes.map(\.id.origin))))
    }

    var lines: [String] {
        head + [""] + record + [""] + changes + keys + gaps + [""] + verdict
    }

    private func wrapped(_ text: String) -> [String] { text.printable.wrapped(to: width) }

    private func indented(_ text: String, by margin: Int = 2) -> [String] {
        text.printable.wrapped(to: width - margin).map { String(repeating: " ", count: margin) + $0 }
    }

    private var head: [String] {
        let (proof, maker) = (report.proof, report.proof.maker)
        let table = "\(proof.table.schemaName).\(proof.table.tableName)"
        let title = speech(ProofMessage.title, ["table": table, "key": report.key?.description ?? proof.key])
        let values: KeyValuePairs = [
            "region": maker.region, "origin": maker.origin ?? "", "database": maker.databaseID,
            "time": TimeText.local(maker.time),
        ]
        return wrapped(title).map { style.paint($0, .strong) }
            + wrapped(speech(maker.origin == nil ? ProofMessage.madeByReplica : ProofMessage.madeBy, values))
            + wrapped(speech(ProofMessage.row, ["state": speech(proof.row.word)]))
            + wrapped(speech(ProofMessage.policy, ["fingerprint": proof.policyFingerprint]))
    }

    private var record: [String] {
        if report.existence == .absent, let change = report.existenceChange {
            return wrapped(speech(ProofMessage.existence, ["change": names.short(change)]))
        }
        guard !report.columns.isEmpty else { return [] }
        var table = Table([
            .init(speech(ProofMessage.column), .left, .truncate), .init(speech(ProofMessage.change)),
            .init(speech(ProofMessage.rule)), .init(speech(ProofMessage.value), .left, .wrap),
        ])
        for column in report.columns {
            table.add([
                Cell(column.name), Cell(column.change.map(names.short) ?? speech(ProofMessage.notGiven)),
                Cell(column.rule ?? ""), Cell(Words.value(column.value)),
            ])
        }
        return table.lines(width: width, style: style)
    }

    private var changes: [String] {
        guard !report.changes.isEmpty else { return [] }
        var lines = [speech(ProofMessage.changes)]
        for change in report.changes {
            let title = [
                names.short(change.id), Words.kind(change.kind), TimeText.local(change.hlc),
                Words.author(user: change.user, actor: change.actor),
            ].joined(separator: "  ")
            lines += indented(title)
            if let reason = change.reason { lines += indented(speech(CaseMessage.reason, ["text": reason]), by: 4) }
            let values: KeyValuePairs = [
                "root": Hex.text(change.root), "algorithm": change.algorithm.rawValue,
                "key": change.vouchedBy.map(PublicKey.text) ?? "",
            ]
            lines += indented(
                speech(change.vouchedBy == nil ? ProofMessage.nobody : ProofMessage.signedBy, values), by: 4)
        }
        return lines
    }

    private var keys: [String] {
        guard !report.keys.isEmpty else { return [] }
        return [speech(ProofMessage.keysTitle)]
            + report.keys.flatMap { key in
                indented(PublicKey.text(key.fingerprint))
                    + indented(
                        [
                            key.region, key.algorithm,
                            speech(key.isNamed ? ProofMessage.keyNamed : ProofMessage.keyNotNamed),
                        ].joined(separator: "  "), by: 4)
            }
    }

    private var gaps: [String] {
        var lines = report.proof.gaps.flatMap { gap in
            wrapped(
                speech(
                    gap.changes > 0 ? ProofMessage.gone : ProofMessage.maybeGone,
                    ["count": "\(gap.changes)", "origin": gap.origin, "number": "\(gap.number)"]))
        }
        if report.beginsLate { lines += wrapped(speech(ProofMessage.beginsLate)) }
        return lines
    }

    private var verdict: [String] {
        guard report.isProven else {
            return [style.paint(speech(ProofMessage.notProven), .bad)]
                + report.faults.flatMap { indented("- " + speech.reason($0.text)) }
        }
        return wrapped(speech(ProofMessage.proven)).map { style.paint($0, .good) }
            + wrapped(speech(ProofMessage.meaning))
    }
}

extension RecordProof.Row {
    /// What people are told of it.
    var word: ProofMessage {
        switch self {
        case .present: .rowPresent
        case .absent: .rowAbsent
        case .parked: .rowParked
        case .kept: .rowKept
        case .unpublished: .rowUnpublished
        }
    }

    /// The same for programs.
    var name: String {
        switch self {
        case .present: "present"
        case .absent: "absent"
        case .parked: "parked"
        case .kept: "kept"
        case .unpublished: "unpublished"
        }
    }
}
