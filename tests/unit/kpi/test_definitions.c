/* Files of definitions: what they say, what they override, and every mistake in them. The blocks are in
 * cases/definitions.txt. */
#include "../unit.h"
#include "fixture.h"
#include "kpi/internal.h"

static LedgerSchema *schema;

/* --- the blocks --- */

static void describe(GString *out, const KpiDefinition *kpi, const char *expected) {
  g_string_append_printf(out, "= %s: %s [%s%s%s%s]", kpi->name, kpi->canonical, kpi_unit_name(kpi->unit),
                         kpi->display ? ", " : "", kpi->display ? kpi->display : "",
                         kpi->proportion ? ", proportion" : "");
  if (kpi->matures_after_days) g_string_append_printf(out, " matures after %d days", kpi->matures_after_days);
  g_autofree char *needs = g_strjoinv(" ", (char **)kpi->needs);
  g_autofree char *with = g_strdup_printf(" needs %s", needs);
  if (strstr(expected, with)) g_string_append(out, with);
  g_string_append_c(out, '\n');
  g_autofree char *title = g_strdup_printf("= %s title: %s\n", kpi->name, kpi->title);
  if (strstr(expected, title)) g_string_append(out, title);
  g_autofree char *anchor = g_strdup_printf("= %s anchor: %s\n", kpi->name, kpi->anchor);
  if (strstr(expected, anchor)) g_string_append(out, anchor);
  g_autofree char *question = g_strdup_printf("= %s question: %s\n", kpi->name, kpi->question);
  if (strstr(expected, question)) g_string_append(out, question);
  g_autofree char *traps = g_strjoinv("; ", (char **)kpi->traps);
  g_autofree char *told = g_strdup_printf("= %s traps: %s source: %s\n", kpi->name, traps, kpi->source);
  if (strstr(expected, told)) g_string_append(out, told);
  if (kpi->redefines) g_string_append_printf(out, "= %s redefines\n", kpi->name);
  for (guint i = 0; kpi->n_versions > 1 && i < kpi->n_versions; i++) {
    g_autofree char *day = base_day_format(kpi->versions[i].from);
    g_string_append_printf(out, "= %s version %s: %s\n", kpi->name, day, kpi->versions[i].formula);
  }
}

static guint check_block(const char *block) {
  const char *start = strchr(block, '\n') + 1;
  const char *rule = strstr(start, "-----\n");
  assert_non_null(rule);
  g_autofree char *yaml = g_strndup(start, (gsize)(rule - start));
  g_autofree char *below = g_strchomp(g_strdup(rule + 6));
  g_autofree char *expected = g_strconcat(below, "\n", NULL);
  g_auto(GStrv) texts = g_strsplit(yaml, "\n---\n", 2);
  gsize n = g_strv_length(texts);
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(KpiCatalogue) catalogue = fixture_load(schema, (const char *const *)texts, n, n == 2 ? 1 : 0, &problems);
  assert_true((catalogue == NULL) == (problems->len > 0));
  g_autoptr(GString) got = g_string_new(NULL);
  for (guint i = 0; i < problems->len; i++) g_string_append_printf(got, "! %s\n", (const char *)problems->pdata[i]);
  for (guint i = 0; catalogue && i < kpi_catalogue_n_kpis(catalogue); i++)
    describe(got, kpi_catalogue_kpi(catalogue, i), expected);
  if (strcmp(got->str, expected) == 0) return 0;
  print_message("=====%.*s\nexpected:\n%sgot:\n%s\n", (int)(start - block), block, expected, got->str);
  return 1;
}

static void blocks(void **state) {
  g_autofree char *text = fixture_read("definitions.txt");
  g_auto(GStrv) all = g_strsplit(text, "\n=====", -1);
  guint failures = 0;
  for (char **block = all + 1; *block; block++) failures += check_block(*block);
  print_message("%u blocks\n", g_strv_length(all) - 1);
  assert_int_equal(failures, 0);
}

/* --- looking up --- */

