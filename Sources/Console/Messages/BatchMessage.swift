/// What the `batch` commands say.
public enum BatchMessage: MessageCatalogue {
    case exported, exportedReceipt, goesOnFrom, signedBy, unsigned, left, exporting, checking, storing
    case imported, importedReceipt, repeated, older, applied, notApplied, notAppliedReason, daemonDown, receiptFor
    case differences, none, sound, badSize, direction, outgoing, incoming, number, made, batches, size, stateApplied
    case stateStored, stateOpen, file, maker, recipient, holds, position, content, signature, digest, programVersion
    case makerValue, recipientValue, contentValue, madeValue, nothing
    case peerTakesNothing, fileLogin, joinByFile, exportedLate, importedLate, late, lateValue
    case beginsAtFirst, upTo
    case codeFor, noCode, badCode, acknowledged, noSuchFile, wrongCode, otherDatabase

    public var bilingual: Bilingual {
        switch self {
        case .exported:
            Bilingual(
                "{path}: file {serial} for {peer}, {batches} batches, {size}.",
                "{path}：给 {peer} 的第 {serial} 个文件，{batches} 批，{size}。")
        case .exportedReceipt:
            Bilingual(
                "{path}: file {serial} for {peer}, without batches: there is nothing here that it lacks.",
                "{path}：给 {peer} 的第 {serial} 个文件，不含批次：此处没有它所缺的内容。")
        case .goesOnFrom: Bilingual("It goes on after {vector}.", "接在 {vector} 之后。")
        case .beginsAtFirst: Bilingual("It begins with the first batch.", "从第一批开始。")
        case .signedBy: Bilingual("Signed by key {key}.", "由密钥 {key} 签名。")
        case .unsigned:
            Bilingual("Not signed: history.key_file names no key.", "没有签名：history.key_file 未指定密钥。")
        case .left:
            Bilingual(
                "{count} batches did not fit: put them into the next file with --continue.",
                "有 {count} 批放不下：请用 --continue 放入下一个文件。")
        case .exporting: Bilingual("batch {done} of {total}", "第 {done} 批，共 {total} 批")
        case .checking: Bilingual("checking, {percent} %", "检查中，{percent} %")
        case .storing: Bilingual("storing, {percent} %", "保存中，{percent} %")
        case .imported:
            Bilingual(
                "File {serial} of {peer}, made {time}: {batches} batches, {new} of them new, with {changes} changes.",
                "{peer} 的第 {serial} 个文件，生成于 {time}：{batches} 批，其中新的 {new} 批，{changes} 项变更。")
        case .importedReceipt:
            Bilingual(
                "File {serial} of {peer}, made {time}: no batches; it says what {peer} has.",
                "{peer} 的第 {serial} 个文件，生成于 {time}：不含批次，只说明 {peer} 已有的内容。")
        case .exportedLate:
            Bilingual("With the signatures of {count} earlier batches.", "附此前 {count} 批的签名。")
        case .importedLate:
            Bilingual("Signatures of {count} earlier batches are new.", "其中此前 {count} 批的签名是新的。")
        default: more
        }
    }

    private var more: Bilingual {
        switch self {
        case .repeated:
            Bilingual("This file was imported before, {time}.", "该文件此前已导入过，时间为 {time}。")
        case .older:
            Bilingual(
                "File {newer} of {peer}, which is newer, was imported before: what this one says of {peer} is left "
                    + "aside.",
                "{peer} 的较新的第 {newer} 个文件已先导入：本文件关于 {peer} 的说明不再采用。")
        case .applied: Bilingual("All of it is applied.", "已全部应用。")
        case .notApplied:
            Bilingual(
                "Stored; not applied yet: {origin} is at batch {applied}, the file goes to {number}.",
                "已保存，尚未全部应用：{origin} 已应用到第 {applied} 批，文件到第 {number} 批。")
        case .notAppliedReason:
            Bilingual(
                "Stored; not applied yet: {origin} is at batch {applied}, the file goes to {number}: {reason}",
                "已保存，尚未全部应用：{origin} 已应用到第 {applied} 批，文件到第 {number} 批：{reason}")
        case .daemonDown:
            Bilingual(
                "bashud is not running here; it will apply what is stored once it is started.",
                "此处的 bashud 没有运行；启动后会应用已保存的内容。")
        case .receiptFor:
            Bilingual(
                "Receipt for {peer}: {path}. Take it there, and import it: bashuctl batch import",
                "给 {peer} 的回执：{path}。请带到对方并导入：bashuctl batch import")
        case .differences: Bilingual("Tables differ: {text}", "表不一致：{text}")
        case .none: Bilingual("No files yet.", "还没有文件。")
        case .sound:
            Bilingual(
                "Whole: every line is as it was written. Whether the batches follow what is in a database, and whose "
                    + "key this is, shows when it is imported.",
                "完整：每一行都与写入时相同。批次是否与数据库相接、密钥属于谁，导入时才能确定。")
        case .badSize:
            Bilingual("--max-size is a number with K, M or G behind it, at least 1M", "--max-size 为数字加 K、M 或 G，至少 1M")
        default: codes
        }
    }

