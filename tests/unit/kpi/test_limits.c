/* What a hostile or mistaken text can make grow has a cap, and passing it is an error that names the cap. */
#include "../unit.h"
#include "fixture.h"
#include "kpi/internal.h"

static void assert_refused(const char *text, int code, const char *with) {
  GError *error = NULL;
  assert_null(kpi_parse_formula(fixture.catalogue, NULL, text, &error));
  assert_true(g_error_matches(error, BASE_ERROR, code));
  if (!strstr(error->message, with)) fail_msg("%s", error->message);
  g_error_free(error);
}

/* `left` n times, `middle`, `right` n times. */
static char *nested(const char *left, const char *middle, const char *right, guint n) {
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < n; i++) g_string_append(text, left);
  g_string_append(text, middle);
  for (guint i = 0; i < n; i++) g_string_append(text, right);
  return g_string_free(text, FALSE);
}

static void ten_thousand_levels_are_refused(void **state) {
  static const char *const parts[][3] = {
      {"(", "won_deals", ")"},   {"-", "won_deals", ""},  {"abs(", "won_deals", ")"},     {"", "won_deals", " + 1"},
      {"1-(", "won_deals", ")"}, {"", "won_deals", "/2"}, {"if(won_deals>", "1", ",1,2)"}};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *deep = nested(parts[i][0], parts[i][1], parts[i][2], i == 6 ? 3000 : 10000);
    assert_refused(deep, BASE_ERROR_LIMIT, "max_nesting");
    g_autofree char *fine = nested(parts[i][0], parts[i][1], parts[i][2], 90);
    g_autoptr(GError) error = NULL;
    if (i != 6) assert_non_null(kpi_parse_formula(fixture.catalogue, NULL, fine, &error));
  }
  g_autofree char *nots = nested("not ", "reopened", "", 10000);
  g_autofree char *condition = g_strdup_printf("count(case where %s on opened_at)", nots);
  assert_refused(condition, BASE_ERROR_LIMIT, "max_nesting");
}

static void long_texts_are_refused(void **state) {
  g_autofree char *blank = nested(" ", "won_deals", "", KPI_MAX_FORMULA_BYTES);
  assert_refused(blank, BASE_ERROR_LIMIT, "max_formula_bytes");
  g_autofree char *path = nested("parent.", "name", "", 20);
  g_autofree char *condition = g_strdup_printf("count(account where %s = 'a')", path);
  assert_refused(condition, BASE_ERROR_INPUT, "max_hops");
}

static void not_utf8_is_refused(void **state) {
  assert_refused("won_deals \xff", BASE_ERROR_INPUT, "UTF-8");
}

/* k1 = k0 + k0, k2 = k1 + k1 …: short to write, 2^40 parts to calculate. */
static void doubling_kpis_are_refused(void **state) {
  g_autoptr(GString) text = g_string_new("kpis:\n  k0: count(sale on at)\n");
  for (guint i = 1; i <= 40; i++) g_string_append_printf(text, "  k%u: k%u + k%u\n", i, i - 1, i - 1);
  g_autoptr(GPtrArray) problems = NULL;
  assert_null(fixture_load(fixture.schema, (const char *const[]){text->str}, 1, 0, &problems));
  assert_int_equal(problems->len, 1);
  assert_non_null(strstr(problems->pdata[0], "max_terms"));
}

/* A chain of KPIs is as deep as the formula that it would be; its length must not matter to the stack. */
static void long_chains_of_kpis_are_refused(void **state) {
  for (int backwards = 0; backwards < 2; backwards++) {
    g_autoptr(GString) text = g_string_new("kpis:\n  k0: count(sale on at)\n");
    for (guint i = 1; i <= 5000; i++) {
      guint k = backwards ? 5001 - i : i;
      g_string_append_printf(text, "  k%u: k%u + 1\n", k, k - 1);
    }
    g_autoptr(GPtrArray) problems = NULL;
    assert_null(fixture_load(fixture.schema, (const char *const[]){text->str}, 1, 0, &problems));
    assert_true(problems->len >= 1 && problems->len <= KPI_MAX_PROBLEMS + 1);
    assert_non_null(strstr(problems->pdata[0], "max_nesting"));
  }
}

static void problems_are_told_up_to_a_cap(void **state) {
  g_autoptr(GString) text = g_string_new("kpis:\n");
  for (guint i = 0; i < 1000; i++) g_string_append_printf(text, "  k%u: sum(x on at)\n", i);
  g_autoptr(GPtrArray) problems = NULL;
  assert_null(fixture_load(fixture.schema, (const char *const[]){text->str}, 1, 0, &problems));
  assert_int_equal(problems->len, KPI_MAX_PROBLEMS + 1);
}

static void ten_thousand_definitions_at_most(void **state) {
  g_autoptr(GString) text = g_string_new("kpis:\n");
  for (guint i = 0; i <= KPI_MAX_DEFINITIONS; i++) g_string_append_printf(text, "  k%u: count(sale on at)\n", i);
  g_autoptr(GPtrArray) problems = NULL;
  assert_null(fixture_load(fixture.schema, (const char *const[]){text->str}, 1, 0, &problems));
  assert_int_equal(problems->len, 1);
  assert_non_null(strstr(problems->pdata[0], "max_definitions"));
}

int main(int argc, char **argv) {
  fixture_folder = argc > 1 ? argv[1] : "cases";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ten_thousand_levels_are_refused),
      cmocka_unit_test(long_texts_are_refused),
      cmocka_unit_test(not_utf8_is_refused),
      cmocka_unit_test(doubling_kpis_are_refused),
      cmocka_unit_test(long_chains_of_kpis_are_refused),
      cmocka_unit_test(problems_are_told_up_to_a_cap),
      cmocka_unit_test(ten_thousand_definitions_at_most),
  };
  return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