static void a_measure_is_found_as_a_kpi(void **state) {
  fixture_init(&fixture);
  g_autoptr(GError) error = NULL;
  const KpiDefinition *kpi = kpi_catalogue_find(fixture.catalogue, "won_value", NULL);
  assert_non_null(kpi);
  assert_string_equal(kpi->title, "Won value");
  assert_string_equal(kpi->canonical, "sum(opportunity.amount where outcome = 'won' on closed_at)");
  assert_string_equal(kpi->needs[0], "opportunity");
  assert_string_equal(kpi_unit_name(kpi->unit), "money");
  assert_int_equal(kpi_catalogue_n_kpis(fixture.catalogue), 2);
  assert_null(kpi_catalogue_find(fixture.catalogue, "winrate", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
  assert_string_equal(error->message, "there is no KPI 'winrate'; did you mean 'win_rate'?");
  fixture_clear(&fixture);
}

static void numbers_order_kpis_and_indexes_are_unique(void **state) {
  static const char text[] =
      "kpis:\n"
      "  z: {formula: count(sale on at), number: 2}\n"
      "  y: {formula: 'count(sale on at) / count(lead on created_at)', number: 1}\n"
      "  x: count(sale on at)\n"
      "  w: 'each(account, count(sale on at) > 1) + each(account, count(sale on at) > 2)'\n";
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(KpiCatalogue) catalogue = fixture_load(schema, (const char *const[]){text}, 1, 0, &problems);
  assert_non_null(catalogue);
  static const char *const order[] = {"y", "z", "w", "x"};
  for (guint i = 0; i < 4; i++) assert_string_equal(kpi_catalogue_kpi(catalogue, i)->name, order[i]);
  assert_int_equal(kpi_catalogue_n_measures(catalogue),
                   2); /* count(sale on at) is written five times and is one measure */
  for (guint i = 0; i < 2; i++) assert_int_equal(kpi_catalogue_measure(catalogue, i)->index, i);
  const KpiExpr *w = kpi_catalogue_kpi(catalogue, 2)->versions[0].expr;
  assert_int_equal(w->args[0]->each_index, 1);
  assert_int_equal(w->args[1]->each_index, 2);
}

static void a_file_that_is_no_yaml_is_one_problem_among_others(void **state) {
  static const char *const texts[] = {"kpis: [\n", "kpis:\n  a: coun(sale on at)\n"};
  g_autoptr(GPtrArray) problems = NULL;
  assert_null(fixture_load(schema, texts, 2, 0, &problems));
  assert_int_equal(problems->len, 2);
  assert_true(g_str_has_prefix(problems->pdata[0], "one.yaml:"));
  assert_string_equal(problems->pdata[1], "two.yaml:2:6: there is no function coun(); did you mean 'count'?");
}

static void own_facts_and_columns_are_known(void **state) {
  const LedgerExtraColumn extra[] = {{"opportunity", "vertical", LEDGER_TEXT, NULL, 0, "vertical"},
                                     {"visit", "opportunity", LEDGER_REF, "opportunity", 0, "deal"},
                                     {"visit", "at", LEDGER_INSTANT, NULL, 0, "when"}};
  g_autoptr(LedgerSchema) own = ledger_schema_new(extra, G_N_ELEMENTS(extra), NULL);
  assert_non_null(own);
  static const char text[] = "kpis:\n  a: count(visit where opportunity.vertical = 'Health' on at)\n";
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(KpiCatalogue) catalogue = fixture_load(own, (const char *const[]){text}, 1, 0, &problems);
  assert_non_null(catalogue);
}

static int setup(void **state) {
  schema = ledger_schema_new(NULL, 0, NULL);
  return 0;
}

static int teardown(void **state) {
  ledger_schema_free(schema);
  return 0;
}

int main(int argc, char **argv) {
  fixture_folder = argc > 1 ? argv[1] : "cases";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks),
      cmocka_unit_test(a_measure_is_found_as_a_kpi),
      cmocka_unit_test(numbers_order_kpis_and_indexes_are_unique),
      cmocka_unit_test(a_file_that_is_no_yaml_is_one_problem_among_others),
      cmocka_unit_test(own_facts_and_columns_are_known),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
