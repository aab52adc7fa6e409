// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// The merge is tested with 100,000 simulated histories: unoptimised they take minutes.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "bashu",
    products: [
        .executable(name: "bashud", targets: ["bashud"]),
        .executable(name: "bashuctl", targets: ["bashuctl"]),
        .executable(name: "bashu-bench", targets: ["bashu-bench"]),
        // Preloaded into servers of the fault suite.
        .library(name: "FaultyMachine", type: .dynamic, targets: ["CFaultyMachine"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        // Windows onto C: no logic.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSchemas", path: "Schemas", exclude: ["sql", "catalogue", "reader", "policy"]),

        // Pure core: imports nothing.
        .target(name: "Replication", swiftSettings: settings + optimised),

        // Log lines with codes.
        .target(name: "Journal", dependencies: [logging], swiftSettings: settings),

        // Adapters.
        .target(name: "Integrity", dependencies: ["CLibCrypto"], swiftSettings: settings),
        .target(name: "Postgres", dependencies: ["CLibPQ", "CLibSSL", "Journal", logging], swiftSettings: settings),
        .target(name: "Settings", dependencies: ["TOMLKit"], swiftSettings: settings),
        .target(name: "Reasons", swiftSettings: settings),
        .target(name: "Console", dependencies: ["Reasons"], swiftSettings: settings),

        // Batches in files, for networks that must not be connected: the files, not what they are worth.
        .target(
            name: "Transfer", dependencies: ["Replication", "Integrity", "Reasons", "CZlib"], swiftSettings: settings),

        // SQL and the core meet here, and only here.
        .target(
            name: "RegionStore",
            dependencies: [
                "Replication", "Integrity", "Postgres", "Reasons", "Transfer", "CSchemas", "Journal", logging,
            ],
            swiftSettings: settings),

        // The catalogue itself: installing, importing, exporting and checking it. Knows nothing of replication.
        .target(
            name: "CatalogueStore",
            dependencies: ["RegionStore", "Integrity", "Postgres", "CSchemas", logging], swiftSettings: settings),

        // HTTP on an address, within bounds.
        .target(name: "Listening", dependencies: [logging, lifecycle, hummingbird], swiftSettings: settings),

        // Read access over HTTP, for those without SQL.
        .target(
            name: "ReadAccess",
            dependencies: ["Listening", "RegionStore", "Postgres", "Journal", logging, lifecycle, hummingbird],
            swiftSettings: settings),

        // What the daemon's services count.
        .target(name: "Counting", swiftSettings: settings),

        // What the daemon tells of itself and its database to monitoring.
        .target(
            name: "Monitoring",
            dependencies: [
                "Counting", "Listening", "RegionStore", "Postgres", "Journal", logging, lifecycle, hummingbird,
            ],
            swiftSettings: settings),

        // The daemon's services.
        .target(
            name: "Service",
            dependencies: [
                "RegionStore", "Counting", "Replication", "Postgres", "Reasons", "Settings", "Journal", logging,
                lifecycle, unixSignals,
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "bashud",
            dependencies: [
                "Service", "ReadAccess", "Monitoring", "Counting", "Settings", "Journal", argumentParser, logging,
                lifecycle,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "bashuctl",
            dependencies: [
                "RegionStore", "CatalogueStore", "Replication", "Integrity", "Postgres", "Reasons", "Settings",
                "Transfer", "Console", argumentParser, logging,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "bashu-bench",
            dependencies: ["TestCluster", "Postgres", "Console", "Integrity", argumentParser, logging],
            swiftSettings: settings),

        // Throw-away PostgreSQL clusters, for tests and benchmarks.
        .target(
            name: "TestCluster", dependencies: ["Postgres", logging], path: "Tests/TestCluster",
            swiftSettings: settings),
        // Databases that exchange changes, each with a daemon, for tests.
        .target(
            name: "TestFederation", dependencies: ["RegionStore", "Postgres", "TestCluster", logging],
            path: "Tests/TestFederation", swiftSettings: settings),
        .testTarget(name: "ReplicationTests", dependencies: ["Replication"], swiftSettings: settings + optimised),
        .testTarget(name: "IntegrityTests", dependencies: ["Integrity"], swiftSettings: settings),
        .testTarget(
            name: "TransferTests", dependencies: ["Transfer", "Replication", "Integrity", "Reasons"],
            swiftSettings: settings),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "TestCluster", logging], swiftSettings: settings),
        .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: settings),
        .testTarget(name: "ConsoleTests", dependencies: ["Console", "Reasons"], swiftSettings: settings),
        .testTarget(
            name: "RegionStoreTests",
            dependencies: [
                "RegionStore", "Replication", "Integrity", "Postgres", "Reasons", "Transfer", "CSchemas", "TestCluster",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "CatalogueTests",
            dependencies: ["CatalogueStore", "RegionStore", "Postgres", "CSchemas", "TestCluster", logging],
            swiftSettings: settings),
        .testTarget(
            name: "ReadAccessTests",
            dependencies: ["ReadAccess", "CatalogueStore", "RegionStore", "Postgres", "TestCluster", logging],
            swiftSettings: settings),
        .testTarget(
            name: "MonitoringTests", dependencies: ["Monitoring", "Counting", "RegionStore", "Postgres", "TestCluster", logging],
            swiftSettings: settings),
        .testTarget(
            name: "ServiceTests",
            dependencies: ["Service", "RegionStore", "Replication", "Postgres", "Reasons", logging],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "RegionStore", "Postgres", "Reasons", "Console", "Transfer", "TestCluster", "TestFederation", logging,
            ],
            swiftSettings: settings),
        .target(name: "CFaultyMachine", path: "Tests/FaultyMachine"),
        // They need the daemon, and its failure points, which a debug build has.
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "Integrity", "Reasons", "RegionStore", "Replication", "Postgres", "TestCluster", "TestFederation",
            ],
            swiftSettings: settings),
        .testTarget(name: "BenchTests", dependencies: ["bashu-bench"], swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
