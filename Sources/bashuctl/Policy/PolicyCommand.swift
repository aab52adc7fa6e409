import ArgumentParser
import Console

struct PolicyCommand: ParsableCommand {
    static let configuration = page(
        "policy", "COMMAND", .policy, nil,
        [PolicyCheck.self, PolicyApply.self, PolicyShow.self, PolicyRehearse.self])
}
