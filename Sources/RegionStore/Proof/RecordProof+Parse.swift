internal import FoundationEssentials
internal import Integrity
internal import Replication

extension RecordProof {
    /// Reads a file that may have come from anybody.
    ///
    /// - Throws: `ProofFormatError`.
    public init(parsing bytes: [UInt8]) throws(ProofFormatError) {
        var reader = try ProofReader(bytes)
        try reader.open()
        maker = try reader.maker()
        table = try reader.table()
        key = try reader.fields(.key, 1)[0]
        row = try reader.row(columns: table.columns.count)
        (policyFingerprint, policy) = try reader.policy()
        gaps = try reader.repeated(.gone, Self.gapsMax) { (reader) throws(ProofFormatError) in try reader.gap() }
        keys = try reader.repeated(.publicKey, Self.keysMax) { (reader) throws(ProofFormatError) in
            try reader.publicKey()
        }
        shapes = try reader.repeated(.shape, Self.shapesMax) { (reader) throws(ProofFormatError) in
            try reader.whole()
        }
        entries = try reader.repeated(.batch, Self.entriesMax) { (reader) throws(ProofFormatError) in
            try reader.entry()
        }
        try reader.close()
    }
}

/// Goes through the lines of a file.
private struct ProofReader {
    private let bytes: [UInt8]
    private var lines: ArraySlice<Range<Int>>
    private var number = 0

    init(_ bytes: [UInt8]) throws(ProofFormatError) {
        guard bytes.count <= RecordProof.bytesMax else {
            throw ProofFormatError(line: 0, detail: "the file is larger than any record")
        }
        guard bytes.last == CopyText.newline, bytes.withUnsafeBytes({ ByteScan.isUTF8($0) }) else {
            throw ProofFormatError(line: 0, detail: "the file is not text in UTF-8 that ends with a line end")
        }
        self.bytes = bytes
        var found: [Range<Int>] = []
        var start = 0
        bytes.withUnsafeBytes { text in
            while let stop = ByteScan.first(CopyText.newline, in: text, from: start) {
                found.append(start..<stop)
                start = stop + 1
            }
        }
        lines = found[...]
    }

    func fault(_ detail: String) -> ProofFormatError { ProofFormatError(line: number, detail: detail) }

    /// Whether the next line begins with this word.
    private func isNext(_ word: RecordProof.Word) -> Bool {
        guard let range = lines.first else { return false }
        let name = Array(word.rawValue.utf8)
        let line = bytes[range]
        return line.starts(with: name)
            && (line.count == name.count || line[line.startIndex + name.count] == CopyText.tab)
    }

    /// The next line as a whole.
    mutating func whole() throws(ProofFormatError) -> [UInt8] {
        number += 1
        guard let range = lines.popFirst() else { throw fault("the file ends before its end") }
        return Array(bytes[range])
    }

    /// What follows the word that the next line has to begin with, byte for byte.
    mutating func verbatim(_ word: RecordProof.Word) throws(ProofFormatError) -> [UInt8] {
        guard isNext(word) else {
            number += 1
            throw fault("a line that begins with \(word.rawValue) is missing here")
        }
        return Array(try whole().dropFirst(word.rawValue.utf8.count + 1))
    }

    /// The fields of the next line.
    private mutating func fields(_ word: RecordProof.Word) throws(ProofFormatError) -> [String?] {
        let rest = try verbatim(word)
        let fields = rest.isEmpty ? [] : rest.withUnsafeBytes { CopyText.values($0) }
        return fields
    }

    /// The fields of the next line, of which there are so many, none of them NULL.
    mutating func fields(_ word: RecordProof.Word, _ count: Int) throws(ProofFormatError) -> [String] {
        let fields = try fields(word).compactMap(\.self)
        guard fields.count == count else { throw fault("\(word.rawValue) has another number of fields") }
        return fields
    }

    mutating func repeated<T>(
        _ word: RecordProof.Word, _ max: Int, _ read: (inout ProofReader) throws(ProofFormatError) -> T
    ) throws(ProofFormatError) -> [T] {
        var found: [T] = []
        while isNext(word) {
            guard found.count < max else { throw fault("there are more than \(max) lines of \(word.rawValue)") }
            found.append(try read(&self))
        }
        return found
    }

    private func count(_ text: String, _ max: Int64 = .max) throws(ProofFormatError) -> Int64 {
        guard let number = Int64(text), number >= 0, number <= max, String(number) == text else {
            throw fault("a number is malformed or out of range")
        }
        return number
    }

    private func hex(_ text: String, _ bytes: ClosedRange<Int>) throws(ProofFormatError) -> [UInt8] {
        guard let found = Hex.bytes(text), bytes.contains(found.count) else {
            throw fault("hexadecimal digits are malformed, or too many or too few")
        }
        return found
    }

    // MARK: Lines

