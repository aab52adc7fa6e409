import Integrity

/// One synthetic standard with its child rows, as lines of COPY text. A pure function of seed and index.
struct SyntheticStandard {
    /// What marks every row that can say so.
    static let source = "synthetic"
    private static let null = #"\N"#

    let number: SyntheticNumber
    let id: String
    private let seed: UInt64
    private let index: Int
    private let organisations: Int

    init(seed: UInt64, index: Int, organisations: Int) {
        self.seed = seed
        self.index = index
        self.organisations = organisations
        number = SyntheticNumber(index: index)
        id = Self.id(number, year: number.year)
    }

    private static func id(_ number: SyntheticNumber, year: Int) -> String {
        uuid("standard|\(number.kind)|\(number.issuerCode)|\(number.stem)\(number.separator)\(year)")
    }

    static func uuid(_ name: String) -> String { NameUUID.text(namespace: NameUUID.catalogue, name: name) }

    static func organisationName(_ number: Int) -> String {
        var dice = Dice(seed: 77, index: number)
        let place = dice.one(of: SyntheticWords.places)
        let type = dice.one(of: SyntheticWords.organisationTypes)
        return "\(place)\(SyntheticWords.topics.draw(&dice))\(type)（模拟\(number)）"
    }

    static func organisationID(_ number: Int) -> String { uuid("organization|\(organisationName(number))") }

    static func jointID(_ pair: Int) -> String { uuid("joint_group|synthetic|\(pair)") }

    static func title(seed: UInt64, key: Int) -> String {
        var dice = Dice(seed: seed &+ 1, index: key)
        var text = ""
        for _ in 0..<dice.within(1...4) {
            let word = SyntheticWords.topics.draw(&dice)
            if !text.hasSuffix(word) { text += word }
        }
        if dice.chance(60) { text += SyntheticWords.actions.draw(&dice) }
        text += SyntheticWords.endings.draw(&dice)
        if dice.chance(SyntheticWords.partPercent) {
            let part = dice.within(1...12)
            text += " 第\(part)部分：\(SyntheticWords.actions.draw(&dice))\(SyntheticWords.endings.draw(&dice))"
        }
        return text + "（模拟）"
    }

    /// The editions of one serial, and the halves of a joint standard, have one title.
    private var titleKey: Int {
        if let pair = number.jointPair { return -1 - pair }
        return number.edition == 1 ? index - 1 : index
    }

    /// Lines for every table, appended.
    func append(to rows: inout SyntheticRows) {
        var dice = Dice(seed: seed, index: index)
        let dates = Dates(number, &dice)
        rows.standard.line([
            id, number.norm, number.kind, number.nature ?? Self.null, number.issuerCode,
            number.jointPair.map(Self.jointID) ?? Self.null, number.homeRegion ?? Self.null,
            Self.title(seed: seed, key: titleKey), dates.status, dates.issue, dates.implement,
            dates.abolish ?? Self.null, dates.reason ?? Self.null, scope(&dice), String(dice.within(4...120)),
            Self.source,
        ])
        if number.edition == 1, let before = number.otherYear {
            rows.replacement.line([Self.id(number, year: before), id, "full", dates.implement])
        }
        sets(&rows, &dice)
        // Only what stands before it, so that it is there.
        let references = index == 0 ? [] : Set((0..<dice.within(0...5)).map { _ in dice.below(index) })
        // Far apart, two standards may have one number.
        for target in Set(references.map { SyntheticNumber(index: $0).norm }).sorted() {
            rows.reference.line([id, target, target, "t"])
        }
    }

    private func sets(_ rows: inout SyntheticRows, _ dice: inout Dice) {
        for code in distinct(dice.chance(15) ? 2 : 1, SyntheticWords.ics, &dice) { rows.ics.line([id, code]) }
        rows.ccs.line([id, dice.one(of: SyntheticWords.ccs)])
        rows.issuer.line([id, Self.organisationID(dice.below(min(organisations, 40)))])
        var drafting: Set<Int> = []
        // Few draft much, many draft little.
        let spread = organisations
        while drafting.count < min(dice.within(1...7), organisations) {
            let place = dice.below(spread)
            drafting.insert(place * dice.within(1...spread) / spread)
        }
        for (rank, organisation) in drafting.sorted().enumerated() {
            rows.drafting.line([id, Self.organisationID(organisation), String(rank + 1)])
        }
        var names: Set<String> = []
        while names.count < 4 {
            names.insert(
                dice.one(of: SyntheticWords.surnames) + dice.one(of: SyntheticWords.givenNames)
                    + (dice.chance(60) ? dice.one(of: SyntheticWords.givenNames) : ""))
        }
        for (rank, name) in names.sorted().prefix(dice.within(2...4)).enumerated() {
            rows.drafter.line([id, name, "1", String(rank + 1)])
        }
    }

    private func distinct(_ count: Int, _ words: [String], _ dice: inout Dice) -> Set<String> {
        var found: Set<String> = []
        while found.count < count { found.insert(dice.one(of: words)) }
        return found
    }

    private func scope(_ dice: inout Dice) -> String {
        let words = (0..<dice.within(3...8)).map { _ in SyntheticWords.topics.draw(&dice) }
        return "本文件规定了\(words.joined(separator: "、"))的\(SyntheticWords.actions.draw(&dice))要求。"
    }
}

/// The dates of a standard's legal life.
private struct Dates {
    let issue: String
    let implement: String
    let abolish: String?
    let reason: String?
    let status: String

    init(_ number: SyntheticNumber, _ dice: inout Dice) {
        let (month, day) = (dice.within(1...12), dice.within(1...28))
        // The day of coming into force is a function of the number, so that both editions know it.
        let start = Dates.start(number.stem, number.year)
        issue = Dates.text(number.year, month, day)
        implement = start > issue ? start : issue
        if number.edition == 0, let next = number.otherYear {
            (abolish, reason, status) = (Dates.start(number.stem, next), "replaced", "abolished")
        } else if dice.chance(5) {
            (abolish, reason, status) = (Dates.text(number.year + 6, month, day), "review", "abolished")
        } else {
            (abolish, reason, status) = (nil, nil, "current")
        }
    }

    private static func start(_ stem: String, _ year: Int) -> String {
        let spread = stem.utf8.reduce(year) { ($0 &* 131 &+ Int($1)) & 0xffff }
        return text(year + 1, 1 + spread % 12, 1 + spread / 12 % 28)
    }

    private static func text(_ year: Int, _ month: Int, _ day: Int) -> String {
        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
