import Postgres
import Replication
import Testing

@testable import RegionStore
@testable import Service

@Suite(.timeLimit(.minutes(1))) struct ManagerStateTests {
    private static func link(_ peer: String, _ state: String, missing: Int64 = 0, oldest: Int64? = nil)
        -> Status.Link
    {
        Status.Link(
            peer: peer, isPaused: state == "paused", state: state, reason: state == "down" ? "没有应答" : nil,
            sqlState: nil, since: nil, lastContact: nil, nextTryAt: nil, attempts: 0, clockOffsetMilliseconds: nil,
            peerRegion: nil, peerKind: nil, peerVector: .init(), missingBatches: missing, waitingChanges: 0,
            unseenBatches: 0, oldest: oldest)
    }

    @Test func saysWhatTheDaemonDoes() {
        var state = DaemonState()
        #expect(state.text == "waiting for the database")
        state.phase = .working
        state.region = "c50.1"
        #expect(state.text == "c50.1: started")
        let links = [
            Self.link("51", "down", missing: 3, oldest: 10_000_000), Self.link("52", "streaming", missing: 1),
            Self.link("53", "paused"),
        ]
        state.progress = DaemonState.Progress(links, problem: nil, now: 45_500_000)
        #expect(state.text == "c50.1: 3 batches to apply, 35 s behind; links 1/2 up; 51 is down: 没有应答")
        state.progress = DaemonState.Progress([Self.link("52", "waiting")], problem: "disk full", now: 0)
        #expect(state.text == "c50.1: in step; links 1/1 up; problem: disk full")
        state.phase = .ending
        #expect(state.text == "ending")
    }

    /// Another line would be another field of the message to the manager.
    @Test func isOneLineOfBoundedLength() {
        var state = DaemonState()
        state.problem = "no\nREADY=1\r\nWATCHDOG=1"
        #expect(state.text == "waiting for the database; problem: no READY=1 WATCHDOG=1")
        state.problem = String(repeating: "长", count: 2_000)
        #expect(state.text.count == DaemonState.longest)
    }

    @Test func aPulseEndsUnlessItBeats() async throws {
        let pulse = Pulse(allowance: .milliseconds(40))
        #expect(pulse.isAlive)
        pulse.beat(before: .seconds(600))
        await Bell().rest(for: .milliseconds(60))
        #expect(pulse.isAlive)
        pulse.beat()
        await Bell().rest(for: .milliseconds(60))
        #expect(!pulse.isAlive)
    }

    @Test(arguments: ["", "relative", "@", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
    func otherSocketsAreNone(_ address: String) {
        #expect(NotifySocket(environment: ["NOTIFY_SOCKET": address]) == nil)
    }

    /// Another process is the one to be watched, or there is no manager at all: nobody needs to beat.
    @Test func withoutASocketNobodyIsWatched() {
        #expect(ManagerService(environment: ["WATCHDOG_USEC": "1000000"]).engine == nil)
        let other = ManagerService(
            environment: ["NOTIFY_SOCKET": "@none", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"])
        #expect(other.engine?.allowance == .seconds(60))
        let own = ManagerService(environment: ["NOTIFY_SOCKET": "@none", "WATCHDOG_USEC": "1000000"])
        #expect(own.engine?.allowance == .milliseconds(500))
    }
}
