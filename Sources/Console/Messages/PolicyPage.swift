/// Pages of help about policies.
public enum PolicyPage: MessageCatalogue {
    case policyApplyMore, policyRehearseMore

    public var bilingual: Bilingual {
        switch self {
        case .policyApplyMore:
            Bilingual(
                """
                Tables that the file does not name return to the default. Every region needs the same file: a link \
                between different policies is held, and goes on by itself once they are equal. A replica takes its \
                policy from its upstream.

                Example:
                  bashuctl policy check policy.toml
                  bashuctl policy apply policy.toml
                """,
                """
                文件中没有的表恢复为默认策略。各地区须使用同一文件：策略不同的链路会被搁置，相同后自动恢复。副本的策略取自其上游。

                示例：
                  bashuctl policy check policy.toml
                  bashuctl policy apply policy.toml
                """)
        case .policyRehearseMore:
            Bilingual(
                """
                Merges every recorded conflict under the file's policy and changes nothing. The unique and the \
                foreign-key rule are left out.

                Example:
                  bashuctl policy rehearse policy.toml
                """,
                """
                按该文件的策略合并所有记录的冲突，不改变任何内容。不包括唯一性和外键规则。

                示例：
                  bashuctl policy rehearse policy.toml
                """)
        }
    }
}
