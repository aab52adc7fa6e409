/// What `bashuctl doctor` finds about peers; see `DoctorMessage`.
public enum DoctorPeerMessage: String, MessageCatalogue {
    case link_fault, clock_off, certificate, certificate_soon, certificate_expired
    case own_certificate, own_certificate_soon, own_certificate_expired
    case lives, former_open, copy_refused, copy_of_ours
    case peer, peer_schema, peer_differs, peer_failed, peer_silent
    // The page around them.
    case asking, allWell, summary, severityOK, severityWarning, severityCritical, doctorMore

    public var bilingual: Bilingual {
        switch self {
        case .link_fault: Bilingual("Link to {peer} is {state}: {reason}", "到 {peer} 的链路{state}：{reason}")
        case .clock_off:
            Bilingual(
                "The clock of {peer} is {milliseconds} ms off ours: set both by NTP",
                "{peer} 的时钟与此处相差 {milliseconds} 毫秒：两处请用 NTP 校时")
        case .certificate: Bilingual("The certificate of {peer} is valid until {until}", "{peer} 的证书有效期至 {until}")
        case .certificate_soon:
            Bilingual(
                "The certificate of {peer} expires on {until}: it must be renewed there",
                "{peer} 的证书将于 {until} 到期：须在对端更新")
        case .certificate_expired:
            Bilingual(
                "The certificate of {peer} expired on {until}: it must be renewed there",
                "{peer} 的证书已于 {until} 到期：须在对端更新")
        case .own_certificate:
            Bilingual(
                "Our certificate for {peer} is valid until {until}",
                "用于 {peer} 的证书有效期至 {until}")
        case .own_certificate_soon:
            Bilingual("Our certificate for {peer} expires on {until}: renew it", "用于 {peer} 的证书将于 {until} 到期：请更新")
        case .own_certificate_expired:
            Bilingual("Our certificate for {peer} expired on {until}: renew it", "用于 {peer} 的证书已于 {until} 到期：请更新")
        case .peer: Bilingual("{peer} answers as region or institution {region}", "{peer} 有应答，身份为 {region}")
        case .peer_schema:
            Bilingual(
                "{peer} has schema {there}, this database {here}: upgrade the older",
                "{peer} 的模式版本为 {there}，此处为 {here}：请升级较旧的一方")
        case .peer_differs: Bilingual("{peer}: {difference}: make the tables alike", "{peer}：{difference}：请使两处的表一致")
        case .peer_failed: Bilingual("{peer} cannot be pulled from: {reason}", "无法从 {peer} 拉取：{reason}")
        case .peer_silent: Bilingual("{peer} was not asked: bashud gave no answer", "未能询问 {peer}：bashud 没有应答")
        case .lives: Bilingual("No former origin waits for its end", "没有待关闭的旧源")
        case .former_open:
            Bilingual(
                "Former origin {origin} is open: when its server is off for good and nobody has more of it (bashuctl "
                    + "origin list), end it with bashuctl origin close",
                "旧源 {origin} 尚未关闭：其服务器永久停用且无人持有更多批次时（bashuctl origin list），请用 bashuctl origin close 关闭")
        case .copy_refused:
            Bilingual(
                "A second database of {peer}, with origin {origin}, tried to connect here on {time} UTC and was "
                    + "refused: only one may run, tell them",
                "{peer} 的第二个数据库（源 {origin}）曾于 {time} UTC 尝试连接并被拒绝：只能运行一个，请告知对方")
        case .copy_of_ours: Bilingual("{peer} says: {reason}", "{peer} 报告：{reason}")
        default: page
        }
    }

    private var page: Bilingual {
        switch self {
        case .asking: Bilingual("asking {peer}", "正在询问 {peer}")
        case .allWell: Bilingual("Nothing needs to be done.", "无需处理。")
        case .summary: Bilingual("{critical} critical, {warning} warnings", "严重 {critical} 项，警告 {warning} 项")
        case .severityOK: Bilingual("OK", "正常")
        case .severityWarning: Bilingual("WARNING", "警告")
        case .severityCritical: Bilingual("CRITICAL", "严重")
        default:
            Bilingual(
                """
                Changes nothing. One line for each thing: OK, WARNING or CRITICAL. Peers are asked through bashud. \
                Exit status 3 when anything is critical, else 0. Run it as the owner: others see less, and are told so.

                Example:
                  bashuctl doctor -o json
                """,
                """
                不做任何更改。每项一行：正常、警告或严重。对端经由 bashud 询问。有严重项时退出状态为 3，否则为 0。请以属主身份运行：\
                其他角色看到的较少，并会注明。

                示例：
                  bashuctl doctor -o json
                """)
        }
    }
}
