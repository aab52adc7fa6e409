import Testing

@testable import Replication

@Suite("Writer and reader")
struct FormatBatchTests {
    @Test("What was written is read, and every place is where its line is")
    func roundTrip() throws {
        let batch = try FormatFixture.batch()
        #expect(batch.parts.count == 1)
        var reader = BatchReader(
            expecting: BatchExpectation(
                origin: FormatFixture.origin, number: 7, previous: FormatFixture.header().previous),
            hasher: ToyHasher()
        ) { _ in nil }
        var header: BatchHeader?
        var shapes: [Shape] = []
        var seen: [(place: ChangePlace, kind: ChangeKind, key: String, image: [String?]?, old: [String?]?)] = []
        var trailer: BatchTrailer?
        var root: [UInt8] = []
        for part in batch.parts {
            try part.bytes.withUnsafeBytes { bytes in
                try reader.read(part: bytes) { event in
                    switch event {
                    case .header(let value): header = value
                    case .shape(let shape, _): shapes.append(shape)
                    case .change(let place, let change, let line):
                        let start = Int(place.start)
                        #expect(bytes[start..<start + Int(place.length)].elementsEqual(line))
                        #expect(change.sessionUser(in: line) == "王工\\小\t组")
                        #expect(change.actor(in: line) == nil)
                        #expect(change.nonce == FormatFixture.nonce(UInt64(change.hlc)))
                        seen.append(
                            (
                                place, change.kind, change.key(in: line),
                                change.image(in: line).map { CopyText.values($0) },
                                change.old(in: line).map { CopyText.values($0) }
                            ))
                        #expect(change.withKeyBytes(in: line) { Array($0) } == Array(change.key(in: line).utf8))
                    case .gone: Issue.record("nothing is gone")
                    case .trailer(let value): trailer = value
                    case .root(let value): root = value
                    }
                }
            }
        }
        try reader.finish()
        #expect(header == FormatFixture.header())
        #expect(shapes == [FormatFixture.standard, FormatFixture.term])
        #expect(seen.map(\.place) == batch.places)
        #expect(seen.map(\.kind) == [.insert, .delete, .update, .ruling, .ruling])
        #expect(seen.first?.key == "{\"GB/T \\\"1\\\"\",2016}")
        #expect(seen.first?.image == ["GB/T \"1\"", "2016", "质量\\管理\n体系 𬭎", nil])
        #expect(seen.map { $0.image == nil } == [false, true, false, false, true])
        #expect(seen.map { $0.old } == [nil, nil, [nil, "\\N"], nil, nil])
        #expect(trailer?.changeCount == 5)
        #expect(trailer?.hlc == 5...1_700_000_000_000_009)
        #expect(trailer?.consumed.map(\.sequence) == [5...9, 10...10])
        #expect(root == batch.root)
    }

    @Test("Written columns come back as ordinals")
    func ordinals() throws {
        let batch = FormatFixture.bytes(try FormatFixture.batch().parts)
        var lists: [[Int]] = []
        var rulesExistence: [Bool] = []
        var reader = BatchReader(expecting: nil, hasher: ToyHasher()) { _ in nil }
        try batch.withUnsafeBytes { bytes in
            try reader.read(part: bytes) { event in
                guard case .change(_, let change, let line) = event else { return }
                lists.append(change.ordinals(in: line))
                rulesExistence.append(change.rulesExistence)
            }
        }
        #expect(lists == [[0, 1, 2, 3], [], [2, 3], [1], []])
        #expect(rulesExistence == [false, false, false, true, true])
    }

