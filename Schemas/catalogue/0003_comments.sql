-- The catalogue of standards, part 3: what every table and column means, in Chinese and English.
-- The comment of a column begins with its column group in brackets (see 0002_standard.sql).

COMMENT ON TABLE catalogue.organization IS
    '机构：发布、起草、归口等单位 / Organisation: issues, drafts or is in charge of standards';
COMMENT ON COLUMN catalogue.organization.org_id IS
    '[key] 机构标识，由统一社会信用代码或名称导出，不变 / Identifier, derived at first entry (organization_id), never changed';
COMMENT ON COLUMN catalogue.organization.uscc IS '[I] 统一社会信用代码（GB 32100） / Unified social credit code';
COMMENT ON COLUMN catalogue.organization.name_zh IS '[T] 现用中文名称 / Present name in Chinese';
COMMENT ON COLUMN catalogue.organization.name_en IS '[T] 英文名称 / Name in English';
COMMENT ON COLUMN catalogue.organization.org_type IS
    '[I] 机构类型：government 政府部门，association 社会团体，enterprise 企业，institute 科研院所，university 高校，committee 技术委员会，other '
    '其他 / Type of organisation';
COMMENT ON COLUMN catalogue.organization.division_code IS
    '[I] 行政区划代码（GB/T 2260） / Administrative division code, six digits';
COMMENT ON COLUMN catalogue.organization.home_region IS
    '[I] 归属地：两位区划代码（50 重庆，51 四川）、CN 全国、INTL 国际 / Home region: two-digit division code, CN or INTL; NULL: not '
    'known';
COMMENT ON COLUMN catalogue.organization.remarks IS '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.organization_alias IS
    '机构的其他名称（曾用名、简称等） / Other names of an organisation, so that an old name still finds it';
COMMENT ON COLUMN catalogue.organization_alias.org_id IS '[key] 机构 / Organisation';
COMMENT ON COLUMN catalogue.organization_alias.alias IS '[key] 其他名称 / The other name';
COMMENT ON COLUMN catalogue.organization_alias.alias_type IS
    '[S] 类型：former 曾用名，short 简称，translated 译名，as_published 文献所载 / Type of the name';
COMMENT ON COLUMN catalogue.organization_alias.used_until IS '[S] 停用日期 / Last day of use of a former name';

COMMENT ON TABLE catalogue.announcement IS
    '公告：一次发布或废止若干标准的文件 / Announcement: publishes or abolishes standards together';
COMMENT ON COLUMN catalogue.announcement.announcement_id IS
    '[key] 公告标识，由发布机构与公告号导出，不变 / Identifier, derived at first entry (announcement_id), never changed';
COMMENT ON COLUMN catalogue.announcement.number_text IS '[I] 公告号（按发布原样） / Number as published';
COMMENT ON COLUMN catalogue.announcement.title IS '[T] 公告标题 / Title';
COMMENT ON COLUMN catalogue.announcement.issuing_org_id IS '[I] 发布机构 / Issuing organisation';
COMMENT ON COLUMN catalogue.announcement.issue_date IS '[I] 发布日期 / Date of issue';
COMMENT ON COLUMN catalogue.announcement.standard_count IS
    '[-] 公告所涉标准数（公告自述，不由本目录计算） / How many standards it says it covers; never counted here';
COMMENT ON COLUMN catalogue.announcement.url IS '[-] 网址 / Address on the web';
COMMENT ON COLUMN catalogue.announcement.home_region IS '[I] 归属地 / Home region, as in organization';
COMMENT ON COLUMN catalogue.announcement.remarks IS '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.joint_group IS
    '联合标准组：多地联合发布、各有编号的同一文本 / Joint group: one text that several regions published, each under its own number';
COMMENT ON COLUMN catalogue.joint_group.joint_group_id IS
    '[key] 联合组标识，由首次登记的成员导出，不变 / Identifier, derived from its first members (joint_group_id), never changed';
COMMENT ON COLUMN catalogue.joint_group.title_zh IS '[T] 共同中文名称 / Common title in Chinese';
COMMENT ON COLUMN catalogue.joint_group.cover_wording IS '[-] 封面用语，如“川渝区域地方标准” / How the cover names the series';
COMMENT ON COLUMN catalogue.joint_group.remarks IS '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.standard IS '标准：每个版本一行 / Standard: one row for each edition';
COMMENT ON COLUMN catalogue.standard.std_id IS
    '[key] 内部标识：UUID v5，首次登记时由类别、发布者代码、规范化标准号导出，此后不变 / Identifier: UUID version 5 of kind, issuer code and '
    'canonical number at first entry (standard_id), never changed';
