import Logging
import Postgres
import RegionStore
import TestCluster

@testable import TestFederation

/// Runs the built `bashuctl` as people do.
enum Ctl {
    /// What a run left behind.
    struct Run: Sendable {
        let status: ExitStatus
        let output: String
        let errors: String

        var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
    }

    /// An environment in which nothing of this machine's is found.
    static let environment: [String: String?] = [
        "BASHU_CONFIG": "/dev/null", "BASHU_DATABASE": nil, "BASHU_OWNER_DATABASE": nil, "LC_ALL": "C.UTF-8",
        "NO_COLOR": nil, "COLUMNS": nil, "TZ": "UTC", "PGPASSWORD": nil, "PGPASSFILE": "/nonexistent",
    ]

    /// Starts it.
    static func start(_ arguments: [String], _ changes: [String: String?] = [:]) throws -> ChildProcess {
        try ChildProcess.spawn(
            ChildProcess.builtProduct("bashuctl"), arguments, environment: environment.merging(changes) { $1 })
    }

    /// Runs it to its end.
    static func run(_ arguments: String..., changes: [String: String?] = [:]) throws -> Run {
        try finish(start(arguments, changes))
    }

    /// Waits for its end.
    static func finish(_ child: ChildProcess) -> Run {
        let status = child.wait()
        return Run(status: status, output: child.standardOutput, errors: child.standardError)
    }
}

extension Party {
    /// What points `bashuctl` here.
    var ctlEnvironment: [String: String?] {
        [
            "BASHU_DATABASE": cluster.conninfo(database: database, user: Self.daemonRole),
            "BASHU_OWNER_DATABASE": cluster.conninfo(database: database, user: Self.owner),
        ]
    }

    /// Runs `bashuctl` here to its end.
    func ctl(_ arguments: String..., changes: [String: String?] = [:]) throws -> Ctl.Run {
        try Ctl.finish(Ctl.start(arguments, ctlEnvironment.merging(changes) { $1 }))
    }
}

/// The daemon's engine, stepped by the test, so that every state is reached on purpose.
final class Hand {
    let party: Party
    private let engine: Engine
    private var links: [String: (receiver: BatchReceiver, local: Session, peer: Session)] = [:]

    init(_ party: Party) throws {
        self.party = party
        var logger = Logger(label: "hand")
        logger.logLevel = .critical
        engine = try Engine(
            target: DaemonSession.target(
                ConnectionTarget(party.cluster.conninfo(database: party.database, user: Party.daemonRole))),
            logger: logger, version: "bashud 0.1")
    }

    /// Steps until nothing is left to do.
    func settle() throws {
        for _ in 0..<1_000 {
            guard try engine.step().didWork else { return try engine.heartbeat("idle") }
        }
        throw FederationError("\(party.name) does not come to rest")
    }

    /// Pulls everything from another party, and applies it.
    func pull(from other: Party) throws {
        let link: (receiver: BatchReceiver, local: Session, peer: Session)
        if let known = links[other.name] {
            link = known
        } else {
            link = (
                BatchReceiver(peer: other.name, token: engine.token),
                try party.cluster.session(database: party.database, user: Party.daemonRole),
                try other.cluster.session(database: other.database, user: party.login)
            )
            links[other.name] = link
        }
        while true {
            let report = try link.receiver.receive(into: link.local, from: link.peer)
            if let fault = report.faults.first { throw fault }
            guard report.hasMore else { break }
        }
        try settle()
    }

    /// Runs `bashuctl` here while the engine works; `meanwhile` is what else goes on.
    func serve(
        _ arguments: String..., changes: [String: String?] = [:], meanwhile: () throws -> Void = {}
    ) throws -> Ctl.Run {
        try engine.heartbeat("idle")
        let child = try Ctl.start(arguments, party.ctlEnvironment.merging(changes) { $1 })
        while child.isRunning {
            _ = try engine.step()
            try engine.heartbeat("idle")
            try meanwhile()
        }
        return Ctl.finish(child)
    }

    /// Runs `bashuctl` here on a terminal of its own, on which somebody types these keys, while the engine works.
    func serveTyping(_ keys: String, _ arguments: String..., language: String = "C.UTF-8") throws -> Ctl.Run {
        try engine.heartbeat("idle")
        let words = try [ChildProcess.builtProduct("bashuctl")] + arguments
        let command = words.map { "'\($0)'" }.joined(separator: " ")
        let environment = Ctl.environment.merging(party.ctlEnvironment) { $1 }.merging(
            ["KEYS": keys, "COMMAND": command, "TERM": "xterm", "LC_ALL": language]) { $1 }
        // Not before the program has made the terminal its own.
        let child = try ChildProcess.spawn(
            "/bin/sh", ["-c", #"(sleep 1; printf %s "$KEYS"; sleep 2) | script -qec "$COMMAND" /dev/null"#],
            environment: environment)
        while child.isRunning {
            _ = try engine.step()
            try engine.heartbeat("idle")
        }
        return Ctl.finish(child)
    }

    func close() { engine.close() }
}
