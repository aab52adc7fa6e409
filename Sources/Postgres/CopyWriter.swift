import CLibPQ

/// Takes the bytes of a `COPY … FROM STDIN`. Where they are cut into writes has no meaning.
public final class CopyWriter {
    /// What is gathered before it goes to the server.
    static let bufferBytes = 65_536

    private let session: Session
    private let connection: OpaquePointer
    private var buffer: [UInt8] = []
    private var ended = false

    init(session: Session, connection: OpaquePointer) {
        self.session = session
        self.connection = connection
        buffer.reserveCapacity(Self.bufferBytes)
    }

    /// Adds bytes; blocks while the server does not keep up. Throws `connectionLost`, or `cancelled` in a cancelled
    /// task.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard !ended else { throw PostgresError(.misuse, "this COPY is over") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.bufferBytes - buffer.count)
            buffer.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if buffer.count == Self.bufferBytes { try flush() }
        }
    }

    /// Adds bytes; see the first `write`.
    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Adds bytes; see the first `write`.
    public func write(_ bytes: ArraySlice<UInt8>) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Adds text; see the first `write`. Nothing is escaped.
    public func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    private func flush() throws {
        guard !buffer.isEmpty else { return }
        Pulse.current?.beat()
        try buffer.withUnsafeBytes { try session.putCopyData(connection, $0) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Ends the COPY well.
    func finish() throws {
        try flush()
        ended = true
        guard PQputCopyEnd(connection, nil) == 1 else { throw session.lost(connection) }
    }

    /// Ends the COPY badly: the server stores nothing. May follow a failed `finish`.
    func abandon() {
        ended = true
        // Fails only on a lost connection, and then the result that follows says so.
        PQputCopyEnd(connection, "given up by the client")
    }
}
