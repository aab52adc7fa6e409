@testable import Replication

/// What a local transaction does to one row of the model's table.
enum Operation: Hashable, Sendable {
    case insert(first: Int, second: Int)
    case set(column: Int, value: Int)
    case delete
}

/// One event of a history. A step that cannot happen when its turn comes does nothing, so that any part of a
/// history is a history.
enum Step: Hashable, Sendable {
    /// A statement of an open transaction; opens it when there is none.
    case write(region: Int, writer: Int, key: Int, Operation)
    case commit(region: Int, writer: Int)
    case rollback(region: Int, writer: Int)
    /// A transaction of one statement.
    case autocommit(region: Int, key: Int, Operation)
    case cut(region: Int)
    /// Receives the next batch of an origin from a peer, whoever's it is; or one that is already here.
    case pull(region: Int, peer: Int, origin: Int, again: Bool)
    /// Begins to apply received batches of an origin, or goes on with what is being applied.
    case apply(region: Int, origin: Int, batches: Int, stages: Int)
    /// Begins to project again what waits for it, or goes on with what is being applied.
    case recheck(region: Int, stages: Int)
    /// Receives and applies all that a peer has.
    case sync(region: Int, peer: Int)
    /// A person decides on an open case; the daemon takes the decision later.
    case rule(region: Int, key: Int, pick: Int)
    case takeRuling(region: Int)
    /// The server crashes. `losing`: without what was committed asynchronously.
    case crash(region: Int, losing: Bool)
    case link(region: Int, peer: Int, up: Bool)
}

extension Operation {
    /// For people.
    var told: String {
        switch self {
        case .insert(let first, let second): "INSERT (\(first), \(second))"
        case .set(let column, let value): "UPDATE \(column == 0 ? "a" : "b") = \(value)"
        case .delete: "DELETE"
        }
    }
}

extension Step {
    /// For people.
    var told: String {
        switch self {
        case .write(let region, let writer, let key, let operation):
            "\(name(region)): writer \(writer): \(operation.told) of row \(key), not yet committed"
        case .commit(let region, let writer): "\(name(region)): writer \(writer): COMMIT"
        case .rollback(let region, let writer): "\(name(region)): writer \(writer): ROLLBACK"
        case .autocommit(let region, let key, let operation): "\(name(region)): \(operation.told) of row \(key)"
        case .cut(let region): "\(name(region)): cut"
        case .pull(let region, let peer, let origin, let again):
            "\(name(region)): receives \(again ? "again a" : "the next") batch of \(name(origin)) from \(name(peer))"
        case .apply(let region, let origin, let batches, let stages):
            "\(name(region)): applies up to \(batches) batches of \(name(origin)), \(stages) stages"
        case .recheck(let region, let stages): "\(name(region)): projects again, \(stages) stages"
        case .sync(let region, let peer): "\(name(region)): receives and applies all that \(name(peer)) has"
        case .rule(let region, let key, let pick): "\(name(region)): a person rules on row \(key), choice \(pick)"
        case .takeRuling(let region): "\(name(region)): takes the ruling"
        case .crash(let region, let losing):
            "\(name(region)): crash\(losing ? ", asynchronous commits are gone" : "")"
        case .link(let region, let peer, let up): "\(name(region)) and \(name(peer)): link \(up ? "up" : "down")"
        }
    }

    private func name(_ region: Int) -> String { World.origin(region).region }
}
