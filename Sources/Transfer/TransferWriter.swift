internal import Integrity
public import Replication

/// Writes a file: header, batches, end. Needs no more memory than a header and some buffers.
public final class TransferWriter {
    private let output: OutputFile
    private let gzip: GzipWriter
    private let algorithm: DigestAlgorithm
    private let hash: HashFunction
    private var end = TransferEnd()
    private var isSigned: Bool
    private var left: Int64 = 0

    /// Begins a file with its header.
    ///
    /// - Parameter hasLate: late signatures follow; earlier versions do not read them.
    /// - Throws: `TransferError`.
    public init(
        _ output: OutputFile, _ header: TransferHeader, _ algorithm: DigestAlgorithm, hasLate: Bool = false
    ) throws {
        self.output = output
        self.algorithm = algorithm
        gzip = GzipWriter { try output.write($0) }
        hash = HashFunction(algorithm.hash)
        isSigned = header.signedBy != nil
        let line = try TransferFormat.encode(header) + [CopyText.newline]
        let digest = Hex.text(HashFunction.digest(line, algorithm.hash))
        let words = [TransferFormat.magic, TransferFormat.version(hasLate: hasLate), algorithm.rawValue, digest]
        try write(Array((words.joined(separator: "\t") + "\n").utf8))
        try write(line)
    }

    /// Bytes of the file so far; a little less than there will be.
    public var fileBytes: Int64 { output.bytes }
    /// Batches that are whole.
    public var written: TransferEnd { end }

    /// Writes signatures of a batch that is not in the file; before the first batch.
    public func write(_ late: TransferLate) throws {
        precondition(end.batches == 0, "late signatures stand before the batches")
        try write(TransferFormat.line(late))
        end.late = (end.late ?? 0) + 1
    }

    /// Begins a batch; its bytes follow.
    public func begin(_ batch: TransferBatch) throws {
        precondition(left == 0, "a batch has to be whole before the next one")
        try write(TransferFormat.line(batch))
        left = batch.bytes
        end.batches += 1
        end.bytes += batch.bytes
        end.through[batch.origin] = batch.number
    }

    /// The next bytes of the batch.
    ///
    /// - Returns: how many are still to come; fewer than none: they are not taken.
    @discardableResult
    public func append(_ bytes: UnsafeRawBufferPointer) throws -> Int64 {
        guard left >= Int64(bytes.count) else { return left - Int64(bytes.count) }
        left -= Int64(bytes.count)
        hash.update(bytes)
        try gzip.write(bytes)
        return left
    }

    /// Writes the end and gives the file its name.
    ///
    /// - Parameter sign: signs a message with the key that the header names; not called where it names none.
    /// - Returns: what stands at the end, and the digest.
    public func finish(_ sign: ([UInt8]) throws -> TransferSignature) throws -> (end: TransferEnd, digest: [UInt8]) {
        try write(Array("end\t".utf8) + TransferFormat.encode(end) + [CopyText.newline])
        let digest = hash.finish().bytes
        try write(Array("digest\t\(Hex.text(digest))\n".utf8))
        if isSigned {
            let signature = try sign(SignedMessage.transfer(algorithm: algorithm.rawValue, digest: digest))
            try write(Array("signature\t\(TransferFormat.text(signature))\n".utf8))
        }
        try gzip.finish()
        try output.commit()
        return (end, digest)
    }

    private func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes {
            hash.update($0)
            try gzip.write($0)
        }
    }
}
