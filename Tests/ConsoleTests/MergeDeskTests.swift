import Testing

@testable import Console

@Suite("Interactive ruling")
struct MergeDeskTests {
    /// Keys that a test presses; after the last one the input ends.
    private struct Script: KeySource {
        var keys: [Key]

        init(_ text: String) {
            keys = text.map { character in
                switch character {
                case "⏎": .enter
                case "⌫": .backspace
                case "⎋": .escape
                default: .character(character)
                }
            }
        }

        mutating func next() async throws -> Key { keys.isEmpty ? .interrupt : keys.removeFirst() }
    }

    private static func desk(existence: Bool = false, reason: String? = nil) -> MergeDesk {
        let row = MergeDesk.Field(
            name: "existence", before: .nothing, values: [.deleted, .kept], winner: 1, takesText: false)
        return MergeDesk(
            title: "standard (GB/T 1.1-2020)",
            sides: [
                .init(handle: "50:2:1", region: "50", who: "zhang", when: "2026-08-28 09:14:03"),
                .init(handle: "51:1:1", region: "51", who: "li 代表 李四", when: "2026-08-28 09:15:00"),
            ],
            fields: (existence ? [row] : []) + [
                .init(
                    name: "pages", before: .null, values: [.text("3"), .text("4")], winner: 1, takesText: true),
                .init(
                    name: "title", before: .text("标准化工作导则 𬭎"), values: [.text("甲"), .text("乙")], winner: 1,
                    takesText: true),
            ], reason: reason)
    }

    private func worked(_ keys: String, _ desk: MergeDesk = Self.desk()) async throws -> MergeDesk {
        var (desk, script) = (desk, Script(keys))
        try await desk.run(&script) { _ in }
        return desk
    }

    @Test("one key for each field, then the reason and a confirmation")
    func choices() async throws {
        let desk = try await worked("12说定⏎y")
        #expect(desk.outcome == .confirmed)
        #expect(desk.choices == [.side(0), .side(1)])
        #expect(desk.reason == "说定")
    }

    @Test("Enter keeps what stands, e enters, n is null, u goes back")
    func editing() async throws {
        #expect(try await worked("⏎⏎r⏎y").choices == [.side(1), .side(1)])
        let desk = try await worked("1u2e丙丁⌫⏎r⏎y")
        #expect(desk.value(of: 0) == .text("4"))
        #expect(desk.value(of: 1) == .text("丙"))
        #expect(try await worked("ne⎋1r⏎y").choices == [.entered(.null), .side(0)])
        #expect(try await worked("9x1⏎ ⏎r⏎uu⌫x⏎y").outcome == .confirmed)
    }

    @Test("a takes the rest from one side")
    func all() async throws {
        #expect(try await worked("a1r⏎y").choices == [.side(0), .side(0)])
        #expect(try await worked("2a1r⏎y").choices == [.side(1), .side(0)])
        #expect(try await worked("ax11r⏎y").choices == [.side(0), .side(0)])
    }

    @Test("a deleted row has no other fields")
    func deletion() async throws {
        let desk = try await worked("1r⏎y", Self.desk(existence: true))
        #expect(desk.deletes)
        #expect(desk.choices == [.side(0), nil, nil])
        #expect(try await worked("211r⏎y", Self.desk(existence: true)).choices == [.side(1), .side(0), .side(0)])
    }

    @Test("whoever leaves changes nothing", arguments: ["q", "1q", "11r⏎q", "11r⏎n", "", "1e丙", "11r"])
    func leaving(keys: String) async throws {
        #expect(try await worked(keys).outcome == .left)
    }

    @Test("a reason that was given is not asked for")
    func reason() async throws {
        let desk = try await worked("11y", Self.desk(reason: "公告"))
        #expect(desk.outcome == .confirmed && desk.reason == "公告")
        #expect(try await worked("11u2y", Self.desk(reason: "公告")).choices == [.side(0), .side(1)])
    }

    @Test("base and candidates stand side by side in 80 columns")
    func layout() {
        var desk = Self.desk()
        desk.press(.character("1"))
        let lines = desk.lines(width: 80, style: .plain, Speech(.english))
        #expect(
            lines == [
                "standard (GB/T 1.1-2020)", "",
                "#  HANDLE  REGION  WHO           WHEN",
                "-  ------  ------  ------------  -------------------",
                "1  50:2:1  50      zhang         2026-08-28 09:14:03",
                "2  51:1:1  51      li 代表 李四  2026-08-28 09:15:00", "",
                "   FIELD  BEFORE             1 50  2 51  WILL BE",
                "-  -----  -----------------  ----  ----  -------",
                "   pages  (null)             3     4 *   3",
                ">  title  标准化工作导则 𬭎  甲    乙 *", "",
                "Field:   title", "before:  标准化工作导则 𬭎", "1 50:    甲", "2 51 *:  乙", "",
                "Field 2 of 2: 1-2 take that value, Enter keep what stands (*), a all from one, e",
                "enter a value, n null, u back, q leave",
            ])
    }

    @Test("every screen fits", arguments: [Language.english, .chinese], ["", "1", "a", "e长", "11", "11理由⏎"])
    func widths(language: Language, keys: String) {
        var desk = Self.desk()
        for key in Script(keys).keys { desk.press(key) }
        for width in [80, 50] {
            let lines = desk.lines(width: width, style: .plain, Speech(language))
            #expect(lines.allSatisfy { $0.displayWidth <= width }, "\(lines)")
        }
    }
}
