import CLibPQ

/// One row of a result, with columns by position (from 0) or by name.
///
/// A column that does not exist is our own mistake and stops the program; a value that is not what it should be
/// throws, because the server at the other end may be a stranger's.
public struct Row: Sendable {
    let result: ServerResult
    let index: Int32

    /// The number of columns.
    public var columnCount: Int { Int(PQnfields(result.handle)) }

    /// The name of a column.
    public func columnName(_ column: Int) -> String {
        PQfname(result.handle, checked(column)).map { String(cString: $0) } ?? ""
    }

    /// Whether a column is NULL.
    public func isNull(_ column: Int) -> Bool {
        PQgetisnull(result.handle, index, checked(column)) != 0
    }

    /// Calls `body` with the bytes of a column as they came; nil for NULL. They live no longer than the call.
    public func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T? {
        guard !isNull(column) else { return nil }
        let count = Int(PQgetlength(result.handle, index, Int32(column)))
        let start = PQgetvalue(result.handle, index, Int32(column))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The text of a column, nil for NULL. Bytes that are not UTF-8 are replaced; `text(_:)` refuses them.
    public subscript(text column: Int) -> String? {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    /// The integer in a column, nil for NULL. Throws `protocolViolation` when it is no 64-bit integer.
    public subscript(int column: Int) -> Int64? {
        get throws { try decode(column, "an integer", integer) }
    }

    /// The boolean in a column, nil for NULL. Throws `protocolViolation` when it is none.
    public subscript(bool column: Int) -> Bool? {
        get throws { try decode(column, "a boolean", boolean) }
    }

    /// The bytes of a `bytea` (of any other type: of its text), nil for NULL. Throws `protocolViolation` for a
    /// `bytea` in another text form than hex.
    public subscript(bytes column: Int) -> [UInt8]? {
        get throws { try decode(column, "bytes in hex", bytes) }
    }

    private func checked(_ column: Int) -> Int32 {
        precondition(column >= 0 && column < columnCount, "the result has no column \(column)")
        return Int32(column)
    }

    private func isBinary(_ column: Int) -> Bool { PQfformat(result.handle, Int32(column)) == 1 }

    private func decode<T>(
        _ column: Int, _ expected: String, _ decoder: (Int, UnsafeRawBufferPointer) -> T?
    ) throws -> T? {
        try withBytes(column) { raw in
            guard let value = decoder(column, raw) else { throw unexpected(column, expected) }
            return value
        }
    }

    private func integer(_ column: Int, _ raw: UnsafeRawBufferPointer) -> Int64? {
        guard isBinary(column) else { return Int64(String(decoding: raw, as: UTF8.self)) }
        switch raw.count {
        case 2: return Int64(Int16(bigEndian: raw.loadUnaligned(as: Int16.self)))
        case 4: return Int64(Int32(bigEndian: raw.loadUnaligned(as: Int32.self)))
        case 8: return Int64(bigEndian: raw.loadUnaligned(as: Int64.self))
        default: return nil
        }
    }

    private func boolean(_ column: Int, _ raw: UnsafeRawBufferPointer) -> Bool? {
        guard raw.count == 1 else { return nil }
        switch raw[0] {
        case UInt8(ascii: "t"), 1: return true
        case UInt8(ascii: "f"), 0: return false
        default: return nil
        }
    }

    private func bytes(_ column: Int, _ raw: UnsafeRawBufferPointer) -> [UInt8]? {
        let isBytea = PQftype(result.handle, Int32(column)) == ParameterBuffer.bytea
        guard isBytea, !isBinary(column) else { return Array(raw) }
        guard raw.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) else { return nil }
        return Hex.decode(raw.dropFirst(2))
    }

    func unexpected(_ column: Int, _ expected: String) -> PostgresError {
        PostgresError(.protocolViolation, "column \"\(columnName(column))\" does not hold \(expected)")
    }
}

extension Row {
    /// The text of a column. Throws `protocolViolation` for NULL and for bytes that are not UTF-8.
    public func text(_ column: Int) throws -> String {
        let text = withBytes(column) { String(validating: $0, as: UTF8.self) } ?? nil
        guard let text else { throw unexpected(column, "text") }
        return text
    }

    /// The integer in a column. Throws `protocolViolation` for NULL and for what is no 64-bit integer.
    public func int(_ column: Int) throws -> Int64 {
        guard let value = try self[int: column] else { throw unexpected(column, "an integer") }
        return value
    }

    /// The boolean in a column. Throws `protocolViolation` for NULL and for anything else.
    public func bool(_ column: Int) throws -> Bool {
        guard let value = try self[bool: column] else { throw unexpected(column, "a boolean") }
        return value
    }

    /// The bytes in a column. Throws `protocolViolation` for NULL and for a `bytea` not in hex.
    public func bytes(_ column: Int) throws -> [UInt8] {
        guard let value = try self[bytes: column] else { throw unexpected(column, "bytes") }
        return value
    }
}

extension Row {
    /// The position of the first column of that exact name.
    public func position(_ name: String) -> Int {
        guard let position = (0..<columnCount).first(where: { columnName($0) == name }) else {
            preconditionFailure("the result has no column \"\(name)\"")
        }
        return position
    }

    /// Whether the column of that name is NULL.
    public func isNull(_ name: String) -> Bool { isNull(position(name)) }
    /// As the subscript by position.
    public subscript(text name: String) -> String? { self[text: position(name)] }
    /// As the subscript by position.
    public subscript(int name: String) -> Int64? { get throws { try self[int: position(name)] } }
    /// As the subscript by position.
    public subscript(bool name: String) -> Bool? { get throws { try self[bool: position(name)] } }
    /// As the subscript by position.
    public subscript(bytes name: String) -> [UInt8]? { get throws { try self[bytes: position(name)] } }
    /// As by position.
    public func text(_ name: String) throws -> String { try text(position(name)) }
    /// As by position.
    public func int(_ name: String) throws -> Int64 { try int(position(name)) }
    /// As by position.
    public func bool(_ name: String) throws -> Bool { try bool(position(name)) }
    /// As by position.
    public func bytes(_ name: String) throws -> [UInt8] { try bytes(position(name)) }
}
