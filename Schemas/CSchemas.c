// The SQL files of this folder inside the binary, so that an installed program needs no source tree.
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "CSchemas.h"
#include <string.h>

static const char sql_0001_base[] = {
#embed "sql/0001_base.sql" suffix(, )
    0};

static const char catalogue_0001_functions[] = {
#embed "catalogue/0001_functions.sql" suffix(, )
    0};
static const char catalogue_0002_standard[] = {
#embed "catalogue/0002_standard.sql" suffix(, )
    0};
static const char catalogue_0003_comments[] = {
#embed "catalogue/0003_comments.sql" suffix(, )
    0};
static const char catalogue_0004_lifecycle[] = {
#embed "catalogue/0004_lifecycle.sql" suffix(, )
    0};
static const char sql_feed_v1[] = {
#embed "sql/feed_v1.sql" suffix(, )
    0};

static const char sql_statements_receive[] = {
#embed "sql/statements_receive.sql" suffix(, )
    0};

static const struct {
    const char *path;
    const char *text;
} files[] = {
    {"sql/0001_base.sql", sql_0001_base},
    {"catalogue/0001_functions.sql", catalogue_0001_functions},
    {"catalogue/0002_standard.sql", catalogue_0002_standard},
    {"catalogue/0003_comments.sql", catalogue_0003_comments},
    {"catalogue/0004_lifecycle.sql", catalogue_0004_lifecycle},
    {"sql/feed_v1.sql", sql_feed_v1},
    {"sql/statements_receive.sql", sql_statements_receive},
};

static const int count = sizeof files / sizeof files[0];

const char *schemas_text(const char *path) {
    for (int i = 0; i < count; i++)
        if (strcmp(files[i].path, path) == 0) return files[i].text;
    return 0;
}

const char *schemas_path(int index) { return index >= 0 && index < count ? files[index].path : 0; }
