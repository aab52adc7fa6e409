import Glibc

/// Keys from the terminal, one by one, while a `Screen` has it.
public struct TerminalKeys: KeySource {
    private static let step = Duration.milliseconds(20)

    /// Whether there is a terminal to read keys from.
    public static var exist: Bool { isatty(STDIN_FILENO) == 1 }

    public init() {}

    /// Waits for the next key.
    public mutating func next() async throws -> Key {
        while true {
            guard Self.isReady() else {
                // Reading blocks, and would outlast a cancelled task.
                try await Task.sleep(for: Self.step)
                continue
            }
            guard let first = Self.byte() else { return .interrupt }
            if let key = Self.key(first) { return key }
        }
    }

    /// The key that has been pressed, if one has; `interrupt` where there will be no more.
    static func pressed() -> Key? {
        guard isReady() else { return nil }
        return byte().map(key) ?? .interrupt
    }

    /// Nil: a key that means nothing, such as an arrow.
    private static func key(_ first: UInt8) -> Key? {
        switch first {
        case 3, 4: return .interrupt
        case 10, 13: return .enter
        case 8, 127: return .backspace
        case 27:
            guard isReady() else { return .escape }
            // An arrow or function key: ESC [ parameters letter.
            while isReady(), let next = byte() { if next >= 0x40, next != 0x5B, next != 0x4F { break } }
            return nil
        case ..<32: return nil
        default: return character(first)
        }
    }

    private static func character(_ first: UInt8) -> Key? {
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        var bytes = [first]
        while bytes.count < length, let next = byte() { bytes.append(next) }
        return String(decoding: bytes, as: UTF8.self).first.map { .character($0) }
    }

    static func isReady() -> Bool {
        var request = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) > 0
    }

    static func byte() -> UInt8? {
        var byte: UInt8 = 0
        return read(STDIN_FILENO, &byte, 1) == 1 ? byte : nil
    }
}
