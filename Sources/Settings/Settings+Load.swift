import TOMLKit

extension Settings {
    /// Reads the file, then lets the environment override it.
    ///
    /// - Parameters:
    ///   - path: the file to read. Nil: the one that `BASHU_CONFIG` names, else `/etc/bashu/bashu.toml`, and
    ///     that last one need not exist.
    ///   - environment: variables by name.
    /// - Throws: `SettingsError` for the first thing that is wrong: an unknown key, a wrong type or value, a
    ///   password in a connection string, a file that cannot be read.
    public static func load(path: String?, environment: [String: String]) throws(SettingsError) -> Settings {
        let named = path ?? environment[SettingsKey.pathVariable]
        var settings = Settings()
        if let text = try readFile(named ?? defaultPath, mustExist: named != nil) {
            settings = try parse(text, path: named ?? defaultPath)
        }
        try settings.override(by: environment)
        guard settings.httpListen == nil || settings.httpConninfo != nil else {
            let inEnvironment = environment[SettingsKey.listenVariable].map { !$0.isEmpty } ?? false
            let place =
                inEnvironment
                ? SettingsError.Place.environment : .file(path: named ?? defaultPath, line: nil)
            throw .missingBeside(place: place, key: "http.database", other: "http.listen")
        }
        return settings
    }

    /// Settings from the text of a file; `path` is only named in errors.
    ///
    /// - Throws: `SettingsError` as `load` does.
    public static func parse(_ text: String, path: String) throws(SettingsError) -> Settings {
        let root: TOMLTable
        do {
            root = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .syntax(place: .file(path: path, line: error.source.begin.line), reason: error.description)
        } catch {
            throw .syntax(place: .file(path: path, line: nil), reason: "\(error)")
        }
        let lines = TOMLLines(text)
        var settings = Settings()
        let sections = Set(SettingsKey.all.map(\.section))
        for section in root.keys {
            let place = SettingsError.Place.file(path: path, line: lines.line(of: section, in: nil))
            guard sections.contains(section) else {
                let asKey = SettingsKey.suggestion(section: "", name: section)
                throw .unknownKey(
                    place: place, key: section, suggestion: nearest(to: section, among: sections.sorted()) ?? asKey)
            }
            guard let value = root[section], let table = value.table else {
                let found = root[section]?.type.description ?? "nothing"
                throw .wrongType(place: place, key: section, expected: "a table", found: withArticle(found))
            }
            for name in table.keys {
                let place = SettingsError.Place.file(path: path, line: lines.line(of: name, in: section))
                guard let key = SettingsKey.named(section, name) else {
                    throw .unknownKey(
                        place: place, key: "\(section).\(name)",
                        suggestion: SettingsKey.suggestion(section: section, name: name))
                }
                guard let value = table[name] else { continue }
                try settings.set(key, toToml: value, place: place)
            }
        }
        return settings
    }

    /// Overrides by `BASHU_…` variables. An empty variable is as good as none.
    mutating func override(by environment: [String: String]) throws(SettingsError) {
        for key in SettingsKey.all {
            guard let text = environment[key.variable], !text.isEmpty else { continue }
            try set(key, toText: text, called: key.variable, place: .environment)
        }
        let ours = SettingsKey.all.map(\.variable) + SettingsKey.otherVariables
        // A name that only starts like ours may belong to another program; one that is almost ours is a slip.
        for name in environment.keys.sorted() where name.hasPrefix("BASHU_") && !ours.contains(name) {
            guard let suggestion = nearest(to: name, among: ours) else { continue }
            throw .unknownVariable(name: name, suggestion: suggestion)
        }
    }

    private mutating func set(
        _ key: SettingsKey, toToml value: any TOMLValueConvertible, place: SettingsError.Place
    ) throws(SettingsError) {
        let found = withArticle(value.type.description)
        switch key.value {
        case .flag(let keyPath):
            guard let flag = value.bool else {
                throw .wrongType(place: place, key: key.path, expected: "true or false", found: found)
            }
            self[keyPath: keyPath] = flag
        case .integer(let keyPath, let range):
            guard let number = value.int else {
                throw .wrongType(place: place, key: key.path, expected: "an integer", found: found)
            }
            try set(keyPath, to: number, range: range, called: key.path, place: place)
        case .conninfo, .listen, .logLevel, .digest, .path, .signatures:
            guard let text = value.string else {
                throw .wrongType(place: place, key: key.path, expected: "a string", found: found)
            }
            try set(key, toText: text, called: key.path, place: place)
        }
    }

    private mutating func set(
        _ key: SettingsKey, toText text: String, called name: String, place: SettingsError.Place
    ) throws(SettingsError) {
        switch key.value {
        case .conninfo(let keyPath):
            if Conninfo.containsPassword(text) { throw .password(place: place, key: name) }
            self[keyPath: keyPath] = text
        case .flag(let keyPath):
            guard let flag = Bool(text) else {
                throw .wrongType(place: place, key: name, expected: "true or false", found: "\"\(text)\"")
            }
            self[keyPath: keyPath] = flag
        case .integer(let keyPath, let range):
            guard let number = Int(text) else {
                throw .wrongType(place: place, key: name, expected: "an integer", found: "\"\(text)\"")
            }
            try set(keyPath, to: number, range: range, called: name, place: place)
        case .listen(let keyPath):
            guard let address = ListenAddress(text) else {
                throw .notAllowed(
                    place: place, key: name, value: "\"\(text)\"",
                    allowed: "host:port or [IPv6 address]:port, as in 127.0.0.1:8480")
            }
            self[keyPath: keyPath] = address
        case .path(let keyPath):
            guard text.hasPrefix("/") else {
                throw .notAllowed(place: place, key: name, value: "\"\(text)\"", allowed: "a path from the root")
            }
            self[keyPath: keyPath] = text
        case .signatures(let keyPath):
            self[keyPath: keyPath] = try Self.word(text, called: name, place: place)
        case .digest(let keyPath):
            self[keyPath: keyPath] = try Self.word(text, called: name, place: place)
        case .logLevel(let keyPath):
            self[keyPath: keyPath] = try Self.word(text, called: name, place: place)
        }
    }

    /// One of the words of a list.
    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, called name: String, place: SettingsError.Place
    ) throws(SettingsError) -> Word {
        guard let word = Word(rawValue: text.lowercased()) else {
            let allowed = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .notAllowed(place: place, key: name, value: "\"\(text)\"", allowed: allowed)
        }
        return word
    }

    private mutating func set(
        _ keyPath: WritableKeyPath<Settings, Int>, to number: Int, range: ClosedRange<Int>, called name: String,
        place: SettingsError.Place
    ) throws(SettingsError) {
        guard range.contains(number) else {
            throw .notAllowed(
                place: place, key: name, value: "\(number)", allowed: "\(range.lowerBound) to \(range.upperBound)")
        }
        self[keyPath: keyPath] = number
    }
}

private func withArticle(_ noun: String) -> String {
    let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
    guard let first = noun.first else { return noun }
    return (vowels.contains(first) ? "an " : "a ") + noun
}