    @Test("Large batches are cut at line ends into parts that follow from the bytes")
    func parts() throws {
        var writer = try BatchWriter(header: FormatFixture.header(number: 1), hasher: ToyHasher()) { _ in nil }
        let term = try writer.addShape(FormatFixture.term)
        var parts: [BatchPart] = []
        var places: [ChangePlace] = []
        for index in 0..<900 {
            let text = String(repeating: "标准", count: index == 400 ? 40_000 : index % 97)
            let draft = FormatFixture.draft(.insert, term, written: "*", key: "{\(10_000 + index)}", hlc: 9)
            places.append(try writer.addChange(draft, image: FormatFixture.image([String(10_000 + index), text])))
            parts += writer.takeParts()
        }
        _ = try writer.finish(consumed: [])
        parts += writer.takeParts()
        #expect(parts.count > 4)
        #expect(parts.map(\.number) == (0..<writer.partCount).map { $0 })
        #expect(parts.dropLast().allSatisfy { $0.bytes.count >= BatchLimits.partBytes })
        #expect(parts.allSatisfy { $0.bytes.last == 0x0a })
        #expect(parts.contains { $0.bytes.count > 240_000 })
        #expect(parts.map(\.bytes) == FormatFixture.parts(FormatFixture.bytes(parts)))
        for (index, place) in places.enumerated() {
            let line = parts[Int(place.part)].bytes[Int(place.start)..<Int(place.start + place.length)]
            #expect(line.starts(with: Array("insert\t".utf8)) && place.position == index)
        }
        #expect(try FormatFixture.fault(FormatFixture.bytes(parts)) == nil)
        // The same lines cut elsewhere are another batch on disk: places would point into nothing.
        var reader = BatchReader(expecting: nil, hasher: ToyHasher()) { _ in nil }
        let joined = parts[0].bytes + parts[1].bytes
        #expect(throws: FormatError.self) {
            try joined.withUnsafeBytes { try reader.read(part: $0) { _ in } }
        }
        let short = Array(parts[0].bytes.split(separator: 0x0a).dropLast().joined(separator: [0x0a])) + [0x0a]
        var second = BatchReader(expecting: nil, hasher: ToyHasher()) { _ in nil }
        #expect(throws: FormatError.self) {
            try short.withUnsafeBytes { try second.read(part: $0) { _ in } }
        }
    }

    @Test("A shape of an earlier batch is used without being spelled out again")
    func knownShapes() throws {
        var hasher = ToyHasher()
        let digest = FormatFixture.term.line.withUnsafeBytes { hasher.digest16($0) }
        let known = { (wanted: Digest16) in wanted == digest ? FormatFixture.term : nil }
        var writer = try BatchWriter(header: FormatFixture.header(), hasher: ToyHasher(), knownShape: known)
        _ = try writer.addChange(FormatFixture.draft(.delete, digest, written: "", key: "{1}"))
        _ = try writer.finish(consumed: [])
        let bytes = FormatFixture.bytes(writer.takeParts())
        var reader = BatchReader(expecting: nil, hasher: ToyHasher(), knownShape: known)
        try bytes.withUnsafeBytes { try reader.read(part: $0) { _ in } }
        #expect(reader.isComplete)
        #expect(try FormatFixture.fault(bytes)?.reason == .unknownShape)
    }

    @Test("The writer refuses what no reader would take")
    func writerRefuses() throws {
        var writer = try BatchWriter(header: FormatFixture.header(), hasher: ToyHasher()) { _ in nil }
        let term = try writer.addShape(FormatFixture.term)
        _ = try writer.addChange(FormatFixture.draft(.delete, term, written: "", key: "{2}"))
        for key in ["{2}", "{1}", "{10}"] {
            #expect(throws: FormatError.self) {
                var copy = writer
                _ = try copy.addChange(FormatFixture.draft(.delete, term, written: "", key: key))
            }
        }
        #expect(throws: FormatError.self) {
            var copy = writer
            _ = try copy.addChange(
                FormatFixture.draft(.insert, term, written: "*", key: "{3}"), image: FormatFixture.image(["3"]))
        }
        #expect(throws: FormatError.self) {
            var copy = writer
            _ = try copy.addChange(FormatFixture.draft(.delete, FormatFixture.nonce(1), written: "", key: "{3}"))
        }
    }

    @Test("An empty batch has no hlc range")
    func empty() throws {
        var writer = try BatchWriter(header: FormatFixture.header(number: 1), hasher: ToyHasher()) { _ in nil }
        let end = try writer.finish(consumed: [])
        #expect(end.trailer.hlc == nil && end.trailer.changeCount == 0)
        #expect(try FormatFixture.fault(FormatFixture.bytes(writer.takeParts())) == nil)
    }
}
