/// What is wrong with the bytes of a batch, and in which of its lines.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Kinds of fault, for callers that branch on them.
    public enum Reason: String, Hashable, Sendable {
        /// A line that does not end, or bytes that are missing at the end of a batch.
        case truncated
        /// A line, a part or the batch is larger than the limits allow.
        case tooLarge
        /// Bytes that are not UTF-8.
        case notUTF8
        /// A backslash sequence or a control character that COPY never writes.
        case badEscape
        /// Too few or too many fields.
        case fieldCount
        /// A number, a digest or a name that is not written as the format asks.
        case badField
        /// A format version or a digest algorithm that this program does not read.
        case unsupported
        /// A line that may not stand here.
        case unexpectedLine
        /// A shape that the origin has not spelled out, or spelled out twice in one batch.
        case unknownShape
        /// Changes out of (table, key) order, or a key twice.
        case order
        /// The trailer's count is not the number of changes.
        case count
        /// The trailer's hlc range is not that of the changes.
        case hlcRange
        /// A part that ends at another line than the format asks.
        case partBoundary
        /// The batch is of another origin than the one asked for.
        case wrongOrigin
        /// The batch has another number than the one asked for.
        case wrongNumber
        /// The batch does not follow the one that is here.
        case wrongPrevious
        /// The root is not that of the lines.
        case wrongRoot
    }

    /// The line in the batch, from 1; 0 when it is about the batch as a whole.
    public let line: Int
    /// The kind of fault.
    public let reason: Reason
    /// A sentence for people. Holds no values of rows.
    public let detail: String

    /// A fault in line `line` (from 1).
    public init(line: Int, reason: Reason, detail: String) {
        self.line = line
        self.reason = reason
        self.detail = detail
    }

    public var description: String {
        line > 0 ? "line \(line): \(detail)" : detail
    }
}
