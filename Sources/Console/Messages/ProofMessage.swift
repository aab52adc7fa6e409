/// What `audit record` and `audit verify` say.
public enum ProofMessage: MessageCatalogue {
    case made, exists, unwritable, unreadable, badKey, badFingerprint, jsonNeedsFile
    case title, madeBy, madeByReplica, row, policy
    case rowPresent, rowAbsent, rowParked, rowKept, rowUnpublished
    case column, value, change, rule, existence
    case changes, signedBy, nobody, keysTitle, keyNamed, keyNotNamed
    case notGiven, gone, maybeGone, beginsLate
    case proven, notProven, meaning

    public var bilingual: Bilingual {
        switch self {
        case .made:
            Bilingual(
                "{count} changes of {table} {key} written to {path}. Anybody can check it with: bashuctl audit verify",
                "已将 {table} {key} 的 {count} 项变更写入 {path}。任何人均可用以下命令核验：bashuctl audit verify")
        case .exists: Bilingual("there is a file {path} already", "文件 {path} 已存在")
        case .unwritable: Bilingual("{path} cannot be written: {reason}", "无法写入 {path}：{reason}")
        case .unreadable: Bilingual("{path} cannot be read: {reason}", "无法读取 {path}：{reason}")
        case .badKey:
            Bilingual("{path} holds no public key in PEM that is known here", "{path} 中没有可识别的 PEM 公钥")
        case .badFingerprint:
            Bilingual(
                "a fingerprint is 64 hexadecimal digits, not {text}", "指纹为 64 位十六进制数字，而不是 {text}")
        case .jsonNeedsFile:
            Bilingual("-o json says which file was made: name it with --to FILE", "-o json 描述所生成的文件：请用 --to FILE 指明")
        default: words
        }
    }

    private var words: Bilingual {
        switch self {
        case .title: Bilingual("{table} {key}", "{table} {key}")
        case .madeBy:
            Bilingual(
                "Made by region {region} (origin {origin}, database {database}) on {time}",
                "由地区 {region}（源 {origin}，数据库 {database}）于 {time} 生成")
        case .madeByReplica:
            Bilingual(
                "Made by the replica of {region} (database {database}) on {time}",
                "由 {region} 的副本（数据库 {database}）于 {time} 生成")
        case .row: Bilingual("Row there: {state}", "当时该处的行：{state}")
        case .policy: Bilingual("Policy: {fingerprint}", "策略：{fingerprint}")
        case .rowPresent: Bilingual("in the table", "在表中")
        case .rowAbsent: Bilingual("not in the table", "不在表中")
        case .rowParked:
            Bilingual(
                "kept out of the table by the unique or foreign-key rule", "因唯一或外键规则暂不在表中")
        case .rowKept:
            Bilingual("deleted, and still in the table for rows that refer to it", "已删除，因有引用而仍在表中")
        case .rowUnpublished:
            Bilingual("written since and not published yet: not compared", "此后被改写且尚未发布：未作比对")
        case .column: Bilingual("COLUMN", "列")
        case .value: Bilingual("VALUE", "值")
        case .change: Bilingual("WRITTEN IN", "来自变更")
        case .rule: Bilingual("BY RULE", "依据规则")
        case .existence: Bilingual("The record is absent, by {change}.", "该记录已不存在，依据变更 {change}。")
        default: rest
        }
    }

