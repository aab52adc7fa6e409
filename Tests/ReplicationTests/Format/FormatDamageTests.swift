import Testing

@testable import Replication

@Suite("Damaged batches")
struct FormatDamageTests {
    private let batch: [UInt8]
    private let lines: [[UInt8]]

    init() throws {
        batch = FormatFixture.bytes(try FormatFixture.batch().parts)
        lines = FormatFixture.lines(batch)
    }

    @Test("Any flipped bit is found")
    func flips() throws {
        #expect(try FormatFixture.fault(batch) == nil)
        for index in batch.indices {
            for bit in [UInt8(0x01), 0x02, 0x20, 0x80] {
                var damaged = batch
                damaged[index] ^= bit
                #expect(try FormatFixture.fault(damaged) != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test("Any truncation is found")
    func truncations() throws {
        for length in batch.indices {
            let fault = try FormatFixture.fault(Array(batch[..<length]))
            #expect(fault != nil, "\(length) bytes")
        }
        #expect(try FormatFixture.fault([])?.reason == .truncated)
        #expect(try FormatFixture.fault(Array(batch.dropLast()))?.reason == .truncated)
    }

    @Test("Any line that is missing, repeated or moved is found, even when the root is made to fit")
    func lineDamage() throws {
        for index in lines.indices.dropLast() {
            var missing = lines
            missing.remove(at: index)
            #expect(try FormatFixture.fault(FormatFixture.resealed(missing)) != nil, "without line \(index + 1)")
            var repeated = lines
            repeated.insert(lines[index], at: index)
            #expect(try FormatFixture.fault(FormatFixture.resealed(repeated)) != nil, "line \(index + 1) twice")
            guard index + 2 < lines.count else { continue }
            var moved = lines
            moved.swapAt(index, index + 1)
            // A shape may stand anywhere before its first use: swapping the second one upwards is no fault.
            let mayMove = lines[index + 1].starts(with: Array("shape".utf8)) && index > 0
            let accepted = try FormatFixture.fault(FormatFixture.resealed(moved)) == nil
            #expect(accepted == mayMove, "line \(index + 1) moved")
            #expect(try FormatFixture.fault(joined(moved)) != nil)
        }
    }

    @Test("Wrong counts, ranges and roots have their reasons")
    func reasons() throws {
        func reason(_ change: (inout [[UInt8]]) -> Void) throws -> FormatError.Reason? {
            var damaged = lines
            change(&damaged)
            return try FormatFixture.fault(FormatFixture.resealed(damaged))?.reason
        }
        let end = lines.count - 2
        func trailer(_ from: String, _ to: String) -> [UInt8] {
            Array(String(decoding: lines[end], as: UTF8.self).replacing(from, with: to).utf8)
        }
        #expect(try reason { $0[end] = trailer("end\t5", "end\t6") } == .count)
        #expect(try reason { $0[end] = trailer("\t5\t1700000000000009", "\t4\t1700000000000009") } == .hlcRange)
        #expect(try reason { $0.swapAt(2, 3) } == .order)
        #expect(try reason { $0.insert($0[2], at: 3) } == .order)
        #expect(try reason { $0.insert($0[1], at: 2) } == .unknownShape)
        #expect(try reason { $0.remove(at: 1) } == .unknownShape)
        #expect(try reason { $0.insert($0[0], at: 1) } == .unexpectedLine)
        #expect(try FormatFixture.fault(batch + batch)?.reason == .unexpectedLine)
        #expect(try FormatFixture.fault(batch + [0x0a])?.reason == .unexpectedLine)
        var wrong = batch
        wrong[batch.count - 2] = batch[batch.count - 2] == 0x30 ? 0x31 : 0x30
        #expect(try FormatFixture.fault(wrong)?.reason == .wrongRoot)
        #expect(try FormatFixture.fault(wrong, verifiesRoot: false) == nil)
    }

    @Test("Another batch than the one asked for is refused")
    func expectations() throws {
        let previous = FormatFixture.header().previous
        func reason(_ origin: OriginID, _ number: Int64, _ previous: [UInt8]?) throws -> FormatError.Reason? {
            try FormatFixture.fault(
                batch, expecting: BatchExpectation(origin: origin, number: number, previous: previous))?.reason
        }
        #expect(try reason(FormatFixture.origin, 7, previous) == nil)
        #expect(try reason(FormatFixture.origin, 7, nil) == nil)
        #expect(try reason(FormatFixture.other, 7, previous) == .wrongOrigin)
        #expect(try reason(FormatFixture.origin, 8, previous) == .wrongNumber)
        #expect(try reason(FormatFixture.origin, 7, Array(previous.dropLast()) + [0]) == .wrongPrevious)
    }

    @Test("What is beyond the limits is refused")
    func limits() throws {
        func reason(_ change: (inout BatchLimits) -> Void) throws -> FormatError.Reason? {
            var limits = BatchLimits()
            change(&limits)
            return try FormatFixture.fault(batch, limits: limits)?.reason
        }
        #expect(try reason { $0.lineBytesMax = 100 } == .tooLarge)
        #expect(try reason { $0.headerBytesMax = 50 } == .tooLarge)
        #expect(try reason { $0.batchBytesMax = Int64(batch.count) - 1 } == .tooLarge)
        #expect(try reason { $0.batchBytesMax = Int64(batch.count) } == nil)
        #expect(try reason { $0.changesMax = 4 } == .tooLarge)
        #expect(try reason { $0.changesMax = 5 } == nil)
        #expect(try reason { $0.columnsMax = 3 } == .badField)
    }

    @Test("Random bytes and random damage give typed errors and never more than that", arguments: 0..<8)
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for round in 0..<400 {
            var damaged = batch
            for _ in 0..<Int.random(in: 1...4, using: &generator) { damage(&damaged, &generator) }
            if round % 8 == 0 {
                damaged = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
            }
            // `fault` rethrows anything but a FormatError. With the root unchecked the grammar is on its own.
            let fault = try FormatFixture.fault(damaged)
            #expect(fault != nil || damaged == batch, "seed \(seed), round \(round)")
            _ = try FormatFixture.fault(damaged, verifiesRoot: false)
            _ = try FormatFixture.fault(FormatFixture.resealed(FormatFixture.lines(damaged)))
        }
    }

    private func damage(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let interesting: [UInt8] = [0x09, 0x0a, 0x5c, 0x00, 0x4e, 0x2c, 0x30, 0x7b, 0xff, 0xe6]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[index] = interesting.randomElement(using: &generator) ?? 0
        case 1: bytes.insert(interesting.randomElement(using: &generator) ?? 0, at: index)
        case 2: bytes.remove(at: index)
        case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &generator)))
        default:
            let end = min(bytes.count, index + Int.random(in: 1...60, using: &generator))
            bytes.insert(contentsOf: Array(bytes[index..<end]), at: Int.random(in: 0...bytes.count, using: &generator))
        }
    }

    private func joined(_ lines: [[UInt8]]) -> [UInt8] { Array(lines.map { $0 + [0x0a] }.joined()) }
}
