-- The catalogue of standards, part 8: what the tables and columns of part 6 mean, in Chinese and English.
-- The comment of a column begins with its column group in brackets; [local]: it stays in the database it is entered in.

COMMENT ON TABLE catalogue.participation IS
    '参与制定：机构主导或参与制定的标准，含国际、国家和行业标准 / Who led or took part in making a standard: international, '
    'national and industry ones too';
COMMENT ON COLUMN catalogue.participation.std_id IS
    '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.participation.org_id IS
    '[key] 机构 / Organisation';
COMMENT ON COLUMN catalogue.participation.role IS
    '[S] 角色：lead 主导，participate 参与；未说明为空 / Role; NULL where the source does not say';
COMMENT ON COLUMN catalogue.participation.home_region IS
    '[S] 计入哪个地区 / Region that counts it';

COMMENT ON TABLE catalogue.announcement_standard IS
    '公告所涉标准及其事项 / What an announcement does to a standard';
COMMENT ON COLUMN catalogue.announcement_standard.announcement_id IS
    '[key] 公告 / Announcement';
COMMENT ON COLUMN catalogue.announcement_standard.std_id IS
    '[key] 标准 / Standard';
COMMENT ON COLUMN catalogue.announcement_standard.action IS
    '[key] 事项：published 发布，abolished 废止，amended 修改，reviewed 复审，corrected 更正 / What it does';

COMMENT ON TABLE catalogue.enterprise_declaration IS
    '企业标准自我声明 / Declaration of an enterprise standard';
COMMENT ON COLUMN catalogue.enterprise_declaration.std_id IS
    '[key] 企业标准 / Enterprise standard';
COMMENT ON COLUMN catalogue.enterprise_declaration.org_id IS
    '[I] 企业 / Enterprise';
COMMENT ON COLUMN catalogue.enterprise_declaration.declared IS
    '[L] 声明日期 / Declared';
COMMENT ON COLUMN catalogue.enterprise_declaration.withdrawn IS
    '[L] 撤回日期 / Withdrawn';
COMMENT ON COLUMN catalogue.enterprise_declaration.enterprise_state IS
    '[L] 企业状态（按登记机关所载） / State of the enterprise, as the registry words it';
COMMENT ON COLUMN catalogue.enterprise_declaration.home_region IS
    '[I] 登记地 / Where it is registered';
COMMENT ON COLUMN catalogue.enterprise_declaration.source IS
    '[-] 来源 / Where an import had it from';
COMMENT ON COLUMN catalogue.enterprise_declaration.source_asof IS
    '[-] 来源的数据时点 / As of when the source says it';

COMMENT ON TABLE catalogue.declared_product IS
    '声明的产品或服务及其指标 / Product or service that a declaration covers, with its indicators';
COMMENT ON COLUMN catalogue.declared_product.std_id IS
    '[key] 企业标准 / Enterprise standard';
COMMENT ON COLUMN catalogue.declared_product.product_name IS
    '[key] 产品或服务名称 / Name';
COMMENT ON COLUMN catalogue.declared_product.model IS
    '[key] 型号，无则为空串 / Model, else empty';
COMMENT ON COLUMN catalogue.declared_product.functional_indicators IS
    '[S] 功能指标 / Functional indicators';
COMMENT ON COLUMN catalogue.declared_product.performance_indicators IS
    '[S] 性能指标 / Performance indicators';

COMMENT ON TABLE catalogue.pilot_project IS
    '标准化试点示范项目 / Pilot or demonstration project of standardisation';
COMMENT ON COLUMN catalogue.pilot_project.pilot_id IS
    '[key] 标识，由名称与级别导出（entry_id），不变 / Identifier, derived from level and name (entry_id), never changed';
COMMENT ON COLUMN catalogue.pilot_project.name_zh IS
    '[T] 名称 / Name';
COMMENT ON COLUMN catalogue.pilot_project.field IS
    '[I] 领域：agriculture 农业，service 服务业，social 社会管理，public 公共服务，industry 工业，high_tech 高新技术，'
    'whole_county 区县全域，other 其他 / Field';
COMMENT ON COLUMN catalogue.pilot_project.level IS
    '[I] 级别：national 国家级，municipal 省市级，county 区县级 / Level';
COMMENT ON COLUMN catalogue.pilot_project.project_type IS
    '[I] 类型：pilot 试点，demonstration 示范 / Type';
COMMENT ON COLUMN catalogue.pilot_project.division_code IS
    '[B] 所在区划 / Division where it is';
COMMENT ON COLUMN catalogue.pilot_project.host_org_id IS
    '[B] 承担单位 / Host';
