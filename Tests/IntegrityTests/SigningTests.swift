import Foundation
import Testing

@testable import Integrity

@Suite("Signatures")
struct SigningTests {
    private let provider = OpenSSLProvider()

    // MARK: Known answers

    /// GB/T 32918.5-2017, appendix A.2: the public key and the signature of "message digest".
    @Test("The standard's SM2 signature is accepted, with its own id and for its own message only")
    func sm2Example() throws {
        let point = """
            0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
            ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13
            """
        let prefix = "3059301306072a8648ce3d020106082a811ccf5501822d034200"
        let key = try #require(provider.publicKey(bytes(prefix + point)))
        #expect(key.algorithm == .sm2)
        let r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
        let s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
        let signature = bytes("3046022100" + r + "022100" + s)
        let message = Array("message digest".utf8)
        #expect(provider.verify(signature, of: message, by: key))
        #expect(!provider.verify(signature, of: message + [0], by: key))
        for place in [4, 20, 70] {
            var forged = signature
            forged[place] ^= 1
            #expect(!provider.verify(forged, of: message, by: key), "byte \(place)")
        }
        #expect(!provider.verify([], of: message, by: key))
        #expect(!provider.verify(signature + [0], of: message, by: key))
        #expect(!provider.verify([UInt8](repeating: 0x30, count: 4_000), of: message, by: key))
    }

