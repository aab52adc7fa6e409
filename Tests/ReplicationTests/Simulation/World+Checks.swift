@testable import Replication

extension World {
    /// At rest the table is what is known and what the log says, and the recorded cases are those of the log.
    func checkAtRest(_ region: Int, _ key: Int) throws(SimulationFailure) {
        let state = regions[region].state
        guard state.pending[key] == nil, !state.recheck.contains(key), !state.log[key].isEmpty else { return }
        let place = "\(World.origin(region)): row \(key)"
        let outcome = mutatedMerge(log(region, key))
        let row = state.table[key]?.image
        guard row == outcome.image else {
            throw SimulationFailure("\(place): table \(text(row)), projection \(text(outcome.image))")
        }
        let known = known(region, key)
        guard row == known else { throw SimulationFailure("\(place): table \(text(row)), known \(text(known))") }
        let recorded = state.cases[key]
        let isSame = outcome.cases.allSatisfy { recorded[CaseID(group: $0.group, closedBy: $0.closedBy)] == $0 }
        guard isSame, recorded.count == outcome.cases.count else {
            throw SimulationFailure(
                "\(place): recorded cases \(recorded.values.map(\.summary)), of the log \(outcome.summaries)")
        }
    }

    /// A change says what the writers did, no more and no less.
    func checkDifference(_ region: Int, _ key: Int, _ draft: LoggedChange?) throws(SimulationFailure) {
        let before = regions[region].state.settled[key]
        let after = regions[region].state.table[key]?.image
        let written = ColumnSet(
            (0..<World.columnCount).filter { column in after.map { $0[column] != before?[column] } ?? false })
        let kind: ChangeKind? = before == after ? nil : before == nil ? .insert : after == nil ? .delete : .update
        guard draft?.kind == kind, draft.map({ $0.written == written || kind == .insert }) ?? true else {
            throw SimulationFailure(
                "\(World.origin(region)): row \(key): \(text(before)) became \(text(after)), published as "
                    + "\(draft?.kind.word ?? "nothing") of columns \(draft.map { Array($0.written) } ?? [])")
        }
    }

    func checkEverything() throws(SimulationFailure) {
        for key in 0..<World.keyCount {
            let published = changes.indices.filter { changes[$0].key == key }
            let oracle = oracle(published)
            for region in regions.indices {
                try checkRegion(region, key, published: published, oracle)
            }
            try checkAtRest(0, key)
            try checkNothingLost(key, published)
            try checkRehearsal(key, published, oracle)
        }
    }

    private func oracle(_ log: [Int]) -> Oracle {
        Oracle(log.map { changes[$0].change }, policy: policy) { later, earlier in
            changes[log[later]].sight.contains(log[earlier])
        }
    }

    private func checkRegion(
        _ region: Int, _ key: Int, published: [Int], _ oracle: Oracle
    ) throws(SimulationFailure) {
        let state = regions[region].state
        let place = "\(World.origin(region)): row \(key)"
        guard !state.isDirty[key], state.log[key].sorted() == published else {
            throw SimulationFailure("\(place): has \(state.log[key].count) of \(published.count) changes")
        }
        guard state.table[key]?.image == oracle.row else {
            throw SimulationFailure("\(place): \(text(state.table[key]?.image)), by definition \(text(oracle.row))")
        }
        guard published.isEmpty || known(region, key) == oracle.row else {
            throw SimulationFailure("\(place): known \(text(known(region, key))), by definition \(text(oracle.row))")
        }
        let recorded = state.cases[key]
        let isSame = oracle.cases.allSatisfy { recorded[CaseID(group: $0.group, closedBy: $0.closedBy)] == $0 }
        guard isSame, recorded.count == oracle.cases.count else {
            let texts = recorded.values.map(\.summary)
            throw SimulationFailure("\(place): cases \(texts), by definition \(oracle.cases.map(\.summary))")
        }
    }

    /// Every published value is in the row, or was overwritten by somebody who had seen it (or the same value, which
    /// another wrote at the same time: that is no conflict), or is in a case.
    private func checkNothingLost(_ key: Int, _ published: [Int]) throws(SimulationFailure) {
        guard let state = regions.first?.state else { return }
        let row = state.table[key]?.image
        for index in published {
            let change = changes[index].change
            for column in 0..<World.columnCount where change.written.contains(column) {
                let isInRow = row.map { $0[column] == change.image?[column] } ?? false
                let equals = published.filter { $0 == index || isEqualAndConcurrent($0, index, column) }
                let isOverwritten = published.contains {
                    let later = changes[$0].change
                    guard later.written.contains(column) || later.image == nil else { return false }
                    return equals.contains(where: changes[$0].sight.contains)
                }
                let isRecorded = state.cases[key].values.contains { record in
                    // A case of existence keeps whole rows, with what equal or later writes left in the column.
                    if record.group == ColumnGroup.existence {
                        return record.candidates.contains { $0.values?[column] == change.image?[column] }
                    }
                    let own = record.candidates.first { $0.id == change.id }
                    return own?.values?.contains { $0 == change.image?[column] } ?? false
                }
                guard isInRow || isOverwritten || isRecorded else {
                    throw SimulationFailure(
                        "row \(key): what \(change.id) wrote is lost: \(state.cases[key].values.map(\.summary))")
                }
            }
            guard (change.image == nil) != (row == nil) else { continue }
            let isOverwritten = published.contains {
                changes[$0].sight.contains(index)
            }
            let isRecorded = state.cases[key].values.contains { $0.candidates.contains { $0.id == change.id } }
            guard isOverwritten || isRecorded else {
                throw SimulationFailure("row \(key): that \(change.id) wrote it is lost")
            }
        }
    }

    private func isEqualAndConcurrent(_ one: Int, _ other: Int, _ column: Int) -> Bool {
        let (first, second) = (changes[one], changes[other])
        guard !first.sight.contains(other), !second.sight.contains(one) else { return false }
        guard first.change.written.contains(column), let image = first.change.image else { return false }
        return image[column] == second.change.image?[column]
    }

    /// Whether the candidates are what the log of a region really leaves standing.
    func isTrueFrontier(_ region: Int, _ key: Int, _ shown: ConflictCase) throws(SimulationFailure) -> Bool {
        oracle(regions[region].state.log[key]).cases.contains {
            $0.closedBy == nil && $0.group == shown.group && $0.candidates == shown.candidates
        }
    }

    private func text(_ image: RowImage?) -> String {
        image.map { String(decoding: $0.bytes.map { $0 == 9 ? 0x7c : $0 }, as: UTF8.self) } ?? "absent"
    }
}
