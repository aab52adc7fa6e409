// The SQL files of this folder inside the binary, so that an installed program needs no source tree.
#pragma clang diagnostic ignored "-Wc23-extensions"
#include "CSchemas.h"
#include <string.h>

static const char sql_0001_base[] = {
#embed "sql/0001_base.sql" suffix(, )
    0};
static const char sql_0002_table_memory[] = {
#embed "sql/0002_table_memory.sql" suffix(, )
    0};
static const char sql_0003_policy[] = {
#embed "sql/0003_policy.sql" suffix(, )
    0};
static const char sql_0004_claim[] = {
#embed "sql/0004_claim.sql" suffix(, )
    0};
static const char sql_0005_erasure[] = {
#embed "sql/0005_erasure.sql" suffix(, )
    0};
static const char sql_0006_retention[] = {
#embed "sql/0006_retention.sql" suffix(, )
    0};
static const char sql_0007_life[] = {
#embed "sql/0007_life.sql" suffix(, )
    0};
static const char sql_0008_signature[] = {
#embed "sql/0008_signature.sql" suffix(, )
    0};
static const char sql_0009_closing_signature[] = {
#embed "sql/0009_closing_signature.sql" suffix(, )
    0};
static const char sql_0010_transfer[] = {
#embed "sql/0010_transfer.sql" suffix(, )
    0};
static const char sql_transfer[] = {
#embed "sql/transfer.sql" suffix(, )
    0};
static const char sql_statements_transfer[] = {
#embed "sql/statements_transfer.sql" suffix(, )
    0};
static const char sql_feed_signatures_v1[] = {
#embed "sql/feed_signatures_v1.sql" suffix(, )
    0};
static const char sql_statements_signature[] = {
#embed "sql/statements_signature.sql" suffix(, )
    0};
static const char sql_table_nodes[] = {
#embed "sql/table_nodes.sql" suffix(, )
    0};
static const char sql_capture_functions[] = {
#embed "sql/capture_functions.sql" suffix(, )
    0};
static const char sql_capture_triggers[] = {
#embed "sql/capture_triggers.sql" suffix(, )
    0};
static const char sql_capture_refuse[] = {
#embed "sql/capture_refuse.sql" suffix(, )
    0};
static const char sql_table_triggers[] = {
#embed "sql/table_triggers.sql" suffix(, )
    0};
static const char sql_table_refusals_key[] = {
#embed "sql/table_refusals_key.sql" suffix(, )
    0};
static const char sql_table_refusals[] = {
#embed "sql/table_refusals.sql" suffix(, )
    0};
static const char sql_table_add[] = {
#embed "sql/table_add.sql" suffix(, )
    0};
static const char sql_table_remove[] = {
#embed "sql/table_remove.sql" suffix(, )
    0};
static const char sql_table_shapes[] = {
#embed "sql/table_shapes.sql" suffix(, )
    0};
static const char sql_table_repair[] = {
#embed "sql/table_repair.sql" suffix(, )
    0};
static const char sql_daemon_role[] = {
#embed "sql/daemon_role.sql" suffix(, )
    0};
static const char sql_control[] = {
#embed "sql/control.sql" suffix(, )
    0};
static const char sql_statements_doctor[] = {
#embed "sql/statements_doctor.sql" suffix(, )
    0};
static const char sql_freshness[] = {
#embed "sql/freshness.sql" suffix(, )
    0};
static const char sql_feed_v1[] = {
#embed "sql/feed_v1.sql" suffix(, )
    0};
static const char sql_feed_policy_v1[] = {
#embed "sql/feed_policy_v1.sql" suffix(, )
    0};
static const char sql_feed_grants[] = {
#embed "sql/feed_grants.sql" suffix(, )
    0};
static const char sql_grants[] = {
#embed "sql/grants.sql" suffix(, )
    0};
static const char sql_uninstall[] = {
#embed "sql/uninstall.sql" suffix(, )
    0};
static const char sql_statements_erasure[] = {
#embed "sql/statements_erasure.sql" suffix(, )
    0};
static const char sql_statements_audit[] = {
#embed "sql/statements_audit.sql" suffix(, )
    0};
static const char sql_statements_life[] = {
#embed "sql/statements_life.sql" suffix(, )
    0};
static const char sql_statements_retention[] = {
#embed "sql/statements_retention.sql" suffix(, )
    0};
static const char catalogue_statements_catalogue[] = {
#embed "catalogue/statements_catalogue.sql" suffix(, )
    0};
static const char sql_statements_receive[] = {
#embed "sql/statements_receive.sql" suffix(, )
    0};
static const char sql_statements_ctl[] = {
#embed "sql/statements_ctl.sql" suffix(, )
    0};
static const char reader_0001_schema[] = {
#embed "reader/0001_schema.sql" suffix(, )
    0};
static const char reader_0002_state[] = {
#embed "reader/0002_state.sql" suffix(, )
    0};
