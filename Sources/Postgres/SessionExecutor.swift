import Dispatch

/// Runs an actor's jobs one after the other on a thread of their own, so that calls which block for seconds take no
/// thread from Swift's small cooperative pool.
public final class SessionExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// An executor; `label` names its queue in a debugger.
    public init(label: String) {
        queue = DispatchQueue(label: label)
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
