-- What institutions read: views and functions over the catalogue and over Bashu's own tables.
-- Run as the owner of both, after the catalogue and `bashuctl init`; by `bashuctl catalogue install`, in name order.

CREATE SCHEMA IF NOT EXISTS reader;
COMMENT ON SCHEMA reader IS
    '读者接口：供各机构查询目录的视图与函数 / What institutions read: views and functions over the catalogue';
