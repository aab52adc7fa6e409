import RegionStore

/// Decides when the state of a link is written down again: at once when people would see a difference, and now and
/// then for the numbers, so that a busy stream is not a stream of updates.
struct LinkDiary {
    /// How old the numbers may be.
    static let refresh = Duration.seconds(2)

    private var written: Links.Record?
    private var writtenAt: ContinuousClock.Instant?
    private var contact = false

    /// Whether `record` is to be written now; it is then taken for written.
    mutating func isDue(_ record: inout Links.Record, now: ContinuousClock.Instant) -> Bool {
        contact = contact || record.isContact
        record.isContact = contact
        guard let written, let writtenAt else { return note(record, now) }
        let isOld = now - writtenAt >= Self.refresh
        let differs =
            written.state != record.state || written.reason != record.reason || written.sqlState != record.sqlState
            || written.attempts != record.attempts || written.node != record.node
        return differs || (isOld && (contact || written != record)) ? note(record, now) : false
    }

    private mutating func note(_ record: Links.Record, _ now: ContinuousClock.Instant) -> Bool {
        written = record
        writtenAt = now
        contact = false
        return true
    }
}
