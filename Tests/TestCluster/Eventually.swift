/// A condition did not come true in time.
public struct NeverHappened: Error, CustomStringConvertible {
    /// What was awaited, for how long, and where.
    public let description: String
}

/// Waits until `condition` holds: what tests do instead of sleeping.
///
/// - Parameters:
///   - what: the condition in words, for the failure message.
///   - timeout: when to give up.
///   - every: the pause between two looks.
/// - Throws: `NeverHappened`, or what `condition` throws.
public func eventually(
    _ what: String = "condition", timeout: Duration = .seconds(30), every: Duration = .milliseconds(10),
    fileID: StaticString = #fileID, line: UInt = #line, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "\(fileID):\(line): \(what): not within \(timeout)")
        }
        try await Task.sleep(for: every)
    }
}
