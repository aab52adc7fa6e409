import Console
import Postgres
import RegionStore
import Settings

/// Looks at the database as often as it is asked to. A connection that has gone is made anew by the next look.
actor Observer {
    private let context: Context
    /// Microseconds.
    private let lagMax: Int64
    private var fileAgeMax: Int64 { Int64(context.settings.peerFileAgeMaxDays) * 86_400_000_000 }
    private var connection: Connection?

    init(_ context: Context, lagMax: Int64) {
        self.context = context
        self.lagMax = lagMax
    }

    func look() async throws -> (Status, Verdict) {
        let present: Connection
        if let connection {
            present = connection
        } else {
            present = try await context.connection()
        }
        connection = nil
        do {
            let status = try await present.run { try Status.read($0) }
            connection = present
            return (status, Verdict(status, lagMax: lagMax, fileAgeMax: fileAgeMax))
        } catch {
            await present.close()
            throw error
        }
    }

    func close() async {
        await connection?.close()
        connection = nil
    }
}

/// A server that was there and cannot be reached now.
struct Outage: Sendable {
    /// The database's clock at the last answer, in microseconds since 1970 UTC.
    let since: Int64
    let reason: String

    /// Nil for an error that waiting does not mend.
    init?(_ error: any Error, since: Int64) {
        guard let error = error as? PostgresError,
            error.kind == .connectionFailed || error.kind == .connectionLost
        else { return nil }
        self.since = since
        reason = error.message.replacing("\n", with: " ")
    }

    func text(interval: Int) -> String {
        speech(
            StatusMessage.outage,
            ["time": TimeText.clock(since), "seconds": "\(interval)", "reason": speech.reason(reason)])
    }
}
