import Foundation
import Postgres
import TestCluster
import Testing

@Suite struct ReadInterfaceTests {
    private static func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// An address of every path of the description, with values that find something.
    private static func address(_ path: String, _ operation: [String: Any]) throws -> String {
        let values = [
            "q": "标准", "scheme": "ics", "prefix": "13", "org": "重庆市市场监督管理局", "column": "title_zh", "region": "51",
        ]
        var pairs: [String] = []
        for case let parameter as [String: Any] in operation["parameters"] as? [Any] ?? [] {
            let name = try #require(parameter["name"] as? String)
            guard parameter["in"] as? String == "query", let value = values[name] else { continue }
            pairs.append(name + "=" + (value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""))
        }
        let base = path.replacingOccurrences(of: "{id}", with: "GB%2FT%2022373-2021")
        return pairs.isEmpty ? base : base + "?" + pairs.joined(separator: "&")
    }

    @Test func everyPathOfTheDescriptionAnswersAsDescribed() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let description = try Self.object(try await http.get("/openapi.json").body)
            let paths = try #require(description["paths"] as? [String: Any])
            let components = try #require(description["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: Any])
            #expect(paths.count == 15)
            for (path, item) in paths {
                let operation = try #require((item as? [String: Any])?["get"] as? [String: Any])
                let answer = try await http.get(try Self.address(path, operation))
                #expect(answer.status == 200, "\(path): \(answer.body)")
                #expect(answer.headers["content-type"] == "application/json")
                let good = try #require((operation["responses"] as? [String: Any])?["200"])
                let data = try JSONSerialization.data(withJSONObject: good, options: .withoutEscapingSlashes)
                let text = String(decoding: data, as: UTF8.self)
                let name = try #require(schemas.keys.first { text.contains("#/components/schemas/\($0)\"") })
                Self.check(try Self.object(answer.body), try #require(schemas[name] as? [String: Any]), path)
            }
        }
    }

    /// Every member is described, and every required one is there.
    private static func check(_ value: [String: Any], _ schema: [String: Any], _ path: String) {
        let properties = schema["properties"] as? [String: Any] ?? [:]
        if schema["additionalProperties"] as? Bool == false {
            for name in value.keys { #expect(properties[name] != nil, "\(path): \(name) is not described") }
        }
        for case let name as String in schema["required"] as? [Any] ?? [] {
            #expect(value[name] != nil, "\(path): \(name) is missing")
        }
        for (name, property) in properties {
            guard let property = property as? [String: Any] else { continue }
            if let inner = value[name] as? [String: Any] { check(inner, property, "\(path).\(name)") }
            guard let item = property["items"] as? [String: Any] else { continue }
            for case let row as [String: Any] in value[name] as? [Any] ?? [] { check(row, item, "\(path).\(name)") }
        }
    }

    @Test func theDescriptionIsValidOpenAPI() async throws {
        let probe = try ChildProcess.run("python3", ["-c", "import openapi_spec_validator"])
        guard probe.status == .exited(0) else {
            print("the validator of OpenAPI documents is not installed: only the structure is tested")
            return
        }
        try await Reading.serve(try await Reading.settings()) { http in
            let document = try await http.get("/openapi.json").body
            let code = "import sys, json; from openapi_spec_validator import validate; validate(json.load(sys.stdin))"
            let run = try ChildProcess.run("python3", ["-c", code], standardInput: document)
            #expect(run.status == .exited(0), "\(run.errors.suffix(2_000))")
        }
    }

    /// Following `next` to its end gives every row once.
    @Test(arguments: ["/api/v1/standards?kind=national&limit=17", "/api/v1/changes?limit=150"])
    func pagesJoinWithoutAGap(start: String) async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            var seen: [String] = []
            var next: String? = start
            while let address = next {
                let answer = try Self.object(try await http.get(address).body)
                let rows = try #require(answer["items"] as? [[String: Any]])
                seen += rows.map { "\($0["std_id"] ?? "") \($0["number"] ?? "") \($0["position"] ?? "")" }
                next = answer["next"] as? String
                #expect(rows.count <= 150)
                try #require(seen.count < 5_000)
            }
            #expect(Set(seen).count == seen.count)
            #expect(start.contains("changes") || seen.count > 30)
        }
    }

    @Test func anUnchangedAnswerIsNotSentAgain() async throws {
        let (cluster, name) = try await Reading.database()
        try await Reading.serve(Reading.settings(cluster, name)) { http in
            let path = "/api/v1/standards?q=%E7%81%AB%E9%94%85"
            let first = try await http.get(path)
            let tag = try #require(first.headers["etag"])
            #expect(tag.hasPrefix("\""), "strong")
            #expect(first.headers["cache-control"] == "no-cache")
            #expect(first.headers["vary"] == "Accept-Language")
            for match in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = try await http.get(path, ["If-None-Match": match])
                #expect(again.status == 304)
                #expect(again.body.isEmpty)
                #expect(again.headers["etag"] == tag)
            }
            #expect(try await http.get(path, ["If-None-Match": "\"other\""]).status == 200)
            #expect(try await http.get(path + "&limit=3", ["If-None-Match": tag]).status == 200)
            #expect(try await http.get(path, ["If-None-Match": tag, "Accept-Language": "en"]).status == 200)

            // Something else is applied: the position moves, and with it every tag.
            let session = try cluster.session(database: name)
            try session.script(
                """
                WITH o AS (INSERT INTO bashu.origin (name, region) VALUES ('51-x', '51') RETURNING id)
                INSERT INTO bashu.applied (origin_id, number, through) SELECT id, 1, now() FROM o
                """)
            let moved = try await http.get(path, ["If-None-Match": tag])
            #expect(moved.status == 200)
            #expect(moved.headers["etag"] != tag)
            #expect(try await http.get("/api/v1/freshness").headers["etag"] == nil, "ages change with the clock")
        }
    }

    @Test func whatCannotBeAnsweredIsAProblemWithAWayOut() async throws {
        try await Reading.serve(try await Reading.settings()) { http in
            let cases: [(String, Int, String)] = [
                ("/api/v1/nothing", 404, "not-found"), ("/api/v2/standards", 404, "not-found"),
                ("/api/v1/standards/GB%20999999-2020", 404, "no-such-standard"),
                ("/api/v1/standards/GB%20999999-2020/status", 404, "no-such-standard"),
                ("/api/v1/standards?day=2023-02-29", 400, "parameter"),
                ("/api/v1/standards?limit=0", 400, "parameter"), ("/api/v1/standards?limit=201", 400, "parameter"),
                ("/api/v1/standards?colour=red", 400, "parameter"), ("/api/v1/standards?cursor=x", 400, "parameter"),
                ("/api/v1/standards?in_force=maybe", 400, "parameter"), ("/api/v1/classification", 400, "parameter"),
                ("/api/v1/changes?since=12", 400, "parameter"), ("/api/v1/changes?cursor=e30", 400, "parameter"),
                ("/api/v1/standards?q=%E7%81", 400, "parameter"),
                ("/api/v1/standards?q=" + String(repeating: "x", count: 5_000), 414, "address"),
            ]
            for (path, status, name) in cases {
                let answer = try await http.get(path, ["Accept-Language": "en"])
                #expect(answer.status == status, "\(path)")
                #expect(answer.headers["content-type"] == "application/problem+json")
                let problem = try Self.object(answer.body)
                #expect(problem["type"] as? String == "urn:bashu:problem:\(name)")
                #expect(problem["status"] as? Int == status)
                #expect((problem["detail"] as? String ?? "").count > 10)
            }
            let chinese = try await http.get("/api/v1/standards?limit=0", ["Accept-Language": "zh-CN"])
            #expect(chinese.body.contains("参数有误"))
        }
    }
}
