import Foundation
import Glibc
import TestCluster

@testable import TestFederation

/// A real Prometheus that asks daemons every second and goes by the project's alert rules.
struct Prometheus {
    private let process: ChildProcess
    private let folder: String

    /// Whether its programs are here; says so when not.
    static func isInstalled() throws -> Bool {
        let found = try ["prometheus", "promtool"].allSatisfy {
            try ChildProcess.run("which", [$0]).status == .exited(0)
        }
        if !found { print("no prometheus is installed (Deploy/packages.sh names the package): its tests are skipped") }
        return found
    }

    /// Starts one for daemons that answer on these ports, by the name of their instance.
    init(_ targets: KeyValuePairs<String, Int>) throws {
        var path = Array("/tmp/bashu-prometheus.XXXXXX".utf8CString)
        guard mkdtemp(&path) != nil else { throw FederationError("no temporary folder") }
        folder = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let scraped = targets.map { "{targets: ['127.0.0.1:\($0.value)'], labels: {instance: '\($0.key)'}}" }
        let settings = """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ['\(MetricsStage.path("Deploy/prometheus/alerts.yml"))']
            scrape_configs: [{job_name: bashu, static_configs: [\(scraped.joined(separator: ", "))]}]
            """
        try settings.write(toFile: "\(folder)/prometheus.yml", atomically: true, encoding: .utf8)
        process = try ChildProcess.spawn(
            "prometheus",
            [
                "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/data",
                "--web.listen-address=127.0.0.1:0",
            ])
    }

    /// Ends it and removes what it has written.
    func close() async throws {
        process.terminate()
        try await process.ended(within: .seconds(20))
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Waits until it answers questions.
    func ready() async throws {
        try await eventually("prometheus is ready", timeout: .seconds(20)) {
            try await http().get("/-/ready").status == 200
        }
    }

    private func http() async throws -> PlainHTTP {
        func port() -> Int? {
            let log = process.standardError
            guard let line = log.split(separator: "\n").first(where: { $0.contains("\"Listening on\"") }),
                let digits = line.split(separator: ":").last
            else { return nil }
            return Int(digits)
        }
        try await eventually("prometheus listens", timeout: .seconds(20)) { port() != nil }
        return PlainHTTP(port: port() ?? 0)
    }

    /// An answer of its interface. An error of a query is one too.
    private struct Answer<Content: Decodable>: Decodable {
        let status: String
        let error: String?
        let data: Content?
    }

    private struct Vector: Decodable {
        struct Series: Decodable { let metric: [String: String] }
        let result: [Series]
    }

    /// What the alert rules made of what was scraped.
    struct Rules: Decodable {
        struct Rule: Decodable {
            let name: String
            let health: String
            let lastError: String?
        }
        struct Group: Decodable { let rules: [Rule] }
        let groups: [Group]
    }

    /// The labels of the series that an expression has now.
    func series(_ expression: String) async throws -> [[String: String]] {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let query = expression.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        return try await ask("/api/v1/query?query=\(query)", expression, Vector.self).result.map(\.metric)
    }

    /// The state of every rule.
    func rules() async throws -> [Rules.Rule] {
        try await ask("/api/v1/rules", "rules", Rules.self).groups.flatMap(\.rules)
    }

    private func ask<Content: Decodable>(_ path: String, _ what: String, _ type: Content.Type) async throws -> Content {
        // HTTP/1.0: the answer comes in one piece.
        let answer = try await http().send("GET \(path) HTTP/1.0\r\nHost: test\r\n\r\n")
        let decoded = try JSONDecoder().decode(Answer<Content>.self, from: Data(answer.body.utf8))
        guard let data = decoded.data, decoded.status == "success" else {
            throw FederationError("\(what): \(decoded.error ?? answer.body)")
        }
        return data
    }
}