static const char reader_0003_log[] = {
#embed "reader/0003_log.sql" suffix(, )
    0};
static const char reader_0004_standard[] = {
#embed "reader/0004_standard.sql" suffix(, )
    0};
static const char reader_0005_relations[] = {
#embed "reader/0005_relations.sql" suffix(, )
    0};
static const char reader_0006_questions[] = {
#embed "reader/0006_questions.sql" suffix(, )
    0};
static const char reader_0007_alarm[] = {
#embed "reader/0007_alarm.sql" suffix(, )
    0};
static const char reader_0008_grants[] = {
#embed "reader/0008_grants.sql" suffix(, )
    0};
static const char reader_0090_http[] = {
#embed "reader/0090_http.sql" suffix(, )
    0};
static const char reader_statements_http[] = {
#embed "reader/statements_http.sql" suffix(, )
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
static const char catalogue_0005_bodies[] = {
#embed "catalogue/0005_bodies.sql" suffix(, )
    0};
static const char catalogue_0006_register[] = {
#embed "catalogue/0006_register.sql" suffix(, )
    0};
static const char catalogue_0007_bodies_comments[] = {
#embed "catalogue/0007_bodies_comments.sql" suffix(, )
    0};
static const char catalogue_0008_register_comments[] = {
#embed "catalogue/0008_register_comments.sql" suffix(, )
    0};
static const char catalogue_0009_register_labels[] = {
#embed "catalogue/0009_register_labels.sql" suffix(, )
    0};
static const char catalogue_0010_search[] = {
#embed "catalogue/0010_search.sql" suffix(, )
    0};
static const char catalogue_0011_search_ranked[] = {
#embed "catalogue/0011_search_ranked.sql" suffix(, )
    0};
static const char catalogue_0012_confirmed[] = {
#embed "catalogue/0012_confirmed.sql" suffix(, )
    0};

static const char sql_statements_tables[] = {
#embed "sql/statements_tables.sql" suffix(, )
    0};

static const char sql_statements_cut[] = {
#embed "sql/statements_cut.sql" suffix(, )
    0};

static const char sql_statements_apply[] = {
#embed "sql/statements_apply.sql" suffix(, )
    0};
static const char sql_statements_constraint[] = {
#embed "sql/statements_constraint.sql" suffix(, )
    0};

static const char sql_statements_ruling[] = {
#embed "sql/statements_ruling.sql" suffix(, )
    0};

static const char sql_statements_verify[] = {
#embed "sql/statements_verify.sql" suffix(, )
    0};

static const char sql_statements_engine[] = {
#embed "sql/statements_engine.sql" suffix(, )
    0};

static const char sql_statements_policy[] = {
#embed "sql/statements_policy.sql" suffix(, )
    0};

static const char sql_statements_link[] = {
#embed "sql/statements_link.sql" suffix(, )
    0};

static const char sql_feed_digests_v1[] = {
#embed "sql/feed_digests_v1.sql" suffix(, )
    0};

static const char sql_erasure[] = {
#embed "sql/erasure.sql" suffix(, )
    0};
static const char sql_history_guard[] = {
#embed "sql/history_guard.sql" suffix(, )
    0};
static const char sql_life[] = {
#embed "sql/life.sql" suffix(, )
    0};
static const char sql_retention[] = {
#embed "sql/retention.sql" suffix(, )
    0};
static const char sql_held[] = {
#embed "sql/held.sql" suffix(, )
    0};

static const char sql_statements_import[] = {
#embed "sql/statements_import.sql" suffix(, )
    0};

static const char sql_statements_import_list[] = {
#embed "sql/statements_import_list.sql" suffix(, )
    0};

static const char sql_statements_import_sets[] = {
#embed "sql/statements_import_sets.sql" suffix(, )
    0};

static const char sql_statements_metrics[] = {
#embed "sql/statements_metrics.sql" suffix(, )
    0};

// Of "sql/" the installer runs the numbered files once each, in this order, and the others at every install and
// upgrade, in this order; never "uninstall", and never "statements_...", which programs read themselves.
static const struct {
    const char *path;
    const char *text;
} files[] = {
    {"sql/0001_base.sql", sql_0001_base},
    {"sql/0002_table_memory.sql", sql_0002_table_memory},
    {"sql/0003_policy.sql", sql_0003_policy},
    {"sql/0004_claim.sql", sql_0004_claim},
    {"sql/0005_erasure.sql", sql_0005_erasure},
    {"sql/0006_retention.sql", sql_0006_retention},
    {"sql/0007_life.sql", sql_0007_life},
    {"sql/0008_signature.sql", sql_0008_signature},
    {"sql/0009_closing_signature.sql", sql_0009_closing_signature},
    {"sql/0010_transfer.sql", sql_0010_transfer},
    {"sql/table_nodes.sql", sql_table_nodes},
    {"sql/capture_functions.sql", sql_capture_functions},
    {"sql/capture_triggers.sql", sql_capture_triggers},
    {"sql/capture_refuse.sql", sql_capture_refuse},
    {"sql/table_triggers.sql", sql_table_triggers},
    {"sql/table_refusals_key.sql", sql_table_refusals_key},
    {"sql/table_refusals.sql", sql_table_refusals},
    {"sql/table_add.sql", sql_table_add},
    {"sql/table_remove.sql", sql_table_remove},
    {"sql/table_shapes.sql", sql_table_shapes},
    {"sql/table_repair.sql", sql_table_repair},
    {"sql/daemon_role.sql", sql_daemon_role},
    {"sql/freshness.sql", sql_freshness},
    {"sql/control.sql", sql_control},
    {"sql/feed_digests_v1.sql", sql_feed_digests_v1},
    {"sql/erasure.sql", sql_erasure},
    {"sql/history_guard.sql", sql_history_guard},
    {"sql/life.sql", sql_life},
    {"sql/transfer.sql", sql_transfer},
    {"sql/retention.sql", sql_retention},
    {"sql/held.sql", sql_held},
    {"sql/feed_v1.sql", sql_feed_v1},
    {"sql/feed_policy_v1.sql", sql_feed_policy_v1},
    {"sql/feed_signatures_v1.sql", sql_feed_signatures_v1},
    {"sql/feed_grants.sql", sql_feed_grants},
    {"sql/grants.sql", sql_grants},
    {"sql/uninstall.sql", sql_uninstall},
    {"sql/statements_erasure.sql", sql_statements_erasure},
    {"sql/statements_audit.sql", sql_statements_audit},
    {"sql/statements_life.sql", sql_statements_life},
    {"sql/statements_signature.sql", sql_statements_signature},
    {"sql/statements_transfer.sql", sql_statements_transfer},
    {"sql/statements_retention.sql", sql_statements_retention},
    {"catalogue/statements_catalogue.sql", catalogue_statements_catalogue},
    {"sql/statements_receive.sql", sql_statements_receive},
    {"sql/statements_ctl.sql", sql_statements_ctl},
    {"catalogue/0001_functions.sql", catalogue_0001_functions},
    {"catalogue/0002_standard.sql", catalogue_0002_standard},
    {"catalogue/0003_comments.sql", catalogue_0003_comments},
    {"catalogue/0004_lifecycle.sql", catalogue_0004_lifecycle},
    {"catalogue/0005_bodies.sql", catalogue_0005_bodies},
    {"catalogue/0006_register.sql", catalogue_0006_register},
    {"catalogue/0007_bodies_comments.sql", catalogue_0007_bodies_comments},
    {"catalogue/0008_register_comments.sql", catalogue_0008_register_comments},
    {"catalogue/0009_register_labels.sql", catalogue_0009_register_labels},
    {"catalogue/0010_search.sql", catalogue_0010_search},
    {"catalogue/0011_search_ranked.sql", catalogue_0011_search_ranked},
    {"catalogue/0012_confirmed.sql", catalogue_0012_confirmed},
    {"reader/0001_schema.sql", reader_0001_schema},
    {"reader/0002_state.sql", reader_0002_state},
    {"reader/0003_log.sql", reader_0003_log},
    {"reader/0004_standard.sql", reader_0004_standard},
    {"reader/0005_relations.sql", reader_0005_relations},
    {"reader/0006_questions.sql", reader_0006_questions},
    {"reader/0007_alarm.sql", reader_0007_alarm},
    {"reader/0008_grants.sql", reader_0008_grants},
    {"reader/0090_http.sql", reader_0090_http},
    {"reader/statements_http.sql", reader_statements_http},
    {"sql/statements_tables.sql", sql_statements_tables},
    {"sql/statements_cut.sql", sql_statements_cut},
    {"sql/statements_apply.sql", sql_statements_apply},
    {"sql/statements_constraint.sql", sql_statements_constraint},
    {"sql/statements_ruling.sql", sql_statements_ruling},
    {"sql/statements_verify.sql", sql_statements_verify},
    {"sql/statements_engine.sql", sql_statements_engine},
    {"sql/statements_policy.sql", sql_statements_policy},
    {"sql/statements_link.sql", sql_statements_link},
    {"sql/statements_import_sets.sql", sql_statements_import_sets},
    {"sql/statements_metrics.sql", sql_statements_metrics},
    {"sql/statements_import_list.sql", sql_statements_import_list},
    {"sql/statements_import.sql", sql_statements_import},
    {"sql/statements_doctor.sql", sql_statements_doctor},
};

static const int count = sizeof files / sizeof files[0];

const char *schemas_text(const char *path) {
    for (int i = 0; i < count; i++)
        if (strcmp(files[i].path, path) == 0) return files[i].text;
    return 0;
}

const char *schemas_path(int index) { return index >= 0 && index < count ? files[index].path : 0; }
