import Console
import Integrity
import Postgres
import Reasons
import RegionStore
import Settings

/// How a command failed: what to print, and the exit status.
struct Failure: Error {
    let status: ExitStatus
    /// For standard error.
    let lines: [String]

    /// A failure with a sentence of ours.
    init(_ status: ExitStatus, _ text: String, details: [String] = []) {
        self.status = status
        lines = [speech(ErrorMessage.prefix, ["text": text])] + details
    }

    /// Any error, as people read it.
    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as PostgresError: self.init(error)
        case let error as SettingsError: self.init(.usage, error.text)
        case let error as ControlError: self.init(.failed, error.text)
        case let error as OriginError: self.init(.failed, error.text)
        case let error as InstallRefused:
            self.init(.failed, speech(InstallMessage.refused), details: error.problems.map { problem in
                    speech(
                        InstallMessage.problem,
                        ["what": speech.reason(problem.what), "remedy": speech.reason(problem.remedy)])
                })
        case let error as TableRefused:
            let reasons = error.reasons.flatMap { reason in
                ["- " + speech.reason(reason.text)] + (reason.hint.map { ["  " + speech.reason($0)] } ?? [])
            }
            self.init(.failed, speech(TableMessage.tableRefused, ["table": error.table]), details: reasons)
        case let error as UnknownTable:
            let message: TableMessage = error.exists ? .tableNotShared : .tableUnknown
            self.init(.failed, speech(message, ["table": error.table]))
        case let error as SchemaMismatch where error.installed == nil:
            self.init(.failed, ControlError.notInstalled.text)
        case let error as SignatureError: self.init(.failed, error.text)
        case let error as Keys.Refusal: self.init(.failed, error.text)
        case let error as KeyRevoked:
            self.init(.failed, speech(KeyMessage.ownRevoked, ["fingerprint": error.fingerprint]))
        case is CancellationError: self.init(.failed, speech(ControlMessage.interrupted))
        default: self.init(.failed, speech.reason("\(error)"))
        }
    }

    private init(_ error: PostgresError) {
        let message = error.message.replacing("\n", with: " ")
        switch error.kind {
        case .connectionFailed:
            self.init(.unreachable, speech(ErrorMessage.cannotReach, ["reason": message]))
        case .connectionLost:
            self.init(.unreachable, speech(ErrorMessage.connectionLost, ["reason": message]))
        default:
            let noRight = error.sqlState == .insufficientPrivilege
            let more = [
                error.detail.map { speech(ErrorMessage.detail, ["text": $0]) },
                error.hint.map { speech(ErrorMessage.hint, ["text": speech.reason($0)]) },
            ]
            self.init(
                .failed, noRight ? speech(ErrorMessage.noRight, ["reason": speech.reason(message)]) : Self.text(error),
                details: more.compactMap { $0 })
        }
    }
}

extension Failure {
    /// What PostgreSQL said; what Bashu's own functions raised is in the user's language.
    private static func text(_ error: PostgresError) -> String {
        ReasonBook.reason(error.message) == nil ? "\(error)" : speech.reason(error.message)
    }
}

extension SettingsError {
    /// The error in the user's language.
    var text: String {
        switch self {
        case .unreadable(let path, let reason):
            speech(ErrorMessage.settingsUnreadable, ["path": path, "reason": speech.reason(reason)])
        case .syntax(let place, let reason):
            speech(ErrorMessage.settingsSyntax, ["place": place.text, "reason": reason])
        case .unknownKey(let place, let key, let suggestion?):
            speech(
                ErrorMessage.settingsUnknownKeySuggest, ["place": place.text, "key": key, "suggestion": suggestion])
        case .unknownKey(let place, let key, nil):
            speech(ErrorMessage.settingsUnknownKey, ["place": place.text, "key": key])
        case .wrongType(let place, let key, let expected, let found):
            speech(
                ErrorMessage.settingsType, ["place": place.text, "key": key, "expected": expected, "found": found])
        case .notAllowed(let place, let key, let value, let allowed):
            speech(
                ErrorMessage.settingsNotAllowed,
                ["place": place.text, "key": key, "value": value, "allowed": allowed])
        case .password(let place, let key):
            speech(ErrorMessage.settingsPassword, ["place": place.text, "key": key])
        case .missing(let place, let key):
            speech(ErrorMessage.settingsMissing, ["place": place.text, "key": key])
        case .missingBeside(let place, let key, let other):
            speech(ErrorMessage.settingsMissingBeside, ["place": place.text, "key": key, "other": other])
        case .needless(let place, let key, let rule):
            speech(ErrorMessage.settingsNeedless, ["place": place.text, "key": key, "rule": rule])
        case .unknownVariable(let name, let suggestion):
            speech(ErrorMessage.settingsVariable, ["name": name, "suggestion": suggestion])
        }
    }
}