COMMENT ON COLUMN catalogue.standard.number_raw IS '[I] 标准号（按发布原样） / Number as published';
COMMENT ON COLUMN catalogue.standard.number_norm IS '[I] 规范化标准号（自动生成） / Canonical number; generated';
COMMENT ON COLUMN catalogue.standard.number_form IS
    '[I] 标准号形式（自动生成）；空值表示不符合任何已知形式，需核对 / Form of the number; generated. NULL flags a number that fits no known '
    'form';
COMMENT ON COLUMN catalogue.standard.number_code IS '[I] 标准代号（自动生成） / Code, such as DB50/T; generated';
COMMENT ON COLUMN catalogue.standard.number_serial IS '[I] 顺序号（自动生成） / Serial; generated';
COMMENT ON COLUMN catalogue.standard.number_part IS
    '[I] 分部分号（自动生成），排序用 part_order / Part; generated. Sort by part_order(number_part)';
COMMENT ON COLUMN catalogue.standard.number_year IS '[I] 年代号（自动生成） / Year; generated';
COMMENT ON COLUMN catalogue.standard.kind IS
    '[I] 标准类别：national 国家，industry 行业，local 地方，group 团体，enterprise 企业，international 国际，unknown 待核 / Kind of '
    'standard';
COMMENT ON COLUMN catalogue.standard.nature IS
    '[I] 性质：mandatory 强制性，recommended 推荐性，guidance 指导性技术文件 / Nature; NULL where the law knows none or it is not '
    'known';
COMMENT ON COLUMN catalogue.standard.issuer_code IS
    '[I] 发布者代码：企业标准为统一社会信用代码，其他为空串 / Code of the issuer: the social credit code for an enterprise standard, else '
    'empty';
COMMENT ON COLUMN catalogue.standard.joint_group_id IS
    '[I] 所属联合标准组；不由标准号推断 / Joint group; a fact that is entered, never derived from the number';
COMMENT ON COLUMN catalogue.standard.home_region IS
    '[I] 归属地：两位区划代码（50 重庆，51 四川）、CN 全国、INTL 国际 / Home region, whose word counts in a conflict; NULL: not known';
COMMENT ON COLUMN catalogue.standard.owner_org_id IS '[I] 归属机构 / Organisation that owns the record';
COMMENT ON COLUMN catalogue.standard.plan_no IS '[I] 制修订计划号 / Number of the plan';
COMMENT ON COLUMN catalogue.standard.title_zh IS '[T] 中文名称（保留全角标点） / Title in Chinese, punctuation as published';
COMMENT ON COLUMN catalogue.standard.title_en IS '[T] 英文名称 / Title in English';
COMMENT ON COLUMN catalogue.standard.status IS
    '[L] 登记状态：planned 计划中，upcoming 即将实施，current 现行，newer_edition 有更新版，abolished 废止；某日实际状态见 effective_status / '
    'Status as recorded; what holds on a day is computed by effective_status';
COMMENT ON COLUMN catalogue.standard.plan_stage IS '[L] 制定阶段代码（GB/T 16733） / Stage of drafting';
COMMENT ON COLUMN catalogue.standard.issue_date IS '[L] 发布日期 / Date of issue';
COMMENT ON COLUMN catalogue.standard.implement_date IS '[L] 实施日期 / Date from which it is in force';
COMMENT ON COLUMN catalogue.standard.abolish_date IS '[L] 废止日期（当日起不再有效） / Date from which it is no longer in force';
COMMENT ON COLUMN catalogue.standard.abolish_reason IS
    '[L] 废止原因：replaced 被代替，review 复审废止，number_revoked 撤销编号，not_filed 未备案，became_group 转为团体标准，became_recommended '
    '转为推荐性 / Why it was abolished';
COMMENT ON COLUMN catalogue.standard.announcement_id IS '[L] 发布公告 / Announcement that published it';
COMMENT ON COLUMN catalogue.standard.record_no IS '[F] 备案号 / Filing number; NULL until it is filed';
COMMENT ON COLUMN catalogue.standard.record_date IS '[F] 备案日期 / Date of filing';
COMMENT ON COLUMN catalogue.standard.record_notice IS '[F] 备案公告 / Notice of filing';
COMMENT ON COLUMN catalogue.standard.review_date IS '[R] 复审日期 / Date of the last review';
COMMENT ON COLUMN catalogue.standard.review_conclusion IS
    '[R] 复审结论：valid 继续有效，revise 修订，abolish 废止，convert 转化 / Conclusion of the review';