COMMENT ON COLUMN catalogue.pilot_project.approved IS
    '[L] 立项日期 / Approved';
COMMENT ON COLUMN catalogue.pilot_project.accepted IS
    '[L] 验收日期 / Accepted';
COMMENT ON COLUMN catalogue.pilot_project.ended IS
    '[L] 终止日期 / Ended without acceptance';
COMMENT ON COLUMN catalogue.pilot_project.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.pilot_project.source IS
    '[-] 来源 / Where an import had it from';
COMMENT ON COLUMN catalogue.pilot_project.source_asof IS
    '[-] 来源的数据时点 / As of when the source says it';
COMMENT ON COLUMN catalogue.pilot_project.remarks IS
    '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.pilot_standard IS
    '试点采用的标准 / Standards that a pilot uses';
COMMENT ON COLUMN catalogue.pilot_standard.pilot_id IS
    '[key] 试点 / Pilot';
COMMENT ON COLUMN catalogue.pilot_standard.std_id IS
    '[key] 标准（随编号变更而不变） / Standard; stays when its number changes';

COMMENT ON TABLE catalogue.award IS
    '标准创新奖项 / Award for standards';
COMMENT ON COLUMN catalogue.award.award_id IS
    '[key] 标识，由奖项、年度与名称导出（entry_id），不变 / Identifier, derived from award, year and title (entry_id), '
    'never changed';
COMMENT ON COLUMN catalogue.award.name_zh IS
    '[T] 奖项，如 中国标准创新贡献奖 / Award';
COMMENT ON COLUMN catalogue.award.year IS
    '[I] 年度 / Year';
COMMENT ON COLUMN catalogue.award.award_class IS
    '[I] 类别：project 项目，organization 组织，person 个人 / Class';
COMMENT ON COLUMN catalogue.award.grade IS
    '[I] 等级 / Grade';
COMMENT ON COLUMN catalogue.award.level IS
    '[I] 级别：national 国家级，municipal 省市级 / Level';
COMMENT ON COLUMN catalogue.award.title_zh IS
    '[T] 获奖项目名称 / Title of the project';
COMMENT ON COLUMN catalogue.award.std_id IS
    '[I] 获奖标准 / Standard that it was given for';
COMMENT ON COLUMN catalogue.award.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.award.remarks IS
    '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.award_recipient IS
    '获奖单位或个人 / Who received an award';
COMMENT ON COLUMN catalogue.award_recipient.award_id IS
    '[key] 奖项 / Award';
COMMENT ON COLUMN catalogue.award_recipient.recipient IS
    '[key] 获奖者（按公布原样） / Recipient as published';
COMMENT ON COLUMN catalogue.award_recipient.org_id IS
    '[S] 获奖单位 / Organisation';
COMMENT ON COLUMN catalogue.award_recipient.rank IS
    '[S] 排名 / Rank';
COMMENT ON COLUMN catalogue.award_recipient.home_region IS
    '[S] 获奖者所在地区 / Region of the recipient';

COMMENT ON TABLE catalogue.cooperation_agreement IS
    '合作协议 / Cooperation agreement';
COMMENT ON COLUMN catalogue.cooperation_agreement.agreement_id IS
    '[key] 标识，由名称导出（entry_id），不变 / Identifier, derived from the title (entry_id), never changed';
COMMENT ON COLUMN catalogue.cooperation_agreement.title_zh IS
    '[T] 名称 / Title';
COMMENT ON COLUMN catalogue.cooperation_agreement.signed IS
    '[L] 签署日期 / Signed';
COMMENT ON COLUMN catalogue.cooperation_agreement.valid_until IS
    '[L] 有效期至 / Valid until';
COMMENT ON COLUMN catalogue.cooperation_agreement.content IS
    '[-] 主要内容 / Main content';
COMMENT ON COLUMN catalogue.cooperation_agreement.remarks IS
    '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.agreement_party IS
    '协议各方；各方均签署方为生效（见 agreement_state） / Parties of an agreement; it holds when every party has '
    'signed (agreement_state)';
COMMENT ON COLUMN catalogue.agreement_party.agreement_id IS
    '[key] 协议 / Agreement';
COMMENT ON COLUMN catalogue.agreement_party.org_id IS
    '[key] 一方 / Party';
COMMENT ON COLUMN catalogue.agreement_party.signed IS
    '[S] 签署日期，未签为空 / When this party signed; NULL: not yet';
COMMENT ON COLUMN catalogue.agreement_party.home_region IS
    '[S] 该方所在地区 / Region of the party';

COMMENT ON TABLE catalogue.policy_document IS
    '法规、规划与政策文件 / Regulations, plans and policy documents';
