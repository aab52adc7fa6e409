/// The first line of a batch.
public struct BatchHeader: Hashable, Sendable {
    /// Region that the origin is a life of.
    public let region: String
    /// Who published the batch.
    public let origin: OriginID
    /// Number in the origin's history, from 1.
    public let number: Int64
    /// Root of the batch before, 32 bytes; empty for batch 1.
    public let previous: [UInt8]
    /// When the cut took its snapshot, microseconds since 1970 UTC by the origin's clock.
    public let cutAt: Int64
    /// What the batch's tree is made with. It may change from one batch to the next.
    public let algorithm: DigestAlgorithm
    /// What the origin had applied in the cut's snapshot, its own batch `number - 1` included.
    public let context: Vector

    /// The only format version so far.
    public static let version = "1"
    /// Bytes of a batch's digest.
    public static let digestBytes = 32

    /// A header; `context` gets the origin's own previous batch when the caller left it out.
    public init(
        region: String, origin: OriginID, number: Int64, previous: [UInt8], cutAt: Int64,
        algorithm: DigestAlgorithm = .sha256, context: Vector
    ) {
        self.region = region
        self.origin = origin
        self.number = number
        self.previous = previous
        self.cutAt = cutAt
        self.algorithm = algorithm
        var context = context
        context[origin] = number - 1
        self.context = context
    }

    /// The line, without its line end.
    public var line: [UInt8] {
        var output: [UInt8] = []
        let pairs = context.origins.map { "\($0.name)=\(context[$0])" }.joined(separator: " ")
        let fields = [
            "bashu", BatchHeader.version, algorithm.rawValue, region, origin.name, String(number),
            Hex.text(previous), String(cutAt), pairs,
        ]
        for (index, field) in fields.enumerated() {
            if index > 0 { output.append(CopyText.tab) }
            CopyText.append(field, to: &output)
        }
        return output
    }

    /// Reads the first line of a batch.
    ///
    /// - Throws: `FormatError`; `unsupported` for a version or an algorithm that this program does not read.
    public init(parsing line: UnsafeRawBufferPointer) throws(FormatError) {
        var cursor = FieldCursor(line, line: 1)
        guard try cursor.text("magic") == "bashu" else { throw cursor.fault(.unexpectedLine, "not a batch of Bashu") }
        let version = try cursor.text("format version")
        guard version == BatchHeader.version else {
            throw cursor.fault(.unsupported, "format version \(version.prefix(16)) is not supported")
        }
        let name = try cursor.text("digest algorithm")
        guard let algorithm = DigestAlgorithm(rawValue: name) else {
            throw cursor.fault(.unsupported, "digest algorithm \(name.prefix(16)) is not supported")
        }
        self.algorithm = algorithm
        region = try cursor.text("region")
        origin = OriginID(try cursor.text("origin"))
        guard BatchHeader.isOrigin(origin, of: region) else {
            throw cursor.fault(.badField, "the origin's name is not its region and a token")
        }
        number = try cursor.number("batch number")
        guard number > 0 else { throw cursor.fault(.badField, "the batch number is 0") }
        guard let previous = Hex.bytes(cursor.slice(try cursor.next())),
            previous.count == (number == 1 ? 0 : BatchHeader.digestBytes)
        else { throw cursor.fault(.badField, "the previous batch's digest is malformed") }
        self.previous = previous
        cutAt = try cursor.number("time of the cut", max: BatchLimits.hlcMax)
        context = try BatchHeader.context(try cursor.text("context"), cursor)
        try cursor.finish()
        guard context[origin] == number - 1 else {
            throw cursor.fault(.badField, "the context does not hold the origin's own previous batch")
        }
    }

    /// Reads `origin=number` pairs. One vector has one text: sorted, no zeros, single spaces.
    private static func context(_ text: String, _ cursor: FieldCursor) throws(FormatError) -> Vector {
        var context = Vector()
        guard !text.isEmpty else { return context }
        var last: OriginID?
        for pair in text.split(separator: " ", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = BatchHeader.positive(parts[1]) else {
                throw cursor.fault(.badField, "the context is malformed")
            }
            let origin = OriginID(String(parts[0]))
            guard isOrigin(origin, of: origin.region), last.map({ $0 < origin }) ?? true else {
                throw cursor.fault(.badField, "the context is not in order or names no origin")
            }
            context[origin] = number
            last = origin
        }
        return context
    }

    private static func positive(_ text: Substring) -> Int64? {
        var digits = text
        let number = digits.withUTF8 { FieldCursor.number(UnsafeRawBufferPointer($0)) }
        return number == 0 ? nil : number
    }

    /// Whether `origin` is named REGION-TOKEN: a region of up to 32 letters, digits and underscores (as the
    /// table of nodes asks), a token of up to 32 letters and digits.
    public static func isOrigin(_ origin: OriginID, of region: String) -> Bool {
        guard origin.region == region, isWord(region.utf8, underscore: true) else { return false }
        let name = origin.name.utf8
        guard name.count > region.utf8.count + 1 else { return false }
        return isWord(name.dropFirst(region.utf8.count + 1), underscore: false)
    }

    private static func isWord(_ bytes: some Collection<UInt8>, underscore: Bool) -> Bool {
        guard (1...32).contains(bytes.count) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            case 0x5f: underscore
            default: false
            }
        }
    }
}
