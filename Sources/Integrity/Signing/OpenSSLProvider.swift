import CLibCrypto
import Glibc
import Synchronization

/// The system's OpenSSL, with keys in PEM files. It is not a certified module.
public struct OpenSSLProvider: SignatureProvider {
    /// The signer's id that SM2 signatures are made with, as GM/T 0009 says: 16 bytes, without an end mark.
    static let signerID = Array("1234567812345678".utf8)

    public init() {}

    public func open(_ reference: KeyReference) throws(SignatureError) -> any SigningKey {
        var pem = try KeyFile.read(reference)
        defer { pem.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        guard let key = KeyHandle.privateKey(pem: pem) else { throw .notAKey(key: reference.name) }
        return try OpenSSLKey(key, reference)
    }

    public func generate(_ algorithm: SignatureAlgorithm, as reference: KeyReference) throws(SignatureError) {
        guard let key = KeyHandle.generate(algorithm.typeName), var pem = key.privatePEM() else {
            ERR_clear_error()
            throw .failed(key: reference.name, step: "make a key")
        }
        defer { pem.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        _ = try OpenSSLKey(key, reference)
        try KeyFile.write(pem, reference)
    }

    public func publicKey(_ spki: [UInt8]) -> PublicKey? {
        guard let key = KeyHandle.publicKey(spki: spki) else { return nil }
        return key.publicKey
    }

    public func verify(_ signature: [UInt8], of message: [UInt8], by key: PublicKey) -> Bool {
        guard let handle = Self.handle(key), handle.algorithm == key.algorithm else { return false }
        return handle.verify(signature, of: message)
    }

    /// Keys that something was checked with: libcrypto takes longer to read a key than to check a signature.
    private static let handles = Mutex<[PublicKey: KeyHandle]>([:])
    private static let handlesMax = 200

    private static func handle(_ key: PublicKey) -> KeyHandle? {
        if let known = handles.withLock({ $0[key] }) { return known }
        guard let handle = KeyHandle.publicKey(spki: key.spki, isKnown: true) else { return nil }
        handles.withLock { handles in
            if handles.count >= handlesMax { handles = [:] }
            handles[key] = handle
        }
        return handle
    }
}

/// A private key in memory.
final class OpenSSLKey: SigningKey {
    let publicKey: PublicKey
    private let key: KeyHandle
    private let name: String

    /// Takes a key that signs, and whose public half accepts that.
    init(_ key: KeyHandle, _ reference: KeyReference) throws(SignatureError) {
        guard key.algorithm != nil else { throw .otherKind(key: reference.name, found: key.typeText) }
        guard let publicKey = key.publicKey else { throw .failed(key: reference.name, step: "find the public half") }
        self.key = key
        self.publicKey = publicKey
        name = reference.name
        let message = Array("Bashu key check v1\0".utf8)
        guard key.verify(try sign(message), of: message) else {
            throw .failed(key: reference.name, step: "check a signature made")
        }
    }

    func sign(_ message: [UInt8]) throws(SignatureError) -> [UInt8] {
        guard let signature = key.sign(message) else {
            ERR_clear_error()
            throw .failed(key: name, step: "sign")
        }
        return signature
    }
}

extension SignatureAlgorithm {
    /// OpenSSL's name of the key type.
    var typeName: String {
        switch self {
        case .sm2: "SM2"
        case .ed25519: "ED25519"
        }
    }

    /// OpenSSL's name of the hash function; nil where the algorithm has its own.
    fileprivate var digestName: String? {
        switch self {
        case .sm2: "SM3"
        case .ed25519: nil
        }
    }
}

/// An `EVP_PKEY`, freed with its last reference.
final class KeyHandle: @unchecked Sendable {
    /// Never changed after it was made; libcrypto counts its references itself.
    private let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    /// What it signs with; nil for any other type. A key of type "EC" on the curve of SM2 would sign by ECDSA.
    var algorithm: SignatureAlgorithm? {
        SignatureAlgorithm.allCases.first { EVP_PKEY_is_a(pointer, $0.typeName) == 1 }
    }

    /// OpenSSL's name of its type.
    var typeText: String { EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "unknown" }

    /// The public half; nil for a type that is not used.
    var publicKey: PublicKey? {
        guard let algorithm, let spki else { return nil }
        return PublicKey(algorithm: algorithm, spki: spki)
    }

    private var spki: [UInt8]? {
        let length = i2d_PUBKEY(pointer, nil)
        guard length > 0 else {
            ERR_clear_error()
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Int(length))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return i2d_PUBKEY(pointer, &next)
        }
        return written == length ? bytes : nil
    }

    // MARK: Making

    /// A new key of an OpenSSL type.
    static func generate(_ type: String, group: String? = nil) -> KeyHandle? {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) == 1 else { return nil }
        if let group, EVP_PKEY_CTX_set_group_name(context, group) != 1 { return nil }
        var key: OpaquePointer?
        guard EVP_PKEY_generate(context, &key) == 1 else { return nil }
        return key.map(KeyHandle.init)
    }

