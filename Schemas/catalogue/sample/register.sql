-- Sample data, after merge.sql: real entries of the register, from public notices. Loading again changes nothing.

INSERT INTO catalogue.administrative_division (division_code, name_zh, name_en, level, parent_code) VALUES
    ('500000', '重庆市', 'Chongqing', 'province', NULL),
    ('510000', '四川省', 'Sichuan', 'province', NULL),
    ('510100', '成都市', 'Chengdu', 'city', '510000'),
    ('510900', '遂宁市', 'Suining', 'city', '510000')
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.organization (org_id, name_zh, org_type, division_code, home_region)
SELECT catalogue.organization_id(o.name), o.name, o.type, o.division, o.home
FROM (VALUES
    ('国家市场监督管理总局', 'government', NULL, 'CN'),
    ('长江经济带生态文明标准化研究中心', 'research_centre', '500000', '50')) o (name, type, division, home)
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.innovation_base (base_id, name_zh, level, approving_org_id, home_region)
SELECT catalogue.entry_id('innovation_base', b.name), b.name, 'national',
    catalogue.organization_id('国家市场监督管理总局'), '50'
FROM (VALUES ('国家技术标准创新基地（重庆）')) b (name)
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.cooperation_agreement (agreement_id, title_zh)
SELECT catalogue.entry_id('agreement', a.title), a.title
FROM (VALUES ('川渝标准化研究机构战略性合作框架协议')) a (title)
ON CONFLICT DO NOTHING;

INSERT INTO catalogue.policy_document (document_id, title_zh, document_type, effective_date, home_region)
SELECT catalogue.entry_id('policy_document', d.title, ''), d.title, '条例', d.effective, '50'
FROM (VALUES ('重庆市标准化条例', date '2022-03-01')) d (title, effective)
ON CONFLICT DO NOTHING;

-- Figures as reported. Those of November 2021 are in part lower than those of June: the definitions differ, and nobody
-- says how. They are rows of their own, never corrected here.
INSERT INTO catalogue.statistic (metric, region, as_of, source, definition, value_text, value_num, unit)
SELECT s.metric, '50', s.as_of, s.source, s.definition, s.value,
    CASE WHEN s.value ~ '^[0-9]+$' THEN s.value::numeric END, s.unit
FROM (VALUES
    ('主导和参与制定国际标准', date '2021-06-01', '2021年6月公布', '参与项次', '65', '项'),
    ('主导和参与制定国家和行业标准', date '2021-06-01', '2021年6月公布', '参与项次', '1939', '项'),
    ('地方标准', date '2021-06-01', '2021年6月公布', '累计发布', '1363', '项'),
    ('团体标准', date '2021-06-01', '2021年6月公布', '', '230', '项'),
    ('企业自我声明公开标准', date '2021-06-01', '2021年6月公布', '现行有效', '12975', '项'),
    ('自我声明公开标准的企业', date '2021-06-01', '2021年6月公布', '', '4467', '家'),
    ('农业标准化试点示范', date '2021-06-01', '2021年6月公布', '国家级155，市级72', '227', '个'),
    ('服务业、社会管理和公共服务试点示范', date '2021-06-01', '2021年6月公布', '国家级64，市级88', '152', '个'),
    ('中国标准创新贡献奖', date '2021-06-01', '2021年6月公布', '', '23', '项'),
    ('在渝全国专业标准化技术组织', date '2021-06-01', '2021年6月公布', '委员会、分委会、工作组', '18', '个'),
    ('市级专业标准化技术委员会', date '2021-06-01', '2021年6月公布', '', '23', '个'),
    ('标准化专家', date '2021-06-01', '2021年6月公布', '2019、2020年聘', '203', '名'),
    ('标准化工程师', date '2021-06-01', '2021年6月公布', '', '1000+', '名'),
    ('地方标准', date '2021-11-02', '2021年11月公布', '', '1194', '项'),
    ('团体标准', date '2021-11-02', '2021年11月公布', '', '259', '项'),
    ('企业自我声明公开标准', date '2021-11-02', '2021年11月公布', '', '14580', '项'),
    ('自我声明公开标准的企业', date '2021-11-02', '2021年11月公布', '', '4104', '家'),
    ('标准化试点示范', date '2021-11-02', '2021年11月公布', '', '233', '个'),
    ('地方标准', date '2022-10-10', '2022年10月公布', '', '1587', '项'),
    ('团体标准', date '2022-10-10', '2022年10月公布', '', '346', '项'),
    ('主导和参与制定国际标准', date '2022-10-10', '2022年10月公布', '', '72', '项'),
    ('主导和参与制定国家和行业标准', date '2022-10-10', '2022年10月公布', '', '2202', '项'),
    ('企业自我声明公开标准', date '2022-10-10', '2022年10月公布', '', '16083', '项'),
    ('自我声明公开标准的企业', date '2022-10-10', '2022年10月公布', '', '3251', '家'),
    ('标准化试点示范', date '2022-10-10', '2022年10月公布', '', '402', '个')
    ) s (metric, as_of, source, definition, value, unit)
ON CONFLICT DO NOTHING;
