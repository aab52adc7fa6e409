/// What the `key` commands say.
public enum KeyMessage: MessageCatalogue {
    case generated, noKeys, noKeyFile, trusted, compare, revoked, rotated
    case unknown, ambiguous, isRevoked, isTrusted, ownRevoked, needsDigits, needsReason
    case fingerprint, algorithm, signatures, firstSeen, stateOwn, stateTrusted, stateRevoked, stateNew, madeHere
    case trustedBy, follows, inaccessible, exposed, foreign, notAKey, otherKind, exists, failed, badAlgorithm

    public var bilingual: Bilingual {
        switch self {
        case .generated:
            Bilingual(
                "Private key made in {file}. Name it in history.key_file and reload bashud. Tell the other regions, "
                    + "by telephone or on paper, the fingerprint of the public key:",
                "已在 {file} 生成私钥。请在 history.key_file 中指明并重新加载 bashud，并以电话或书面方式将公钥指纹告知其他地区：")
        case .noKeys: Bilingual(
                "No keys yet. Make one with: bashuctl key generate", "还没有密钥。可用以下命令生成：bashuctl key generate")
        case .noKeyFile:
            Bilingual(
                "history.key_file does not say where the private key is to be", "history.key_file 未指明私钥文件的位置")
        case .trusted:
            Bilingual(
                "Key {fingerprint} of region {region} is trusted: from now on its batches must be signed.",
                "已信任地区 {region} 的密钥 {fingerprint}：此后其批次必须有签名。")
        case .compare:
            Bilingual(
                "Compare the fingerprint with region {region}, by telephone or on paper. If it is the same:",
                "请以电话或书面方式与地区 {region} 核对指纹。一致时执行：")
        case .revoked:
            Bilingual(
                "Key {fingerprint} is revoked: what it has signed and is not applied here is refused. Tell the other "
                    + "regions; each revokes for itself.",
                "已吊销密钥 {fingerprint}：由其签名且尚未应用的批次将被拒绝。请通知其他地区，各地区须自行吊销。")
        case .rotated:
            Bilingual(
                "The next key is in its place, the one before in {file}. Reload bashud; peers take the new key by "
                    + "themselves, because the old one has signed it. Its fingerprint:",
                "新密钥已就位，旧密钥保存在 {file}。请重新加载 bashud；新密钥由旧密钥签名，对端会自动接受。其指纹：")
        case .unknown: Bilingual(
                "no key goes by {name}; see: bashuctl key list", "没有名为 {name} 的密钥；请查看：bashuctl key list")
        case .ambiguous: Bilingual("{name} may be one of: {keys}", "{name} 可能是以下之一：{keys}")
        case .isRevoked: Bilingual("key {fingerprint} was revoked", "密钥 {fingerprint} 已被吊销")
        case .isTrusted: Bilingual("key {fingerprint} is trusted already", "密钥 {fingerprint} 已受信任")
        case .ownRevoked:
            Bilingual(
                "own key {fingerprint} was revoked: make another with bashuctl key generate",
                "本地密钥 {fingerprint} 已被吊销：请用 bashuctl key generate 另行生成")
        case .needsDigits:
            Bilingual(
                "name the key by eight or more digits of its fingerprint; see: bashuctl key list",
                "请以指纹的前八位以上数字指明密钥；请查看：bashuctl key list")
        case .needsReason:
            Bilingual("give the --reason; it is shown with every refusal", "请给出 --reason；每次拒绝时显示")
        default: words
        }
    }

    private var words: Bilingual {
        switch self {
        case .fingerprint: Bilingual("FINGERPRINT", "指纹")
        case .algorithm: Bilingual("ALGORITHM", "算法")
        case .signatures: Bilingual("BATCHES", "批次数")
        case .firstSeen: Bilingual("First seen", "首次出现")
        case .stateOwn: Bilingual("own", "本地")
        case .stateTrusted: Bilingual("trusted", "受信任")
        case .stateRevoked: Bilingual("revoked", "已吊销")
        case .stateNew: Bilingual("not trusted", "未信任")
        case .madeHere: Bilingual("here", "本地生成")
        case .trustedBy: Bilingual("trusted by {name} on {time}", "由 {name} 于 {time} 信任")
        case .follows: Bilingual("named by key {fingerprint} as its successor", "由密钥 {fingerprint} 指定为后继")
        default: refusals
        }
    }

