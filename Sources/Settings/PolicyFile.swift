import TOMLKit

/// A policy file as it is written: tables, column groups and rules by their names, each with its line.
///
/// Whether the names exist and the rules are possible only a database can say; that is checked elsewhere.
public struct PolicyFile: Sendable, Equatable {
    /// One `[[table]]`.
    public struct Table: Sendable, Equatable {
        /// `TABLE` or `SCHEMA.TABLE`.
        public var name = ""
        /// The column with the code of a row's home region.
        public var home: String?
        /// The column with the date of the source that a row was taken from.
        public var asOf: String?
        /// `home`, `keep`, `delete` or `manual`; nil: `keep`.
        public var delete: String?
        /// Rule of the columns that are in no group: `home`, `newest` or `manual`; nil: `newest`.
        public var defaultRule: String?
        public var groups: [Group] = []
        public var foreignKeys: [ForeignKey] = []
        /// Lines by key; `""` is the table's own.
        public var lines: [String: Int] = [:]
    }

    /// One `[[table.group]]`.
    public struct Group: Sendable, Equatable {
        public var name = ""
        public var columns: [String] = []
        /// One of `groupRules`.
        public var rule = ""
        /// Of `newest_by`.
        public var column: String?
        /// Of `prefer`.
        public var regions: [String] = []
        public var lines: [String: Int] = [:]
    }

    /// One `[[table.foreign_key]]`.
    public struct ForeignKey: Sendable, Equatable {
        /// The referring columns.
        public var columns: [String] = []
        /// `keep_parent` or `park_child`.
        public var rule = ""
        public var lines: [String: Int] = [:]
    }

    public var tables: [Table] = []

    static let groupRules = ["home", "newest", "newest_by", "prefer", "union", "manual"]
    static let defaultRules = ["home", "newest", "manual"]
    static let deleteRules = ["home", "keep", "delete", "manual"]
    static let foreignKeyRules = ["keep_parent", "park_child"]

    /// Reads a file.
    ///
    /// - Returns: the policy, its text, and everything that is wrong with its form; with errors the policy is partial.
    /// - Throws: `SettingsError` when it cannot be read or is no TOML.
    public static func load(
        path: String
    ) throws(SettingsError) -> (file: PolicyFile, text: String, errors: [SettingsError]) {
        guard let text = try readFile(path, mustExist: true) else {
            throw .unreadable(path: path, reason: "it does not exist")
        }
        let (file, errors) = try parse(text, path: path)
        return (file, text, errors)
    }

    /// Reads the text of a file; `path` is only named in errors.
    public static func parse(
        _ text: String, path: String
    ) throws(SettingsError) -> (file: PolicyFile, errors: [SettingsError]) {
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .syntax(place: .file(path: path, line: error.source.begin.line), reason: error.description)
        } catch {
            throw .syntax(place: .file(path: path, line: nil), reason: "\(error)")
        }
        var reader = PolicyReader(path: path, lines: TOMLElementLines(text))
        return (reader.file(root), reader.errors)
    }
}

/// Goes through the parsed tree and collects what is wrong with it.
private struct PolicyReader {
    let path: String
    let lines: TOMLElementLines
    var errors: [SettingsError] = []

    mutating func file(_ root: TOMLTable) -> PolicyFile {
        var file = PolicyFile()
        expect(root, ["table"], at: "")
        for (index, table) in elements(root, "table", at: "").enumerated() {
            file.tables.append(self.table(table, at: "table[\(index)]"))
        }
        return file
    }

