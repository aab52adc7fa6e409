/// One key that a person pressed.
public enum Key: Sendable, Equatable {
    case character(Character)
    case enter, backspace, escape
    /// Ctrl-C, Ctrl-D, or the end of the input.
    case interrupt
}

/// Where keys come from: a terminal, or a test.
public protocol KeySource {
    /// The next key; `interrupt` when there are no more.
    mutating func next() async throws -> Key
}

/// A person's work on one row in conflict: the differing fields one after the other, one key for each choice, then
/// the reason and a confirmation. Knows no terminal: it takes keys and gives lines.
public struct MergeDesk: Sendable {
    /// A candidate.
    public struct Side: Sendable {
        let handle: String
        let region: String
        let who: String
        let when: String

        public init(handle: String, region: String, who: String, when: String) {
            self.handle = handle
            self.region = region
            self.who = who
            self.when = when
        }
    }

    /// What a field holds.
    public enum Value: Sendable, Equatable {
        /// The side has no say in this field.
        case nothing
        case null
        case text(String)
        /// Of the row: it is absent, or there.
        case deleted, kept
    }

    /// One differing field, or the row's existence.
    public struct Field: Sendable {
        let name: String
        /// What it was before all sides.
        let before: Value
        /// One for each side.
        let values: [Value]
        /// The side whose value stands at present.
        let winner: Int?
        /// Whether a new value can be typed.
        let takesText: Bool

        public init(name: String, before: Value, values: [Value], winner: Int?, takesText: Bool) {
            self.name = name
            self.before = before
            self.values = values
            self.winner = winner
            self.takesText = takesText
        }
    }

    public enum Choice: Sendable, Equatable {
        case side(Int)
        case entered(Value)
    }

    public enum Outcome: Sendable, Equatable {
        case working
        /// Nothing is to be changed.
        case left
        /// The choices are to be sent.
        case confirmed
    }

    enum Stage: Equatable {
        case field(Int)
        /// The number of the side to take everything from is awaited.
        case all(Int)
        case entering(Int, String)
        case reason
        case confirming
    }

    let title: String
    let sides: [Side]
    let fields: [Field]
    /// For every field what was chosen so far.
    public private(set) var choices: [Choice?]
    /// Why, as typed so far.
    public private(set) var reason: String
    public private(set) var outcome = Outcome.working
    private(set) var stage = Stage.field(0)
    private let asksReason: Bool

    /// - Parameter reason: nil: it is asked for.
    public init(title: String, sides: [Side], fields: [Field], reason: String?) {
        precondition(!fields.isEmpty && !sides.isEmpty, "a conflict has fields and sides")
        self.title = title
        self.sides = sides
        self.fields = fields
        self.reason = reason ?? ""
        asksReason = reason == nil
        choices = Array(repeating: nil, count: fields.count)
    }

    /// Whether the row is to be absent: then no other field counts.
    public var deletes: Bool { fields.indices.contains { value(of: $0) == .deleted } }

    /// What was chosen for a field.
    public func value(of index: Int) -> Value? {
        switch choices[index] {
        case .side(let side): fields[index].values[side]
        case .entered(let value): value
        case nil: nil
        }
    }

    /// Shows itself and takes keys until the person has decided.
    public mutating func run(
        _ keys: inout some KeySource, show: (MergeDesk) -> Void
    ) async throws {
        while outcome == .working {
            show(self)
            press(try await keys.next())
        }
    }

    /// Takes one key. Keys that mean nothing here do nothing.
    public mutating func press(_ key: Key) {
        if key == .interrupt { return outcome = .left }
        switch stage {
        case .field(let index): pressField(key, index)
        case .all(let index): pressAll(key, index)
        case .entering(let index, let text): pressEntering(key, index, text)
        case .reason: pressReason(key)
        case .confirming: pressConfirming(key)
        }
    }

    private mutating func pressField(_ key: Key, _ index: Int) {
        let field = fields[index]
        switch key {
        case .character(let character):
            if let side = side(character) {
                guard field.values[side] != .nothing else { return }
                choose(.side(side), index)
                return
            }
            switch character {
            case "a": stage = .all(index)
            case "e" where field.takesText: stage = .entering(index, "")
            case "n" where field.takesText: choose(.entered(.null), index)
            case "u": stage = .field(max(0, index - 1))
            case "q": outcome = .left
            default: break
            }
        case .enter:
            if let winner = field.winner { choose(.side(winner), index) }
        case .backspace: stage = .field(max(0, index - 1))
        case .escape, .interrupt: break
        }
    }

    private mutating func pressAll(_ key: Key, _ index: Int) {
        guard case .character(let character) = key, let side = side(character) else {
            stage = .field(index)
            return
        }
        for place in index..<fields.count {
            let hasSay = fields[place].values[side] != .nothing
            choices[place] = hasSay ? .side(side) : fields[place].winner.map { .side($0) }
        }
        // A field without a winner still needs a look.
        if let open = choices.firstIndex(of: nil), !deletes { stage = .field(open) } else { end() }
    }

    private mutating func pressEntering(_ key: Key, _ index: Int, _ text: String) {
        switch key {
        case .character(let character): stage = .entering(index, text + String(character))
        case .backspace: stage = .entering(index, String(text.dropLast()))
        case .enter: choose(.entered(.text(text)), index)
        case .escape: stage = .field(index)
        case .interrupt: break
        }
    }

    private mutating func pressReason(_ key: Key) {
        switch key {
        case .character(let character): reason.append(character)
        case .backspace: reason = String(reason.dropLast())
        case .enter: if !reason.allSatisfy(\.isWhitespace) { stage = .confirming }
        case .escape: stage = .field(lastField)
        case .interrupt: break
        }
    }

    private mutating func pressConfirming(_ key: Key) {
        switch key {
        case .character("y"), .character("Y"): outcome = .confirmed
        case .character("u"), .backspace, .escape: stage = asksReason ? .reason : .field(lastField)
        case .character("q"), .character("n"), .character("N"): outcome = .left
        default: break
        }
    }

    private func side(_ character: Character) -> Int? {
        guard character.isASCII, let number = character.wholeNumberValue, number >= 1, number <= sides.count else {
            return nil
        }
        return number - 1
    }

    private mutating func choose(_ choice: Choice, _ index: Int) {
        choices[index] = choice
        if deletes { return end() }
        if index + 1 < fields.count { stage = .field(index + 1) } else { end() }
    }

    private mutating func end() {
        stage = asksReason ? .reason : .confirming
    }

    /// The last field that was decided: where `u` goes back to.
    private var lastField: Int { fields.indices.first { value(of: $0) == .deleted } ?? fields.count - 1 }
}
