import TestCluster

@testable import TestFederation

/// What `/metrics` said, taken apart.
struct Scrape: Sendable {
    let text: String
    /// By name and labels as they stand in the text.
    private(set) var series: [String: Double] = [:]
    /// The names that have a TYPE.
    private(set) var metrics: Set<String> = []

    init(_ text: String) throws {
        self.text = text
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# TYPE ") {
                metrics.insert(String(line.split(separator: " ")[2]))
            } else if !line.hasPrefix("#") {
                guard let gap = line.lastIndex(of: " "), let value = Double(line[line.index(after: gap)...]),
                    series.updateValue(value, forKey: String(line[..<gap])) == nil
                else { throw FederationError("not a series, or one twice: \(line)") }
            }
        }
    }

    /// Asks a daemon.
    static func of(_ http: PlainHTTP) async throws -> Scrape {
        let answer = try await http.get("/metrics")
        guard answer.status == 200 else { throw FederationError("/metrics: \(answer.status) \(answer.body)") }
        return try Scrape(answer.body)
    }

    subscript(_ series: String) -> Double? { self.series[series] }

    /// The series of a metric.
    func all(_ metric: String) -> [String: Double] {
        series.filter { $0.key == metric || $0.key.hasPrefix(metric + "{") }
    }
}

extension Party {
    /// What makes the daemon answer monitoring, at any free port.
    static let metricsEnvironment: [String: String?] = ["BASHU_METRICS_LISTEN": "127.0.0.1:0"]

    /// What the daemon says once it answers.
    static let metricsNotice = "answers monitoring over HTTP"

    /// Where it answers.
    func metrics() async throws -> PlainHTTP { try await HttpStage.client(self, says: Self.metricsNotice) }

    /// A number from the database.
    func number(_ statement: String) async throws -> Double? {
        try await value(statement).flatMap(Double.init)
    }
}
