internal import FoundationEssentials
internal import Replication

/// JSON between SQL and Swift.
enum JSONText {
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StoreError.unexpectedResult("JSON of another form was expected: \(error)")
        }
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// A vector as `{"origin": number}`.
    static func vector(_ text: String) throws -> Vector {
        let numbers = try decode([String: Int64].self, text)
        return Vector(Dictionary(uniqueKeysWithValues: numbers.map { (OriginID($0.key), $0.value) }))
    }

    static func vector(_ vector: Vector) throws -> String {
        try encode(Dictionary(uniqueKeysWithValues: vector.origins.map { ($0.name, vector[$0]) }))
    }
}
