public import Reasons

extension SignatureReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .batch_not_vouched: "已拒收对端 {peer} 发来的 {origin} 批次 {number}：{message}"
        case .signature_wrong:
            "已拒收对端 {peer} 发来的 {origin} 批次 {number}：密钥 {key} 的签名与其内容不符"
        case .key_revoked:
            "已拒收对端 {peer} 发来的 {origin} 批次 {number}：签名密钥 {key} 已于 {time}（UTC）在此处吊销（{message}）"
        case .key_untrusted:
            "已拒收对端 {peer} 发来的 {origin} 批次 {number}：签名密钥 {key} 在此处尚未受信任：请先与其地区核对，"
                + "再执行 bashuctl key trust"
        case .signature_missing:
            "已拒收对端 {peer} 发来的 {origin} 批次 {number}：该批次没有签名，而其地区的批次必须签名"
        }
    }
}
