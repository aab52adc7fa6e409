@testable import Replication

extension World {
    mutating func write(_ region: Int, writer: Int, key: Int, _ operation: Operation) {
        guard !isLocked(region, key, against: writer) else { return }
        var transaction = regions[region].transactions[writer] ?? LocalTransaction()
        defer { regions[region].transactions[writer] = transaction }
        let touched = transaction.rows[key]
        let row = touched.map(\.image) ?? regions[region].state.table[key]?.image
        let replaced = touched?.isReplaced ?? false
        switch (operation, row) {
        case (.insert(let first, let second), nil):
            let image = RowImage(fields: [setup.field(0, first), setup.field(1, second)])
            transaction.rows[key] = LocalTransaction.Touched(image: image, isReplaced: replaced)
        case (.set(let column, let value), let row?):
            var fields = [row[0], row[1]]
            fields[column] = setup.field(column, value)
            transaction.rows[key] = LocalTransaction.Touched(image: RowImage(fields: fields), isReplaced: replaced)
        case (.delete, .some):
            transaction.rows[key] = LocalTransaction.Touched(image: nil, isReplaced: true)
        default:
            break
        }
    }

    /// Whether a writer would have to wait for the row.
    private func isLocked(_ region: Int, _ key: Int, against writer: Int) -> Bool {
        for (other, transaction) in regions[region].transactions.enumerated() where other != writer {
            if transaction?.rows[key] != nil { return true }
        }
        if mutant == .noLocks { return false }
        guard let target = regions[region].apply?.targets.first(where: { $0.key == key }) else { return false }
        if target.isWritten { return true }
        return target.locked != nil && target.locked == regions[region].state.table[key]?.incarnation
    }

    /// The writer who holds the row, if any does.
    func isHeld(_ region: Int, _ key: Int) -> Bool {
        regions[region].transactions.contains { $0?.rows[key] != nil }
    }

    mutating func commit(_ region: Int, writer: Int) {
        guard let transaction = regions[region].transactions[writer] else { return }
        regions[region].transactions[writer] = nil
        for (key, touched) in transaction.rows {
            put(region, key, touched.image, isReplaced: touched.isReplaced)
            regions[region].state.pending[key] = clock(region)
            regions[region].state.isDirty[key] = true
        }
        regions[region].durable = regions[region].state
    }

    mutating func rollback(_ region: Int, writer: Int) {
        regions[region].transactions[writer] = nil
    }

    mutating func put(_ region: Int, _ key: Int, _ image: RowImage?, isReplaced: Bool = false) {
        guard let image else { return regions[region].state.table[key] = nil }
        if !isReplaced, let row = regions[region].state.table[key] {
            regions[region].state.table[key] = Row(image: image, incarnation: row.incarnation)
        } else {
            incarnations += 1
            regions[region].state.table[key] = Row(image: image, incarnation: incarnations)
        }
    }

    mutating func crash(_ region: Int, losing: Bool) {
        if losing { regions[region].state = regions[region].durable }
        regions[region].durable = regions[region].state
        regions[region].transactions = [nil, nil]
        regions[region].apply = nil
    }
}