COMMENT ON COLUMN catalogue.standard.next_review_date IS '[R] 下次复审日期 / Date when the next review is due';
COMMENT ON COLUMN catalogue.standard.charge_org_id IS '[B] 主管部门 / Department in charge';
COMMENT ON COLUMN catalogue.standard.proposing_org_id IS '[B] 提出单位 / Proposing organisation';
COMMENT ON COLUMN catalogue.standard.jurisdiction_org_id IS '[B] 归口单位 / Organisation with technical jurisdiction';
COMMENT ON COLUMN catalogue.standard.jurisdiction_tc IS
    '[B] 归口技术委员会编号，如 SAC/TC 267 / Technical committee with jurisdiction, as published';
COMMENT ON COLUMN catalogue.standard.fulltext_url IS '[X] 全文网址 / Address of the full text';
COMMENT ON COLUMN catalogue.standard.fulltext_digest IS '[X] 全文摘要值 / Digest of the full text';
COMMENT ON COLUMN catalogue.standard.fulltext_digest_algorithm IS '[X] 摘要算法，如 SM3、SHA-256 / Algorithm of the digest';
COMMENT ON COLUMN catalogue.standard.fulltext_bytes IS '[X] 全文字节数 / Size of the full text in bytes';
COMMENT ON COLUMN catalogue.standard.open_level IS
    '[X] 公开程度：full 全文公开，read_only 仅可阅读，abstract 仅题录，closed 不公开 / How far the text is open';
COMMENT ON COLUMN catalogue.standard.first_issue_date IS '[-] 首次发布日期（首个版本） / Date when the first edition was issued';
COMMENT ON COLUMN catalogue.standard.industry_class IS '[-] 国民经济行业分类（GB/T 4754） / Industrial classification';
COMMENT ON COLUMN catalogue.standard.scope_text IS '[-] 适用范围 / Scope';
COMMENT ON COLUMN catalogue.standard.main_content IS '[-] 主要内容 / Main content';
COMMENT ON COLUMN catalogue.standard.contains_patent IS '[-] 是否含专利信息 / Whether it contains patents';
COMMENT ON COLUMN catalogue.standard.pages IS '[-] 页数 / Pages';
COMMENT ON COLUMN catalogue.standard.price IS '[-] 定价（元） / Price in yuan';
COMMENT ON COLUMN catalogue.standard.remarks IS
    '[-] 备注；导入时无法解析的原文也存于此 / Remarks; also what an import could not read, as published';
COMMENT ON COLUMN catalogue.standard.source IS '[-] 数据来源 / Where an import found the record';
COMMENT ON COLUMN catalogue.standard.source_asof IS '[-] 来源数据时点 / As of when the source spoke';
COMMENT ON COLUMN catalogue.standard.source_hash IS '[-] 来源记录摘要 / Digest of the record at the source';

COMMENT ON TABLE catalogue.number_history IS
    '曾用标准号：旧号仍可查到该标准 / Former numbers: an old number still finds the standard';
COMMENT ON COLUMN catalogue.number_history.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.number_history.number_norm IS '[key] 规范化曾用号 / Former number, canonical';
COMMENT ON COLUMN catalogue.number_history.number_raw IS '[S] 曾用号（按发布原样） / Former number as published';
COMMENT ON COLUMN catalogue.number_history.used_until IS '[S] 停用日期 / Last day of use';
COMMENT ON COLUMN catalogue.number_history.reason IS
    '[S] 原因：renumbered 重新编号，nature_changed 性质变更，corrected 更正 / Why it changed';

COMMENT ON TABLE catalogue.standard_ics IS '国际标准分类号（ICS），可多个 / ICS codes of a standard';
COMMENT ON COLUMN catalogue.standard_ics.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.standard_ics.ics IS '[key] ICS 分类号（按发布原样） / ICS code as published';

COMMENT ON TABLE catalogue.standard_ccs IS '中国标准文献分类号（CCS） / CCS codes of a standard';
COMMENT ON COLUMN catalogue.standard_ccs.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.standard_ccs.ccs IS '[key] CCS 分类号 / CCS code';

COMMENT ON TABLE catalogue.standard_keyword IS '主题词 / Keywords of a standard';
COMMENT ON COLUMN catalogue.standard_keyword.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.standard_keyword.keyword IS '[key] 主题词 / Keyword';

