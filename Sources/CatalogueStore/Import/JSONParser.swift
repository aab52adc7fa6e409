/// A member of a record: text unescaped, a number or boolean as written, anything nested as its JSON, null as nil.
struct JSONMember: Equatable {
    let name: String
    let value: [UInt8]?
    /// Whether the value is an object or an array.
    let isNested: Bool
}

/// Reads one JSON object (RFC 8259) of flat members. What is nested is checked and kept as it stands.
struct JSONParser {
    /// What the text does not obey, at a place from its beginning.
    struct Fault: Error {
        let reason: String
        let place: Int
    }

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    private static let depthMax = 100

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// The members of the object that the text is.
    mutating func object() throws(Fault) -> [JSONMember] {
        try expect("{")
        var members: [JSONMember] = []
        skipBlanks()
        if peek == UInt8(ascii: "}") {
            place += 1
        } else {
            while true {
                skipBlanks()
                let name = String(decoding: try string(), as: UTF8.self)
                guard !members.contains(where: { $0.name == name }) else { throw fault("member \(name) twice") }
                try expect(":")
                members.append(try member(name))
                skipBlanks()
                guard peek == UInt8(ascii: ",") else { break }
                place += 1
            }
            try expect("}")
        }
        skipBlanks()
        guard place == bytes.endIndex else { throw fault("text behind the object") }
        return members
    }

    private mutating func member(_ name: String) throws(Fault) -> JSONMember {
        skipBlanks()
        let start = place
        switch peek {
        case UInt8(ascii: "\""): return JSONMember(name: name, value: try string(), isNested: false)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try value(depth: 0)
            return JSONMember(name: name, value: Array(bytes[start..<place]), isNested: true)
        default:
            try value(depth: 0)
            let isNull = peekAt(start) == UInt8(ascii: "n")
            return JSONMember(name: name, value: isNull ? nil : Array(bytes[start..<place]), isNested: false)
        }
    }

    private mutating func value(depth: Int) throws(Fault) {
        guard depth < Self.depthMax else { throw fault("nested too deeply") }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"): try container(depth: depth, close: "}", named: true)
        case UInt8(ascii: "["): try container(depth: depth, close: "]", named: false)
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func container(depth: Int, close: Unicode.Scalar, named: Bool) throws(Fault) {
        place += 1
        skipBlanks()
        if peek == UInt8(ascii: close) {
            place += 1
            return
        }
        while true {
            if named {
                skipBlanks()
                _ = try string()
                try expect(":")
            }
            try value(depth: depth + 1)
            skipBlanks()
            guard peek == UInt8(ascii: ",") else { break }
            place += 1
        }
        try expect(close)
    }

    private mutating func word(_ word: String) throws(Fault) {
        guard bytes[place...].starts(with: word.utf8) else { throw fault("no value") }
        place += word.utf8.count
    }

    private mutating func number() throws(Fault) {
        if peek == UInt8(ascii: "-") { place += 1 }
        let isZero = peek == UInt8(ascii: "0")
        let count = digits()
        guard count > 0 else { throw fault("no value") }
        guard !isZero || count == 1 else { throw fault("a number with leading zeros") }
        if peek == UInt8(ascii: ".") {
            place += 1
            guard digits() > 0 else { throw fault("a number without digits behind its point") }
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            place += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { place += 1 }
            guard digits() > 0 else { throw fault("a number without an exponent") }
        }
    }

    private mutating func digits() -> Int {
        let start = place
        while let byte = peek, (0x30...0x39).contains(byte) { place += 1 }
        return place - start
    }

    private mutating func string() throws(Fault) -> [UInt8] {
        try expect("\"")
        var text: [UInt8] = []
        while let byte = peek {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault("a control character in a string")
            default: text.append(byte)
            }
        }
        throw fault("a string without end")
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        guard let byte = peek else { throw fault("a string without end") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"):
            var code = try hex()
            if (0xD800..<0xDC00).contains(code), peek == UInt8(ascii: "\\"), peekAt(place + 1) == UInt8(ascii: "u") {
                place += 2
                let low = try hex()
                guard (0xDC00..<0xE000).contains(low) else { throw fault("half a character") }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            guard code != 0 else { throw fault("the character U+0000, which no column holds") }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half a character") }
            text.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        default: throw fault("an unknown escape")
        }
    }

    private mutating func hex() throws(Fault) -> UInt32 {
        guard place + 4 <= bytes.endIndex, bytes[place] != UInt8(ascii: "+"), bytes[place] != UInt8(ascii: "-"),
            let code = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw fault("an unknown escape") }
        place += 4
        return code
    }

    private mutating func expect(_ scalar: Unicode.Scalar) throws(Fault) {
        skipBlanks(ifNot: scalar)
        guard peek == UInt8(ascii: scalar) else { throw fault("no \(scalar)") }
        place += 1
    }

    private mutating func skipBlanks(ifNot scalar: Unicode.Scalar) {
        if peek != UInt8(ascii: scalar) { skipBlanks() }
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private var peek: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    private func peekAt(_ place: Int) -> UInt8? {
        bytes.indices.contains(place) ? bytes[place] : nil
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: reason, place: place - bytes.startIndex) }
}
