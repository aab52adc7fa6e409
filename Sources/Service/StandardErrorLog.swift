import Glibc
import Journal
public import Logging
public import Settings
import Synchronization

/// Log lines for people and for journald: a message, then `key=value` pairs as logfmt has them, on standard error.
///
/// Under systemd a line begins with the priority in the form that journald reads (`<4>`); elsewhere with the time and
/// the level.
public struct StandardErrorLog: LogHandler {
    public var metadata = Logger.Metadata()
    public var metadataProvider: Logger.MetadataProvider?
    private let underJournal: Bool
    private let threshold: LogThreshold
    private var own: Logger.Level?

    /// A handler.
    ///
    /// - Parameters:
    ///   - threshold: what is logged, for all handlers that are not set to a level of their own.
    ///   - underJournal: whether journald reads standard error; it then adds the time itself.
    public init(threshold: LogThreshold, underJournal: Bool) {
        self.threshold = threshold
        self.underJournal = underJournal
    }

    public var logLevel: Logger.Level {
        get { own ?? threshold.level }
        set { own = newValue }
    }

    /// Whether systemd says that journald reads our standard error.
    public static var isUnderJournal: Bool { getenv("JOURNAL_STREAM") != nil }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var pairs = metadata
        if let metadataProvider { pairs.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { pairs.merge(own) { $1 } }
        if event.level >= .notice, pairs[Logger.codeKey] == nil {
            pairs[Logger.codeKey] = "\(MessageCode.fromLibrary.rawValue)"
        }
        let start = underJournal ? "<\(Self.priority(event.level))>" : "\(Self.now()) \(event.level) "
        Self.write(start + LogLine.text("\(event.message)", pairs) + "\n")
    }

    /// syslog's numbers.
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var parts = tm()
        gmtime_r(&time.tv_sec, &parts)
        let fields = [
            Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour),
            Int(parts.tm_min), Int(parts.tm_sec), time.tv_nsec / 1_000_000,
        ]
        let widths = [4, 2, 2, 2, 2, 2, 3]
        let ends = ["-", "-", "T", ":", ":", ".", "Z"]
        return zip(zip(fields, widths), ends).map { LogLine.padded($0.0, $0.1) + $1 }.joined()
    }

    /// Writes a line as it is; in one call, so that lines of several threads do not mix.
    public static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let written = Glibc.write(2, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 && errno == EINTR { continue }
                // Nobody reads: there is nowhere to say so.
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}

/// The least level that is logged, for every part of the daemon at once: it can change while they run.
public final class LogThreshold: Sendable {
    private let current: Mutex<Logger.Level>

    public init(_ level: LogLevel) {
        current = Mutex(Self.level(level))
    }

    /// The level in force.
    public var level: Logger.Level { current.withLock { $0 } }

    /// Changes it.
    public func set(_ level: LogLevel) {
        current.withLock { $0 = Self.level(level) }
    }

    private static func level(_ level: LogLevel) -> Logger.Level { Logger.Level(rawValue: level.rawValue) ?? .info }
}

/// The text of a log line.
enum LogLine {
    /// Message, its code, then pairs by key; a value with anything but plain characters is quoted.
    static func text(_ message: String, _ metadata: Logger.Metadata) -> String {
        let pairs = metadata.sorted { rank($0.key) < rank($1.key) }.map { "\($0.key)=\(quoted("\($0.value)"))" }
        return ([oneLine(message)] + pairs).joined(separator: " ")
    }

    private static func rank(_ key: String) -> String { key == Logger.codeKey ? "" : key }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// A line end would let a message pretend to be two.
    private static func oneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && !$0.isNewline }
        guard !isPlain else { return value }
        var text = "\""
        for character in value {
            switch character {
            case "\"", "\\": text += "\\\(character)"
            case _ where character.isNewline: text += "\\n"
            default: text.append(character)
            }
        }
        return text + "\""
    }
}