COMMENT ON TABLE catalogue.issuing_org IS '发布单位；联合标准有多个 / Issuing organisations; two or more for a joint standard';
COMMENT ON COLUMN catalogue.issuing_org.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.issuing_org.org_id IS '[key] 发布单位 / Organisation';
COMMENT ON COLUMN catalogue.issuing_org.name_published IS '[S] 文献所载名称 / Its name as published';

COMMENT ON TABLE catalogue.drafting_org IS '起草单位（有序） / Drafting organisations, in order';
COMMENT ON COLUMN catalogue.drafting_org.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.drafting_org.org_id IS '[key] 起草单位 / Organisation';
COMMENT ON COLUMN catalogue.drafting_org.rank IS
    '[S] 次序，自 1 起；并发增加后可能并列 / Order, from 1; equal ranks can meet after concurrent additions';
COMMENT ON COLUMN catalogue.drafting_org.name_published IS '[S] 文献所载名称 / Its name as published';

COMMENT ON TABLE catalogue.drafter IS '主要起草人（有序，公开姓名） / Drafters, in order; names as published';
COMMENT ON COLUMN catalogue.drafter.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.drafter.name IS '[key] 姓名 / Name';
COMMENT ON COLUMN catalogue.drafter.namesake IS
    '[key] 同一标准内同名者的序号，通常为 1 / Tells namesakes on one standard apart; usually 1';
COMMENT ON COLUMN catalogue.drafter.rank IS '[S] 次序，自 1 起 / Order, from 1';

COMMENT ON TABLE catalogue.replacement IS
    '代替关系：一行一向，两端均由此导出 / Replacement: one directed row, from which both ends are read';
COMMENT ON COLUMN catalogue.replacement.old_std_id IS '[key] 被代替标准 / Standard that is replaced';
COMMENT ON COLUMN catalogue.replacement.new_std_id IS '[key] 代替标准 / Standard that replaces it';
COMMENT ON COLUMN catalogue.replacement.extent IS
    '[S] 范围：full 代替，partial 部分代替 / Extent; full unless published as partial';
COMMENT ON COLUMN catalogue.replacement.effective_date IS
    '[S] 生效日期；空值为新标准实施日期 / Date of effect; NULL: the date the new one comes into force';
COMMENT ON COLUMN catalogue.replacement.announcement_id IS '[S] 公告 / Announcement';

COMMENT ON TABLE catalogue.normative_reference IS '规范性引用文件 / Normative references of a standard';
COMMENT ON COLUMN catalogue.normative_reference.std_id IS '[key] 引用方标准 / Standard that refers';
COMMENT ON COLUMN catalogue.normative_reference.number_norm IS '[key] 被引用文件的规范化编号 / Number referred to, canonical';
COMMENT ON COLUMN catalogue.normative_reference.number_raw IS '[S] 被引用文件编号（按发布原样） / Number referred to, as published';
COMMENT ON COLUMN catalogue.normative_reference.dated IS '[S] 是否注日期引用 / Whether the reference names an edition';
COMMENT ON COLUMN catalogue.normative_reference.title IS '[S] 被引用文件名称 / Title as published';

COMMENT ON TABLE catalogue.adoption IS '采用国际标准（采标） / Adoption of international standards';
COMMENT ON COLUMN catalogue.adoption.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.adoption.adopted_norm IS '[key] 被采用标准的规范化编号 / Number of the adopted one, canonical';
COMMENT ON COLUMN catalogue.adoption.adopted_raw IS '[A] 被采用标准编号（按发布原样） / Number of the adopted one as published';
COMMENT ON COLUMN catalogue.adoption.adopted_title IS '[A] 被采用标准名称 / Title of the adopted one';
COMMENT ON COLUMN catalogue.adoption.degree IS
    '[A] 程度：IDT 等同，MOD 修改，NEQ 非等效；旧式 EQV 等效，REF 参照 / Degree of adoption; EQV and REF in older records';

COMMENT ON TABLE catalogue.amendment IS '修改单 / Amendments of a standard';
COMMENT ON COLUMN catalogue.amendment.std_id IS '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.amendment.amendment_no IS '[key] 修改单序号 / Number of the amendment';
COMMENT ON COLUMN catalogue.amendment.title IS '[S] 名称 / Title';
COMMENT ON COLUMN catalogue.amendment.issue_date IS '[S] 发布日期 / Date of issue';
COMMENT ON COLUMN catalogue.amendment.implement_date IS '[S] 实施日期 / Date from which it is in force';
COMMENT ON COLUMN catalogue.amendment.content IS '[S] 内容 / Content';
COMMENT ON COLUMN catalogue.amendment.announcement_id IS '[S] 公告 / Announcement';