    private var rest: Bilingual {
        switch self {
        case .changes: Bilingual("Changes", "变更")
        case .signedBy:
            Bilingual("batch {root} ({algorithm}), signed by key {key}", "批次 {root}（{algorithm}），由密钥 {key} 签名")
        case .nobody:
            Bilingual(
                "batch {root} ({algorithm}), signed by no key that you named",
                "批次 {root}（{algorithm}），无您指明的密钥签名")
        case .keysTitle: Bilingual("Keys in the file", "文件中的密钥")
        case .keyNamed: Bilingual("named by you", "由您指明")
        case .keyNotNamed: Bilingual("not compared", "未核对")
        case .notGiven: Bilingual("none in the file", "文件中无")
        case .gone:
            Bilingual(
                "Retention or an erasure has taken {count} changes of this record out of the history of {origin}.",
                "{origin} 的历史中，此记录有 {count} 项变更已按保留期或因抹除而取出。")
        case .maybeGone:
            Bilingual(
                "Overwritten changes of {origin} up to batch {number} are not kept any more; none of this "
                    + "record is known to be missing.",
                "{origin} 第 {number} 批之前被覆盖的变更不再保存；未发现此记录有缺失。")
        case .beginsLate:
            Bilingual(
                "The oldest change here did not insert the record: what was before it has been forgotten.",
                "此处最早的变更并非插入该记录：更早的已不再保存。")
        case .proven:
            Bilingual(
                "PROVEN: keys that you named have signed every one of these changes.",
                "已证明：您指明的密钥签署了全部上述变更。")
        case .notProven: Bilingual("NOT PROVEN:", "未能证明：")
        default:
            Bilingual(
                "It shows that these writes were published, by whom and when, as their regions signed it; times and "
                    + "names are theirs. It does not show that there were no others, nor who sat at the keyboard, nor "
                    + "that the policy and the row in the file are those of every region: compare the policy's "
                    + "fingerprint.",
                "它表明这些写入确由相应地区签名发布，并记明由谁、于何时写入（时间与姓名以各地区所记为准）；不表明没有其他写入，"
                    + "不表明实际操作者是谁，也不表明文件中的策略和行与各地区一致：请核对策略指纹。")
        }
    }
}

/// Pages of help about proofs of records.
public enum ProofPage: MessageCatalogue {
    case recordMore, verifyMore, output, file, key, fingerprint

    public var bilingual: Bilingual {
        switch self {
        case .recordMore:
            Bilingual(
                """
                Writes where each field of one record came from: every change of it that is still kept, byte for byte, \
                with what shows that a signed batch holds it. Anybody can check the file without a database. Needs \
                neither bashud nor a peer; works on a replica too. It holds the record's values: handle it like them.

                Example:
                  bashuctl audit record standard 'GB/T 1.1-2020' --to 1.1.proof
                """,
                """
                写出一条记录各字段的来源：仍保存的全部变更（逐字节）以及表明其属于已签名批次的证据。任何人无需数据库即可核验该文件。\
                不需要 bashud 或对端，也可在副本上执行。文件含有该记录的值，请按同等要求保管。

                示例：
                  bashuctl audit record standard 'GB/T 1.1-2020' --to 1.1.proof
                """)
        case .verifyMore:
            Bilingual(
                """
                Checks a file of bashuctl audit record, without a database or a configuration. Only keys that you name \
                count, as files in PEM or by fingerprint; REGION= before it says whose batches it vouches for. Regions \
                hand out their keys with: bashuctl key show. Exit status 0 only when such keys have signed every \
                change in the file and the row is what they make; else 1.

                Example:
                  bashuctl audit verify 1.1.proof --key 50=cq.pem --key 51=sc.pem
                """,
                """
                核验 bashuctl audit record 生成的文件，不需要数据库或配置。只有您以 PEM 文件或指纹指明的密钥才算数；其前的 地区= \
                表明它为哪个地区的批次作保。各地区以 bashuctl key show 提供公钥。仅当此类密钥签署了文件中的每项变更，且行与之相符时，\
                退出状态为 0；否则为 1。

                示例：
                  bashuctl audit verify 1.1.proof --key 50=cq.pem --key 51=sc.pem
                """)
        case .output: Bilingual("The file to make; - for standard output.", "要生成的文件；- 表示标准输出。")
        case .file: Bilingual("The file; - for standard input.", "要核验的文件；- 表示标准输入。")
        case .key: Bilingual("A public key that you trust: [REGION=]FILE, PEM.", "您信任的公钥：[地区=]文件，PEM 格式。")
        case .fingerprint: Bilingual("The fingerprint of one: [REGION=]64 digits.", "公钥的指纹：[地区=]64 位数字。")
        }
    }
}
