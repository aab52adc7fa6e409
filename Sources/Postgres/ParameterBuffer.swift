/// Parameters in the shape that libpq takes: one buffer, and pointers into it.
struct ParameterBuffer {
    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private(set) var types: [UInt32] = []
    private(set) var lengths: [Int32] = []
    private(set) var formats: [Int32] = []

    /// Throws `misuse` for a text that contains U+0000, or a value that no message can hold.
    init(_ parameters: [Parameter]) throws {
        for (index, parameter) in parameters.enumerated() {
            switch parameter {
            case .null: add(nil, binary: false)
            case .int(let value): add(String(value).utf8, binary: false)
            case .bool(let value): add((value ? "t" : "f").utf8, binary: false)
            case .bytes(let value):
                guard value.count < 1 << 30 else { throw Self.tooLarge(index) }
                add(value, binary: true)
            case .text(let value):
                guard value.utf8.count < 1 << 30 else { throw Self.tooLarge(index) }
                guard !value.utf8.contains(0) else {
                    throw PostgresError(.misuse, "parameter $\(index + 1) contains the character U+0000")
                }
                add(value.utf8, binary: false)
            }
        }
    }

    private static func tooLarge(_ index: Int) -> PostgresError {
        PostgresError(.misuse, "parameter $\(index + 1) is larger than 1 GiB")
    }

    private mutating func add(_ value: (some Collection<UInt8>)?, binary: Bool) {
        types.append(binary ? Self.bytea : 0)
        formats.append(binary ? 1 : 0)
        lengths.append(Int32(value?.count ?? 0))
        offsets.append(value == nil ? nil : bytes.count)
        guard let value else { return }
        bytes.append(contentsOf: value)
        bytes.append(0)
    }

    private mutating func add(_ value: String.UTF8View?, binary: Bool) {
        add(value.map { Array($0) }, binary: binary)
    }

    /// Calls `body` with one pointer for each parameter, nil for NULL.
    func withPointers<T>(_ body: ([UnsafePointer<CChar>?]) throws -> T) rethrows -> T {
        try bytes.withUnsafeBytes { buffer in
            let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            return try body(offsets.map { offset in offset.flatMap { base?.advanced(by: $0) } })
        }
    }

    /// The server's number for the type `bytea`: fixed in its catalogue.
    static let bytea: UInt32 = 17
}
