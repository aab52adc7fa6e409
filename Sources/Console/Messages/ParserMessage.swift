public import Reasons

/// What the parser of command lines says by itself, in its own words.
public enum ParserMessage: String, ReasonSentence, MessageCatalogue {
    case unknown_option = "Unknown option '{name}'"
    case unknown_option_similar = "Unknown option '{name}'. Did you mean '{suggestion}'?"
    case missing_value = "Missing value for '{name}'"
    case needless_value = "The option '{name}' does not take any value, but '{value}' was specified."
    case unexpected_argument = "Unexpected argument '{value}'"
    case unexpected_arguments = "{count} unexpected arguments: '{values}'"
    case set_twice = "Value to be set with {later} had already been set with {earlier}"
    case missing_argument = "Missing expected argument '{name}'"
    case missing_one_of = "Missing one of: '{names}'"
    case invalid_value = "The value '{value}' is invalid for '{name}'"
    case see_help = "See '{command}' for more information."
    case see_subcommand = "See '{command}' for detailed help."
    case show_version = "Show the version."
    case show_help = "Show help information."
    case error_line = "Error: {rest}"
    case usage_line = "Usage: {rest}"
    case help_line = "Help:  {rest}"
    case overview = "OVERVIEW: {rest}"
    case usage = "USAGE: {rest}"
    case arguments = "ARGUMENTS:"
    case options = "OPTIONS:"
    case subcommands = "SUBCOMMANDS:"

    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .unknown_option: "没有选项“{name}”"
        case .unknown_option_similar: "没有选项“{name}”。是否指“{suggestion}”？"
        case .missing_value: "“{name}”缺少值"
        case .needless_value: "选项“{name}”不带值，却给出了“{value}”。"
        case .unexpected_argument: "多余的参数“{value}”"
        case .unexpected_arguments: "有 {count} 个多余的参数：“{values}”"
        case .set_twice: "{later} 与前面的 {earlier} 重复设置同一个值"
        case .missing_argument: "缺少参数“{name}”"
        case .missing_one_of: "缺少下列参数之一：“{names}”"
        case .invalid_value: "值“{value}”不能用于“{name}”"
        case .see_help: "详见“{command}”。"
        case .see_subcommand: "各子命令的说明见“{command}”。"
        case .show_version: "显示版本。"
        case .show_help: "显示本说明。"
        case .error_line: "错误：{rest}"
        case .usage_line, .usage: "用法：{rest}"
        case .help_line: "说明：{rest}"
        case .overview: "概述：{rest}"
        case .arguments: "参数："
        case .options: "选项："
        case .subcommands: "子命令："
        }
    }

    /// What stands for a value in a line of usage, in Chinese; English is `NAME` and `<name>`.
    public static let placeholders: [String: String] = [
        "CHOICE": "取舍", "CODE": "代码", "COLUMN": "列", "COLUMNS": "列", "COMMAND": "命令", "CONNINFO": "连接串",
        "FILE": "文件", "HEX": "数字", "DIGITS": "数字", "FINGERPRINT": "指纹",
        "FORMAT": "格式", "HANDLE": "句柄", "HOW": "方式", "KEY": "键", "KIND": "种类", "LIMIT": "行数",
        "LOGIN": "登录角色", "NAME": "名称", "OPTIONS": "选项", "PEER": "对端", "REGION": "地区", "ROLE": "角色",
        "ROWS": "行数", "SECONDS": "秒数", "SIZE": "大小", "SIDE": "一方", "STATE": "状态", "SUBCOMMAND": "子命令", "TABLE": "表",
        "TABLES": "表", "TEXT": "文字", "TIME": "时间", "TYPE": "类型", "ARGUMENTS": "参数",
    ]
}
