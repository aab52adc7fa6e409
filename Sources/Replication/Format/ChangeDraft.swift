/// The fields of a change that is about to be written into a batch.
public struct ChangeDraft: Hashable, Sendable {
    /// What the change does.
    public var kind: ChangeKind
    /// Names the shape of the image.
    public var shape: Digest16
    /// `*` for an insert, ordinals (`0,3,5`) for an update, empty for a delete; for a ruling ordinals after an
    /// optional `x`; `x` for an erasure.
    public var written: String
    /// Hybrid time, microseconds since 1970 UTC; 0 to `BatchLimits.hlcMax`.
    public var hlc: Int64
    /// The session user of the last writer; nil when unknown.
    public var sessionUser: String?
    /// Who the writer claimed to be; nil when nobody.
    public var actor: String?
    /// Sixteen random bytes: a change cannot be guessed from its digest.
    public var nonce: Digest16
    /// The text of the key array.
    public var key: String
    /// Only of a ruling or an erasure.
    public var reason: String?
    /// Only of a ruling or an erasure.
    public var ruledCase: String?

    /// A change without its image.
    public init(
        kind: ChangeKind, shape: Digest16, written: String, hlc: Int64, sessionUser: String?, actor: String?,
        nonce: Digest16, key: String, reason: String? = nil, ruledCase: String? = nil
    ) {
        self.kind = kind
        self.shape = shape
        self.written = written
        self.hlc = hlc
        self.sessionUser = sessionUser
        self.actor = actor
        self.nonce = nonce
        self.key = key
        self.reason = reason
        self.ruledCase = ruledCase
    }

    /// Appends the change's line without its line end.
    ///
    /// - Parameters:
    ///   - image: COPY text of the shape's columns, tabs between them; nil for an absent row.
    ///   - old: COPY text of the old values of the written columns; only for an update.
    public func encode(
        into output: inout [UInt8], image: UnsafeRawBufferPointer?, old: UnsafeRawBufferPointer? = nil
    ) {
        let tab = CopyText.tab
        output.append(contentsOf: kind.word.utf8)
        output.append(tab)
        appendHex(shape, to: &output)
        output.append(tab)
        output.append(contentsOf: written.utf8)
        output.append(tab)
        output.append(contentsOf: String(hlc).utf8)
        output.append(tab)
        CopyText.append(sessionUser, to: &output)
        output.append(tab)
        CopyText.append(actor, to: &output)
        output.append(tab)
        appendHex(nonce, to: &output)
        output.append(tab)
        CopyText.append(key, to: &output)
        if kind.isOrdered {
            output.append(tab)
            CopyText.append(reason, to: &output)
            output.append(tab)
            CopyText.append(ruledCase, to: &output)
        }
        for bytes in [image, old] {
            guard let bytes else { continue }
            output.append(tab)
            output.append(contentsOf: bytes)
        }
    }

    /// Appends the change's line without its line end; leave the image out for an absent row.
    public func encode(into output: inout [UInt8], image: [UInt8]? = nil, old: [UInt8]? = nil) {
        let empty: [UInt8] = []
        (image ?? empty).withUnsafeBytes { imageBytes in
            (old ?? empty).withUnsafeBytes { oldBytes in
                encode(
                    into: &output, image: image == nil ? nil : imageBytes, old: old == nil ? nil : oldBytes)
            }
        }
    }

    private func appendHex(_ digest: Digest16, to output: inout [UInt8]) {
        for word in [digest.high, digest.low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let value = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0x0f
                output.append(value < 10 ? 0x30 + value : 0x61 + value - 10)
            }
        }
    }
}
