public import Reasons

extension TransferReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .file_unusable: "无法使用 {file}：{message}"
        case .file_exists: "已存在文件 {file}：不覆盖任何文件，请另选文件名"
        case .file_busy: "另一个程序正在写入 {file}"
        case .not_a_file: "{file} 不是普通文件：需要读取两遍，不能来自管道"
        case .not_a_transfer: "{file} 不是 bashuctl batch export 生成的文件"
        case .other_format: "{file} 的格式版本为 {version}，本程序读取的版本为 {spoken}：请两边使用相同版本的 Bashu"
        case .no_hash_function: "{file} 需要哈希函数 {name}，本机的 libcrypto 不支持"
        case .cut_in_head: "{file} 在文件头处被截断：请重新复制"
        case .cut_in_batch: "{file} 在 {origin} 的第 {number} 批处被截断：请重新复制"
        case .cut_at_end: "{file} 在最后一批之后被截断：请重新复制"
        case .damaged_head: "{file} 的文件头与写入时不同（{message}）：请重新复制"
        case .damaged_batch: "{file} 中 {origin} 的第 {number} 批与写入时不同（{message}）：请重新复制"
        case .damaged_end: "{file} 的结尾与写入时不同（{message}）：请重新复制"
        case .transfer_altered: "{file} 在生成之后被更改：摘要与内容不符"
        case .file_signature_wrong: "{file} 在签名之后被更改：密钥 {key} 的签名与内容不符"
        default: later
        }
    }

    private var later: String {
        switch self {
        case .file_signature_missing:
            "{file} 没有签名，而此处已信任地区 {region} 的密钥：请在该地区设置 history.key_file 后重新导出"
        case .file_key_untrusted: "{file} 由密钥 {key} 签名，此处无人信任该密钥：请与其地区核对后执行 bashuctl key trust"
        case .file_key_revoked: "{file} 由密钥 {key} 签名，该密钥已于 {time} UTC 在此处吊销（{message}）"
        case .late_signature_wrong:
            "{file} 中密钥 {key} 对 {origin} 的第 {number} 批的签名与该批不符：文件未导入任何内容，请重新导出"
        case .from_itself: "{file} 由本数据库自身或其副本生成"
        case .for_another: "{file} 是为 {peer} 生成的；本数据库是 {own}"
        case .for_former:
            "{file} 是为 {peer} 的另一个数据库生成的，该数据库已重建：请把此处生成的文件（bashuctl batch export）带到对方，再重新导出"
        case .maker_unknown: "{file} 来自 {region}，此处没有这样的对端：bashuctl peer add {region} --by-file"
        case .other_batch:
            "{file} 中 {origin} 的第 {number} 批与此处的不同：有两个数据库在同一个源下发布，见 Deploy/guide/lives.md"
        case .file_lost:
            """
            {file} 接在 {origin} 的第 {number} 批之后，而此处为第 {here} 批：文件 {serial}（生成于 {time} UTC）尚未导入。\
            请先导入该文件，或不带 --continue 重新导出
            """
        case .batches_lacking:
            "{file} 接在 {origin} 的第 {number} 批之后，而此处为第 {here} 批：中间的批次尚未到达。请不带 --continue 重新导出"
        case .not_the_daemon:
            """
            此操作须以 bashud 的登录角色 {role} 执行，当前角色为 {user}。请以守护进程的用户运行：sudo -u bashu bashuctl \
            batch …
            """
        case .origin_busy: "某个链接正在接收 {origin} 的批次：请稍后重试"
        case .export_running: "另一个面向 {peer} 的导出正在进行"
        default: "{origin} 的第 {number} 批与导出开始时不同：请重试"
        }
    }
}
