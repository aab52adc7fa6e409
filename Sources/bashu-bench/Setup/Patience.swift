import TestCluster

/// Waits for what the rest of a measurement needs.
enum Patience {
    /// After that a measurement has failed.
    static let longest = Duration.seconds(1_200)

    /// Waits until `condition` holds, looking every few milliseconds.
    ///
    /// - Parameters:
    ///   - what: the condition in words.
    ///   - report: what there is to say when it does not come true.
    static func until(
        _ what: String, report: () async throws -> String, _ condition: () async throws -> Bool
    ) async throws {
        do {
            try await eventually(what, timeout: longest, every: .milliseconds(5), condition)
        } catch let error as NeverHappened {
            throw BenchError("\(error)\n\(try await report())")
        }
    }
}
