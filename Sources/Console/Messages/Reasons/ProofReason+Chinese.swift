public import Reasons

extension ProofReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .file_altered: "该文件不是生成时的证明文件（第 {line} 行）：{message}"
        case .header_unreadable: "某一批次的首行无法读取：{message}"
        case .digest_unavailable: "批次 {batch} 需要 {algorithm}，本机的 OpenSSL 不支持"
        case .header_not_in_batch: "批次 {batch} 的首行不在该根摘要所代表的批次中"
        case .change_not_in_batch: "批次 {batch} 的变更不在该根摘要所代表的批次中"
        case .change_unreadable: "无法读取批次 {batch} 的变更：{message}"
        case .shape_missing: "文件未说明批次 {batch} 的变更有哪些列"
        case .other_record: "批次 {batch} 的变更属于另一条记录"
        case .batch_twice: "批次 {batch} 在文件中出现两次"
        case .no_change: "文件中没有任何变更"
        case .not_signed: "批次 {batch} 无人签名"
        case .signature_false: "密钥 {key} 对批次 {batch} 的签名与其内容不符"
        case .key_unknown: "批次 {batch} 由密钥 {key} 签名，文件中没有该密钥：请用 --key 指明"
        case .key_not_named: "批次 {batch} 由密钥 {key} 签名，而您未指明该密钥：请与地区 {region} 核对"
        case .key_of_other_region: "地区 {region} 的批次 {batch} 由密钥 {key} 签名，而该密钥属于地区 {other}"
        case .policy_differs: "文件中的策略与其给出的指纹不符"
        case .row_differs: "文件中的行与其变更得出的结果不同：{columns}"
        }
    }
}
