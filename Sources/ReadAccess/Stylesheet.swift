/// The look of the pages, for screens large and small and for paper.
enum Stylesheet {
    static let text = """
        :root{--ink:#1d2733;--soft:#55606e;--line:#d9dee4;--ground:#f6f7f8;--paper:#fff;--link:#0b5394;--mark:#8a3b00}
        *{box-sizing:border-box}
        html{font:16px/1.6 system-ui,"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",\
        "WenQuanYi Micro Hei",sans-serif;color:var(--ink);background:var(--ground);-webkit-text-size-adjust:100%}
        body{margin:0}
        header,main,footer{max-width:66rem;margin:0 auto;padding:0 1.25rem}
        header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding-top:1.1rem;\
        padding-bottom:.9rem}
        .site{color:var(--ink);text-decoration:none}
        .site b{font-size:1.2rem;margin-right:.6rem}
        .site span{color:var(--soft);font-size:.9rem}
        .lang{padding:.3rem .2rem}
        a{color:var(--link)}
        a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible\
        {outline:3px solid #f2a900;outline-offset:2px}
        main{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:1.4rem 1.5rem 1.8rem;\
        width:calc(100% - 2.5rem)}
        h1{font-size:1.6rem;line-height:1.35;margin:.1rem 0 .8rem}
        h2{font-size:1.1rem;margin:1.8rem 0 .5rem}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .search p{margin:.4rem 0}
        label{font-size:.9rem;color:var(--soft)}
        .query{display:grid;grid-template-columns:1fr auto;gap:.3rem .6rem}
        .query label{grid-column:1/-1}
        input,select,button{font:inherit;color:inherit;border:1px solid #8a94a0;border-radius:4px;\
        padding:.45rem .6rem;background:#fff;min-height:2.75rem;max-width:100%}
        input[type=checkbox]{min-height:0;width:1.15rem;height:1.15rem;vertical-align:-.15rem}
        button{background:var(--link);border-color:var(--link);color:#fff;padding:.45rem 1.5rem;cursor:pointer}
        summary{cursor:pointer;color:var(--link);padding:.3rem 0;width:max-content}
        .filters{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;align-items:end}
        .filters label{display:block}
        .filters .check{align-self:end;padding-bottom:.55rem}
        .filters .check label{display:inline}
        .hint,.none{color:var(--soft);font-size:.92rem}
        .hint a{margin-right:.5rem;white-space:nowrap}
        table{border-collapse:collapse;width:100%;margin:.4rem 0}
        caption{text-align:left;color:var(--soft);font-size:.9rem;padding:.3rem 0}
        th,td{text-align:left;vertical-align:top;padding:.5rem .8rem .5rem 0;border-bottom:1px solid var(--line)}
        thead th{font-size:.85rem;font-weight:600;color:var(--soft);white-space:nowrap}
        tbody th{font-weight:600}
        .results{margin-top:1rem}
        .results tbody th,.date,.status,.dispute{white-space:nowrap}
        .date{font-variant-numeric:tabular-nums}
        small{color:var(--soft)}
        .fields th{width:13rem;font-weight:400;color:var(--soft)}
        td{overflow-wrap:anywhere}
        .status,.dispute{display:inline-block;border:1px solid;border-radius:3px;padding:0 .45rem;font-size:.88rem;\
        line-height:1.55;margin-right:.35rem}
        .current{color:#11603b;background:#eaf6ef}
        .upcoming,.planned,.unpublished{color:#1b4d8a;background:#ecf3fb}
        .abolished{color:#5b6069;background:#f0f1f3}
        .unknown{color:#5b6069;border-style:dashed}
        .dispute{color:var(--mark);background:#fff3e4;font-weight:600}
        .number{font-size:1.1rem;margin:0;color:var(--soft)}
        .number .status{margin-left:.5rem}
        .subtitle{margin:-.5rem 0 .8rem;color:var(--soft)}
        .disputed{border-left:4px solid var(--mark);background:#fff8ef;padding:.6rem 1rem;margin:1rem 0}
        .disputed h2{margin:0;color:var(--mark)}
        .disputed p,.disputed ul{margin:.3rem 0}
        .warning{border-left:4px solid #a3260f;background:#fdf1ef;padding:.5rem 1rem;margin:0 0 1rem}
        .warning strong{color:#a3260f}
        .wide{overflow-x:auto}
        .own{background:#f4f7fa}
        .history{list-style:none;padding:0;margin:0}
        .history>li{border-left:2px solid var(--line);padding:0 0 .7rem 1rem}
        .history p,.history ul{margin:.1rem 0}
        time{font-variant-numeric:tabular-nums}
        del{color:var(--soft)}
        ins{text-decoration:none;font-weight:600}
        code{font-size:.9em;overflow-wrap:anywhere}
        .paging{display:flex;gap:1.5rem;margin-top:1rem}
        .paging a{padding:.4rem 0}
        footer{color:var(--soft);font-size:.88rem;padding-top:1rem;padding-bottom:2rem}
        .freshness h2{font-size:.88rem;display:inline;margin:0 .5rem 0 0}
        .freshness ul{display:inline;padding:0;margin:0}
        .freshness li{display:inline;margin-right:1.2rem}
        .freshness p{margin:.2rem 0}
        .stale strong{color:#fff;background:#a3260f;border-radius:3px;padding:.05rem .45rem}
        @media(max-width:44rem){
        main{width:100%;border-width:1px 0;border-radius:0;padding:1rem}
        header,footer{padding-left:1rem;padding-right:1rem}
        .site span{display:block}
        h1{font-size:1.35rem}
        .results thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .results,.results caption,.results tbody,.results tr,.results th,.results td{display:block;width:100%}
        .results tr{border-bottom:1px solid var(--line);padding:.6rem 0}
        .results th,.results td{border:0;padding:.05rem 0}
        .results tr td:not(.title){display:inline-block;width:auto;margin-right:.8rem}
        .fields th{width:8rem}
        .freshness li{display:block}
        .freshness ul,.freshness h2{display:block}
        }
        @media print{
        html{background:#fff;font-size:11pt}
        main{border:0;padding:0;width:100%}
        .search,.lang,.paging,.hint{display:none}
        a{color:inherit;text-decoration:none}
        header,main,footer{max-width:none;padding-left:0;padding-right:0}
        tr,li{break-inside:avoid}
        }

        """

    /// Changes with the text; it needs no more than that.
    static let tag: String = {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return "style-" + String(hash, radix: 16)
    }()
}
