/// What a running daemon can change.
extension Settings {
    /// Whether a key, by its full path, acts without a restart.
    public static func isLive(_ path: String) -> Bool {
        path.hasPrefix("daemon.") || path.hasPrefix("history.")
    }

    /// The keys that the daemon reads and whose values differ, by their full path.
    public func keysThatDiffer(from other: Settings) -> [String] {
        SettingsKey.all.filter { $0.path != "database.owner_conninfo" && !$0.isEqual(self, other) }.map(\.path)
    }

    /// Takes the values of all keys that act without a restart.
    public mutating func adoptLive(_ other: Settings) {
        for key in SettingsKey.all where Self.isLive(key.path) { key.copy(from: other, to: &self) }
    }
}

extension SettingsKey {
    fileprivate func isEqual(_ left: Settings, _ right: Settings) -> Bool {
        switch value {
        case .conninfo(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .flag(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .integer(let keyPath, _): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .listen(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .path(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .signatures(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .digest(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        case .logLevel(let keyPath): left[keyPath: keyPath] == right[keyPath: keyPath]
        }
    }

    fileprivate func copy(from source: Settings, to target: inout Settings) {
        switch value {
        case .conninfo(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .flag(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .integer(let keyPath, _): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .listen(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .path(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .signatures(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .digest(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        case .logLevel(let keyPath): target[keyPath: keyPath] = source[keyPath: keyPath]
        }
    }
}
