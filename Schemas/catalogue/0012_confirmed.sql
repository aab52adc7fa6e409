-- The catalogue of standards, part 12: what an import has found equal. Such a row is not touched, so its own
-- source_asof stays that of its last change; what is remembered here keeps an older state of the source, imported
-- later, from overwriting it. Local to each database: it is about what was imported here.

CREATE TABLE catalogue.confirmed (
    relation    text NOT NULL,
    key         text COLLATE "C" NOT NULL,
    source_asof timestamptz NOT NULL,
    PRIMARY KEY (relation, key)
);
COMMENT ON TABLE catalogue.confirmed IS
    '导入核对：来源再次确认未变的行（不共享） / Rows that a later state of their source has confirmed; not shared';
COMMENT ON COLUMN catalogue.confirmed.relation IS '[key] 表 / Table';
COMMENT ON COLUMN catalogue.confirmed.key IS '[key] 主键（文本） / Primary key, as text';
COMMENT ON COLUMN catalogue.confirmed.source_asof IS '[-] 已确认的来源时点 / Latest state of the source that has it so';
