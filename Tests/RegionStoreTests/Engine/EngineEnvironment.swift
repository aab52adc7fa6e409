import Glibc

/// What chooses the random rounds: BASHU_SEED repeats a run, BASHU_LONG makes it long.
enum EngineEnvironment {
    static let isLong = value("BASHU_LONG") != nil
    static let seed = value("BASHU_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000_000)

    private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
