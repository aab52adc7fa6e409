import Glibc
import Postgres
import RegionStore
import TestCluster

@testable import TestFederation

/// Two regions with the catalogue, the sample and readers; and a browser.
enum HttpStage {
    static let reader = "http_reader"

    private static var root: String {
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    }

    /// Makes the regions, with the sample entered in 50; no daemon runs yet.
    static func make() async throws -> Federation {
        let world = try await Federation.make(tables: .none)
        for party in world.parties {
            let installed = try await party.control("catalogue", "install", "--share")
            guard installed.status == .exited(0) else { throw FederationError(installed.errors) }
            try await party.run(
                "DO $$ BEGIN CREATE ROLE \(reader) LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                as: .superuser)
            for row in try await party.rows("SELECT reader.grants_text('\(reader)')", as: .owner) {
                try await party.run(row[0] ?? "", as: .owner)
            }
        }
        let sample = "\(root)/Schemas/catalogue/sample"
        let first = world["50"]
        let loaded = try ChildProcess.run(
            "psql",
            [
                "-X", "-q", "-d", first.cluster.conninfo(database: first.database, user: Party.owner), "-v",
                "sample=\(sample)", "-f", "\(sample)/load.sql",
            ], environment: ["PGCLIENTENCODING": "UTF8"])
        guard loaded.status == .exited(0) else { throw FederationError(loaded.errors) }
        return world
    }

    /// What makes the daemon of a party answer readers, at any free port.
    static func environment(_ party: Party, user: String = reader, listen: String = "127.0.0.1:0")
        -> [String: String?]
    {
        [
            "BASHU_HTTP_LISTEN": listen,
            "BASHU_HTTP_DATABASE": party.cluster.conninfo(database: party.database, user: user),
        ]
    }

    /// The port that the party's daemon has said it listens on.
    static func client(_ party: Party, says: String = "answers readers over HTTP") async throws -> PlainHTTP {
        func found() -> Int? { port(in: party.daemonLog, says: says) }
        try await eventually("the daemon of \(party.name) listens", timeout: .seconds(20)) { found() != nil }
        return PlainHTTP(port: found() ?? 0)
    }

    /// The same in a log; nil before it is said.
    static func port(in log: String, says: String) -> Int? {
        let mark = "address=127.0.0.1:"
        for line in log.split(separator: "\n") where line.contains(says) {
            for word in line.split(separator: " ") where word.hasPrefix(mark) {
                return Int(word.dropFirst(mark.count))
            }
        }
        return nil
    }
}

/// A real browser without a screen.
struct Browser {
    private let program: String
    private let folder: String

    /// Nil when none is installed.
    init?() throws {
        let known = ["chromium", "chromium-browser", "google-chrome"]
        guard let found = try known.first(where: { try ChildProcess.run("which", [$0]).status == .exited(0) }) else {
            print("no chromium is installed (Deploy/packages.sh names the package): the browser tests are skipped")
            return nil
        }
        program = found
        var path = Array("/tmp/bashu-browser.XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw FederationError("no temporary folder") }
        folder = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try writeProfile()
    }

    /// A profile whose user has switched scripts off for every page.
    private func writeProfile() throws {
        _ = try ChildProcess.run("mkdir", ["-p", "\(folder)/profile/Default"])
        let preferences = #"{"profile":{"default_content_setting_values":{"javascript":2}}}"#
        guard let stream = fopen("\(folder)/profile/Default/Preferences", "w") else {
            throw FederationError("no profile for the browser")
        }
        fputs(preferences, stream)
        fclose(stream)
    }

    /// Removes what the browser has written.
    func close() throws { _ = try ChildProcess.run("rm", ["-rf", folder]) }

    private func run(_ arguments: [String]) async throws -> String {
        let common = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--user-data-dir=\(folder)/profile",
        ]
        let child = try ChildProcess.spawn(
            program, common + arguments, environment: ["HOME": folder, "LC_ALL": "C.UTF-8"])
        guard try await child.ended(within: .seconds(60)) == .exited(0) else {
            throw FederationError("the browser failed:\n\(child.standardError.suffix(2_000))")
        }
        return child.standardOutput
    }

    /// The page as the browser understands it.
    func contents(_ address: String) async throws -> String { try await run(["--dump-dom", address]) }

    /// A picture of the page, in PNG.
    func picture(_ address: String, width: Int, height: Int) async throws -> [UInt8] {
        let file = "\(folder)/picture.png"
        _ = try await run(["--window-size=\(width),\(height)", "--screenshot=\(file)", address])
        guard let stream = fopen(file, "rb") else { throw FederationError("no picture of \(address)") }
        defer { fclose(stream) }
        var all: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&part, 1, part.count, stream)
            guard count > 0 else { return all }
            all += part[0..<count]
        }
    }
}

extension TableSet {
    /// No tables: they come later.
    static let none = TableSet(definition: "SELECT 1", names: [])
}
