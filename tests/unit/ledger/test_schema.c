/* The ledger's schema: what is built in holds together, what a workspace adds is checked, and docs/ledger.md names all
 * of it. */
#include "base/text.h"
#include "ledger/schema.h"

/* cmocka.h needs what stands before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

static LedgerSchema *schema_of(const LedgerExtraColumn *extra, gsize n) {
  g_autoptr(GError) error = NULL;
  LedgerSchema *schema = ledger_schema_new(extra, n, &error);
  if (!schema) fail_msg("%s", error->message);
  return schema;
}

static void refuse(LedgerExtraColumn extra, int code, const char *part) {
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new(&extra, 1, &error);
  assert_null(schema);
  if (!g_error_matches(error, BASE_ERROR, code) || !strstr(error->message, part))
    fail_msg("another error: %s", error->message);
}

static void check_column(const LedgerSchema *schema, const LedgerTable *table, const LedgerColumn *column) {
  assert_non_null(column->about);
  if (column->type == LEDGER_REF) {
    const LedgerTable *target = ledger_schema_find(schema, column->ref);
    if (!target || target->kind == LEDGER_DERIVED)
      fail_msg("%s.%s refers to %s", table->name, column->name, column->ref);
  }
  if (column->flags & LEDGER_OWNED) {
    assert_string_equal(column->ref, "person");
    assert_ptr_equal(ledger_table_owner(table), column);
  }
  if (column->type == LEDGER_MONEY) assert_true(table->has_money);
}

static void test_built_in_tables_hold_together(void **state) {
  g_autoptr(LedgerSchema) schema = schema_of(NULL, 0);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    assert_ptr_equal(ledger_schema_find(schema, table->name), table);
    assert_true((table->needs != NULL) == (table->kind == LEDGER_DERIVED));
    for (guint c = 0; c < table->n_columns; c++) {
      check_column(schema, table, &table->columns[c]);
      assert_ptr_equal(ledger_table_column(table, table->columns[c].name), &table->columns[c]);
    }
    g_auto(GStrv) needs = g_strsplit(table->needs ? table->needs : "", " ", -1);
    for (guint n = 0; needs[n]; n++) assert_non_null(ledger_schema_find(schema, needs[n]));
  }
}

static void test_finding(void **state) {
  g_autoptr(LedgerSchema) schema = schema_of(NULL, 0);
  assert_null(ledger_schema_find(schema, "nothing"));
  assert_null(ledger_schema_find(schema, NULL));
  const LedgerTable *opportunity = ledger_schema_find(schema, "opportunity");
  assert_null(ledger_table_column(opportunity, "nothing"));
  assert_string_equal(ledger_table_owner(opportunity)->name, "owner");
  assert_null(ledger_table_owner(ledger_schema_find(schema, "web_traffic")));
  assert_string_equal(ledger_type_name(LEDGER_INSTANT), "instant");
  assert_string_equal(ledger_type_name(LEDGER_BOOL), "yes or no");
}

static void test_own_columns_and_facts(void **state) {
  char name[] = "visit";
  const LedgerExtraColumn extra[] = {
      {.table = "opportunity", .name = "channel", .type = LEDGER_TEXT, .about = "by which channel"},
      {.table = name, .name = "at", .type = LEDGER_INSTANT, .flags = LEDGER_REQUIRED},
      {.table = name, .name = "follows", .type = LEDGER_REF, .ref = "call_list"},
      {.table = name, .name = "cost", .type = LEDGER_MONEY},
      {.table = name, .name = "rep", .type = LEDGER_REF, .ref = "person", .flags = LEDGER_OWNED},
      {.table = "call_list", .name = "visit", .type = LEDGER_REF, .ref = "visit"},
      {.table = "team", .name = "budget", .type = LEDGER_MONEY},
  };
  g_autoptr(LedgerSchema) schema = schema_of(extra, G_N_ELEMENTS(extra));
  name[0] = 'x';
  const LedgerTable *visit = ledger_schema_find(schema, "visit");
  assert_int_equal(visit->kind, LEDGER_FACT);
  assert_int_equal(visit->n_columns, 4);
  assert_true(visit->has_money);
  assert_string_equal(ledger_table_owner(visit)->name, "rep");
  assert_true(ledger_schema_find(schema, "team")->has_money);
  assert_string_equal(ledger_table_column(ledger_schema_find(schema, "opportunity"), "channel")->about,
                      "by which channel");

  g_autoptr(LedgerSchema) builtin = schema_of(NULL, 0);
  assert_null(ledger_schema_find(builtin, "visit"));
  assert_null(ledger_table_column(ledger_schema_find(builtin, "opportunity"), "channel"));
  assert_false(ledger_schema_find(builtin, "team")->has_money);
}

static void test_names_that_cannot_be(void **state) {
  static const char *const names[] = {"", "Channel", "1st", "a b", "a-b", "_a", "größe", "x\"; DROP TABLE y"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
    refuse((LedgerExtraColumn){.table = "opportunity", .name = names[i], .type = LEDGER_TEXT}, BASE_ERROR_INPUT,
           "cannot be the name");
    refuse((LedgerExtraColumn){.table = names[i], .name = "a", .type = LEDGER_TEXT}, BASE_ERROR_INPUT,
           "cannot be the name");
  }
  g_autofree char *long_name = g_strnfill(64, 'a');
  refuse((LedgerExtraColumn){.table = "opportunity", .name = long_name, .type = LEDGER_TEXT}, BASE_ERROR_INPUT,
         "63 at most");
  long_name[63] = '\0';
  g_autoptr(LedgerSchema) schema =
      schema_of(&(LedgerExtraColumn){.table = "opportunity", .name = long_name, .type = LEDGER_TEXT}, 1);
  assert_non_null(schema);
}

static void test_what_is_taken(void **state) {
  static const char *const columns[] = {"stage", "key", "from_source", "id", "load", "currency", "created_at_day"};
  for (guint i = 0; i < G_N_ELEMENTS(columns); i++) {
    refuse((LedgerExtraColumn){.table = "opportunity", .name = columns[i], .type = LEDGER_TEXT}, BASE_ERROR_INPUT,
           "already has a column");
  }
  static const char *const facts[] = {"load", "rejected", "attain_meta", "deal_history"};
  for (guint i = 0; i < G_N_ELEMENTS(facts); i++) {
    refuse((LedgerExtraColumn){.table = facts[i], .name = "a", .type = LEDGER_TEXT}, BASE_ERROR_INPUT, "is taken");
  }
  refuse((LedgerExtraColumn){.table = "fx_rate", .name = "fee", .type = LEDGER_MONEY}, BASE_ERROR_INPUT,
         "cannot hold money");
  refuse((LedgerExtraColumn){.table = "stage_stay", .name = "a", .type = LEDGER_TEXT}, BASE_ERROR_INPUT,
         "opportunity stage_change stage");
  refuse(
      (LedgerExtraColumn){
          .table = "opportunity", .name = "helper", .type = LEDGER_REF, .ref = "person", .flags = LEDGER_OWNED},
      BASE_ERROR_INPUT, "in its column owner");
}

static void test_references(void **state) {
  refuse((LedgerExtraColumn){.table = "opportunity", .name = "dealer", .type = LEDGER_REF, .ref = "acount"},
         BASE_ERROR_INPUT, "did you mean account?");
  refuse((LedgerExtraColumn){.table = "opportunity", .name = "dealer", .type = LEDGER_REF}, BASE_ERROR_INPUT,
         "no table");
  refuse((LedgerExtraColumn){.table = "opportunity", .name = "dealer", .type = LEDGER_REF, .ref = "silence"},
         BASE_ERROR_INPUT, "no table");
  refuse(
      (LedgerExtraColumn){
          .table = "visit", .name = "dealer", .type = LEDGER_REF, .ref = "account", .flags = LEDGER_OWNED},
      BASE_ERROR_INPUT, "only a person");
}

static void test_too_many_columns(void **state) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) extra = g_array_new(FALSE, TRUE, sizeof(LedgerExtraColumn));
  for (int i = 0; i < 501; i++) {
    g_ptr_array_add(names, g_strdup_printf("c%d", i));
    LedgerExtraColumn column = {.table = "visit", .name = g_ptr_array_index(names, i), .type = LEDGER_COUNT};
    g_array_append_val(extra, column);
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(LedgerSchema) schema = ledger_schema_new((const LedgerExtraColumn *)extra->data, extra->len, &error);
  assert_null(schema);
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
}

/* docs/ledger.md has a heading for each table, and in its part each column in backticks. */
static void test_the_page_names_everything(void **state) {
  g_autofree char *page = NULL;
  assert_true(g_file_get_contents(LEDGER_PAGE, &page, NULL, NULL));
  g_autoptr(LedgerSchema) schema = schema_of(NULL, 0);
  for (guint i = 0; i < ledger_schema_n_tables(schema); i++) {
    const LedgerTable *table = ledger_schema_table(schema, i);
    g_autofree char *heading = g_strdup_printf("\n### %s\n", table->name);
    const char *start = strstr(page, heading);
    if (!start) fail_msg("docs/ledger.md has no heading \"### %s\"", table->name);
    const char *end = strstr(start + strlen(heading), "\n### ");
    g_autofree char *part = end ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
    for (guint c = 0; c < table->n_columns; c++) {
      g_autofree char *column = g_strdup_printf("`%s`", table->columns[c].name);
      if (!strstr(part, column)) fail_msg("docs/ledger.md does not name %s.%s", table->name, table->columns[c].name);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_built_in_tables_hold_together),
      cmocka_unit_test(test_finding),
      cmocka_unit_test(test_own_columns_and_facts),
      cmocka_unit_test(test_names_that_cannot_be),
      cmocka_unit_test(test_what_is_taken),
      cmocka_unit_test(test_references),
      cmocka_unit_test(test_too_many_columns),
      cmocka_unit_test(test_the_page_names_everything),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
