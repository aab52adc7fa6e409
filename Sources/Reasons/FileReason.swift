/// What the system says of a file that cannot be used.
public enum FileReason: String, ReasonSentence {
    case no_such_file = "No such file or directory"
    case permission_denied = "Permission denied"
    case is_a_directory = "Is a directory"
    case not_a_directory = "Not a directory"
    case no_space = "No space left on device"
    case read_only = "Read-only file system"
    case name_too_long = "File name too long"
    case file_too_long = "it is longer than 1 MB"
    case not_unicode = "it is not UTF-8 text"
    case file_missing = "it does not exist"
    case input_output = "Input/output error"
}
