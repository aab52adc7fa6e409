/// A row as COPY text: the bytes of its line without the line end, and where its fields end.
///
/// Fields are never decoded; two rows are equal when their bytes are.
public struct RowImage: Hashable, Sendable {
    /// The fields with a tab between them.
    public let bytes: [UInt8]
    /// Index in `bytes` after each field but the last, where its tab stands.
    private let tabs: [Int]

    /// What COPY writes for NULL: `\N`.
    public static let null: ArraySlice<UInt8> = [0x5c, 0x4e]

    /// The row on a line of COPY text, without its line end. Every line has at least one field.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tabs = bytes.withUnsafeBytes { line in
            var tabs: [Int] = []
            var start = 0
            while let tab = ByteScan.first(CopyText.tab, in: line, from: start) {
                tabs.append(tab)
                start = tab + 1
            }
            return tabs
        }
    }

    /// A row of these fields, of which there is at least one, each escaped as COPY text does.
    public init(fields: [ArraySlice<UInt8>]) {
        precondition(!fields.isEmpty, "a row has at least one field")
        var bytes: [UInt8] = []
        var tabs: [Int] = []
        bytes.reserveCapacity(fields.reduce(fields.count) { $0 + $1.count })
        tabs.reserveCapacity(fields.count - 1)
        for (index, field) in fields.enumerated() {
            if index > 0 {
                tabs.append(bytes.count)
                bytes.append(CopyText.tab)
            }
            bytes.append(contentsOf: field)
        }
        self.bytes = bytes
        self.tabs = tabs
    }

    /// How many fields the row has, at least 1.
    public var count: Int { tabs.count + 1 }

    /// The bytes of a field, escaped as they are; `index` is below `count`.
    public subscript(index: Int) -> ArraySlice<UInt8> {
        let start = index == 0 ? 0 : tabs[index - 1] + 1
        let end = index == tabs.count ? bytes.count : tabs[index]
        return bytes[start..<end]
    }

    public static func == (left: RowImage, right: RowImage) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
