/* The cases in cases/: an expression, and how it is written canonically and what it is measured in, or the mistake in
 * it.
 *
 *     won_deals/decided_deals          count(opportunity on close_at)
 *     = won_deals / decided_deals      ! 1:22: opportunity has no column 'close_at'; did you mean 'closed_at'?
 *     : ratio
 *
 * What is canonical is parsed and printed again, and must come out as it went in. */
#include "../unit.h"
#include "fixture.h"
#include "kpi/internal.h"

static KpiExpr *parse(const char *text, GError **error) {
  return kpi_parse_formula(fixture.catalogue, NULL, text, error);
}

static KpiExpr *parse_condition(const char *text, GError **error) {
  const char *colon = strstr(text, ": ");
  g_autofree char *name = g_strndup(text, (gsize)(colon - text));
  const LedgerTable *table = ledger_schema_find(fixture.schema, name);
  assert_non_null(table);
  return kpi_parse_condition(fixture.catalogue, table, colon + 2, error);
}

typedef KpiExpr *(*Parse)(const char *text, GError **error);

/* Without "line ", which stands where there is no file, and "where:", which is the file of a condition. */
static const char *message_of(const GError *error) {
  const char *message = error->message;
  if (g_str_has_prefix(message, "line ")) return message + strlen("line ");
  return g_str_has_prefix(message, "where:") ? message + strlen("where:") : message;
}

static guint check_line(const char *text, const char *line, const KpiExpr *expr, const GError *error) {
  g_autofree char *printed = expr ? kpi_expr_print(expr) : NULL;
  const char *expected = line + 2;
  const char *got = NULL;
  if (*line == '=')
    got = printed;
  else if (*line == ':')
    got = expr ? kpi_unit_name(expr->unit) : NULL;
  else if (*line == '!')
    got = error ? message_of(error) : NULL;
  if (got && strcmp(got, expected) == 0) return 0;
  print_message("%s\n  expected: %s\n  got:      %s\n", text, expected,
                got       ? got
                : printed ? printed
                          : message_of(error));
  return 1;
}

static guint check_again(const char *text, const KpiExpr *expr, Parse read, const char *prefix) {
  g_autofree char *printed = kpi_expr_print(expr);
  g_autofree char *whole = g_strconcat(prefix, printed, NULL);
  g_autoptr(GError) error = NULL;
  KpiExpr *again = read(whole, &error);
  if (again && kpi_expr_equal(expr, again)) return 0;
  print_message("%s\n  prints as %s, which reads as something else%s%s\n", text, printed, error ? ": " : "",
                error ? error->message : "");
  return 1;
}

static guint check_case(char **lines, guint n, Parse read) {
  g_autoptr(GError) error = NULL;
  KpiExpr *expr = read(lines[0], &error);
  guint failures = n < 2;
  assert_true((expr == NULL) == (error != NULL));
  for (guint i = 1; i < n; i++) failures += check_line(lines[0], lines[i], expr, error);
  g_autofree char *prefix =
      read == parse_condition ? g_strndup(lines[0], (gsize)(strstr(lines[0], ": ") - lines[0]) + 2) : g_strdup("");
  if (expr) failures += check_again(lines[0], expr, read, prefix);
  return failures;
}

static void check_file(const char *file, Parse read) {
  g_autofree char *text = fixture_read(file);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  guint failures = 0, cases = 0;
  for (char **at = lines; *at;) {
    if (**at == '\0' || g_str_has_prefix(*at, "# ")) {
      at++;
      continue;
    }
    guint n = 0;
    while (at[n] && *at[n]) n++;
    failures += check_case(at, n, read);
    cases++;
    at += n;
  }
  print_message("%s: %u cases\n", file, cases);
  assert_true(cases > 5);
  assert_int_equal(failures, 0);
}

static void measures(void **state) {
  check_file("measures.txt", parse);
}

static void rows(void **state) {
  check_file("rows.txt", parse);
}

static void formulas(void **state) {
  check_file("formulas.txt", parse);
}

static void mistakes(void **state) {
  check_file("mistakes.txt", parse);
}

static void conditions(void **state) {
  check_file("conditions.txt", parse_condition);
}

/* A `where` that does not fit a fact is told apart from one that is wrong, so that it can be tried on another. */
static void a_missing_column_is_not_found(void **state) {
  const LedgerTable *table = ledger_schema_find(fixture.schema, "spend");
  GError *error = NULL;
  assert_null(kpi_parse_condition(fixture.catalogue, table, "stage = 'Won'", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_NOT_FOUND));
  g_clear_error(&error);
  assert_null(kpi_parse_condition(fixture.catalogue, table, "channel = ", &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_USAGE));
  g_clear_error(&error);
}

int main(int argc, char **argv) {
  fixture_folder = argc > 1 ? argv[1] : "cases";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(measures), cmocka_unit_test(rows),       cmocka_unit_test(formulas),
      cmocka_unit_test(mistakes), cmocka_unit_test(conditions), cmocka_unit_test(a_missing_column_is_not_found),
  };
  return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
