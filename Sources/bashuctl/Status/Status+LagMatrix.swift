import Console
import RegionStore
import Replication

extension Status {
    /// Who has how much of whose changes, for people; nil while only two databases are known: then the links say it.
    var lagMatrix: LagMatrix? {
        guard knownDatabases > 2, let origins = matrix.first?.cells.map(\.origin), !origins.isEmpty else { return nil }
        let names = HandleNames(origins)
        return LagMatrix(
            origins: origins.map(names.short),
            rows: matrix.map { reach in
                LagMatrix.Row(
                    name: reach.peer ?? speech(StatusMessage.own, ["origin": node.region]),
                    asOf: reach.asOf.map { TimeText.brief(node.now - $0) } ?? "?",
                    cells: reach.cells.map { LagMatrix.Lack(batches: $0.missing, age: $0.lag(node.now)) })
            })
    }
}
