import ArgumentParser
import Console

struct ConflictCommand: ParsableCommand {
    static let configuration = page(
        "conflict", "COMMAND", .conflict, nil,
        [ConflictList.self, ConflictShow.self, ConflictResolve.self, ConflictUndo.self])
}
