-- The catalogue of standards, part 7: what the tables and columns of part 5 mean, in Chinese and English.
-- The comment of a column begins with its column group in brackets; [local]: it stays in the database it is entered in.

COMMENT ON TABLE catalogue.administrative_division IS
    '行政区划（GB/T 2260） / Administrative divisions of GB/T 2260';
COMMENT ON COLUMN catalogue.administrative_division.division_code IS
    '[key] 六位区划代码，如 500000 / Six digits, such as 500000';
COMMENT ON COLUMN catalogue.administrative_division.name_zh IS
    '[T] 中文名称 / Name in Chinese';
COMMENT ON COLUMN catalogue.administrative_division.name_en IS
    '[T] 英文名称 / Name in English';
COMMENT ON COLUMN catalogue.administrative_division.level IS
    '[I] 级别：province 省级，city 地级，county 县级 / Level';
COMMENT ON COLUMN catalogue.administrative_division.parent_code IS
    '[I] 上级区划 / Division above it; NULL for a province';
COMMENT ON COLUMN catalogue.administrative_division.valid_until IS
    '[I] 停用日期 / Last day of use of an abolished code';

COMMENT ON TABLE catalogue.org_role IS
    '机构承担的角色（如联席会议成员单位） / What an organisation does in the shared work, such as being a member of '
    'the joint conference';
COMMENT ON COLUMN catalogue.org_role.org_id IS
    '[key] 机构 / Organisation';
COMMENT ON COLUMN catalogue.org_role.role IS
    '[key] 角色：conference_member 联席会议成员，responsible_department 责任部门，secretariat 秘书处，other 其他 / Role';
COMMENT ON COLUMN catalogue.org_role.scope IS
    '[key] 范围，如联席会议名称 / For what, such as the name of the conference';
COMMENT ON COLUMN catalogue.org_role.from_date IS
    '[S] 起始日期 / From';
COMMENT ON COLUMN catalogue.org_role.until_date IS
    '[S] 终止日期 / Until';

COMMENT ON TABLE catalogue.technical_committee IS
    '专业标准化技术委员会、分委会、工作组 / Technical committee, subcommittee or working group';
COMMENT ON COLUMN catalogue.technical_committee.committee_id IS
    '[key] 标识，由编号与级别导出（committee_id），不变 / Identifier, derived from level and number at first entry '
    '(committee_id), never changed';
COMMENT ON COLUMN catalogue.technical_committee.number_text IS
    '[I] 编号，如 SAC/TC 267 / Number as published';
COMMENT ON COLUMN catalogue.technical_committee.name_zh IS
    '[T] 中文名称 / Name in Chinese';
COMMENT ON COLUMN catalogue.technical_committee.name_en IS
    '[T] 英文名称 / Name in English';
COMMENT ON COLUMN catalogue.technical_committee.level IS
    '[I] 级别：international 国际，national 全国，industry 行业，municipal 省市级 / Level';
COMMENT ON COLUMN catalogue.technical_committee.committee_type IS
    '[I] 类型：TC 委员会，SC 分委会，WG 工作组，SWG 标准化工作组 / Type';
COMMENT ON COLUMN catalogue.technical_committee.parent_id IS
    '[I] 上级委员会 / Committee above it';
COMMENT ON COLUMN catalogue.technical_committee.secretariat_org_id IS
    '[B] 秘书处承担单位 / Organisation that holds the secretariat';
COMMENT ON COLUMN catalogue.technical_committee.division_code IS
    '[B] 秘书处所在地区划代码 / Division where the secretariat is';
COMMENT ON COLUMN catalogue.technical_committee.established IS
    '[L] 成立日期 / Established';
COMMENT ON COLUMN catalogue.technical_committee.dissolved IS
    '[L] 撤销日期 / Dissolved';
COMMENT ON COLUMN catalogue.technical_committee.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.technical_committee.source IS
    '[-] 来源 / Where an import had it from';
COMMENT ON COLUMN catalogue.technical_committee.source_asof IS
    '[-] 来源的数据时点 / As of when the source says it';
COMMENT ON COLUMN catalogue.technical_committee.remarks IS
    '[-] 备注 / Remarks';

COMMENT ON TABLE catalogue.person IS
    '人员：标准化专家、标准化工程师。电话与证件号不共享 / Person: expert or certified engineer. Phone and identity number '
    'stay where they were entered';
