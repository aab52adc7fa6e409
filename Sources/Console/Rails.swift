/// Rails beside a list of events, oldest first: one for each branch that goes on, as version control draws them.
///
///     *    first
///     |\
///     | *  second
///     * |  third, which has not seen the second
///     |/
///     *    fourth
public struct Rails {
    /// What stands before an event's lines.
    public struct Placed: Sendable, Equatable {
        /// Lines of their own, before the event.
        public let before: [String]
        /// Before the event's first line.
        public let node: String
        /// Before the others.
        public let rail: String
    }

    /// For every rail the event it comes from; nil: no rail there at present.
    private var heads: [Int?] = []
    private var lanes: [Int: Int] = [:]

    public init() {}

    /// Places the next event.
    ///
    /// - Parameter parents: The latest events that it has seen, of those placed before.
    public mutating func place(_ event: Int, parents: [Int]) -> Placed {
        var before: [String] = []
        let joined = heads.indices.filter { heads[$0].map(parents.contains) ?? false }
        let lane: Int
        if let first = joined.first {
            lane = first
            for other in joined.dropFirst().reversed() {
                before.append(bend(from: lane, to: other, "/"))
                heads[other] = nil
                trim()
            }
        } else {
            lane = heads.count
            if let source = parents.compactMap({ lanes[$0] }).first, heads.indices.contains(source),
                heads[source] != nil
            {
                before.append(bend(from: source, to: lane, "\\"))
            }
            heads.append(nil)
        }
        heads[lane] = event
        lanes[event] = lane
        return Placed(before: before, node: line { $0 == lane ? "*" : nil }, rail: line { _ in nil })
    }

    private mutating func trim() {
        while let last = heads.last, last == nil { heads.removeLast() }
    }

    private func line(_ mark: (Int) -> Character?) -> String {
        heads.indices.map { index in
            String(mark(index) ?? (heads[index] == nil ? " " : "|"))
        }.joined(separator: " ")
    }

    /// A line on which a rail leaves for the right, or joins from there.
    private func bend(from left: Int, to right: Int, _ slope: Character) -> String {
        var characters = Array(repeating: Character(" "), count: max(heads.count * 2 - 1, right * 2))
        for index in heads.indices where heads[index] != nil && index != right { characters[index * 2] = "|" }
        for place in (left * 2 + 1)..<(right * 2 - 1) where characters[place] == " " { characters[place] = "-" }
        characters[right * 2 - 1] = slope
        while characters.last == " " { characters.removeLast() }
        return String(characters)
    }
}
