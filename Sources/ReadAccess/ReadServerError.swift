/// Why readers are not answered.
public enum ReadServerError: Error, Sendable, Equatable {
    /// The address cannot be listened on.
    case address(String, reason: String)
    /// The role could do more than read.
    case role(name: String, reason: String, relation: String?)
    /// The database cannot be reached, or has gone away.
    case unavailable(String)
    /// All sessions are busy, and so is the queue for them.
    case overloaded
    /// An answer that fits no message.
    case tooLarge
}

extension ReadServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address(let address, let reason):
            return "HTTP cannot listen on \(address): \(reason). bashud ends, and nothing is lost: stop what holds "
                + "the address, or set another http.listen"
        case .role(let name, let reason, let relation):
            let example = relation.map { " (\($0), for one)" } ?? ""
            return "the role \(name) of http.database \(reason)\(example): give readers a role of their own, with "
                + "what reader.grants_text('ROLE') lists and nothing else"
        case .unavailable(let reason): return "the database for readers cannot be reached: \(reason)"
        case .overloaded: return "all sessions for readers are busy"
        case .tooLarge: return "the answer is larger than \(ReadLimits.answerBytesMax) bytes"
        }
    }
}
