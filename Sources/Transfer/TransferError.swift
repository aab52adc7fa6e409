public import Reasons

/// Why a file cannot be used.
public struct TransferError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence for people.
    public let reason: Reason

    /// - Parameter values: what goes into the sentence, by name.
    public init(_ sentence: TransferReason, _ values: KeyValuePairs<String, String> = [:]) {
        reason = Reason(sentence, values)
    }

    public var description: String { reason.text }
}

/// Where in a file something is wrong.
enum TransferPlace: Sendable, Equatable {
    case head
    case batch(origin: String, number: Int64)
    case end

    func cut(_ file: String) -> TransferError {
        switch self {
        case .head: TransferError(.cut_in_head, ["file": file])
        case .batch(let origin, let number):
            TransferError(.cut_in_batch, ["file": file, "number": "\(number)", "origin": origin])
        case .end: TransferError(.cut_at_end, ["file": file])
        }
    }

    func damaged(_ file: String, _ what: String) -> TransferError {
        switch self {
        case .head: TransferError(.damaged_head, ["file": file, "message": what])
        case .batch(let origin, let number):
            TransferError(
                .damaged_batch, ["file": file, "number": "\(number)", "origin": origin, "message": what])
        case .end: TransferError(.damaged_end, ["file": file, "message": what])
        }
    }
}
