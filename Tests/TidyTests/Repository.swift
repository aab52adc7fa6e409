import Foundation

/// The source tree that these tests were built from.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A file of the tree.
    struct File: CustomStringConvertible, Sendable {
        /// Relative to the root.
        let path: String
        let text: String

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var description: String { path }
    }

    /// The files below a folder whose names end in one of `extensions`, by path.
    static func files(_ folder: String, _ extensions: Set<String>) throws -> [File] {
        let start = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { extensions.contains(($0 as NSString).pathExtension) }.sorted().map { name in
            let text = try String(contentsOf: start.appendingPathComponent(name), encoding: .utf8)
            return File(path: "\(folder)/\(name)", text: text)
        }
    }

    static func swiftFiles() throws -> [File] {
        try files("Sources", ["swift"]) + files("Tests", ["swift"])
    }

    /// Names of the top level that git tracks; nil where this is no checkout.
    static func trackedTopLevel() throws -> Set<String>? {
        guard FileManager.default.fileExists(atPath: root.appendingPathComponent(".git").path) else { return nil }
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", root.path, "ls-files", "-z"]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        try git.run()
        let listed = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        let paths = listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return Set(paths.compactMap { $0.split(separator: "/").first }.map(String.init))
    }
}
