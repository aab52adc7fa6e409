import Console
import Integrity
import Reasons
import RegionStore
import Replication

/// A proof that was made, and what one proves, for programs.
enum ProofJSON {
    static func made(_ proof: RecordProof, _ bytes: [UInt8], path: String) -> JSONValue {
        .envelope(
            "record_proof_file",
            [
                "file": .string(path), "bytes": .integer(Int64(bytes.count)),
                "sha256": .string(Hex.text(HashFunction.digest(bytes))), "schema": .string(proof.table.schemaName),
                "table": .string(proof.table.tableName), "key": proof.rowKey.map { .key($0) } ?? .null,
                "row": .string(proof.row.name), "made_in": .string(proof.maker.region),
                "origin": JSONValue(proof.maker.origin), "database_id": .string(proof.maker.databaseID),
                "made_at": .time(proof.maker.time), "policy": .string(proof.policyFingerprint),
                "changes": .integer(Int64(proof.entries.count)),
                "unsigned": .integer(Int64(proof.entries.count { !$0.isSigned })),
                "keys": .array(
                    proof.keys.map { key in
                        [
                            "fingerprint": .string(Hex.text(HashFunction.digest(key.spki))),
                            "region": .string(key.region), "algorithm": .string(key.algorithm),
                        ]
                    }),
                "gaps": gaps(proof),
            ])
    }

    private static func gaps(_ proof: RecordProof) -> JSONValue {
        .array(
            proof.gaps.map { gap in
                ["origin": .string(gap.origin), "number": .integer(gap.number), "gone": .integer(gap.changes)]
            })
    }

    static func document(_ report: ProofReport) -> JSONValue {
        let proof = report.proof
        return .envelope(
            "record_proof",
            [
                "proven": .bool(report.isProven), "schema": .string(proof.table.schemaName),
                "table": .string(proof.table.tableName), "key": report.key.map { .key($0) } ?? .null,
                "row": .string(proof.row.name), "made_in": .string(proof.maker.region),
                "origin": JSONValue(proof.maker.origin), "database_id": .string(proof.maker.databaseID),
                "made_at": .time(proof.maker.time), "policy": .string(proof.policyFingerprint),
                "exists": report.existence.map { .bool($0 == .present) } ?? .null,
                "exists_by": change(report.existenceChange),
                "columns": .array(report.columns.map { column($0, report) }),
                "changes": .array(report.changes.map(self.change)),
                "keys": .array(
                    report.keys.map { key in
                        [
                            "fingerprint": .string(Hex.text(key.fingerprint)), "region": .string(key.region),
                            "algorithm": .string(key.algorithm), "named": .bool(key.isNamed),
                        ]
                    }),
                "gaps": gaps(proof),
                "begins_late": .bool(report.beginsLate),
                "reasons": .strings(report.faults.map(\.text)),
                "reason_codes": .strings(report.faults.map(\.code)),
            ])
    }

    private static func change(_ id: ChangeID?) -> JSONValue { JSONValue(id?.description) }

    private static func column(_ column: ProofReport.Column, _ report: ProofReport) -> JSONValue {
        let writer = report.changes.first { $0.id == column.change }
        return [
            "column": .string(column.name), "type": .string(column.type), "value": JSONValue(column.value),
            "change": change(column.change), "region": JSONValue(writer?.region), "user": JSONValue(writer?.user),
            "actor": JSONValue(writer?.actor), "time": .time(writer?.hlc), "reason": JSONValue(writer?.reason),
            "rule": JSONValue(column.rule), "candidates": .array(column.candidates.map(change)),
        ]
    }

    private static func change(_ one: ProofReport.Change) -> JSONValue {
        [
            "change": change(one.id), "region": .string(one.region), "kind": .string(one.kind.word),
            "time": .time(one.hlc), "user": JSONValue(one.user), "actor": JSONValue(one.actor),
            "reason": JSONValue(one.reason), "digest": .string(one.algorithm.rawValue),
            "root": .string(Hex.text(one.root)), "signed_by": JSONValue(one.vouchedBy.map { Hex.text($0) }),
        ]
    }
}