    /// Of receipts by telephone.
    private var codes: Bilingual {
        switch self {
        case .codeFor:
            Bilingual(
                "Or tell {peer} by telephone: file {serial}, code {code}.",
                "或以电话告知 {peer}：第 {serial} 个文件，校验码 {code}。")
        case .noCode:
            Bilingual(
                "No code for the telephone yet: not all of the file, and of what it goes on from, is applied here.",
                "暂不给出电话校验码：文件及其所接续的内容尚未全部应用。")
        case .badCode:
            Bilingual(
                "--code is what bashuctl batch import has printed there, such as 3F7A-0C91-D2E4",
                "--code 为对方 bashuctl batch import 输出的校验码，例如 3F7A-0C91-D2E4")
        case .acknowledged:
            Bilingual(
                "{peer} has taken file {serial}: it has {vector}.",
                "{peer} 已收到第 {serial} 个文件：已有 {vector}。")
        case .noSuchFile:
            Bilingual(
                "no file {serial} for {peer} was made here, as far as is remembered: bashuctl batch list. Nothing was "
                    + "changed",
                "此处没有给 {peer} 的第 {serial} 个文件的记录：bashuctl batch list。未作任何更改")
        case .wrongCode:
            Bilingual(
                "the code is not that of file {serial} for {peer}: have number and code read out again. Nothing was "
                    + "changed",
                "该校验码不是给 {peer} 的第 {serial} 个文件的校验码：请再次核对序号与校验码。未作任何更改")
        case .otherDatabase:
            Bilingual(
                "a file of {peer} has come since file {serial} was made, and its database may be another one by now: "
                    + "only a file from there says what it has. Nothing was changed",
                "第 {serial} 个文件生成之后，{peer} 有文件送达，其数据库可能已更换：它有哪些内容，以其送来的文件为准。未作任何更改")
        default: words
        }
    }

    /// Of peers that take files.
    private var peers: Bilingual {
        switch self {
        case .peerTakesNothing:
            Bilingual(
                "peer {name} takes nothing from here: it has neither a login nor files. Remove it, and add it again "
                    + "with --by-file",
                "对端 {name} 不从此处取得任何内容：既无登录角色，也不用文件。请删除后以 --by-file 重新添加")
        case .fileLogin:
            Bilingual(
                "a login cannot be named {name}: that is how peers by files are kept", "登录角色不能名为 {name}：该写法用于以文件交换的对端")
        default:
            Bilingual(
                "Import the files of {peer} with bashuctl batch import; the first one must go on from nothing.",
                "请用 bashuctl batch import 导入 {peer} 的文件；第一个文件须从头开始。")
        }
    }

    private var words: Bilingual {
        switch self {
        case .peerTakesNothing, .fileLogin, .joinByFile: peers
        case .direction: Bilingual("WAY", "方向")
        case .outgoing: Bilingual("to", "导出")
        case .incoming: Bilingual("from", "导入")
        case .number: Bilingual("FILE", "序号")
        case .made: Bilingual("MADE", "生成时间")
        case .batches: Bilingual("BATCHES", "批次")
        case .size: Bilingual("SIZE", "大小")
        case .stateApplied: Bilingual("applied", "已应用")
        case .stateStored: Bilingual("stored", "已保存")
        case .stateOpen: Bilingual("no receipt", "无回执")
        case .file: Bilingual("File", "文件")
        case .maker: Bilingual("Made by", "生成方")
        case .recipient: Bilingual("Made for", "接收方")
        case .madeValue: Bilingual("{time}, number {serial}", "{time}，第 {serial} 个")
        case .holds: Bilingual("Goes from", "起点")
        case .upTo: Bilingual("GOES TO", "终点")
        case .content: Bilingual("Goes to", "终点")
        case .position: Bilingual("Maker has", "生成方已有")
        case .signature: Bilingual("Signed by", "签名")
        case .late: Bilingual("Signatures", "补签")
        case .lateValue: Bilingual("of {count} batches before these", "此前 {count} 批的签名")
        case .digest: Bilingual("Digest", "摘要")
        case .programVersion: Bilingual("Made", "生成")
        case .makerValue: Bilingual("{kind} {region}, database {database}", "{kind} {region}，数据库 {database}")
        case .recipientValue: Bilingual("{peer} ({region})", "{peer}（{region}）")
        case .contentValue:
            Bilingual("{vector}; {batches} batches, {changes} changes", "{vector}；{batches} 批，{changes} 项变更")
        default: Bilingual("(nothing)", "（无）")
        }
    }
}

/// One-line help of the commands and options of files.
public enum BatchOption: MessageCatalogue {
    case batch, export, importing, list, show, peer, path, continuing, maxSize, from, receipt, noReceipt, timeout, file
    case limit, signatures, acknowledge, taker, serial, code