    private mutating func table(_ source: TOMLTable, at path: String) -> PolicyFile.Table {
        expect(source, ["name", "home", "as_of", "delete", "default", "group", "foreign_key"], at: path)
        var table = PolicyFile.Table()
        table.lines = lines.keys(of: path)
        table.name = string(source, "name", at: path, isRequired: true) ?? ""
        table.home = string(source, "home", at: path)
        table.asOf = string(source, "as_of", at: path)
        table.delete = word(source, "delete", PolicyFile.deleteRules, at: path)
        table.defaultRule = word(source, "default", PolicyFile.defaultRules, at: path)
        for (index, group) in elements(source, "group", at: path).enumerated() {
            table.groups.append(self.group(group, at: "\(path).group[\(index)]"))
        }
        for (index, key) in elements(source, "foreign_key", at: path).enumerated() {
            let path = "\(path).foreign_key[\(index)]"
            expect(key, ["columns", "rule"], at: path)
            table.foreignKeys.append(
                PolicyFile.ForeignKey(
                    columns: strings(key, "columns", at: path, isRequired: true),
                    rule: word(key, "rule", PolicyFile.foreignKeyRules, at: path, isRequired: true) ?? "",
                    lines: lines.keys(of: path)))
        }
        return table
    }

    private mutating func group(_ source: TOMLTable, at path: String) -> PolicyFile.Group {
        expect(source, ["name", "columns", "rule", "column", "regions"], at: path)
        var group = PolicyFile.Group()
        group.lines = lines.keys(of: path)
        group.name = string(source, "name", at: path, isRequired: true) ?? ""
        group.columns = strings(source, "columns", at: path, isRequired: true)
        group.rule = word(source, "rule", PolicyFile.groupRules, at: path, isRequired: true) ?? ""
        group.column = string(source, "column", at: path, isRequired: group.rule == "newest_by")
        group.regions = strings(source, "regions", at: path, isRequired: group.rule == "prefer")
        for (key, rule) in [("column", "newest_by"), ("regions", "prefer")]
        where source[key] != nil && group.rule != rule && !group.rule.isEmpty {
            errors.append(.needless(place: place(path, key), key: key, rule: group.rule))
        }
        return group
    }

    // MARK: Values

    private func place(_ path: String, _ key: String) -> SettingsError.Place {
        .file(path: self.path, line: lines.line(of: key, in: path))
    }

    private mutating func expect(_ table: TOMLTable, _ keys: [String], at path: String) {
        for key in table.keys where !keys.contains(key) {
            errors.append(
                .unknownKey(place: place(path, key), key: key, suggestion: nearest(to: key, among: keys)))
        }
    }

    private mutating func elements(_ table: TOMLTable, _ key: String, at path: String) -> [TOMLTable] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else {
            wrong(value, path, key, "an array of tables, written [[\(key)]]")
            return []
        }
        var found: [TOMLTable] = []
        for element in array {
            guard let one = element.table else {
                wrong(element, path, key, "an array of tables, written [[\(key)]]")
                continue
            }
            found.append(one)
        }
        return found
    }

    private mutating func wrong(_ value: any TOMLValueConvertible, _ path: String, _ key: String, _ expected: String) {
        errors.append(
            .wrongType(
                place: place(path, key), key: key, expected: expected, found: value.type.description))
    }

    private mutating func string(
        _ table: TOMLTable, _ key: String, at path: String, isRequired: Bool = false
    ) -> String? {
        guard let value = table[key] else {
            if isRequired { errors.append(.missing(place: place(path, key), key: key)) }
            return nil
        }
        guard let text = value.string else {
            wrong(value, path, key, "a string")
            return nil
        }
        return text
    }

    private mutating func word(
        _ table: TOMLTable, _ key: String, _ allowed: [String], at path: String, isRequired: Bool = false
    ) -> String? {
        guard let text = string(table, key, at: path, isRequired: isRequired) else { return nil }
        guard allowed.contains(text) else {
            errors.append(
                .notAllowed(
                    place: place(path, key), key: key, value: "\"\(text)\"",
                    allowed: allowed.joined(separator: ", ")))
            return nil
        }
        return text
    }

    private mutating func strings(
        _ table: TOMLTable, _ key: String, at path: String, isRequired: Bool = false
    ) -> [String] {
        guard let value = table[key] else {
            if isRequired { errors.append(.missing(place: place(path, key), key: key)) }
            return []
        }
        let found = value.array?.map(\.string) ?? [nil]
        guard found.allSatisfy({ $0 != nil }) else {
            wrong(value, path, key, "an array of strings")
            return []
        }
        return found.compactMap { $0 }
    }
}
