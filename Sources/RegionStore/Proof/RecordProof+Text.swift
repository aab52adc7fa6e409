internal import Integrity
internal import Replication

extension RecordProof {
    /// The words that the file's lines begin with.
    enum Word: String {
        case magic = "bashu-record"
        case made, table, key, row, policy, gone
        case publicKey = "public-key"
        case shape, batch, header, change, signature, end
        case headerPath = "header-path"
        case changePath = "change-path"
    }

    enum RowWord: String {
        case present, absent, parked, kept, unpublished
    }

    /// The file's bytes.
    public var bytes: [UInt8] {
        get throws {
            var text = ProofText()
            text.line(.magic, [Self.version])
            text.line(.made, [maker.region, maker.origin, maker.databaseID, String(maker.time)])
            text.line(.table, verbatim: table.line)
            text.line(.key, [key])
            switch row {
            case .present(let image): text.row(.present, image)
            case .kept(let image): text.row(.kept, image)
            case .absent: text.line(.row, [RowWord.absent.rawValue])
            case .parked: text.line(.row, [RowWord.parked.rawValue])
            case .unpublished: text.line(.row, [RowWord.unpublished.rawValue])
            }
            text.line(.policy, [policyFingerprint, try JSONText.encode(policy)])
            for gap in gaps { text.line(.gone, [gap.origin, String(gap.number), String(gap.changes)]) }
            for key in keys {
                let name = Hex.text(HashFunction.digest(key.spki))
                text.line(.publicKey, [name, key.region, key.algorithm, Hex.text(key.spki)])
            }
            // A shape's line begins with its word already.
            for shape in shapes { text.line(shape) }
            for entry in entries { text.entry(entry) }
            return text.finished
        }
    }
}

private struct ProofText {
    private var bytes: [UInt8] = []

    mutating func line(_ line: [UInt8]) {
        bytes += line
        bytes.append(CopyText.newline)
    }

    mutating func line(_ word: RecordProof.Word, verbatim: [UInt8]) {
        bytes += word.rawValue.utf8
        bytes.append(CopyText.tab)
        line(verbatim)
    }

    mutating func line(_ word: RecordProof.Word, _ fields: [String?]) {
        bytes += word.rawValue.utf8
        for field in fields {
            bytes.append(CopyText.tab)
            CopyText.append(field, to: &bytes)
        }
        bytes.append(CopyText.newline)
    }

    mutating func row(_ state: RecordProof.RowWord, _ image: RowImage) {
        line(.row, verbatim: Array(state.rawValue.utf8) + [CopyText.tab] + image.bytes)
    }

    mutating func entry(_ entry: RecordProof.Entry) {
        line(.batch, [Hex.text(entry.root), String(entry.leaves)])
        line(.header, verbatim: entry.header)
        line(.headerPath, entry.headerPath.map(\.description))
        line(.change, verbatim: entry.line)
        line(.changePath, [String(entry.position), String(entry.leaf)] + entry.path.map(\.description))
        for one in entry.signatures {
            line(.signature, [Hex.text(one.fingerprint), one.algorithm, Hex.text(one.signature)])
        }
    }

    /// Ended by the digest of all that stands before: a file that was cut short or damaged is known at once. It does
    /// not keep anybody from making another file.
    var finished: [UInt8] {
        var all = self
        all.line(.end, [Hex.text(HashFunction.digest(bytes))])
        return all.bytes
    }
}