    /// RFC 8032, section 7.1, tests 1 and 2.
    @Test(
        "The RFC's Ed25519 signatures are accepted",
        arguments: [
            (
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                    + "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
            (
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                    + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ])
    func ed25519Example(point: String, message: String, signature: String) throws {
        let key = try #require(provider.publicKey(bytes("302a300506032b6570032100" + point)))
        #expect(key.algorithm == .ed25519)
        #expect(provider.verify(bytes(signature), of: bytes(message), by: key))
        #expect(!provider.verify(bytes(signature), of: bytes(message) + [0], by: key))
    }

    @Test("The RFC's private key makes the RFC's signature")
    func ed25519Private() throws {
        try withFolder { folder in
            let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
            let der = Data(bytes("302e020100300506032b657004220420" + seed)).base64EncodedString()
            let key = try provider.open(
                file("rfc", "-----BEGIN PRIVATE KEY-----\n\(der)\n-----END PRIVATE KEY-----\n", in: folder))
            #expect(
                try key.sign([0x72])
                    == bytes(
                        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                            + "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        }
    }

    // MARK: With the openssl command

    @Test(
        "What we sign the openssl command accepts, and with another id it does not",
        arguments: SignatureAlgorithm.allCases)
    func opensslAcceptsOurs(algorithm: SignatureAlgorithm) throws {
        try withFolder { folder in
            let reference = KeyReference("\(folder)/密钥 a.pem")
            try provider.generate(algorithm, as: reference)
            let key = try provider.open(reference)
            let message = SignedMessage.batch(root: randomBytes(32))
            try Data(message).write(to: URL(fileURLWithPath: "\(folder)/message"))
            try Data(key.sign(message)).write(to: URL(fileURLWithPath: "\(folder)/signature"))
            try Data(key.publicKey.spki).write(to: URL(fileURLWithPath: "\(folder)/public"))
            let verify = [
                "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "\(folder)/public", "-rawin", "-in",
                "\(folder)/message", "-sigfile", "\(folder)/signature",
            ]
            #expect(try openssl(verify + options(algorithm)) == 0)
            if algorithm == .sm2 { #expect(try openssl(verify + options(.sm2, id: "1234567812345679")) != 0) }
        }
    }

    @Test(
        "What the openssl command signs we accept, and with another id we do not",
        arguments: SignatureAlgorithm.allCases)
    func weAcceptOpenssl(algorithm: SignatureAlgorithm) throws {
        try withFolder { folder in
            #expect(
                try openssl(["genpkey", "-algorithm", algorithm.typeName, "-out", "\(folder)/key"]) == 0)
            #expect(chmod("\(folder)/key", 0o600) == 0)
            let key = try provider.open(KeyReference("\(folder)/key")).publicKey
            #expect(key.algorithm == algorithm)
            let message = SignedMessage.batch(root: randomBytes(32))
            try Data(message).write(to: URL(fileURLWithPath: "\(folder)/message"))
            let sign = [
                "pkeyutl", "-sign", "-inkey", "\(folder)/key", "-rawin", "-in", "\(folder)/message", "-out",
                "\(folder)/signature",
            ]
            #expect(try openssl(sign + options(algorithm)) == 0)
            let signature = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/signature")))
            #expect(provider.verify(signature, of: message, by: key))
            guard algorithm == .sm2 else { return }
            #expect(try openssl(sign + options(.sm2, id: "ALICE123@YAHOO.COM")) == 0)
            let other = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/signature")))
            #expect(!provider.verify(other, of: message, by: key))
        }
    }

    // MARK: Keys that are refused

    @Test("A key of type EC on SM2's curve would sign by ECDSA: it is refused")
    func ecOnSM2Curve() throws {
        let key = try #require(KeyHandle.generate("EC", group: "SM2"))
        #expect(key.algorithm == nil && key.publicKey == nil)
        #expect(throws: SignatureError.otherKind(key: "k", found: "EC")) { try OpenSSLKey(key, KeyReference("k")) }
    }

    @Test("Other kinds of keys, and what is no key", arguments: ["P-256", "X25519", "text", "public", "locked", "cut"])
    func otherFiles(kind: String) throws {
        try withFolder { folder in
            let path = "\(folder)/key"
            switch kind {
            case "P-256":
                #expect(try openssl(["genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", path]) == 0)
            case "X25519":
                #expect(try openssl(["genpkey", "-algorithm", "X25519", "-out", path]) == 0)
            case "locked":
                #expect(
                    try openssl(["genpkey", "-algorithm", "SM2", "-aes256", "-pass", "pass:口令", "-out", path]) == 0)
            case "public", "cut":
                try provider.generate(.sm2, as: KeyReference("\(folder)/own"))
                let whole = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/own"))
                try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
                guard kind == "public" else { break }
                #expect(try openssl(["pkey", "-in", "\(folder)/own", "-pubout", "-out", path]) == 0)
            default: try Data("密钥".utf8).write(to: URL(fileURLWithPath: path))
            }
            #expect(chmod(path, 0o600) == 0)
            let error = #expect(throws: SignatureError.self) { try provider.open(KeyReference(path)) }
            switch kind {
            case "P-256": #expect(error == .otherKind(key: path, found: "EC"))
            case "X25519": #expect(error == .otherKind(key: path, found: "X25519"))
            default: #expect(error == .notAKey(key: path))
            }
        }
    }

    @Test("Public keys: cut, longer, of another curve, off the curve")
    func publicKeys() throws {
        try withFolder { folder in
            try provider.generate(.sm2, as: KeyReference("\(folder)/key"))
            let key = try provider.open(KeyReference("\(folder)/key")).publicKey
            #expect(provider.publicKey(key.spki) == key)
            #expect(key.fingerprintText.count == 79 && key.fingerprint == HashFunction.digest(key.spki))
            for count in 0..<key.spki.count { #expect(provider.publicKey(Array(key.spki.prefix(count))) == nil) }
            #expect(provider.publicKey(key.spki + [0]) == nil)
            var off = key.spki
            off[off.count - 1] ^= 1
            #expect(provider.publicKey(off) == nil)
            #expect(
                try openssl([
                    "genpkey", "-algorithm", "EC", "-pkeyopt", "group:P-256", "-out", "\(folder)/p256",
                ]) == 0)
            #expect(
                try openssl([
                    "pkey", "-in", "\(folder)/p256", "-pubout", "-outform", "DER", "-out", "\(folder)/der",
                ]) == 0)
            #expect(provider.publicKey(try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/der")))) == nil)
        }
    }

    @Test("A key's file is its owner's alone, and never written over")
    func permissions() throws {
        try withFolder { folder in
            let reference = KeyReference("\(folder)/key")
            try provider.generate(.sm2, as: reference)
            var facts = stat()
            #expect(stat(reference.name, &facts) == 0 && facts.st_mode & 0o777 == 0o600)
            let before = try Data(contentsOf: URL(fileURLWithPath: reference.name))
            #expect(throws: SignatureError.exists(key: reference.name)) {
                try provider.generate(.ed25519, as: reference)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: reference.name)) == before)
            for mode in [0o640, 0o604, 0o620, 0o610] as [mode_t] {
                #expect(chmod(reference.name, mode) == 0)
                #expect(throws: SignatureError.exposed(key: reference.name, mode: String(mode, radix: 8))) {
                    try provider.open(reference)
                }
            }
            #expect(throws: SignatureError.inaccessible(key: "\(folder)/无", reason: "No such file or directory")) {
                try provider.open(KeyReference("\(folder)/无"))
            }
            #expect(throws: SignatureError.notAKey(key: folder)) { try provider.open(KeyReference(folder)) }
            guard geteuid() == 0 else { return }
            #expect(chmod(reference.name, 0o600) == 0 && chown(reference.name, 4_711, 0) == 0)
            #expect(throws: SignatureError.foreign(key: reference.name, owner: 4_711, user: 0)) {
                try provider.open(reference)
            }
        }
    }

    @Test("A signature for one purpose is none for another")
    func purposes() throws {
        try withFolder { folder in
            let reference = KeyReference("\(folder)/key")
            try provider.generate(.ed25519, as: reference)
            let key = try provider.open(reference)
            let next = key.publicKey.fingerprint
            let signature = try key.sign(SignedMessage.succession(region: "50", fingerprint: next))
            let accepted = { (message: [UInt8]) in provider.verify(signature, of: message, by: key.publicKey) }
            #expect(accepted(SignedMessage.succession(region: "50", fingerprint: next)))
            #expect(!accepted(SignedMessage.succession(region: "51", fingerprint: next)))
            #expect(!accepted(SignedMessage.batch(root: next)))
        }
    }

    // MARK: Tools

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    private func options(_ algorithm: SignatureAlgorithm, id: String = "1234567812345678") -> [String] {
        algorithm == .sm2 ? ["-digest", "sm3", "-pkeyopt", "distid:\(id)"] : []
    }

    private func file(_ name: String, _ text: String, in folder: String) throws -> KeyReference {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, 0o600) == 0)
        return KeyReference(path)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bashu-keys-\(randomToken())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func openssl(_ arguments: [String]) throws -> Int32 { try OpenSSLCommand.run(arguments) }
}
