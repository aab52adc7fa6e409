import Glibc

/// No sensible configuration is longer; more is a wrong path.
private let fileSizeMax = 1 << 20

/// The text of a file; nil when it does not exist and need not.
func readFile(_ path: String, mustExist: Bool) throws(SettingsError) -> String? {
    guard let file = fopen(path, "re") else {
        if errno == ENOENT && !mustExist { return nil }
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: fileSizeMax + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    if ferror(file) != 0 { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    guard count <= fileSizeMax else { throw .unreadable(path: path, reason: "it is longer than 1 MB") }
    guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
        throw .unreadable(path: path, reason: "it is not UTF-8 text")
    }
    return text
}
