@testable import Replication

/// Regions with a table of few rows and two columns, and all that they ever published.
///
/// A model of the steps of cut and apply, not of their SQL. The merge, the policy, images, vectors and the clock are
/// the product's own.
struct World {
    static let keyCount = 2
    static let columnCount = 2
    let setup: Setup
    var policy: TablePolicy { setup.policy }
    let mutant: Mutant?
    let regions: [Region]
    /// Per origin the batches it published, number 1 first.
    var batches: [[Batch]]
    /// Every change ever published; a batch and a log name them by index.
    var changes: [PublishedChange] = []
    /// Pairs whose link is down at present.
    var down: Set<[Int]> = []
    /// True time, microseconds.
    var time: Int64 = 1_000_000
    var incarnations = 0

    init(setup: Setup, mutant: Mutant? = nil) {
        self.setup = setup
        self.mutant = mutant
        regions = setup.skews.map { _ in Region() }
        batches = Array(repeating: [], count: setup.skews.count)
    }

    static let origins = ["50-a", "51-b", "52-c", "53-d", "54-e", "55-f"].map { OriginID($0) }

    static func origin(_ region: Int) -> OriginID { origins[region] }

    func linked(_ region: Int, _ peer: Int) -> Bool {
        setup.links.contains([min(region, peer), max(region, peer)])
    }

    func isUp(_ region: Int, _ peer: Int) -> Bool {
        linked(region, peer) && !down.contains([min(region, peer), max(region, peer)])
    }

    /// The clock on the wall of a region.
    func clock(_ region: Int) -> Int64 { time + setup.skews[region] }

    /// The changes of a row that a region has in its log, in the order in which they came.
    func log(_ region: Int, _ key: Int) -> [LoggedChange] {
        regions[region].state.log[key].map { changes[$0].change }
    }
}

/// What does not change during a history.
struct Setup: Hashable, Sendable {
    /// Per region how far its clock is off, microseconds.
    var skews: [Int64]
    /// Pairs (lower, higher) that speak with each other. Every region is reached somehow.
    var links: Set<[Int]>
    /// The same in every region.
    var policy = TablePolicy.columns(names: ["状态", "公告"])
    /// Rehearsed at the end, not applied.
    var proposed: TablePolicy?

    /// Any rules: the first column a number or an array, as in `values` if that is given; the second the code of the
    /// home region.
    static func policy(_ random: inout SplitMix64, values: TablePolicy? = nil) -> TablePolicy {
        let first: [ConflictRule]
        switch values?.groups[0].rule {
        case nil: first = [.home, .newest, numbers, .prefer(["52", "50"]), .union, .manual]
        case .union: first = [.home, .newest, .prefer(["52", "50"]), .union, .manual]
        default: first = [.home, .newest, numbers, .prefer(["52", "50"]), .manual]
        }
        let second: [ConflictRule] = [.home, .newest, .prefer(["51"]), .manual]
        return TablePolicy(
            columnCount: 2,
            groups: [
                ColumnGroup(name: "状态", columns: [0], rule: first[random.below(first.count)]),
                ColumnGroup(name: "公告", columns: [1], rule: second[random.below(second.count)]),
            ], homeColumn: random.chance(70) ? 1 : nil,
            deleteRule: DeleteRule.allCases[random.below(DeleteRule.allCases.count)])
    }

    private static let numbers = ConflictRule.newestBy(column: 0, order: .number)

    /// A value of a column as its rule wants it.
    func field(_ column: Int, _ value: Int) -> ArraySlice<UInt8> {
        if column == 1 { return Array(String(50 + value % 5).utf8)[...] }
        guard policy.groups[0].rule == .union else { return Array(String(value).utf8)[...] }
        let elements = ["a", "b", "甲"].enumerated().filter { value >> $0.offset & 1 == 1 }.map(\.element)
        return Array("{\(elements.joined(separator: ","))}".utf8)[...]
    }
}

struct Batch {
    var origin: Int
    var number: Int64
    var context: Vector
    var changes: [Int]
    /// Per origin the number of batches that its region had really applied: what the checks go by.
    var sight: [Int64]
}

struct PublishedChange {
    var region: Int
    var key: Int
    var change: LoggedChange
    /// The changes of the row that were really in its region's log when it was published: what the checks go by,
    /// never contexts.
    var sight: ColumnSet
}

/// A row in the table. The incarnation changes when a row is deleted and inserted: locks belong to one.
struct Row {
    var image: RowImage
    var incarnation: Int
}

struct KnownRow {
    var image: RowImage?
    var ownNumber: Int64
}

struct CaseID: Hashable {
    var group: String
    var closedBy: ChangeID?
}

/// A person's decision: the values of one of the candidates shown.
struct RulingRequest {
    var key: Int
    var shown: ConflictCase
    var choice: Int
}

/// What a region's database holds, committed.
struct RegionState {
    var table = [Row?](repeating: nil, count: World.keyCount)
    /// When a row was last touched and not yet cut, by the region's clock.
    var pending = [Int64?](repeating: nil, count: World.keyCount)
    /// The row when a cut last read it or the daemon last wrote it: what writers did since is the difference.
    var settled = [RowImage?](repeating: nil, count: World.keyCount)
    /// Whether local writers have committed something to the row that no cut has looked at.
    var isDirty = [Bool](repeating: false, count: World.keyCount)
    var log = [[Int]](repeating: [], count: World.keyCount)
    var known = [KnownRow?](repeating: nil, count: World.keyCount)
    var cases = [[CaseID: ConflictCase]](repeating: [:], count: World.keyCount)
    var recheck: Set<Int> = []
    var applied = Vector()
    /// Per origin the batches received and not yet applied, in order.
    var received: [[Batch]] = Array(repeating: [], count: World.origins.count)
    var clock = HybridClock()
    var rulings: [RulingRequest] = []
}

/// A transaction of a local writer. Whatever rows it has touched it holds the locks of.
struct LocalTransaction {
    struct Touched {
        var image: RowImage?
        /// The row was deleted on the way: what is there is another row.
        var isReplaced: Bool
    }
    var rows: [Int: Touched] = [:]
}

/// A class only so that looking at it copies nothing: a world is never copied.
final class Region {
    var state = RegionState()
    /// What a crash cannot take.
    var durable = RegionState()
    var transactions = [LocalTransaction?](repeating: nil, count: 2)
    var apply: Apply?
}

/// An apply on its way.
struct Apply {
    enum Stage { case lock, plan, write, check, commit }
    enum Action { case nothing, insert, update, delete }

    struct Target {
        var key: Int
        var incoming: [Int]
        /// The row that was there when the lock was asked for.
        var wanted: Int?
        /// The row that is locked until the end.
        var locked: Int?
        var image: RowImage?
        var action = Action.nothing
        var isWritten = false
        /// Nil: the change was taken as it is, with no merge.
        var outcome: MergeOutcome?
    }

    var stage = Stage.lock
    var batches: [Batch]
    var targets: [Target]
    var isPlanned = false
    var mustRepeat = false
}

/// A check that failed.
struct SimulationFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
