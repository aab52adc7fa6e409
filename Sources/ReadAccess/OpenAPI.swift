/// The description of the interface for programs, OpenAPI 3.1, made from the list of endpoints.
enum OpenAPI {
    static func document(_ settings: ReadSettings) -> String {
        var paths = Endpoint.all.map { "\(JSON.quoted("/api/v1/" + $0.path)):\(path($0, settings))" }
        paths.append(#""/healthz":\#(plain("health", "Whether the database answers.", "Health"))"#)
        paths.append(#""/openapi.json":\#(plain("describe", "This document.", "Description"))"#)
        let schemas =
            Endpoint.all.map { "\(JSON.quoted(schemaName($0))):\(schema($0))" } + [
                #""Health":{"type":"object","required":["status"],"properties":{"status":{"type":"string"}}}"#,
                #""Description":{"type":"object","additionalProperties":true}"#, problem,
            ]
        return """
            {"openapi":"3.1.0","info":{"title":"Bashu catalogue of standards",\
            "version":\(JSON.quoted(settings.version)),\
            "description":"Read-only. Dates are dates in Beijing; status is computed for a day. Answers carry an ETag: \
            send it back with If-None-Match."},\
            "paths":{\(paths.joined(separator: ","))},"components":{"schemas":{\(schemas.joined(separator: ","))}}}

            """
    }

    private static func schemaName(_ endpoint: Endpoint) -> String {
        endpoint.name.prefix(1).uppercased() + endpoint.name.dropFirst() + "Answer"
    }

    private static func parameter(_ name: String, _ place: String, _ required: Bool, _ schema: String, _ text: String)
        -> String
    {
        "{\"name\":\(JSON.quoted(name)),\"in\":\"\(place)\",\"required\":\(required),\"schema\":\(schema),"
            + "\"description\":\(JSON.quoted(text))}"
    }

    private static func path(_ endpoint: Endpoint, _ settings: ReadSettings) -> String {
        var parameters: [String] = []
        if endpoint.takesID {
            parameters.append(
                parameter("id", "path", true, #"{"type":"string"}"#, "Number (slashes as %2F) or identifier."))
        }
        parameters += endpoint.parameters.map {
            parameter($0.name, "query", $0.isRequired, $0.schema, $0.description)
        }
        if case .list = endpoint.shape {
            let range = #"{"type":"integer","minimum":1,"maximum":\#(settings.rowsMax)}"#
            parameters.append(parameter("limit", "query", false, range, "Rows at most."))
            parameters.append(
                parameter("cursor", "query", false, #"{"type":"string"}"#, "Where to go on: from the link next."))
        }
        let answer = "{\"$ref\":\"#/components/schemas/\(schemaName(endpoint))\"}"
        return """
            {"get":{"operationId":\(JSON.quoted(endpoint.name)),"summary":\(JSON.quoted(endpoint.summary)),\
            "parameters":[\(parameters.joined(separator: ","))],\
            "responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":\(answer)}}},\
            "304":{"description":"Unchanged since the ETag in If-None-Match."},"default":\(failure)}}}
            """
    }

    private static func plain(_ name: String, _ summary: String, _ schema: String) -> String {
        """
        {"get":{"operationId":\(JSON.quoted(name)),"summary":\(JSON.quoted(summary)),"responses":{"200":{"description":\
        "The answer.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/\(schema)"}}}},\
        "default":\(failure)}}}
        """
    }

    private static let failure = """
        {"description":"Why there is no answer, and what to do next (RFC 9457).","content":\
        {"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}
        """

    private static let problem = """
        "Problem":{"type":"object","required":["type","title","status","detail"],"properties":{\
        "type":{"type":"string","format":"uri"},"title":{"type":"string"},"status":{"type":"integer"},\
        "detail":{"type":"string"}}}
        """

    private static func schema(_ endpoint: Endpoint) -> String {
        let members = endpoint.fields.map { field in
            // A description goes into the schema, which is an object in braces.
            let inner = field.type.dropFirst().dropLast()
            let comma = inner.isEmpty ? "" : ","
            return "\(JSON.quoted(field.name)):{\(inner)\(comma)\"description\":\(JSON.quoted(field.description))}"
        }
        // A document has sets that the database's own functions define.
        let isOpen = if case .document = endpoint.shape { true } else { false }
        let row =
            #"{"type":"object","additionalProperties":\#(isOpen),"properties":{\#(members.joined(separator: ","))}}"#
        let shared = #""position":{"type":"object","additionalProperties":{"type":"integer"}},"day":{"type":"string"}"#
        switch endpoint.shape {
        case .document:
            return """
                {"type":"object","additionalProperties":false,"required":["position","day","record"],\
                "properties":{\(shared),"record":\(row)}}
                """
        case .list:
            return """
                {"type":"object","additionalProperties":false,"required":["position","day","items","next"],\
                "properties":{\(shared),"items":{"type":"array","items":\(row)},\
                "next":{"type":["string","null"],"description":"Address of the next rows."}}}
                """
        }
    }
}
