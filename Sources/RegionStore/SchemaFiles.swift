import CSchemas

/// An SQL file that was embedded from `Schemas/`.
public struct SchemaFile: Sendable, Hashable {
    /// Its path below `Schemas/`: "sql/0001_base.sql".
    public let path: String
    /// Its text.
    public let text: String

    /// The number of a migration ("0001" is 1); nil for files that are run at every install.
    var version: Int? {
        guard let name = path.split(separator: "/").last else { return nil }
        let digits = name.prefix { $0.isASCII && $0.isNumber }
        return digits.count == 4 ? Int(digits) : nil
    }

    /// Whether it holds named statements, which the program sends itself.
    var isStatements: Bool { path.split(separator: "/").last?.hasPrefix("statements_") ?? false }

    /// The name without folder, number and ending.
    var name: String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let stem = file.hasSuffix(".sql") ? String(file.dropLast(4)) : file
        return version == nil ? stem : String(stem.dropFirst(5))
    }
}

/// The embedded SQL files.
public enum SchemaFiles {
    /// All of them, in the order in which the installer runs them.
    public static let all: [SchemaFile] = {
        var files: [SchemaFile] = []
        while let path = schemas_path(Int32(files.count)), let text = schemas_text(path) {
            files.append(SchemaFile(path: String(cString: path), text: String(cString: text)))
        }
        return files
    }()

    /// The numbered files of a folder, in the order of their numbers.
    package static func numbered(in folder: String) -> [SchemaFile] {
        all.filter { $0.path.hasPrefix(folder + "/") && $0.version != nil }
    }

    /// Bashu's own, without the catalogue.
    private static let own = all.filter { $0.path.hasPrefix("sql/") }

    /// Run once each, in the order of their numbers.
    static let migrations = own.filter { $0.version != nil }

    /// Functions and views: run at every install and upgrade, in the order of embedding.
    static let functions = own.filter {
        $0.version == nil && $0.path != uninstall && !$0.isStatements
    }

    /// What removes everything.
    static let uninstall = "sql/uninstall.sql"
}
