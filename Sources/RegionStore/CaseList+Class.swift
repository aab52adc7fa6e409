public import Postgres
internal import Replication

extension CaseList {
    /// Which side of every case of a class is to hold.
    public enum Keep: Sendable, Equatable {
        /// The write made in the row's home region.
        case home
        /// What stands in the row now.
        case winner
        /// The one that lost, where only one did.
        case loser
        case newest
        /// The newest of this region.
        case region(String)
    }

    /// What a class ruling does to one row.
    public struct ClassItem: Sendable {
        public let shown: Shown
        /// For every group the candidate that is to hold.
        public let kept: [String: Candidate]
        /// Why nothing can be said of the row; nil: it is ruled.
        public let obstacle: Obstacle?
    }

    /// Why a class ruling leaves a row alone.
    public enum Obstacle: Sendable, Equatable {
        /// No candidate is of that region, or of the row's home.
        case noCandidate
        case severalLosers
        /// The row is out of its table: a person has to give it another value.
        case needsValue
    }

    /// The rows with a case of this type that can be ruled, the oldest first, and what keeping a side means for each.
    ///
    /// - Throws: `ControlError` when the table is unknown or has no home column, or `PostgresError`.
    public static func plan(
        _ session: Session, type: String, table name: String, keep: Keep
    ) throws -> [ClassItem] {
        let table = try SharedName.find(session, name)
        let reader = RowLogReader(session)
        var items: [ClassItem] = []
        for row in try session.query(SQLText.named("ctl_class"), [.int(table.id), .text(type)]) {
            let digest = try row.text("digest")
            guard let found = try cases(session, tableID: table.id, digest: digest) else { continue }
            let ruled = found.cases.filter { $0.summary.type == type && $0.summary.state.isCurrent }
            let log = try reader.read(tableID: table.id, digest: digest)
            if keep == .home, let log, log.policy.homeColumn == nil { throw ControlError.noHomeColumn(name) }
            let shown = Shown(
                table: found.table, key: found.key, cases: ruled, tableID: table.id, digest: digest, row: log)
            items.append(item(shown, keep))
        }
        return items
    }

    private static func item(_ shown: Shown, _ keep: Keep) -> ClassItem {
        var kept: [String: Candidate] = [:]
        for one in shown.cases {
            guard !one.isOfConstraint || one.isOfExistence else {
                return ClassItem(shown: shown, kept: [:], obstacle: .needsValue)
            }
            switch choice(keep, one, shown.row) {
            case .success(let candidate): kept[one.summary.group] = candidate
            case .failure(let obstacle): return ClassItem(shown: shown, kept: [:], obstacle: obstacle)
            }
        }
        return ClassItem(shown: shown, kept: kept, obstacle: nil)
    }

    private static func choice(_ keep: Keep, _ one: Case, _ row: RowLog?) -> Result<Candidate, Obstacle> {
        let newest = { (wanted: (Candidate) -> Bool) -> Result<Candidate, Obstacle> in
            // Canonical order is that of their stamps.
            one.candidates.last(where: wanted).map { .success($0) } ?? .failure(.noCandidate)
        }
        switch keep {
        case .winner: return .success(one.candidates[one.winner])
        case .newest: return newest { _ in true }
        case .region(let region): return newest { $0.id.origin.region == region }
        case .home: return newest { row?.isMadeAtHome($0.id) == true }
        case .loser:
            guard one.candidates.count == 2 else { return .failure(.severalLosers) }
            return .success(one.candidates[1 - one.winner])
        }
    }

    /// Stores the ruling of one row of a class and returns its number.
    public static func rule(_ session: Session, _ item: ClassItem, reason: String) throws -> Int64 {
        try rule(
            session, item.shown, handle: item.shown.key.description,
            choice: .groups(item.kept.mapValues(\.id)), reason: reason)
    }

    /// The one candidate of the row's shown cases whose value does not hold any more.
    ///
    /// - Throws: `ControlError` when there is none or there are several.
    public static func lost(_ shown: Shown, handle: String) throws -> Candidate {
        let image = shown.row?.image
        let columns = shown.row?.table.shape.columns ?? []
        let lost = shown.candidates.filter { candidate in
            !shown.cases.contains { one in
                guard one.candidates.contains(where: { $0.id == candidate.id }) else { return false }
                if one.isOfExistence { return candidate.deletes == (image == nil) }
                return candidate.values.allSatisfy { value in
                    guard let image, let ordinal = columns.firstIndex(of: value.column) else { return false }
                    return CopyText.string(image[ordinal]) == value.value
                }
            }
        }
        guard let first = lost.first else { throw ControlError.nothingLost(handle) }
        guard lost.count == 1 else {
            throw ControlError.severalLost(handle, candidates: lost.map(\.id.description))
        }
        return first
    }
}

extension CaseList.Obstacle: Error {}
