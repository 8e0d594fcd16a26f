/* Whatever is printed parses to the same expression: over random formulas and over the whole built-in catalogue. */
#include "../unit.h"
#include "fixture.h"
#include "kpi/internal.h"

static const char *catalogue_folder;

/* --- random texts that are right in names and units --- */

static const char *pick(GRand *random, const char *const *from, gint n) {
  return from[g_rand_int_range(random, 0, n)];
}
#define PICK(random, ...) \
  pick((random), (const char *const[]){__VA_ARGS__}, (gint)G_N_ELEMENTS(((const char *const[]){__VA_ARGS__})))

static void random_money(GRand *random, GString *out, int depth);

static void random_date(GRand *random, GString *out, int depth) {
  switch (depth > 0 ? g_rand_int_range(random, 0, 4) : 3) {
    case 0:
      g_string_append(out, PICK(random, "later(", "earlier("));
      random_date(random, out, depth - 1);
      g_string_append(out, ", ");
      random_date(random, out, depth - 1);
      g_string_append(out, ")");
      return;
    case 1:
      g_string_append(out, "(");
      random_date(random, out, depth - 1);
      g_string_append_printf(out, "%s %d %s)", PICK(random, "+", "-"), g_rand_int_range(random, 1, 40),
                             PICK(random, "days", "hours", "weeks", "months", "years", "day"));
      return;
    default:
      g_string_append(out, PICK(random, "created_at", "closed_at", "expected_close", "opportunity.quoted_at",
                                "lead.created_at", "2026-02-28", "account.owner.hired_at"));
  }
}

static void random_condition(GRand *random, GString *out, int depth) {
  switch (g_rand_int_range(random, 0, depth > 0 ? 9 : 4)) {
    case 0:
      g_string_append(out, PICK(random, "outcome = 'won'", "stage <> 'it''s'", "type in ('new', 'renewal')",
                                "owner = account.owner"));
      return;
    case 1:
      g_string_append(
          out, PICK(random, "closed_at is empty", "owner.quota_carrying", "amount > 1_000.5", "probability <= 30%"));
      return;
    case 2:
      random_date(random, out, depth);
      g_string_append(out, PICK(random, " < ", " >= ", " = ", " <> "));
      random_date(random, out, depth);
      return;
    case 3:
      random_money(random, out, depth);
      g_string_append(out, PICK(random, " < ", " >= ", " = ", " <> "));
      random_money(random, out, depth);
      return;
    case 4:
    case 5:
      g_string_append(out, "not "); /* falls through: of what is in brackets */
      G_GNUC_FALLTHROUGH;
    case 6:
      g_string_append(out, "(");
      random_condition(random, out, depth - 1);
      g_string_append(out, ")");
      return;
    default:
      random_condition(random, out, depth - 1);
      g_string_append(out, PICK(random, " and ", " or "));
      random_condition(random, out, depth - 1);
  }
}

static void random_money(GRand *random, GString *out, int depth) {
  switch (depth > 0 ? g_rand_int_range(random, 0, 7) : 6) {
    case 0:
      g_string_append(out, "if(");
      random_condition(random, out, depth - 1);
      g_string_append(out, ", ");
      random_money(random, out, depth - 1);
      g_string_append(out, ", 0)");
      return;
    case 1:
    case 2:
      g_string_append(out, "(");
      random_money(random, out, depth - 1);
      g_string_append(out, PICK(random, " + ", " - "));
      random_money(random, out, depth - 1);
      g_string_append(out, ")");
      return;
    case 3:
      random_money(random, out, depth - 1);
      g_string_append(out, PICK(random, " * probability", " / 1.1", " * -0.25", " / 3"));
      return;
    case 4:
      g_string_append(out, "-");
      random_money(random, out, depth - 1);
      return;
    case 5:
      g_string_append(out, PICK(random, "coalesce(", "min(", "max("));
      random_money(random, out, depth - 1);
      g_string_append(out, ", ");
      random_money(random, out, depth - 1);
      g_string_append(out, ")");
      return;
    default:
      g_string_append(out, PICK(random, "amount", "opportunity.list_amount", "account.annual_revenue", "product.cost"));
  }
}

static void random_measure(GRand *random, GString *out, int depth) {
  g_string_append(out, PICK(random, "sum(opportunity.amount * 1 + ", "mean(opportunity.amount - ",
                            "median(opportunity.list_amount + "));
  random_money(random, out, depth);
  if (g_rand_boolean(random)) {
    g_string_append(out, " where ");
    random_condition(random, out, depth);
  }
  g_string_append(out, PICK(random, " on ", " from created_at until "));
  random_date(random, out, depth - 1);
  g_string_append(out, ")");
}

