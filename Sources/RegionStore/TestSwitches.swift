/// Wrong decisions that tests switch on, each to see that something notices. Test builds only: in a release none can
/// be on.
enum Mutation: String, Sendable, CaseIterable {
    /// Apply commits without looking whether somebody wrote meanwhile.
    case noCheckAfterWrites
    /// It looks for keys of the batch only, not for those that came into the set because of them.
    case checkOfIncomingKeysOnly
    /// After a forced cut it writes what it had judged before.
    case notJudgedAgain
    /// The row locks are given up together with what was written.
    case locksDroppedAtRedo
    /// Markers "compare the whole table" do not count in that look.
    case markersIgnored
    /// A group of batches is judged by what its last one had seen.
    case judgedByLastContext
    /// A contested key whose change has seen everything is written without a merge.
    case fastForwardIgnoresKnown
    /// Every statement of a cut has a snapshot of its own.
    case cutInTwoSnapshots
    /// A cut does not keep DDL off its tables.
    case noTableLock
    /// It compares with the last change in the log, not with what is known: a parked row is alive there.
    case comparesWithLog
    /// A row inserted over a parked one counts as one whose writer knew that.
    case noBlind
    /// A cut has only contested keys of its own projected again, not rows out of their table because of them.
    case noDerivedRecheck
    /// A ruling is acknowledged before it is on disk.
    case asynchronousRuling
    /// A new policy is followed by rows in `known` only, not by all that have a case.
    case policyOnKnownOnly

    /// The log forgets what somebody has not seen yet.
    case forgetsUnseen
    /// It forgets changes of rows that are or were contested.
    case forgetsContested

    #if DEBUG
        /// The one that is on in this task.
        @TaskLocal static var current: Mutation?
        var isOn: Bool { Self.current == self }
    #else
        var isOn: Bool { false }
    #endif
}

/// Places in a cut, a receipt, an apply, a ruling and a step of forgetting at which a test may act as somebody who
/// comes between, or end this process. Test builds only.
enum Checkpoint: String, Sendable, CaseIterable {
    /// The cut has its snapshot and its keys, and has read no row.
    case cutHasKeys
    /// It has written its batch and not committed it.
    case cutWritten
    /// It is committed, and no peer has been told.
    case cutCommitted

    /// A part of a batch has arrived and is on its way into the log.
    case receivedPart
    /// What a step brought is written and not committed.
    case receiveWritten
    /// It is committed, and apply has not been told.
    case receiveCommitted

    /// Apply has loaded its changes and locked nothing.
    case applyLoaded
    /// Apply holds its row locks and has judged nothing.
    case applyLocked
    /// Apply has written its rows and not yet looked whether somebody was faster.
    case applyWritten
    /// Somebody was: what was written is taken back, and a cut comes next.
    case applyRedo
    /// Nobody was faster, and Bashu's own tables are not written.
    case applyJudged
    /// They are, and nothing is committed.
    case applyRecorded
    /// It is committed, and no peer has been told.
    case applyCommitted

    /// A ruling's batch and rows are written and not committed.
    case rulingWritten
    /// A ruling is committed, and nobody has been told.
    case rulingCommitted

    /// Changes are taken out of the log, and that is not committed.
    case forgetWritten
    /// It is committed, and the walk has not gone on.
    case forgetCommitted

    #if DEBUG
        /// What is done at every place in this task.
        @TaskLocal static var visit: (@Sendable (Checkpoint) throws -> Void)?
        func reached() throws {
            FailurePoint.reached(rawValue)
            try Self.visit?(self)
        }
    #else
        func reached() throws {}
    #endif
}
