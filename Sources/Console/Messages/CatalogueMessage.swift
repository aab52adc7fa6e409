/// What `catalogue` says.
public enum CatalogueMessage: MessageCatalogue {
    case catalogueInstalled, catalogueCurrent, readerInstalled, readerWaits, tablesShared, noAlarms, alarms
    case alarm, number, other, detail, notInstalled, byHand

    public var bilingual: Bilingual {
        switch self {
        case .catalogueInstalled:
            Bilingual("The catalogue's tables are installed ({count} files).", "目录表已安装（{count} 个文件）。")
        case .catalogueCurrent: Bilingual("The catalogue's tables are up to date.", "目录表已是最新。")
        case .readerInstalled:
            Bilingual("What readers see (schema reader) is installed.", "读者接口（模式 reader）已安装。")
        case .readerWaits:
            Bilingual(
                """
                Schema reader, with freshness and disputes, comes after bashuctl init: run this again then.
                """, "模式 reader（含时效与争议）需在 bashuctl init 之后安装：届时请再次运行本命令。")
        case .tablesShared: Bilingual("{count} tables are shared now.", "新增共享 {count} 个表。")
        case .noAlarms: Bilingual("Nothing to look at.", "没有需要核查的内容。")
        case .alarms: Bilingual("{count} things for people to look at.", "有 {count} 项需人工核查。")
        case .alarm: Bilingual("ALARM", "类别")
        case .number: Bilingual("NUMBER", "标准号")
        case .other: Bilingual("OTHER", "相关标准")
        case .detail: Bilingual("DETAIL", "说明")
        case .notInstalled:
            Bilingual(
                "this database has no schema reader; run: bashuctl catalogue install",
                "本数据库没有模式 reader；请运行：bashuctl catalogue install")
        case .byHand:
            Bilingual(
                """
                schema catalogue is there, but nothing tells which of its files were run; drop the schema if it is \
                empty, or ask whoever made it
                """, "模式 catalogue 已存在，但无法确定已执行过哪些文件；如为空请删除该模式，或询问创建者")
        }
    }
}

/// Help on the catalogue.
public enum CataloguePage: MessageCatalogue {
    case catalogueInstallMore, catalogueCheckMore

    public var bilingual: Bilingual {
        switch self {
        case .catalogueInstallMore:
            Bilingual(
                """
                Run it as the owner. Installs the tables, after bashuctl init what readers see too, and after an \
                upgrade what is new. --share makes every table a shared one; phone and identity numbers of persons \
                stay in the database where they were entered.

                Example:
                  bashuctl catalogue install --share
                """,
                """
                请以属主身份运行。安装目录表；在 bashuctl init 之后一并安装读者接口；升级后安装新增部分。--share 将全部表设为共享；\
                人员的电话和证件号码只保留在录入它们的数据库。

                示例：
                  bashuctl catalogue install --share
                """)
        case .catalogueCheckMore:
            Bilingual(
                """
                Things that are wrong although each row is right: halves of a joint standard that disagree, two \
                current editions, replacement cycles, illegal moves of status, citations of withdrawn standards. \
                The same as the view reader.alarm. Exit status 4 when there are any.
                """,
                """
                各行本身无误但相互矛盾的内容：联合标准两半不一致、同一标准有两个现行版本、代替关系成环、状态违规变更、引用已废止标准。\
                与视图 reader.alarm 相同。有此类内容时退出状态为 4。
                """)
        }
    }
}
