internal import Integrity
internal import Reasons
internal import Replication
public import Transfer

/// What a file says, without a database: it is checked in itself.
public struct TransferShow: Sendable {
    public let header: TransferHeader
    public let end: TransferEnd
    public let digestName: String
    public let digest: [UInt8]
    public let fileBytes: Int64
    public let changes: Int64
    /// The key that has signed the file; nil: it is not signed. Whether the key is its region's own is not known here.
    public let signedBy: [UInt8]?

    /// - Throws: `TransferError`, also when the signature is not that of the file.
    public static func read(_ path: String, progress: (Int) -> Void = { _ in }) throws -> TransferShow {
        let limits = BatchLimits()
        let reader = try TransferReader(path: path, limits: limits)
        let nothing = NothingHere(reader.header, limits)
        var check = TransferCheck(here: nothing, peer: "", limits: limits) { origin, number, here in
            TransferError(
                .batches_lacking,
                ["file": path, "number": "\(number)", "origin": origin.name, "here": "\(here)"])
        }
        let found = try check.run(reader, progress: progress)
        if let signature = reader.signature { try verify(signature, reader) }
        return TransferShow(
            header: reader.header, end: found.end, digestName: reader.algorithm.rawValue, digest: found.digest,
            fileBytes: reader.fileBytes, changes: found.changes, signedBy: reader.signature?.fingerprint)
    }

    private static func verify(_ signature: TransferSignature, _ reader: TransferReader) throws {
        let provider = OpenSSLProvider()
        let keys = reader.header.keys.compactMap { Hex.bytes($0.spki).flatMap(provider.publicKey) }
        let message = SignedMessage.transfer(algorithm: reader.algorithm.rawValue, digest: reader.digest)
        guard let key = keys.first(where: { $0.fingerprint == signature.fingerprint }),
            provider.verify(signature.bytes, of: message, by: key)
        else {
            throw TransferError(
                .file_signature_wrong, ["file": reader.path, "key": PublicKey.text(signature.fingerprint)])
        }
    }
}

/// Nothing is compared; shapes are those that the file itself tells of.
private struct NothingHere: TransferCheck.Here {
    private let known: [Digest16: Shape]

    init(_ header: TransferHeader, _ limits: BatchLimits) {
        var known: [Digest16: Shape] = [:]
        for line in header.shapes {
            let bytes = Array(line.utf8)
            bytes.withUnsafeBytes { buffer in
                guard let shape = try? Shape(parsing: buffer, number: 1, limits: limits) else { return }
                known[BatchHasher.digest16(bytes)] = shape
            }
        }
        self.known = known
    }

    mutating func last(_ origin: OriginID) throws -> (number: Int64, root: [UInt8])? { nil }
    mutating func root(_ origin: OriginID, _ number: Int64) throws -> [UInt8]? { nil }
    mutating func shapes(_ origin: OriginID) throws -> [Digest16: Shape] { known }
    mutating func lacking(
        _ origin: OriginID, _ number: Int64, _ offered: [BatchSignature]
    ) throws -> (new: [BatchSignature], wrong: [UInt8]?) { ([], nil) }
    func signatures(_ region: String) -> SignatureCheck? { nil }
    func isSignatureRequired(_ maker: TransferHeader.Maker) -> Bool { false }
}
