import Synchronization

/// Signs of life of one part of a program, for a watchdog.
///
/// A part beats when it gets on: with each statement, with whatever arrives, and while it waits for a server, because
/// a lock that somebody holds for an hour is no fault of ours. A part that computes for ever, or is stuck anywhere
/// else, does not beat. Where the part's task is given a pulse (`Pulse.$current`), every wait of this layer beats it.
public final class Pulse: Sendable {
    /// The pulse of the part that the present task belongs to; nil: nobody watches.
    @TaskLocal public static var current: Pulse?

    /// How long a part may be silent without having said so.
    public let allowance: Duration
    // As the service manager's own watchdog, this clock stands still while the machine sleeps.
    private let aliveUntil: Mutex<SuspendingClock.Instant>

    /// A pulse that has just beaten.
    public init(allowance: Duration) {
        precondition(allowance > .zero, "a part needs time to get on")
        self.allowance = allowance
        aliveUntil = Mutex(.now + allowance)
    }

    /// A sign of life.
    ///
    /// - Parameter silence: how much longer than usual the next one may take: a pause, or a call that has a limit of
    ///   its own.
    public func beat(before silence: Duration = .zero) {
        let next = SuspendingClock.now + allowance + silence
        aliveUntil.withLock { $0 = next }
    }

    /// Whether the last sign of life is recent enough.
    public var isAlive: Bool { aliveUntil.withLock { $0 } > .now }

    /// How often a wait without an end comes up for air.
    var slice: Duration { max(allowance / 4, .milliseconds(1)) }
}
