import ArgumentParser
import Console
import Glibc
import Integrity
import Reasons
import RegionStore
import Replication

/// Needs no database and reads no configuration: whoever gets a proof may have neither.
struct AuditVerify: ParsableCommand {
    static let configuration = page(
        "audit verify", "FILE [--key FILE]… [--fingerprint HEX]… [-o json]", .auditVerify,
        ProofPage.verifyMore)

    @Argument(help: help(proof: .file))
    var file: String

    @Option(name: .customLong("key"), help: help(proof: .key, value: "file"))
    var keys: [String] = []

    @Option(name: .customLong("fingerprint"), help: help(proof: .fingerprint, value: "digits"))
    var fingerprints: [String] = []

    @OptionGroup var format: OutputOptions

    func validate() throws {
        for one in fingerprints {
            guard Self.fingerprint(Self.named(one).text) != nil else {
                throw ValidationError(speech(ProofMessage.badFingerprint, ["text": one]))
            }
        }
    }

    func run() throws {
        let status: ExitStatus
        do {
            status = try execute()
        } catch {
            let failure = Failure(error)
            failure.lines.forEach(Output.say)
            status = failure.status
        }
        if status != .done { throw ExitCode(status.rawValue) }
    }

    private func execute() throws -> ExitStatus {
        let named = try namedKeys()
        let proof: RecordProof
        do {
            proof = try RecordProof(parsing: Self.read(file, max: 1 << 30))
        } catch let error as ProofFormatError {
            let reason = Reason(ProofReason.file_altered, ["line": "\(error.line)", "message": error.detail])
            throw Failure(.failed, speech.reason(reason.text))
        }
        let report = ProofCheck.check(proof, named: named)
        let terminal = Terminal.current(environment: environment)
        switch format.output {
        case .json: Output.print(ProofJSON.document(report).text)
        case .table: Output.print(ProofLines(report, width: terminal.width, style: terminal.style).lines)
        }
        return report.isProven ? .done : .failed
    }

    private func namedKeys() throws -> [NamedKey] {
        var found: [NamedKey] = []
        for one in keys {
            let (region, path) = Self.named(one)
            let these = PublicKey.keys(pem: try Self.read(path, max: 1 << 20), OpenSSLProvider())
            guard !these.isEmpty else { throw Failure(.usage, speech(ProofMessage.badKey, ["path": path])) }
            found += these.map { NamedKey($0, region: region) }
        }
        for one in fingerprints {
            let (region, text) = Self.named(one)
            if let bytes = Self.fingerprint(text) { found.append(NamedKey(fingerprint: bytes, region: region)) }
        }
        return found
    }

    /// What stands before the first equals sign, where it can be the code of a region, and what after it.
    private static func named(_ text: String) -> (region: String?, text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, BatchHeader.isOrigin(OriginID("\(parts[0])-0"), of: parts[0]) else {
            return (nil, text)
        }
        return (parts[0], parts[1])
    }

    private static func fingerprint(_ text: String) -> [UInt8]? {
        let digits = text.lowercased().filter { $0 != " " && $0 != ":" }
        return Hex.bytes(digits).flatMap { $0.count == 32 ? $0 : nil }
    }

    private static func read(_ path: String, max: Int) throws -> [UInt8] {
        guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "re") else {
            throw unreadable(path, String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, file)
            bytes += block.prefix(count)
            guard count == block.count else { break }
            guard bytes.count <= max else { throw unreadable(path, String(cString: strerror(EFBIG))) }
        }
        guard ferror(file) == 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        return bytes
    }

    private static func unreadable(_ path: String, _ reason: String) -> Failure {
        Failure(.failed, speech(ProofMessage.unreadable, ["path": path, "reason": reason]))
    }
}
