import Postgres
import TestCluster
import Testing

@Suite struct NotificationTests {
    @Test func aNotificationEndsTheWaitAtOnce() async throws {
        let (connection, cluster) = try await freshConnection()
        try await connection.run { try $0.listen("通道 \"1\"") }
        async let waiting = connection.run { session in
            let notifications = try session.waitForNotification(timeoutMilliseconds: 60_000)
            return (notifications, ContinuousClock.now)
        }
        let sender = try cluster.session()
        let sent = ContinuousClock.now
        try sender.execute("SELECT pg_notify($1, $2)", ["通道 \"1\"", "第1批"])
        let (notifications, arrived) = try await waiting
        #expect(notifications.map(\.channel) == ["通道 \"1\""] && notifications.map(\.payload) == ["第1批"])
        #expect(notifications.first?.processID == sender.backendProcessID)
        #expect(arrived - sent < .seconds(1))
    }

    @Test func whatArrivedDuringAStatementIsNotForgotten() async throws {
        let session = try await freshSession()
        try session.listen("c")
        try session.script("NOTIFY c, '1'; NOTIFY c, '2'")
        try session.execute("SELECT 1")
        #expect(try session.waitForNotification(timeoutMilliseconds: 0).map(\.payload) == ["1", "2"])
        #expect(try session.waitForNotification(timeoutMilliseconds: 0).isEmpty)
    }

    @Test func theWaitEndsWithItsTime() async throws {
        let session = try await freshSession()
        let started = ContinuousClock.now
        #expect(try session.waitForNotification(timeoutMilliseconds: 120).isEmpty)
        #expect((Duration.milliseconds(120)..<(.seconds(5))).contains(ContinuousClock.now - started))
    }

    @Test func theWakerEndsTheWait() async throws {
        let (connection, _) = try await freshConnection()
        let waker = try await connection.run { $0.waker }
        let started = ContinuousClock.now
        async let waiting = connection.run { try $0.waitForNotification(timeoutMilliseconds: 60_000) }
        waker.wake()
        #expect(try await waiting.isEmpty)
        #expect(ContinuousClock.now - started < .seconds(5))
        // Used up: the next wait is not cut short.
        let again = try await connection.run { session in
            let started = ContinuousClock.now
            _ = try session.waitForNotification(timeoutMilliseconds: 50)
            return ContinuousClock.now - started
        }
        #expect(again >= .milliseconds(50))
    }

    @Test func theWakerOutlivesTheSession() async throws {
        let session = try await freshSession()
        let (waker, canceller) = (session.waker, session.canceller)
        session.close()
        waker.wake()
        canceller.cancel()
    }
}
