import Console
import Postgres
import TestCluster

/// What readers ask of a catalogue of synthetic standards, by kind of question.
struct SearchBench {
    /// One kind of question, measured.
    struct Result: Sendable {
        let question: String
        let example: String
        /// Seconds of each query, the server's answer fetched whole.
        let seconds: [Double]

        var p50: Double { Statistics.percentile(0.5, of: seconds) }
        var p95: Double { Statistics.percentile(0.95, of: seconds) }
    }

    /// What has to be true of every kind: at most so many seconds, at 95 of 100 queries.
    static func limit(standards: Int) -> Double? {
        standards <= 300_000 ? 0.1 : standards <= 3_000_000 ? 0.5 : nil
    }

    private struct Question { let name: String, sql: String, texts: [String] }

    private static let search = "SELECT * FROM reader.search(query => $1)"
    private static let inForce = "SELECT * FROM reader.search(query => $1, in_force => true)"
    private static let notInForce = "SELECT * FROM reader.search(query => $1, in_force => false)"
    private static let subtree = "SELECT * FROM reader.search(query => NULL, ics => $1)"
    private static let letters = "SELECT * FROM reader.search(query => NULL, ccs => $1)"
    private static let kind = "SELECT * FROM reader.search(query => NULL, kind => $1)"
    private static let number = "SELECT * FROM reader.find_number($1, 20)"

    private static var questions: [Question] {
        let words = SyntheticWords.topics.all + SyntheticWords.actions.all
        let pairs = words.filter { $0.count == 2 }
        let common = Array(pairs.prefix(6)) + ["试验", "安全", "技术", "要求", "方法", "规范"]
        let rare = Array(SyntheticWords.topics.all.filter { $0.count == 2 }.suffix(22))
        let serials = (1...60).map { $0 * 37 }
        return [
            Question(name: "two characters, rare", sql: search, texts: rare),
            Question(name: "two characters, common", sql: search, texts: common),
            Question(name: "two characters, in force", sql: inForce, texts: rare + common),
            Question(name: "two characters, not in force", sql: notInForce, texts: rare + common),
            Question(name: "one character", sql: search, texts: SyntheticWords.topics.all.filter { $0.count == 1 }),
            Question(name: "three or more", sql: search, texts: words.filter { $0.count > 2 }),
            Question(
                name: "two words", sql: search,
                texts: zip(rare, common + common).map { "\($0) \($1)" }),
            Question(name: "not there", sql: search, texts: ["龘龘", "鱻", "火锅龘", "zzzz", "电梯𬭎"]),
            Question(
                name: "number, loosely", sql: number,
                texts: serials.flatMap { ["db50t\($0)", "GB/T\($0)", "\($0)", "DB51/T \($0)"] }),
            Question(name: "beginning of a number", sql: number, texts: ["DB51/T 1", "gbt2", "GB", "T/SYNA", "yy"]),
            Question(name: "ICS subtree", sql: subtree, texts: ["11", "11.040", "13.020.40", "93", "67.140.10"]),
            Question(name: "CCS class", sql: letters, texts: ["C", "C30", "P", "X10", "A00"]),
            Question(name: "one kind", sql: kind, texts: ["national", "local", "industry", "group", "enterprise"]),
            Question(
                name: "beginning of a number, not in force", sql: notInForce,
                texts: ["DB51/T 1", "gbt2", "T/SYNA", "yy"]),
        ]
    }

    /// Measures every kind of question, each text `rounds` times after once for the caches.
    static func run(_ session: Session, rounds: Int, progress: (String) -> Void) throws -> [Result] {
        try questions.map { question in
            progress(question.name)
            for text in question.texts { _ = try session.query(question.sql, [.text(text)]) }
            let wanted = max(rounds, (50 + question.texts.count - 1) / question.texts.count)
            var seconds: [Double] = []
            for _ in 0..<wanted {
                for text in question.texts {
                    seconds.append(
                        try ContinuousClock().measure { _ = try session.query(question.sql, [.text(text)]) }.inSeconds)
                }
            }
            return Result(question: question.name, example: question.texts[0], seconds: seconds)
        }
    }
}