static void random_formula(GRand *random, GString *out, int depth) {
  static const char *const windows[][2] = {
      {"previous(", ")"}, {"shift(", ", -3 months)"}, {"year_ago(", ")"}, {"total(", ")"}};
  gint i;
  switch (depth > 0 ? g_rand_int_range(random, 0, 7) : g_rand_int_range(random, 6, 8)) {
    case 0:
    case 1:
      g_string_append(out, "(");
      random_formula(random, out, depth - 1);
      g_string_append(out, PICK(random, " + ", " - "));
      random_formula(random, out, depth - 1);
      g_string_append(out, ")");
      return;
    case 2:
      random_formula(random, out, depth - 1);
      g_string_append(
          out, PICK(random, " * win_rate", " / 1e-3", " / won_deals", " * 1234567.125", " / (won_deals / orders)"));
      return;
    case 3:
      g_string_append(out, "if(won_deals > 2 and not mrr < 5, ");
      random_formula(random, out, depth - 1);
      g_string_append(out, ", 0 / 0)");
      return;
    case 4:
      i = g_rand_int_range(random, 0, (gint)G_N_ELEMENTS(windows));
      g_string_append(out, windows[i][0]);
      random_formula(random, out, depth - 1);
      g_string_append(out, windows[i][1]);
      return;
    case 5:
      g_string_append(out, "-");
      random_formula(random, out, depth - 1);
      return;
    case 6:
      random_measure(random, out, 2);
      return;
    default:
      g_string_append(out,
                      PICK(random, "won_value", "ad_spend", "mrr", "start(mrr)", "each(account, mrr)", "deal_size"));
  }
}

static void assert_reads_back(const KpiExpr *expr) {
  g_autofree char *printed = kpi_expr_print(expr);
  g_autoptr(GError) error = NULL;
  KpiExpr *again = kpi_parse_formula(fixture.catalogue, NULL, printed, &error);
  if (!again) fail_msg("%s\n%s", printed, error->message);
  if (!kpi_expr_equal(expr, again)) fail_msg("%s reads back as something else", printed);
  assert_true(kpi_unit_equal(expr->unit, again->unit));
  g_autofree char *reprinted = kpi_expr_print(again);
  assert_string_equal(printed, reprinted);
}

static void random_formulas_read_back(void **state) {
  guint32 seed = g_random_int();
  print_message("seed %u\n", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (int run = 0; run < 2000; run++) {
    g_autoptr(GString) text = g_string_new(NULL);
    random_formula(random, text, run % 6);
    g_autoptr(GError) error = NULL;
    KpiExpr *expr = kpi_parse_formula(fixture.catalogue, NULL, text->str, &error);
    if (!expr) fail_msg("%s\n%s", text->str, error->message);
    assert_reads_back(expr);
  }
}

/* Every number that can be written prints as itself. */
static void random_numbers_read_back(void **state) {
  guint32 seed = g_random_int();
  print_message("seed %u\n", seed);
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  for (int run = 0; run < 2000; run++) {
    char text[96];
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    double number = g_rand_double(random) * (run % 2 ? 1e-6 : 1e12);
    g_ascii_dtostr(digits, sizeof digits, number);
    g_snprintf(text, sizeof text, "won_value * %s + won_value / (%s days / 1 hour)", digits, digits);
    g_autoptr(GError) error = NULL;
    KpiExpr *expr = kpi_parse_formula(fixture.catalogue, NULL, text, &error);
    if (!expr && run % 2 == 0) continue; /* more days than there are */
    if (!expr) fail_msg("%s\n%s", text, error->message);
    assert_true(expr->args[0]->args[1]->number == number);
    assert_reads_back(expr);
  }
}

/* --- the built-in catalogue --- */

static GPtrArray *read_built_in(GArray *sources) {
  GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GDir) folder = g_dir_open(catalogue_folder, 0, NULL);
  assert_non_null(folder);
  for (const char *name; (name = g_dir_read_name(folder));) {
    if (!g_str_has_suffix(name, ".yaml")) continue;
    g_autofree char *path = g_build_filename(catalogue_folder, name, NULL);
    char *text = NULL;
    gsize length = 0;
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_ptr_array_add(texts, text);
    KpiSource source = {g_intern_string(name), text, length, TRUE};
    g_array_append_val(sources, source);
  }
  return texts;
}

static void built_in_definitions_are_right_and_read_back(void **state) {
  g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(KpiSource));
  g_autoptr(GPtrArray) texts = read_built_in(sources);
  assert_true(texts->len > 0);
  g_autoptr(GPtrArray) problems = NULL;
  KpiCatalogue *own = fixture.catalogue;
  g_autoptr(KpiCatalogue) catalogue =
      kpi_catalogue_new(fixture.schema, (const KpiSource *)sources->data, sources->len, &problems, NULL);
  for (guint i = 0; i < problems->len; i++) print_message("%s\n", (const char *)problems->pdata[i]);
  assert_non_null(catalogue);
  fixture.catalogue = catalogue;
  for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(catalogue, i);
    assert_reads_back(kpi->versions[kpi->n_versions - 1].expr);
  }
  print_message("%u KPIs, %u measures\n", kpi_catalogue_n_kpis(catalogue), kpi_catalogue_n_measures(catalogue));
  fixture.catalogue = own;
}

int main(int argc, char **argv) {
  fixture_folder = argc > 1 ? argv[1] : "cases";
  catalogue_folder = argc > 2 ? argv[2] : "../../../catalogue";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_formulas_read_back),
      cmocka_unit_test(random_numbers_read_back),
      cmocka_unit_test(built_in_definitions_are_right_and_read_back),
  };
  return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