    public var bilingual: Bilingual {
        switch self {
        case .batch: Bilingual("Changes in files, where no network may be.", "以文件交换变更，用于不得联网的场合。")
        case .export: Bilingual("Write what a peer lacks into a file.", "将对端所缺的内容写入文件。")
        case .importing: Bilingual("Take the file of a peer.", "导入对端的文件。")
        case .list: Bilingual("List the files that were made and taken.", "列出导出与导入的文件。")
        case .show: Bilingual("Check a file and show what is in it.", "检查文件并显示其内容。")
        case .peer: Bilingual("The peer that the file is for.", "文件给哪个对端。")
        case .path: Bilingual("The file to write; none is written over.", "要写的文件；不覆盖已有文件。")
        case .continuing: Bilingual("Go on after the last file for it.", "接着给它的上一个文件导出。")
        case .maxSize: Bilingual("No larger than this, such as 650M or 4G.", "文件不超过此大小，例如 650M 或 4G。")
        case .from: Bilingual("The peer that the file is from, if need be.", "文件来自哪个对端，必要时给出。")
        case .receipt: Bilingual("The receipt (default: FILE.receipt).", "回执文件（默认：文件名加 .receipt）。")
        case .noReceipt: Bilingual("Write no receipt.", "不写回执。")
        case .timeout: Bilingual("How long to wait until it is applied.", "等待应用的时间。")
        case .file: Bilingual("The file.", "文件。")
        case .acknowledge: Bilingual("Note by telephone that a peer has a file.", "以电话确认对端已收到文件。")
        case .taker: Bilingual("The peer that has taken the file.", "收到文件的对端。")
        case .serial: Bilingual("The number of the file.", "文件的序号。")
        case .code: Bilingual("The code that its import has printed.", "对端导入后输出的校验码。")
        case .signatures: Bilingual("With the signatures of all earlier batches.", "附此前全部批次的签名。")
        case .limit: Bilingual("At most so many files.", "最多显示的文件数。")
        }
    }
}

/// Pages of help about files.
public enum BatchPage: MessageCatalogue {
    case batchMore, exportMore, importMore, showMore, acknowledgeMore

    public var bilingual: Bilingual {
        switch self {
        case .batchMore:
            Bilingual(
                """
                Two databases that must not be connected exchange files: each one's file brings the other its \
                changes, and says what has come. Files and links may be mixed. Export and import work as the role \
                that bashud logs in as.

                Example:
                  bashuctl peer add 51 --by-file
                  sudo -u bashu bashuctl batch export --for 51 -o /media/usb/50-1.bashu
                """,
                """
                不得连接的两个数据库以文件交换变更：各自的文件带去自己的变更，并说明已收到的内容。文件与链路可以混用。\
                导出与导入须以 bashud 的登录角色执行。

                示例：
                  bashuctl peer add 51 --by-file
                  sudo -u bashu bashuctl batch export --for 51 -o /media/usb/50-1.bashu
                """)
        case .exportMore:
            Bilingual(
                """
                The file has every batch that the peer is not known to have, by its last file or link. With \
                --continue those after the last file that was made for it: smaller, but all files must arrive. The \
                file is compressed, and signed with history.key_file; it has its name only when it is whole.

                Example:
                  sudo -u bashu bashuctl batch export --for 51 -o /media/usb/50-1.bashu
                """,
                """
                文件包含尚不知对端已有的全部批次，以其上一个文件或链路为准。带 --continue 时接着给它的上一个文件：更小，\
                但每个文件都必须送到。文件经过压缩，并用 history.key_file 签名；完整之后才使用其文件名。

                示例：
                  sudo -u bashu bashuctl batch export --for 51 -o /media/usb/50-1.bashu
                """)
        case .importMore:
            Bilingual(
                """
                Reads the whole file first, and changes nothing unless all of it is right. Interrupted, it is run \
                again; run twice, it does nothing more. Then waits until bashud has applied it (exit status 3 if it \
                has not), and writes a receipt for the way back.

                Example:
                  sudo -u bashu bashuctl batch import /media/usb/50-1.bashu
                """,
                """
                先读取整个文件，全部正确才作任何更改。中断后可重新执行；重复执行没有影响。之后等待 bashud 应用（未完成则退出\
                状态为 3），并写出带回的回执。

                示例：
                  sudo -u bashu bashuctl batch import /media/usb/50-1.bashu
                """)
        case .acknowledgeMore: acknowledgePage
        case .showMore: showPage
        }
    }

    private var showPage: Bilingual {
        Bilingual("Needs no database and no rights but to read the file.", "不需要数据库，只需读取文件的权限。")
    }

    private var acknowledgePage: Bilingual {
        Bilingual(
            """
            For networks with one way: does what the receipt would have done, and nothing more. The peer reads \
            out what bashuctl batch import has printed there. A wrong code changes nothing.

            Example:
              sudo -u bashu bashuctl batch acknowledge --for 51 --file 7 \\
                  --code 3F7A-0C91-D2E4
            """,
            """
            用于单向网络：效果与回执相同，别无其他。由对端读出其 bashuctl batch import 输出的内容。校验码有误时不作\
            任何更改。

            示例：
              sudo -u bashu bashuctl batch acknowledge --for 51 --file 7 \\
                  --code 3F7A-0C91-D2E4
            """)
    }
}
