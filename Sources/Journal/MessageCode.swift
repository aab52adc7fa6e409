/// What a log line of `bashud` is about, in a form that stays the same when the words change.
///
/// Every line from notice to critical carries one as `code=`. `Deploy/guide/messages.md` says of each what it means
/// and what to do; a number is never used again for something else.
public enum MessageCode: String, Sendable, CaseIterable {
    // The daemon as a whole.
    case started = "BSH-D001"
    case ended = "BSH-D002"
    case otherDaemon = "BSH-D003"
    case otherSchema = "BSH-D004"
    case failed = "BSH-D005"
    case fromLibrary = "BSH-D009"

    // The configuration.
    case configurationRead = "BSH-C001"
    case configurationNeedsRestart = "BSH-C002"
    case configurationRefused = "BSH-C003"

    // The engine: its own database.
    case databaseTaken = "BSH-E001"
    case engineWorks = "BSH-E002"
    case databaseNotTaken = "BSH-E003"
    case engineFailed = "BSH-E004"
    case captureRepaired = "BSH-E005"
    case captureBroken = "BSH-E006"
    case policyFollowed = "BSH-E007"
    case policyNotFollowed = "BSH-E008"
    case batchHeld = "BSH-E009"
    case nothingForgotten = "BSH-E010"
    case olderCopy = "BSH-E011"
    case newLife = "BSH-E012"
    case formerBatchTaken = "BSH-E013"
    case formerLifeIncomplete = "BSH-E014"
    case originClosed = "BSH-E015"

    // The links: the peers.
    case linkWorks = "BSH-L001"
    case linkPaused = "BSH-L002"
    case joined = "BSH-L003"
    case peersUnreadable = "BSH-L004"
    case peersReadable = "BSH-L005"
    case testNotAnswered = "BSH-L006"
    case peerUnreachable = "BSH-L010"
    case loginRefused = "BSH-L011"
    case connectionLost = "BSH-L012"
    case notInstalledThere = "BSH-L013"
    case otherVersionThere = "BSH-L014"
    case notGranted = "BSH-L015"
    case notRegistered = "BSH-L016"
    case sameDatabase = "BSH-L017"
    case policyDiffers = "BSH-L018"
    case restoredCopy = "BSH-L019"
    case peerFailed = "BSH-L020"
    case malformed = "BSH-L021"
    case notStoredHere = "BSH-L022"
    case notOurs = "BSH-L023"
    case unprotected = "BSH-L024"
    case untrusted = "BSH-L025"
    case ownCertificate = "BSH-L026"
    case beyondRetention = "BSH-L027"
    case copyConnected = "BSH-L028"

    // Readers over HTTP.
    case readersServed = "BSH-H001"
    case readersRefused = "BSH-H002"
    case readersWithoutDatabase = "BSH-H003"
    case readerNotAnswered = "BSH-H004"

    // Monitoring over HTTP.
    case metricsServed = "BSH-M001"
    case metricsRefused = "BSH-M002"

    // The database server.
    case serverNotice = "BSH-P001"
}
