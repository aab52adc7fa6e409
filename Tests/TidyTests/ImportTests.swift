import Foundation
import Testing

/// Which target may know which: nothing points up, and only the region store knows both SQL and the core.
@Suite struct ImportTests {
    /// Of this package and of others. System modules are below.
    static let allowed: [String: Set<String>] = [
        "CLibPQ": [],
        "CLibCrypto": [],
        "CLibSSL": [],
        "CZlib": [],
        "Transfer": ["Replication", "Integrity", "Reasons", "CZlib"],
        "Replication": [],
        "Integrity": ["CLibCrypto"],
        "Journal": ["Logging"],
        "Postgres": ["CLibPQ", "CLibSSL", "Journal", "Logging"],
        "Settings": ["TOMLKit"],
        "Reasons": [],
        "Console": ["Reasons"],
        "RegionStore": [
            "Replication", "Integrity", "Postgres", "Reasons", "Transfer", "CSchemas", "Journal", "Logging",
        ],
        "CatalogueStore": ["RegionStore", "Integrity", "Postgres", "CSchemas", "Logging"],
        "Counting": [],
        "Listening": ["Logging", "ServiceLifecycle", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore"],
        "ReadAccess": [
            "Listening", "RegionStore", "Postgres", "Journal", "Logging", "ServiceLifecycle", "Hummingbird",
            "HummingbirdCore", "HTTPTypes", "NIOCore",
        ],
        "Monitoring": [
            "Counting", "Listening", "RegionStore", "Postgres", "Journal", "Logging", "ServiceLifecycle",
            "HummingbirdCore", "HTTPTypes", "NIOCore",
        ],
        "Service": [
            "RegionStore", "Counting", "Replication", "Postgres", "Reasons", "Settings", "Journal", "Logging",
            "ServiceLifecycle", "UnixSignals",
        ],
        "bashud": [
            "Service", "ReadAccess", "Monitoring", "Counting", "Settings", "Journal", "ArgumentParser", "Logging",
            "ServiceLifecycle", "UnixSignals",
        ],
        "bashuctl": [
            "RegionStore", "CatalogueStore", "Replication", "Integrity", "Postgres", "Reasons", "Settings",
            "Transfer", "Console", "ArgumentParser", "Logging",
        ],
        "bashu-bench": ["TestCluster", "Postgres", "Console", "Integrity", "ArgumentParser", "Logging"],
    ]

    static let system: Set<String> = ["Glibc", "Synchronization", "Dispatch", "FoundationEssentials"]

    @Test func sourcesImportOnlyWhatTheirTargetMay() throws {
        for file in try Repository.files("Sources", ["swift"]) {
            let target = String(file.path.split(separator: "/")[1])
            let own = try #require(Self.allowed[target], "\(file): a target without a rule")
            // The pure core knows no system either: no clock, no file, no thread.
            let permitted = target == "Replication" ? [] : own.union(Self.system)
            for module in Self.imports(file) {
                #expect(permitted.contains(module), "\(file) imports \(module)")
            }
        }
    }

    @Test func everyTargetHasARule() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Repository.root.appendingPathComponent("Sources").path)
        #expect(Set(folders) == Set(Self.allowed.keys))
    }

    /// The modules that a file imports.
    private static func imports(_ file: Repository.File) -> [String] {
        String(SwiftText(file.text).code).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), words.count > keyword + 1 else { return nil }
            guard words[..<keyword].allSatisfy({ Self.importModifiers.contains(String($0)) }) else { return nil }
            return words[keyword + 1].split(separator: ".").first.map(String.init)
        }
    }

    private static let importModifiers: Set = [
        "public", "internal", "package", "fileprivate", "private", "@testable", "@preconcurrency", "@_exported",
    ]
}
