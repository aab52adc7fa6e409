internal import FoundationEssentials
internal import Integrity
internal import Reasons
internal import Replication

/// The lines of a file. All of it is text:
///
///     bashu-transfer ⇥ FORMAT ⇥ sm3 ⇥ DIGEST  of the next line
///     {"file": …}                             TransferHeader
///     late ⇥ ORIGIN ⇥ NUMBER ⇥ KEY:ALGORITHM:SIGNATURE …
///     …                                       of batches before those in the file, which the recipient has
///     batch ⇥ ORIGIN ⇥ NUMBER ⇥ BYTES ⇥ KEY:ALGORITHM:SIGNATURE …
///     …                                       so many bytes: the batch as its origin published it
///     end ⇥ {"batches": …}                    TransferEnd
///     digest ⇥ DIGEST                         of everything before this line
///     signature ⇥ KEY:ALGORITHM:SIGNATURE     over that digest; only where the header names a key
enum TransferFormat {
    static let magic = "bashu-transfer"
    /// Format 2 has late signatures. Files without any are of format 1, which every version reads.
    static let versions = ["1", "2"]
    static func version(hasLate: Bool) -> String { versions[hasLate ? 1 : 0] }
    /// The longest line that is not a batch's.
    static let lineMax = 64 << 20

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(bytes))
    }

    static func text(_ signature: TransferSignature) -> String {
        "\(Hex.text(signature.fingerprint)):\(signature.algorithm):\(Hex.text(signature.bytes))"
    }

    /// Nil for anything else than what `text` makes.
    static func signature(_ text: Substring) -> TransferSignature? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let fingerprint = Hex.bytes(String(parts[0])), fingerprint.count == 32,
            (1...32).contains(parts[1].utf8.count), let bytes = Hex.bytes(String(parts[2])),
            (1...128).contains(bytes.count)
        else { return nil }
        return TransferSignature(fingerprint: fingerprint, algorithm: String(parts[1]), bytes: bytes)
    }

    static func line(_ batch: TransferBatch) -> [UInt8] {
        Array("batch\t\(batch.origin)\t\(batch.number)\t\(batch.bytes)\t\(text(batch.signatures))\n".utf8)
    }

    static func line(_ late: TransferLate) -> [UInt8] {
        Array("\(lateWord)\(late.origin)\t\(late.number)\t\(text(late.signatures))\n".utf8)
    }

    static let lateWord = "late\t"

    private static func text(_ signatures: [TransferSignature]) -> String {
        signatures.map(text).joined(separator: " ")
    }

    /// Nil for anything else than what `line` makes.
    static func batch(_ line: [UInt8]) -> TransferBatch? {
        let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "batch", let number = Self.number(fields[2]), number > 0,
            let bytes = Self.number(fields[3])
        else { return nil }
        guard let origin = origin(fields[1]), let signatures = signatures(fields[4]) else { return nil }
        return TransferBatch(origin: origin, number: number, bytes: bytes, signatures: signatures)
    }

    /// Nil for anything else than what `line` makes.
    static func late(_ line: [UInt8]) -> TransferLate? {
        let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 4, let number = Self.number(fields[2]), number > 0, let origin = origin(fields[1]),
            let signatures = signatures(fields[3]), !signatures.isEmpty
        else { return nil }
        return TransferLate(origin: origin, number: number, signatures: signatures)
    }

    private static func signatures(_ text: Substring) -> [TransferSignature]? {
        let found = text.split(separator: " ", omittingEmptySubsequences: true).map(signature)
        guard found.allSatisfy({ $0 != nil }), found.count <= TransferLate.signaturesMax else { return nil }
        return found.compactMap { $0 }
    }

    private static func origin(_ text: Substring) -> String? {
        let origin = OriginID(String(text))
        return BatchHeader.isOrigin(origin, of: origin.region) ? origin.name : nil
    }

    private static func number(_ text: Substring) -> Int64? {
        guard let value = Int64(text), value >= 0, String(value) == text else { return nil }
        return value
    }
}

extension DigestAlgorithm {
    var hash: HashFunction.Algorithm {
        switch self {
        case .sha256: .sha256
        case .sm3: .sm3
        }
    }
}
