import Testing

@testable import Console

@Suite("Rails")
struct RailsTests {
    private func drawn(_ parents: [[Int]]) -> [String] {
        var rails = Rails()
        return parents.enumerated().flatMap { event, seen in
            let placed = rails.place(event, parents: seen)
            return placed.before + [placed.node]
        }
    }

    @Test("one line of events is one rail")
    func chain() {
        #expect(drawn([[], [0], [1]]) == ["*", "*", "*"])
    }

    @Test("branches leave and join")
    func fork() {
        #expect(drawn([[], [0], [0], [1, 2], [3]]) == ["*", "*", "|\\", "| *", "|/", "*", "*"])
    }

    @Test("three branches, of which the middle one ends first")
    func three() {
        #expect(
            drawn([[], [0], [0], [0], [1, 2], [3], [4, 5]]) == [
                "*", "*", "|\\", "| *", "|-|\\", "| | *", "|/  |", "*   |", "|   *", "|--/", "*",
            ])
    }

    @Test("events that have seen nothing begin a rail of their own")
    func roots() {
        #expect(drawn([[], [], [0, 1]]) == ["*", "| *", "|/", "*"])
    }
}