    private var refusals: Bilingual {
        switch self {
        case .inaccessible: Bilingual("key {key} cannot be used: {reason}", "无法使用密钥 {key}：{reason}")
        case .exposed:
            Bilingual(
                "key {key} can be read by others (mode {mode}): chmod 600 it, and replace it if they may have read it",
                "其他用户可读取密钥 {key}（权限 {mode}）：请 chmod 600；若可能已被读取，请更换")
        case .foreign:
            Bilingual(
                "key {key} belongs to user {owner}, and this program runs as user {user}: it has to belong to the "
                    + "daemon's user, as whom bashuctl key runs too",
                "密钥 {key} 属于用户 {owner}，而本程序以用户 {user} 运行：它须属于守护进程的用户，bashuctl key 也须以该用户身份运行")
        case .notAKey:
            Bilingual(
                "{key} is not one private key in PEM without a passphrase", "{key} 不是单个无口令的 PEM 私钥")
        case .otherKind:
            Bilingual(
                "key {key} is of type {found}; only SM2 and Ed25519 are used",
                "密钥 {key} 的类型为 {found}；仅支持 SM2 和 Ed25519")
        case .exists: Bilingual(
                "there is a file {key} already, and a key is never written over; to follow it: bashuctl key rotate",
                "文件 {key} 已存在，密钥不会被覆盖；如需更换：bashuctl key rotate")
        case .badAlgorithm: Bilingual("the algorithm is sm2 or ed25519", "算法为 sm2 或 ed25519")
        default: Bilingual("libcrypto could not {step} with key {key}", "libcrypto 无法对密钥 {key} 执行：{step}")
        }
    }
}

/// Pages of help about keys.
public enum KeyPage: MessageCatalogue {
    case generateMore, trustMore, rotateMore, revokeMore

    public var bilingual: Bilingual {
        switch self {
        case .generateMore:
            Bilingual(
                """
                Run it as the daemon's user: nobody else may read the file. The private key is never printed.

                Example:
                  sudo -u bashu bashuctl key generate
                """,
                """
                请以守护进程的用户身份运行：其他用户不得读取该文件。私钥不会被打印。

                示例：
                  sudo -u bashu bashuctl key generate
                """)
        case .trustMore:
            Bilingual(
                """
                By the name of a peer or a region it shows the key's fingerprint and trusts nothing; by the whole \
                fingerprint it trusts. Batches of that region must be signed from then on.

                Example:
                  bashuctl key trust 51
                """,
                """
                给出对端或地区的名称时只显示密钥指纹；给出完整指纹时才予信任。此后该地区的批次必须有签名。

                示例：
                  bashuctl key trust 51
                """)
        default: later
        }
    }

    private var later: Bilingual {
        switch self {
        case .rotateMore:
            Bilingual(
                """
                Makes the next key and has the present one sign it, so that peers take it without asking anybody. Run \
                it as the daemon's user, then reload bashud. A key that others may have read is not rotated but revoked.

                Example:
                  sudo -u bashu bashuctl key rotate && systemctl reload bashud
                """,
                """
                生成新密钥并由现有密钥签名，对端无需人工即可接受。请以守护进程的用户身份运行，然后重新加载 bashud。可能已泄露的密钥应吊销而非轮换。

                示例：
                  sudo -u bashu bashuctl key rotate && systemctl reload bashud
                """)
        default:
            Bilingual(
                """
                What the key has signed and is not applied here yet is refused from now on; what is applied stays.

                Example:
                  bashuctl key revoke 'ab12 cd34' --reason 'the server was stolen'
                """,
                """
                由该密钥签名且尚未应用的批次此后将被拒绝；已应用的保留。

                示例：
                  bashuctl key revoke 'ab12 cd34' --reason '服务器被盗'
                """)
        }
    }
}
