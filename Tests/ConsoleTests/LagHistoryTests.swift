import Testing

@testable import Console

@Suite("Lines of lag over time")
struct LagHistoryTests {
    private static let second: Int64 = 1_000_000
    /// A time at which a bar begins.
    private static let start: Int64 = 1_790_000_400 * second

    private func line(_ history: LagHistory, at seconds: Int64, width: Int = 10, unicode: Bool = true) -> String {
        history.line(of: "from 51", now: Self.start + seconds * Self.second, width: width, unicode: unicode)
    }

    @Test("the newest is at the right, and the worst within a bar's time counts")
    func worst() {
        var history = LagHistory(interval: 2 * Self.second)
        for (time, lag) in [(0, 0), (10, 5), (20, 0), (60, 700), (62, 0), (120, 0)] as [(Int64, Int64)] {
            history.add(.lag(lag * Self.second), of: "from 51", at: Self.start + time * Self.second)
        }
        #expect(line(history, at: 0) == "         ▃")
        #expect(line(history, at: 120) == "       ▃▆▁")
        #expect(line(history, at: 120, unicode: false) == "       :+_")
        #expect(line(history, at: 660) == "▁         ")
        #expect(history.line(of: "to 51", now: Self.start, width: 4, unicode: true) == "    ")
    }

    @Test("each height is a magnitude, and what is not known or does not flow is said")
    func heights() {
        var history = LagHistory(interval: 60 * Self.second)
        #expect(history.span == 1_800 * Self.second)
        let lags: [Int64] = [0, 1, 5, 59, 60, 3_599, 3_600, 86_400]
        for (index, lag) in lags.enumerated() {
            history.add(.lag(lag * Self.second), of: "from 51", at: Self.start + Int64(index) * 60 * Self.second)
        }
        history.add(.unknown, of: "from 51", at: Self.start + 480 * Self.second)
        history.add(.broken, of: "from 51", at: Self.start + 540 * Self.second)
        #expect(line(history, at: 540, width: 30).hasSuffix("▁▃▃▄▅▆▇█?!"))
        #expect(line(history, at: 540, width: 30, unicode: false).hasSuffix("_::-=+*#?!"))
        history.add(.lag(1), of: "from 51", at: Self.start + 540 * Self.second)
        #expect(line(history, at: 540, width: 30).hasSuffix("!"), "the worst is kept")
    }

    @Test("bars are joined while somebody looks, and not over a pause")
    func gaps() {
        var history = LagHistory(interval: 25 * Self.second)
        #expect(history.span == 750 * Self.second)
        for time in [0, 75, 400] as [Int64] {
            history.add(.lag(0), of: "from 51", at: Self.start + time * Self.second)
        }
        let pause = String(repeating: " ", count: 12)
        #expect(line(history, at: 400, width: 30).hasSuffix(" ▁▁▁▁\(pause)▁"))
    }

    @Test("no more is kept than is shown, for links that are gone too")
    func bounded() {
        var history = LagHistory(interval: Self.second)
        history.add(.lag(0), of: "from 54", at: Self.start)
        for time in 0..<5_000 as Range<Int64> {
            history.add(.lag(time), of: "from 51", at: Self.start + time * Self.second)
        }
        #expect(history.count == 601)
        // A clock that is set back takes what is ahead of it away.
        history.add(.lag(0), of: "from 51", at: Self.start)
        #expect(history.count == 1)
    }
}
