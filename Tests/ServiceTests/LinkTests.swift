import Logging
import Postgres
@testable import RegionStore
import Replication
import Testing

@testable import Service

@Suite struct LinkDiaryTests {
    @Test func writesWhatPeopleSeeAtOnceAndNumbersNowAndThen() {
        var diary = LinkDiary()
        let start = ContinuousClock.now
        var record = Links.Record(state: .waiting)
        #expect(diary.isDue(&record, now: start))
        #expect(!diary.isDue(&record, now: start + .seconds(60)))

        record.vector = Vector([OriginID("51-a"): 3])
        #expect(!diary.isDue(&record, now: start + .seconds(1)))
        #expect(diary.isDue(&record, now: start + .seconds(2)))

        record.state = .streaming
        #expect(diary.isDue(&record, now: start + .seconds(2)))
        record.reason = "the peer's clock is 7 s ahead of ours"
        #expect(diary.isDue(&record, now: start + .seconds(2)))
    }

    @Test func remembersAContactUntilItIsWritten() {
        var diary = LinkDiary()
        let start = ContinuousClock.now
        var record = Links.Record(state: .waiting)
        #expect(diary.isDue(&record, now: start))
        record.isContact = true
        #expect(!diary.isDue(&record, now: start + .seconds(1)))
        record.isContact = false
        #expect(diary.isDue(&record, now: start + .seconds(3)))
        #expect(record.isContact)
    }
}

@Suite struct LinkProblemTests {
    private func refused(_ state: SQLState, hint: String? = nil) -> PostgresError {
        var error = PostgresError(.statementFailed, "refused", sqlState: state)
        error.hint = hint
        return error
    }

    @Test func tellsApartWhatTheServerAnswers() {
        let cases: [(LinkProblem, LinkProblem.Kind, Links.State)] = [
            (.connecting(PostgresError(.connectionFailed, "no route")), .unreachable, .down),
            (.connecting(PostgresError(.connectionFailed, "no", sqlState: .invalidPassword)), .loginRefused, .down),
            (.connecting(PostgresError(.connectionFailed, "no", sqlState: .undefinedDatabase)), .loginRefused, .down),
            (.asking(refused(.undefinedSchema)), .notInstalled, .held),
            (.asking(refused(.undefinedFunction)), .otherVersion, .held),
            (.asking(refused(.insufficientPrivilege)), .notGranted, .held),
            (.asking(refused(.insufficientPrivilege, hint: "Register it")), .notRegistered, .held),
            (.asking(PostgresError(.connectionLost, "gone")), .lost, .down),
            (.receiving(refused(.diskFull), isLocalOpen: true), .localFailed, .held),
            (.receiving(PostgresError(.connectionLost, "gone"), isLocalOpen: true), .lost, .down),
            (.receiving(PostgresError(.connectionLost, "gone"), isLocalOpen: false), .localFailed, .held),
            (.receiving(ReceiveError.sameDatabase(peer: "51"), isLocalOpen: true), .sameDatabase, .held),
            (.receiving(StoreError.fenceLost, isLocalOpen: true), .notOurs, .held),
        ]
        for (problem, kind, state) in cases {
            #expect(problem.kind == kind)
            #expect(problem.state == state)
            #expect(!problem.reason.isEmpty)
        }
    }

    @Test func keepsTheServersCode() {
        #expect(LinkProblem.receiving(refused(.diskFull), isLocalOpen: true).sqlState == .diskFull)
        let peer = PeerFailure(peer: "51", error: refused(.diskFull))
        #expect(LinkProblem.receiving(peer, isLocalOpen: true).kind == .peerFailed)
    }
}

@Suite struct LinkReasonTests {
    @Test func showsTheFirstAndCountsTheRest() {
        #expect(LinkReason.text([]) == nil)
        #expect(LinkReason.text(["甲", "乙"]) == "甲; 乙")
        #expect(LinkReason.text(["a", "b", "c", "d", "e"]) == "a; b; c; and 2 more")
    }
}

@Suite struct LogLineTests {
    @Test func isOneLine() {
        #expect(LogLine.text("a\nb", ["reason": "c\nd"]) == "a b reason=\"c\\nd\"")
    }

    @Test func quotesWhatNeedsIt() {
        let text = LogLine.text("好", ["b": "重庆 50", "a": "x=\"y\"", "c": "", "d": "𬭎"])
        #expect(text == #"好 a="x=\"y\"" b="重庆 50" c="" d=𬭎"#)
    }
}
