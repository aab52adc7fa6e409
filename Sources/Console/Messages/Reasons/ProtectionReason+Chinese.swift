public import Reasons

extension ProtectionReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .mode_weak:
            "sslmode={mode} 时他人可窃听和伪造对端发来的内容：请在其连接串中设置 sslmode=verify-full 和 sslrootcert"
                + "（bashuctl peer remove、peer add）"
        case .not_encrypted:
            "与对端的连接未加密、未核验，因此已关闭：请在其连接串中设置 sslmode=verify-full，并以对端的域名为 host"
        case .tls_off: "对端服务器未启用 TLS：请在对端设置 ssl = on"
        case .no_root_certificate:
            "没有可用于核验对端服务器的证书：请在其连接串中用 sslrootcert 指定其签发机构的证书文件（{message}）"
        case .other_host:
            "对端服务器的证书属于另一名称：连接串中的 host 必须是证书所列名称之一，否则对端须更换证书（{message}）"
        case .certificate_expired: "对端服务器的证书已于 {day} 到期：须由对端更新"
        case .certificate_early: "对端服务器的证书尚未生效：请核对双方时钟，或等待"
        case .certificate_revoked: "对端服务器的证书已被吊销：对端须更换证书"
        case .certificate_authority:
            "对端服务器的证书不是由 sslrootcert 中的机构签发：在添加该机构之前，请先查明应答者的身份"
        case .revocation_list:
            "无法核验对端服务器的证书，因为 sslcrl 已过期或属于其他机构：请重新获取吊销列表"
        case .certificate_not_accepted: "对端服务器的证书未被接受（{message}）：对端须更换证书"
        case .certificate_unclear:
            "对端服务器的证书未被接受：请用 openssl s_client -starttls postgres 查看"
        case .own_certificate_refused:
            "对端服务器不接受本方证书（{message}）：证书须在有效期内、由对端信任的机构签发、未被吊销，且与本方在对端的"
                + "登录角色一致（sslcert、sslkey）"
        case .own_certificate_unusable:
            "本方证书或其私钥无法使用（{message}）：请检查连接串中的 sslcert、sslkey；私钥须归 bashud 的运行用户所有，"
                + "权限为 0600"
        case .certificate_ends: "对端服务器的证书将于 {day} 到期，还有 {days} 天：须由对端更新"
        case .own_certificate_ends: "本方用于该对端的证书将于 {day} 到期，还有 {days} 天：请更新"
        }
    }
}
