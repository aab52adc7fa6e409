import Glibc
import Synchronization

/// Set once, by anybody.
final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}

/// The memory of this process, as Linux counts it.
enum ProcessMemory {
    /// Forgets the peak so far.
    static func resetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        fputs("5", file)
        fclose(file)
    }

    /// The peak since the last reset, in bytes; 0 when it is unknown.
    static var peak: Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return (text.split { $0.isWhitespace }.dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
        }
        return 0
    }
}
