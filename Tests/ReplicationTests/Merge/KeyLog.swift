@testable import Replication

/// The log of one key in the making: every change names the changes that its writer had seen.
struct KeyLog {
    private(set) var changes: [LoggedChange] = []
    private var vectors: [ChangeID: Vector] = [:]
    let columnCount: Int

    init(columns: Int = 2) {
        columnCount = columns
    }

    var policy: TablePolicy {
        TablePolicy.columns(names: (0..<columnCount).map { ["状态", "公告", "日期"][$0] })
    }

    var outcome: MergeOutcome { merge(changes, policy: policy) }

    /// The image as text, fields separated by bars; nil: absent.
    var row: String? { KeyLog.text(outcome.image) }

    static func text(_ image: RowImage?) -> String? {
        image.map { image in
            (0..<image.count).map { String(decoding: image[$0], as: UTF8.self) }.joined(separator: "|")
        }
    }

    static func image(_ text: String) -> RowImage {
        RowImage(fields: text.split(separator: "|", omittingEmptySubsequences: false).map { Array($0.utf8)[...] })
    }

    /// Adds a change. It has seen what `seen` names, what that had seen, and everything of its own origin.
    @discardableResult
    mutating func add(
        _ region: String, _ kind: ChangeKind, at hlc: Int64, _ image: String?, writes columns: [Int]? = nil,
        existence: Bool? = nil, seen: [ChangeID] = [], base: String? = nil, has present: [Int]? = nil
    ) -> ChangeID {
        let origin = OriginID("\(region)-x")
        let own = changes.last { $0.id.origin == origin }
        let id = ChangeID(origin: origin, number: (own?.id.number ?? 0) + 1, position: 0)
        var context = Vector()
        for past in seen + (own.map { [$0.id] } ?? []) {
            context = context.union(vectors[past] ?? Vector())
            context[past.origin] = max(context[past.origin], past.number)
        }
        vectors[id] = context
        let written = columns ?? (kind == .insert ? Array(0..<columnCount) : [])
        changes.append(
            LoggedChange(
                id: id, kind: kind, hlc: hlc, context: context, written: ColumnSet(written),
                writesExistence: existence ?? (kind != .ruling), image: image.map(KeyLog.image),
                present: ColumnSet(present ?? (image == nil ? [] : Array(0..<columnCount))),
                base: base.map(KeyLog.image)))
        return id
    }

    @discardableResult
    mutating func insert(_ region: String, at hlc: Int64, _ image: String, seen: [ChangeID] = []) -> ChangeID {
        add(region, .insert, at: hlc, image, seen: seen)
    }

    @discardableResult
    mutating func update(
        _ region: String, at hlc: Int64, _ image: String, writes columns: [Int], seen: [ChangeID] = [],
        base: String? = nil
    ) -> ChangeID {
        add(region, .update, at: hlc, image, writes: columns, seen: seen, base: base)
    }

    @discardableResult
    mutating func delete(_ region: String, at hlc: Int64, seen: [ChangeID] = []) -> ChangeID {
        add(region, .delete, at: hlc, nil, seen: seen)
    }
}

extension ConflictCase {
    /// `group state(closer): candidates, the winner starred`, for expectations that people can read.
    var summary: String {
        let names = candidates.enumerated().map { index, candidate in
            "\(candidate.id.origin.region):\(candidate.id.number)\(index == winner ? "*" : "")"
        }
        let closer = closedBy.map { "(\($0.origin.region):\($0.number))" } ?? ""
        return "\(group) \(type) \(state.rawValue)\(closer): \(names.joined(separator: " "))"
    }
}

extension MergeOutcome {
    var summaries: [String] { cases.map(\.summary) }
}
