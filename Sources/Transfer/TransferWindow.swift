internal import Integrity
internal import Reasons
internal import Replication

/// The decompressed bytes of a file, a window at a time, hashed as they are taken.
struct TransferWindow {
    private let source: GzipReader
    private let path: String
    private var bytes = [UInt8](repeating: 0, count: 262_144)
    private var unread = 0..<0
    private var hash: HashFunction?
    /// What has been taken of a part or line.
    private var taken: [UInt8] = []
    /// Whether anything could be read at all.
    private(set) var hasBytes = false

    init(_ source: GzipReader, _ path: String) {
        self.source = source
        self.path = path
    }

    var size: Int64 { source.size }
    var percent: Int { source.size == 0 ? 100 : Int(source.position * 100 / source.size) }

    /// From now on everything is hashed, this first.
    mutating func begin(_ function: HashFunction, _ before: [UInt8]) {
        hash = function
        before.withUnsafeBytes { function.update($0) }
    }

    /// The digest of what was taken so far; what follows is not hashed any more.
    mutating func digest() -> [UInt8] {
        defer { hash = nil }
        return hash?.finish().bytes ?? []
    }

    /// Takes a line, without its line end.
    mutating func line(_ place: TransferPlace, max: Int) throws -> [UInt8] {
        taken.removeAll(keepingCapacity: true)
        while true {
            try need(place)
            let end = newline(from: unread.lowerBound)
            guard taken.count + (end ?? unread.upperBound) - unread.lowerBound <= max else {
                throw place.damaged(path, "a line that is too long")
            }
            take(through: end ?? unread.upperBound - 1)
            if end != nil { break }
        }
        return Array(taken.dropLast())
    }

    /// Takes a part of a batch of which so many bytes are left.
    mutating func part(
        _ place: TransferPlace, left: inout Int64, _ lineMax: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        taken.removeAll(keepingCapacity: taken.capacity < 1 << 20)
        while left > 0 {
            try need(place)
            let count = Int(min(left, Int64(unread.count)))
            let stop = unread.lowerBound + count
            // A part ends with the first line that ends at, or beyond, its size.
            let from = unread.lowerBound + max(0, BatchLimits.partBytes - 1 - taken.count)
            let end = from < stop ? newline(from: from).flatMap { $0 < stop ? $0 : nil } : nil
            let last = end ?? stop - 1
            left -= Int64(last + 1 - unread.lowerBound)
            take(through: last)
            guard end == nil else { break }
            guard taken.count <= lineMax + BatchLimits.partBytes else {
                throw place.damaged(path, "a line that is too long")
            }
        }
        try taken.withUnsafeBytes { try body($0) }
    }

    /// Fails unless nothing is left.
    mutating func expectEnd(_ place: TransferPlace) throws {
        if unread.isEmpty { try fill(place) }
        guard unread.isEmpty else { throw place.damaged(path, "something follows it") }
    }

    private mutating func need(_ place: TransferPlace) throws {
        guard unread.isEmpty else { return }
        try fill(place)
        guard !unread.isEmpty else { throw place.cut(path) }
    }

    private mutating func fill(_ place: TransferPlace) throws {
        do {
            unread = 0..<(try bytes.withUnsafeMutableBytes { try source.read(into: $0) })
            hasBytes = hasBytes || !unread.isEmpty
        } catch GzipReader.Failure.cutShort {
            hasBytes = hasBytes || source.size > 18
            throw place.cut(path)
        } catch GzipReader.Failure.damaged(let what) {
            throw place.damaged(path, what)
        } catch GzipReader.Failure.unreadable(let what) {
            hasBytes = true
            throw TransferError(.file_unusable, ["file": path, "message": what])
        }
    }

    private func newline(from start: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            let readable = UnsafeRawBufferPointer(rebasing: buffer[..<unread.upperBound])
            return ByteScan.first(CopyText.newline, in: readable, from: start)
        }
    }

    private mutating func take(through last: Int) {
        let range = unread.lowerBound...last
        taken.append(contentsOf: bytes[range])
        if let hash { bytes.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[range])) } }
        unread = last + 1..<unread.upperBound
    }
}