COMMENT ON COLUMN catalogue.person.person_id IS
    '[key] 标识：首次登记时随机生成，不含个人信息 / Identifier, random at first entry: it says nothing about the person';
COMMENT ON COLUMN catalogue.person.name_zh IS
    '[T] 姓名 / Name';
COMMENT ON COLUMN catalogue.person.name_en IS
    '[T] 外文姓名 / Name in another script';
COMMENT ON COLUMN catalogue.person.employer_org_id IS
    '[B] 工作单位 / Employer';
COMMENT ON COLUMN catalogue.person.job_title IS
    '[B] 职称或职务 / Title or position';
COMMENT ON COLUMN catalogue.person.field IS
    '[B] 专业领域 / Field';
COMMENT ON COLUMN catalogue.person.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.person.phone IS
    '[local] 电话（不共享，仅存于录入库） / Phone; not shared, only where it was entered';
COMMENT ON COLUMN catalogue.person.identity_no IS
    '[local] 证件号码（不共享，仅存于录入库） / Identity number; not shared, only where it was entered';

COMMENT ON TABLE catalogue.expert_appointment IS
    '标准化专家聘任：每个聘任地区、批次一行 / Appointment of an expert: one row for each appointing region and batch';
COMMENT ON COLUMN catalogue.expert_appointment.person_id IS
    '[key] 人员 / Person';
COMMENT ON COLUMN catalogue.expert_appointment.region IS
    '[key] 聘任地区 / Appointing region';
COMMENT ON COLUMN catalogue.expert_appointment.batch IS
    '[key] 批次，如 2020 / Batch, such as 2020';
COMMENT ON COLUMN catalogue.expert_appointment.appointing_org_id IS
    '[S] 聘任单位 / Appointing organisation';
COMMENT ON COLUMN catalogue.expert_appointment.appointed IS
    '[S] 聘任日期 / From';
COMMENT ON COLUMN catalogue.expert_appointment.until_date IS
    '[S] 任期届满日期 / Until';
COMMENT ON COLUMN catalogue.expert_appointment.field IS
    '[S] 聘任领域 / Field of the appointment';

COMMENT ON TABLE catalogue.engineer_certificate IS
    '标准化工程师证书 / Certificate of a standardisation engineer';
COMMENT ON COLUMN catalogue.engineer_certificate.certificate_no IS
    '[key] 证书编号 / Number of the certificate';
COMMENT ON COLUMN catalogue.engineer_certificate.person_id IS
    '[I] 持证人 / Holder';
COMMENT ON COLUMN catalogue.engineer_certificate.grade IS
    '[I] 等级 / Grade';
COMMENT ON COLUMN catalogue.engineer_certificate.issuing_org_id IS
    '[B] 发证单位 / Issuer';
COMMENT ON COLUMN catalogue.engineer_certificate.issued IS
    '[L] 发证日期 / Issued';
COMMENT ON COLUMN catalogue.engineer_certificate.valid_until IS
    '[L] 有效期至 / Valid until';
COMMENT ON COLUMN catalogue.engineer_certificate.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';

COMMENT ON TABLE catalogue.innovation_base IS
    '技术标准创新基地 / Innovation base for technical standards';
COMMENT ON COLUMN catalogue.innovation_base.base_id IS
    '[key] 标识，由名称导出（entry_id），不变 / Identifier, derived from the name (entry_id), never changed';
COMMENT ON COLUMN catalogue.innovation_base.name_zh IS
    '[T] 名称，如 国家技术标准创新基地（重庆） / Name';
COMMENT ON COLUMN catalogue.innovation_base.level IS
    '[I] 级别：national 国家级，municipal 省市级 / Level';
COMMENT ON COLUMN catalogue.innovation_base.approving_org_id IS
    '[B] 批准单位 / Approved by';
COMMENT ON COLUMN catalogue.innovation_base.host_org_id IS
    '[B] 承建单位 / Host';
COMMENT ON COLUMN catalogue.innovation_base.approved IS
    '[L] 批准日期 / Approved';
COMMENT ON COLUMN catalogue.innovation_base.accepted IS
    '[L] 验收日期 / Accepted';
COMMENT ON COLUMN catalogue.innovation_base.home_region IS
    '[I] 归属地：两位区划代码、CN 或 INTL / Home region: two-digit division code, CN or INTL';
COMMENT ON COLUMN catalogue.innovation_base.remarks IS
    '[-] 备注 / Remarks';
