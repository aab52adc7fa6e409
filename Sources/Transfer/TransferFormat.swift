internal import FoundationEssentials
internal import Integrity
internal import Reasons
internal import Replication

/// The lines of a file. All of it is text:
///
///     bashu-transfer ⇥ 1 ⇥ sm3 ⇥ DIGEST       of the next line
///     {"file": …}                             TransferHeader
///     batch ⇥ ORIGIN ⇥ NUMBER ⇥ BYTES ⇥ KEY:ALGORITHM:SIGNATURE …
///     …                                       so many bytes: the batch as its origin published it
///     end ⇥ {"batches": …}                    TransferEnd
///     digest ⇥ DIGEST                         of everything before this line
///     signature ⇥ KEY:ALGORITHM:SIGNATURE     over that digest; only where the header names a key
enum TransferFormat {
    static let magic = "bashu-transfer"
    static let version = "1"
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
        let signatures = batch.signatures.map(text).joined(separator: " ")
        return Array("batch\t\(batch.origin)\t\(batch.number)\t\(batch.bytes)\t\(signatures)\n".utf8)
    }

    /// Nil for anything else than what `line` makes.
    static func batch(_ line: [UInt8]) -> TransferBatch? {
        let fields = String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "batch", let number = Self.number(fields[2]), number > 0,
            let bytes = Self.number(fields[3])
        else { return nil }
        let signatures = fields[4].split(separator: " ", omittingEmptySubsequences: true).map(signature)
        guard signatures.allSatisfy({ $0 != nil }), signatures.count <= 64 else { return nil }
        let origin = OriginID(String(fields[1]))
        guard BatchHeader.isOrigin(origin, of: origin.region) else { return nil }
        return TransferBatch(
            origin: origin.name, number: number, bytes: bytes, signatures: signatures.compactMap { $0 })
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