    /// The private key in a PEM text; never asks for a passphrase.
    static func privateKey(pem: [UInt8]) -> KeyHandle? {
        guard let source = BIO_new_mem_buf(pem, Int32(pem.count)) else { return nil }
        defer { BIO_free(source) }
        let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil)
        ERR_clear_error()
        return key.map(KeyHandle.init)
    }

    /// The public key in these bytes, all of them, as DER writes it and in no other way: one key has one name.
    ///
    /// - Parameter isKnown: they have been looked at before, so the point is on the curve.
    static func publicKey(spki: [UInt8], isKnown: Bool = false) -> KeyHandle? {
        defer { ERR_clear_error() }
        guard (1...512).contains(spki.count) else { return nil }
        let found = spki.withUnsafeBufferPointer { bytes in
            var next = bytes.baseAddress
            return d2i_PUBKEY(nil, &next, bytes.count)
        }
        guard let key = found.map(KeyHandle.init), key.algorithm != nil else { return nil }
        if isKnown { return key }
        guard key.spki == spki else { return nil }
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, key.pointer, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_public_check(context) == 1 ? key : nil
    }

    /// PKCS #8 in PEM, not encrypted.
    func privatePEM() -> [UInt8]? {
        guard let target = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(target) }
        guard PEM_write_bio_PrivateKey(target, pointer, nil, nil, 0, nil, nil) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = BIO_read(target, &bytes, Int32(bytes.count))
        guard count > 0, Int(count) < bytes.count else { return nil }
        defer { bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        return Array(bytes.prefix(Int(count)))
    }

    // MARK: Using

    func sign(_ message: [UInt8]) -> [UInt8]? {
        withContext(EVP_DigestSignInit_ex) { context in
            var length = 0
            guard EVP_DigestSign(context, nil, &length, message, message.count) == 1, length > 0 else { return nil }
            var signature = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
            return Array(signature.prefix(length))
        }
    }

    func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        guard (1...128).contains(signature.count) else { return false }
        return withContext(EVP_DigestVerifyInit_ex) { context in
            EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        } ?? false
    }

    private typealias Begin = (
        OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>?, UnsafePointer<CChar>?, OpaquePointer?,
        UnsafePointer<CChar>?, OpaquePointer?, UnsafePointer<OSSL_PARAM>?
    ) -> Int32

    /// The signer's id is set after the beginning: before, some releases of OpenSSL do not take it, and without it
    /// they use an empty one.
    private func withContext<T>(_ begin: Begin, _ body: (OpaquePointer) -> T?) -> T? {
        guard let algorithm, let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        var inner: OpaquePointer?
        guard begin(context, &inner, algorithm.digestName, nil, nil, pointer, nil) == 1 else { return nil }
        if algorithm == .sm2 {
            let id = OpenSSLProvider.signerID
            guard EVP_PKEY_CTX_set1_id(inner, id, Int32(id.count)) == 1 else { return nil }
        }
        return body(context)
    }
}
