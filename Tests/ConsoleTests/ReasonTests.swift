import Reasons
import Testing

@testable import Console

@Suite("Reasons")
struct ReasonTests {
    /// What people name their tables and write into them, and what PostgreSQL says.
    static let samples = [
        "公共.\"标 准\"", "GB/T 1.1—2020 (修改; 采用)", "{number}", "a: b, c", "it's; (not)", "",
        "duplicate key value violates unique constraint \"standard_pkey\"",
    ]

    private static func filled(_ sentence: any ReasonSentence, _ start: Int) -> String {
        var number = start
        return Bilingual.placeholders(in: sentence.rawValue).reduce(sentence.rawValue) { text, name in
            number += 1
            return text.replacing("{\(name)}", with: "\u{1}\(number % samples.count)\u{2}")
        }.replacing(/\u{1}(\d)\u{2}/) { samples[Int($0.1) ?? 0] }
    }

    @Test("every reason has a Chinese sentence")
    func complete() {
        let known = Set(ReasonBook.sentences.map(\.code))
        let spoken = Set(Catalogue.reasons.map(\.code))
        #expect(known.count > 150)
        #expect(known == spoken)
        #expect(ReasonBook.sentences.count == known.count, "a code is used twice")
        for reason in Catalogue.reasons {
            #expect(reason.bilingual.english == reason.rawValue, "\(reason.code)")
            #expect(reason.code.allSatisfy { $0.isLowercase || $0 == "_" }, "\(reason.code)")
        }
    }

    @Test("a sentence is found again in its text, whatever its values are", arguments: samples.indices)
    func recognised(start: Int) throws {
        for sentence in ReasonBook.sentences {
            let text = Self.filled(sentence, start)
            let found = try #require(ReasonBook.reason(text), "\(text)")
            #expect(found.code == sentence.code, "\(text)")
            #expect(found.text == text)
            let chinese = Speech(.chinese).reason(text)
            #expect(chinese != text, "\(text)")
            #expect(Speech(.english).reason(text) == text)
        }
    }

    @Test("values go into the Chinese sentence")
    func values() {
        let reason = Reason(
            HoldReason.column_missing, ["table": "public.标准", "column": "备注; 说明", "type": "text"])
        #expect(reason.text == "table public.标准 lacks column 备注; 说明 (text); add it here, then this goes on")
        #expect(
            Speech(.chinese).reason(reason.text) == "表 public.标准 缺少列 备注; 说明（text）；在此处添加后将自动继续")
        #expect(ReasonBook.codes(reason.text) == ["column_missing"])
    }

    @Test("several reasons in one text are told apart")
    func several() {
        let reasons = [
            Reason(PeerReason.clock_behind, ["seconds": "75"]),
            Reason(HoldReason.column_missing, ["table": "a; b", "column": "c", "type": "text"]),
            Reason(DifferenceReason.table_only_there, ["table": "catalogue.\"标 准\""]),
            Reason(PeerReason.more_reasons, ["count": "2"]),
        ]
        let text = reasons.map(\.text).joined(separator: ReasonBook.separator)
        #expect(ReasonBook.pieces(text) == reasons.map { .known($0) })
        #expect(
            Speech(.chinese).reason(text)
                == "对端时钟比本方慢 75 秒；表 a; b 缺少列 c（text）；在此处添加后将自动继续；"
                + "表 catalogue.\"标 准\" 在对端共享，此处未共享；另有 2 项")
    }

    @Test("who holds a lock is said in the user's language too")
    func nested() {
        let holders = [
            Reason(HoldReason.holder, ["pid": "42", "user": "张三", "program": "psql", "age": "00:00:07"]),
            Reason(HoldReason.holder_prepared, ["name": "p1", "user": "李四", "age": "00:01:00"]),
        ]
        let text = Reason(
            HoldReason.row_locked,
            [
                "key": "{1}", "table": "public.standard",
                "holders": holders.map(\.text).joined(separator: ReasonBook.separator),
            ]
        ).text
        let chinese = Speech(.chinese).reason(text)
        #expect(chinese.contains("可能的持有者：进程 42（张三，psql，已持续 00:00:07）"))
        #expect(chinese.contains("预备事务 p1（李四，已持续 00:01:00）"))
    }

    @Test("what is no sentence of ours stays as it is")
    func foreign() {
        for text in ["", "FATAL: the database system is starting up", "a; b", "标准 is odd; and more"] {
            #expect(ReasonBook.codes(text) == [])
            #expect(Speech(.chinese).reason(text) == text)
        }
        let mixed = "server closed; the peer's clock is 3 s ahead of ours"
        #expect(Speech(.chinese).reason(mixed) == "server closed；对端时钟比本方快 3 秒")
    }
}