COMMENT ON COLUMN catalogue.policy_document.document_id IS
    '[key] 标识，由名称与文号导出（entry_id），不变 / Identifier, derived from title and number (entry_id), never changed';
COMMENT ON COLUMN catalogue.policy_document.title_zh IS
    '[T] 名称 / Title';
COMMENT ON COLUMN catalogue.policy_document.number_text IS
    '[I] 文号 / Number as published';
COMMENT ON COLUMN catalogue.policy_document.document_type IS
    '[I] 类型：条例、实施方案、纲要等 / Type, as its title says';
COMMENT ON COLUMN catalogue.policy_document.issuing_org_id IS
    '[B] 发布机关 / Issued by';
COMMENT ON COLUMN catalogue.policy_document.issue_date IS
    '[L] 发布日期 / Issued';
COMMENT ON COLUMN catalogue.policy_document.effective_date IS
    '[L] 施行日期 / In force from';
COMMENT ON COLUMN catalogue.policy_document.repeal_date IS
    '[L] 废止日期 / Repealed from';
COMMENT ON COLUMN catalogue.policy_document.url IS
    '[-] 网址 / Address on the web';
COMMENT ON COLUMN catalogue.policy_document.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.policy_document.remarks IS
    '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.plan_task IS
    '规划任务 / Task of a plan';
COMMENT ON COLUMN catalogue.plan_task.document_id IS
    '[key] 文件 / Document';
COMMENT ON COLUMN catalogue.plan_task.task_no IS
    '[key] 任务编号 / Number of the task';
COMMENT ON COLUMN catalogue.plan_task.aspect IS
    '[I] 所属方面 / Aspect that it belongs to';
COMMENT ON COLUMN catalogue.plan_task.content IS
    '[T] 内容 / Content';
COMMENT ON COLUMN catalogue.plan_task.owner_org_id IS
    '[B] 牵头单位 / Organisation in the lead';
COMMENT ON COLUMN catalogue.plan_task.due_date IS
    '[L] 完成期限 / Due';
COMMENT ON COLUMN catalogue.plan_task.progress IS
    '[L] 进展 / Progress';

COMMENT ON TABLE catalogue.plan_target IS
    '规划目标 / Target of a plan';
COMMENT ON COLUMN catalogue.plan_target.document_id IS
    '[key] 文件 / Document';
COMMENT ON COLUMN catalogue.plan_target.metric IS
    '[key] 指标 / Metric';
COMMENT ON COLUMN catalogue.plan_target.target_year IS
    '[key] 目标年 / Year';
COMMENT ON COLUMN catalogue.plan_target.value_text IS
    '[S] 目标值（按原文，如 >500） / Value as worded, such as >500';
COMMENT ON COLUMN catalogue.plan_target.value_num IS
    '[S] 数值 / Value as a number';

COMMENT ON TABLE catalogue.statistic IS
    '统计数据：只追加，不重算，不合并；更正以新行表示 / Reported figures: append-only, never computed here; a correction is '
    'a new row';
COMMENT ON COLUMN catalogue.statistic.metric IS
    '[key] 指标 / Metric';
COMMENT ON COLUMN catalogue.statistic.region IS
    '[key] 地区 / Region';
COMMENT ON COLUMN catalogue.statistic.as_of IS
    '[key] 统计时点 / As of';
COMMENT ON COLUMN catalogue.statistic.source IS
    '[key] 来源 / Source; two sources may differ';
COMMENT ON COLUMN catalogue.statistic.definition IS
    '[key] 口径 / Definition; figures of different definitions do not compare';
COMMENT ON COLUMN catalogue.statistic.value_text IS
    '[S] 数值原文，如 1000+ / Value as reported, such as 1000+';
COMMENT ON COLUMN catalogue.statistic.value_num IS
    '[S] 数值 / Value as a number, where it is one';
COMMENT ON COLUMN catalogue.statistic.unit IS
    '[S] 单位 / Unit';
COMMENT ON COLUMN catalogue.statistic.supersedes_as_of IS
    '[S] 所更正数据的时点 / As of which date it corrects an earlier figure';

COMMENT ON COLUMN catalogue.standard.abolish_announcement_id IS '[L] 废止公告 / Announcement that abolished it';
COMMENT ON COLUMN catalogue.organization.source IS '[-] 来源 / Where an import had it from';
COMMENT ON COLUMN catalogue.organization.source_asof IS '[-] 来源的数据时点 / As of when the source says it';
COMMENT ON COLUMN catalogue.announcement.source IS '[-] 来源 / Where an import had it from';
COMMENT ON COLUMN catalogue.announcement.source_asof IS '[-] 来源的数据时点 / As of when the source says it';