    mutating func open() throws(ProofFormatError) {
        guard isNext(.magic) else { throw fault("this is not a proof of a record") }
        guard try fields(.magic, 1)[0] == RecordProof.version else {
            throw fault("the file has another version than this program reads")
        }
    }

    mutating func maker() throws(ProofFormatError) -> RecordProof.Maker {
        let fields = try fields(.made)
        guard fields.count == 4, let region = fields[0], let id = fields[2], let time = fields[3] else {
            throw fault("who made the file is malformed")
        }
        return RecordProof.Maker(
            region: region, origin: fields[1], databaseID: id, time: try count(time, BatchLimits.hlcMax))
    }

    mutating func table() throws(ProofFormatError) -> Shape {
        let line = try verbatim(.table)
        do {
            return try line.withUnsafeBytes { try Shape(parsing: $0, number: number) }
        } catch {
            throw fault("the table's columns are malformed")
        }
    }

    mutating func row(columns: Int) throws(ProofFormatError) -> RecordProof.Row {
        let line = try verbatim(.row)
        let state = line.prefix { $0 != CopyText.tab }
        guard let word = RecordProof.RowWord(rawValue: String(decoding: state, as: UTF8.self)) else {
            throw fault("the row is in no state that is known")
        }
        let hasImage = word == .present || word == .kept
        guard hasImage == (line.count > state.count) else { throw fault("the row's fields are malformed") }
        let image = RowImage(Array(line.dropFirst(state.count + 1)))
        guard !hasImage || image.count == columns else { throw fault("the row has another number of columns") }
        switch word {
        case .present: return .present(image)
        case .kept: return .kept(image)
        case .absent: return .absent
        case .parked: return .parked
        case .unpublished: return .unpublished
        }
    }

    mutating func policy() throws(ProofFormatError) -> (String, NamedPolicy) {
        let fields = try fields(.policy, 2)
        guard let policy = try? JSONDecoder().decode(NamedPolicy.self, from: Data(fields[1].utf8)),
            policy.isWellFormed
        else { throw fault("the policy is malformed") }
        return (fields[0], policy)
    }

    mutating func gap() throws(ProofFormatError) -> RecordProof.Gap {
        let fields = try fields(.gone, 3)
        return RecordProof.Gap(origin: fields[0], number: try count(fields[1]), changes: try count(fields[2]))
    }

    mutating func publicKey() throws(ProofFormatError) -> RecordProof.Key {
        let fields = try fields(.publicKey, 4)
        let spki = try hex(fields[3], 1...512)
        guard Hex.text(HashFunction.digest(spki)) == fields[0] else {
            throw fault("a public key has another fingerprint than is written beside it")
        }
        return RecordProof.Key(region: fields[1], algorithm: fields[2], spki: spki)
    }

    mutating func entry() throws(ProofFormatError) -> RecordProof.Entry {
        let batch = try fields(.batch, 2)
        let root = try hex(batch[0], 32...32)
        let leaves = UInt64(try count(batch[1]))
        let header = try verbatim(.header)
        let headerPath = try path(try fields(.headerPath))
        let line = try verbatim(.change)
        let change = try fields(.changePath)
        guard change.count >= 2, let position = change[0], let leaf = change[1] else {
            throw fault("the change's place is malformed")
        }
        let place = Int32(truncatingIfNeeded: try count(position, Int64(Int32.max)))
        let index = UInt64(try count(leaf))
        let changePath = try path(Array(change.dropFirst(2)))
        let signatures = try repeated(.signature, RecordProof.signaturesMax) {
            (reader) throws(ProofFormatError) in try reader.signature()
        }
        return RecordProof.Entry(
            header: header, root: root, leaves: leaves, headerPath: headerPath, position: place, line: line,
            leaf: index, path: changePath, signatures: signatures)
    }

    private func path(_ fields: [String?]) throws(ProofFormatError) -> [Digest32] {
        guard fields.count <= RecordProof.pathMax else { throw fault("the path is longer than any tree is high") }
        var path: [Digest32] = []
        for field in fields {
            guard let digest = Digest32(try hex(field ?? "", 32...32)) else { throw fault("a digest is malformed") }
            path.append(digest)
        }
        return path
    }

    private mutating func signature() throws(ProofFormatError) -> BatchSignature {
        let fields = try fields(.signature, 3)
        return BatchSignature(
            fingerprint: try hex(fields[0], 32...32), algorithm: fields[1], signature: try hex(fields[2], 1...128))
    }

    mutating func close() throws(ProofFormatError) {
        guard let start = lines.first?.lowerBound, lines.count == 1 else {
            _ = try verbatim(.end)
            throw fault("there is something after the end")
        }
        guard try fields(.end, 1)[0] == Hex.text(HashFunction.digest(Array(bytes[..<start]))) else {
            throw fault("the file is not as it was made: its digest is another one")
        }
    }
}
