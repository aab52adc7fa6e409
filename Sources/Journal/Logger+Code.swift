public import Logging

/// Log calls of everything that an operator should see: with a code.
extension Logger {
    /// The key of the code.
    public static let codeKey = "code"

    /// Logs a message with its code.
    public func log(
        level: Level, _ code: MessageCode, _ message: @autoclosure () -> Message,
        metadata: @autoclosure () -> Metadata = [:], file: String = #fileID, function: String = #function,
        line: UInt = #line
    ) {
        log(
            level: level, message(), metadata: metadata().merging([Self.codeKey: "\(code.rawValue)"]) { $1 },
            file: file, function: function, line: line)
    }

    /// Something that happens rarely, and that an operator should know.
    public func notice(
        _ code: MessageCode, _ message: @autoclosure () -> Message, metadata: @autoclosure () -> Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(
            level: .notice, code, message(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Something does not work, and is tried again.
    public func warning(
        _ code: MessageCode, _ message: @autoclosure () -> Message, metadata: @autoclosure () -> Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(
            level: .warning, code, message(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// Everything waits for something that does not work.
    public func error(
        _ code: MessageCode, _ message: @autoclosure () -> Message, metadata: @autoclosure () -> Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(level: .error, code, message(), metadata: metadata(), file: file, function: function, line: line)
    }

    /// The daemon ends.
    public func critical(
        _ code: MessageCode, _ message: @autoclosure () -> Message, metadata: @autoclosure () -> Metadata = [:],
        file: String = #fileID, function: String = #function, line: UInt = #line
    ) {
        log(
            level: .critical, code, message(), metadata: metadata(), file: file, function: function, line: line)
    }
}