extension SettingsError.Place {
    /// The place in the user's language.
    var text: String {
        switch self {
        case .file(let path, let line?): speech(ErrorMessage.placeLine, ["path": path, "line": "\(line)"])
        case .file(let path, nil): path
        case .environment: speech(ErrorMessage.placeEnvironment)
        case .commandLine: speech(ErrorMessage.placeCommandLine)
        }
    }
}

extension ControlError {
    /// The error in the user's language.
    var text: String {
        switch self {
        case .notInstalled: speech(RefusalMessage.notInstalled)
        case .noSuchPeer(let name): speech(RefusalMessage.noSuchPeer, ["name": name])
        case .peerNotPulled(let name): speech(RefusalMessage.peerNotPulled, ["name": name])
        case .peerTakesNothing(let name): speech(BatchMessage.peerTakesNothing, ["name": name])
        case .fileLogin(let name): speech(BatchMessage.fileLogin, ["name": name])
        case .peerExists(let name): speech(RefusalMessage.peerExists, ["name": name])
        case .loginTaken(let name): speech(RefusalMessage.loginTaken, ["name": name])
        case .badPeerName(let name): speech(RefusalMessage.badPeerName, ["name": name])
        case .noSuchRole(let name): speech(RefusalMessage.noSuchRole, ["name": name])
        case .roleCannotLogin(let name): speech(RefusalMessage.roleCannotLogin, ["name": name])
        case .roleIsSuperuser(let name): speech(RefusalMessage.roleIsSuperuser, ["name": name])
        case .roleIsDaemon(let name): speech(RefusalMessage.roleIsDaemon, ["name": name])
        case .noSuchTable(let name): speech(RefusalMessage.noSuchTable, ["name": name])
        case .ambiguousTable(let name, let candidates):
            speech(RefusalMessage.ambiguousTable, ["name": name, "candidates": speech.list(candidates)])
        case .keyColumns(let table, let columns, let given):
            speech(
                RefusalMessage.keyColumns, ["table": table, "columns": speech.list(columns), "count": "\(given)"])
        case .badKeyValue(let reason): speech(RefusalMessage.badKeyValue, ["reason": reason])
        default: caseText
        }
    }

    private var caseText: String {
        switch self {
        case .badHandle(let handle): speech(RefusalMessage.badHandle, ["handle": handle])
        case .ambiguousHandle(let handle, let candidates):
            speech(RefusalMessage.ambiguousHandle, ["handle": handle, "candidates": speech.list(candidates)])
        case .noSuchChange(let handle): speech(RefusalMessage.noSuchChange, ["handle": handle])
        case .noCase(let handle): speech(RefusalMessage.noCase, ["handle": handle])
        case .caseClosed(let handle, "", let state):
            speech(RefusalMessage.caseClosedUnknown, ["handle": handle, "state": Words.caseState(state)])
        case .caseClosed(let handle, let closedBy, let state):
            speech(
                RefusalMessage.caseClosed,
                ["handle": handle, "closedBy": closedBy, "state": Words.caseState(state)])
        case .notACandidate(let handle): speech(RefusalMessage.notACandidate, ["handle": handle])
        case .notInCase(let column, let groups):
            speech(RefusalMessage.notInCase, ["column": column, "groups": speech.list(groups)])
        case .notEmpty: speech(RefusalMessage.notEmpty)
        default: choiceText
        }
    }

    private var choiceText: String {
        switch self {
        case .noCandidateNumber(let number, let count):
            speech(ChoiceRefusal.noCandidateNumber, ["number": "\(number)", "count": "\(count)"])
        case .needsValue(let group): speech(ChoiceRefusal.needsValue, ["group": group])
        case .keyColumn(let column): speech(ChoiceRefusal.keyColumn, ["column": column])
        case .rowIsGone(let key): speech(ChoiceRefusal.rowIsGone, ["key": key])
        case .nothingLost(let handle): speech(ChoiceRefusal.nothingLost, ["handle": handle])
        case .severalLost(let handle, let candidates):
            speech(ChoiceRefusal.severalLost, ["handle": handle, "candidates": speech.list(candidates)])
        case .noHomeColumn(let table): speech(ChoiceRefusal.noHomeColumn, ["table": table])
        default: "\(self)"
        }
    }
}
