/// Why the settings cannot be used. Every case names the place a person has to correct.
public enum SettingsError: Error, Equatable, Sendable {
    /// The file cannot be read: its path and the system's reason.
    case unreadable(path: String, reason: String)
    /// The file is not TOML.
    case syntax(place: Place, reason: String)
    /// No such key; `suggestion` is the full path of the key that was probably meant.
    case unknownKey(place: Place, key: String, suggestion: String?)
    /// A value of another type than the key takes.
    case wrongType(place: Place, key: String, expected: String, found: String)
    /// A value of the right type that the key does not allow.
    case notAllowed(place: Place, key: String, value: String, allowed: String)
    /// A connection string holds a password, where it would be readable by everyone who reads the file,
    /// the process list or the database.
    case password(place: Place, key: String)
    /// A key that has to be there.
    case missing(place: Place, key: String)
    /// A key that has to be there because another one is.
    case missingBeside(place: Place, key: String, other: String)
    /// A key that means nothing beside this rule.
    case needless(place: Place, key: String, rule: String)
    /// An environment variable that is almost the name of one of ours.
    case unknownVariable(name: String, suggestion: String)

    /// Where a value was found.
    public enum Place: Equatable, Sendable {
        /// A configuration file; the line is counted from 1, nil when it could not be found.
        case file(path: String, line: Int?)
        /// The process environment.
        case environment
        /// An option or argument of the command line.
        case commandLine
    }
}

extension SettingsError.Place: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let path, let line?): "\(path), line \(line)"
        case .file(let path, nil): path
        case .environment: "environment"
        case .commandLine: "command line"
        }
    }
}

extension SettingsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            return "\(path): cannot read the configuration: \(reason)"
        case .syntax(let place, let reason):
            return "\(place): not valid TOML: \(reason)"
        case .unknownKey(let place, let key, let suggestion):
            let hint = suggestion.map { "; did you mean \($0)?" } ?? ""
            return "\(place): unknown key \(key)\(hint)"
        case .wrongType(let place, let key, let expected, let found):
            return "\(place): \(key) must be \(expected), not \(found)"
        case .notAllowed(let place, let key, let value, let allowed):
            return "\(place): \(key) cannot be \(value); allowed: \(allowed)"
        case .password(let place, let key):
            return "\(place): \(key) contains a password; remove it and use ~/.pgpass or passfile="
        case .missing(let place, let key):
            return "\(place): \(key) is missing"
        case .missingBeside(let place, let key, let other):
            return "\(place): \(key) is missing; \(other) needs it"
        case .needless(let place, let key, let rule):
            return "\(place): \(key) means nothing beside rule \(rule)"
        case .unknownVariable(let name, let suggestion):
            return "environment: unknown variable \(name); did you mean \(suggestion)?"
        }
    }
}
