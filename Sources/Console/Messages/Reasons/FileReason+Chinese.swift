public import Reasons

extension FileReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .no_such_file: "没有该文件或目录"
        case .permission_denied: "没有权限"
        case .is_a_directory: "这是目录，不是文件"
        case .not_a_directory: "路径中有一段不是目录"
        case .no_space: "磁盘空间不足"
        case .read_only: "文件系统为只读"
        case .name_too_long: "文件名过长"
        case .file_too_long: "超过 1 MB"
        case .not_unicode: "不是 UTF-8 文本"
        case .file_missing: "文件不存在"
        case .input_output: "读写错误"
        }
    }
}
