public import Reasons

extension InstallReason: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .bad_region: "\"{region}\" 不是有效的地区代码"
        case .server_old: "服务器为 PostgreSQL {version}，最低要求为 15"
        case .encoding_other: "数据库编码为 {encoding}，不是 UTF8"
        case .server_standby: "该服务器是备机，不能写入"
        case .no_create: "{role} 无权在数据库 {database} 中创建模式"
        case .no_plpgsql: "{role} 无权使用语言 plpgsql"
        case .letters_unknown: "数据库的字符类型 {locale} 不能识别汉字"
        case .schema_taken: "已有一个名为 \"bashu\" 的模式，但不属于 Bashu"
        case .owner_other: "Bashu 的对象属于 {owner}，当前角色是 {user}"
        case .schema_newer: "数据库中的 Bashu 模式版本为 {installed}，本程序适用于 {expected}"
        case .other_node: "该数据库是 {kind} {region}，不是 {wantedKind} {wantedRegion}"
        case .role_missing: "没有供守护进程使用的角色 {role}"
        case .role_superuser: "守护进程的角色 {role} 是超级用户"
        case .role_no_login: "守护进程的角色 {role} 不能登录"
        case .role_owner: "守护进程的角色 {role} 就是属主，而属主的写入必须被捕获"
        case .role_member: "守护进程的角色 {role} 是属主角色的成员，拥有属主的一切权限"
        case .role_no_connect: "守护进程的角色 {role} 无权连接 {database} 或在其中使用临时表"
        case .daemon_here: "该数据库上正在运行守护进程，或另一个 bashuctl init"
        }
    }
}

extension InstallRemedy: MessageCatalogue {
    public var bilingual: Bilingual { Bilingual(rawValue, chinese) }

    private var chinese: String {
        switch self {
        case .use_code: "请使用 1 至 32 个字母、数字或下划线，例如 50 或 51"
        case .upgrade_server: "请升级服务器"
        case .create_unicode: "请以 ENCODING 'UTF8' TEMPLATE template0 创建数据库并迁移数据"
        case .use_primary: "请在其主库上安装：对象会自动到达此处"
        case .grant_create: "请执行 GRANT CREATE ON DATABASE {database} TO {role}"
        case .grant_plpgsql: "请执行 GRANT USAGE ON LANGUAGE plpgsql TO {role}"
        case .create_ctype:
            "请以 LC_CTYPE 'C.UTF-8' 或 'zh_CN.UTF-8' TEMPLATE template0 创建数据库并迁移数据"
        case .rename_schema: "请将其改名或删除"
        case .connect_owner: "请以 {owner} 连接"
        case .newer_program: "请使用较新的程序"
        case .uninstall_first: "如要改变其身份，请先执行 bashuctl uninstall"
        case .create_role: "请执行 CREATE ROLE {role} LOGIN"
        case .no_superuser: "请执行 ALTER ROLE {role} NOSUPERUSER，或改用专用角色"
        case .alter_login: "请执行 ALTER ROLE {role} LOGIN"
        case .own_role: "请使用专用角色：CREATE ROLE bashud LOGIN"
        case .revoke_member: "请用 REVOKE 收回成员资格，或改用专用角色"
        case .grant_connect: "请执行 GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}"
        case .stop_daemon: "请先停止 bashud"
        }
    }
}
