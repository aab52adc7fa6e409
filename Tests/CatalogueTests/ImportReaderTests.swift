import Foundation
import Testing

@testable import CatalogueStore

@Suite struct ImportReaderTests {
    private let folder = Folder()

    private func source(_ bytes: [UInt8], _ name: String = "input", piece: Int = 7) throws -> ByteSource {
        let path = folder.path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try ByteSource(path: path, pieceBytes: piece)
    }

    private func csv(_ text: String, piece: Int = 7) throws -> [ImportRecord] {
        let reader = try CSVReader(try source(Array(text.utf8), piece: piece))
        return try all(reader)
    }

    private func all(_ reader: any RecordReader) throws -> [ImportRecord] {
        var records: [ImportRecord] = []
        while let record = try reader.next() { records.append(record) }
        return records
    }

    /// Each record's fields in one text; ∅ is NULL, ! is a broken record.
    private func rows(_ records: [ImportRecord]) -> [String] {
        records.map { record in
            guard case .fields(let fields) = record.content else { return "!" }
            return fields.map { $0.map { String(decoding: $0, as: UTF8.self) } ?? "∅" }.joined(separator: "|")
        }
    }

    private func members(_ record: ImportRecord) -> [String: String?]? {
        guard case .members(let members) = record.content else { return nil }
        return Dictionary(
            uniqueKeysWithValues: members.map { ($0.name, $0.value.map { String(decoding: $0, as: UTF8.self) }) })
    }

    /// What a record says of "a".
    private func first(_ record: ImportRecord) -> String? {
        guard let found = members(record)?["a"] else { return nil }
        return found
    }

    /// Whatever the pieces are in which the file is read.
    @Test(arguments: [1, 2, 3, 5, 64])
    func csvHasQuotesLineEndsAndBothKindsOfNothing(piece: Int) throws {
        let text = "\u{FEFF}a,b,c\r\n1,\"x, \"\"y\"\"\r\n火锅\",\r\n\r\n2,\"\",𬭎\n3,q\"r,\"end\""
        let records = try csv(text, piece: piece)
        #expect(rows(records) == ["1|x, \"y\"\r\n火锅|∅", "2||𬭎", "3|q\"r|end"])
        #expect(records.map(\.line) == [2, 5, 6])
    }

    @Test func aLostQuoteCostsOneLine() throws {
        let records = try csv("a,b\n1,2\n\"3,4\n5,6\n7,\"8\"\n", piece: 4)
        #expect(rows(records) == ["1|2", "!", "5|6", "7|8"])
        #expect(String(decoding: records[1].raw, as: UTF8.self) == "\"3,4")
        #expect(records[1].line == 3)
        #expect(rows(try csv("a\n\"1\n2\n")) == ["!", "2"], "a quote that nothing closes")
    }

    @Test func aWrongNumberOfFieldsIsNoRecord() throws {
        #expect(rows(try csv("a,b\n1\n1,2,3\n1,2,,\n")) == ["!", "!", "1|2"])
    }

    @Test func othersThanUTF8AreRefusedWithTheirLine() throws {
        // 中文 in GB 18030, in the third line.
        let gb: [UInt8] = Array("a,b\n1,2\n".utf8) + [0xD6, 0xD0, 0xCE, 0xC4, 0x0A]
        let path = folder.path + "/input"
        #expect(throws: ImportError.encoding(path: path, line: 3)) { try all(CSVReader(try source(gb))) }
        let cut: [UInt8] = Array("a\n".utf8) + [0xE7, 0x81]
        #expect(throws: ImportError.encoding(path: path, line: 2)) { try all(CSVReader(try source(cut))) }
        #expect(throws: ImportError.binary(path: path, line: 1)) {
            try all(CSVReader(try source([0x50, 0x4B, 3, 4, 0, 0xFF, 0xFF, 0xFF], piece: 64)))
        }
        #expect(throws: ImportError.empty(path: path)) { try CSVReader(try source([])) }
    }

    private func json(_ text: String, piece: Int = 5) throws -> [ImportRecord] {
        let source = try source(Array(text.utf8), piece: piece)
        return try all(JSONReader(source, try source.format(asked: nil)))
    }

    @Test(arguments: [1, 3, 64])
    func jsonComesInLinesArraysAndResponses(piece: Int) throws {
        let expected: [[String: String?]] = [["a": "1", "b": nil], ["a": "火 \"\n𬭎", "b": "{\"c\": [1]}"]]
        let first = #"{"a": 1, "b": null}"#
        let second = #"{"a": "火 \"\n\ud872\udf4e", "b": {"c": [1]}}"#
        for text in [
            "\(first)\n\(second)\n", "[\(first),\n\(second)]", "{\n\(first.dropFirst())\n\n\(second)",
            #"{"code": {"x": [{}]}, "records": [\#(first), \#(second)], "more": {"y": "]"}, "total": 2}"#,
            "{\"msg\":\"ok\",\"data\":{\"n\":1,\"rows\":[\n\(first)\n,\(second)\n]}}",
            "{\"rows\":[\(first)],\"page\":1}\n{\"rows\":[\(second)],\"page\":2}\n",
        ] {
            let records = try json(text, piece: piece)
            #expect(records.compactMap(members) == expected, "\(text)")
            #expect(records.count == 2, "\(text)")
        }
    }

    @Test func brokenJSONCostsOneRecord() throws {
        let lines = try json("{\"a\":1}\n{\"a\":01}\n{\"a\":\n{\"a\":2,\"a\":3}\n{\"a\":\"\\u0000\"}\nno\n{\"a\":4}")
        #expect(lines.map(first) == ["1", nil, nil, nil, nil, nil, "4"])
        #expect(lines.map(\.line) == Array(1...7))
        let array = try json("[{\"a\":1},\n{\"a\" 2},\n{\"a\":3}]")
        #expect(array.map(first) == ["1", nil, "3"])
        #expect(array.map(\.line) == [1, 2, 3])
    }
}
