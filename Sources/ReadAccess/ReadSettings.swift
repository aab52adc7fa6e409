/// What a server for readers goes by.
public struct ReadSettings: Sendable {
    /// Where it listens: a name or an address.
    public var host: String
    /// 0: any free port, which the log then names.
    public var port: Int
    /// libpq connection string of the role that reads, and may do nothing else.
    public var conninfo: String
    /// How long one query may take, in milliseconds.
    public var queryTimeoutMilliseconds: Int
    /// How many rows one answer has at most.
    public var rowsMax: Int
    /// How many sessions there are at most.
    public var connectionsMax: Int
    /// The program's version, for the description of the interface and for validators of answers.
    public var version: String
    /// How long a connection may take for the head of its next request, and how long an answer may take to be read.
    public var patience = Duration.seconds(15)

    public init(
        host: String, port: Int, conninfo: String, queryTimeoutMilliseconds: Int = 10_000, rowsMax: Int = 200,
        connectionsMax: Int = 4, version: String
    ) {
        self.host = host
        self.port = port
        self.conninfo = conninfo
        self.queryTimeoutMilliseconds = queryTimeoutMilliseconds
        self.rowsMax = rowsMax
        self.connectionsMax = connectionsMax
        self.version = version
    }
}

/// Bounds that nobody has to change.
enum ReadLimits {
    /// Of a request line's path and query together, in bytes.
    static let uriBytesMax = 4_096
    /// Of all the headers of a request, in bytes.
    static let headerBytesMax = 16_384
    /// Of what a person searches for, in characters.
    static let queryCharactersMax = 200
    /// Of an answer, in bytes. Lists end early and go on behind their link `next`.
    static let answerBytesMax = 8_000_000
    /// Open connections; more wait in the listen queue.
    static let clientsMax = 512
    /// Requests that wait for a session, for each session.
    static let waitersPerConnection = 16
    /// How long they wait.
    static let waitMax = Duration.seconds(5)
    /// How far a list can be paged by counting.
    static let skipMax = 100_000
    /// How old data may be before the page warns.
    static let stalenessSeconds: Int64 = 15 * 60
    /// What running answers are given at the end.
    static let grace = Duration.seconds(5)
    static let pageRows = 20
}
