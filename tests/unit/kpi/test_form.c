/* Which formulas are made of their members' values, and why the others are not. */
#include "../unit.h"
#include "fixture.h"

static void tells_sums_ratios_and_means(void **state) {
  static const struct {
    const char *formula;
    KpiForm form;
    const char *why; /* a part of it */
  } cases[] = {
      {"won_value", KPI_FORM_SUM, NULL},
      {"won_deals - 2 * open_deals", KPI_FORM_SUM, NULL},
      {"won_value / (2 + 2)", KPI_FORM_SUM, NULL},
      {"-(won_value + won_value) / 3", KPI_FORM_SUM, NULL},
      {"trailing(won_value, 12 months) - shift(won_value, -3 months)", KPI_FORM_SUM, NULL},
      {"start(open_value)", KPI_FORM_SUM, NULL},
      {"average(open_deals)", KPI_FORM_SUM, NULL},
      {"each(account, lifetime(orders) > 0)", KPI_FORM_SUM, NULL},
      {"won_deals / decided_deals", KPI_FORM_RATIO, NULL},
      {"win_rate", KPI_FORM_RATIO, NULL},
      {"100 * (won_deals - open_deals) / decided_deals", KPI_FORM_RATIO, NULL},
      {"won_value / average(open_deals)", KPI_FORM_RATIO, NULL},
      {"mean(survey.score on at)", KPI_FORM_MEAN, NULL},
      {"cycle", KPI_FORM_OTHER, "a median"},
      {"survival_median(opportunity.created_at, opportunity.closed_at on created_at)", KPI_FORM_OTHER, "a median"},
      {"distinct(sale.account on at)", KPI_FORM_OTHER, "only once over all"},
      {"max(sale.net_amount on at)", KPI_FORM_OTHER, "smallest or largest"},
      {"mean(survey.score on at) + mean(survey.score on at)", KPI_FORM_OTHER, "a mean among its parts"},
      {"1 - won_deals / decided_deals", KPI_FORM_OTHER, "a number that is no member's"},
      {"won_value + won_value * (won_deals / decided_deals)", KPI_FORM_OTHER, "multiplies or divides"},
      {"open_deals * win_rate", KPI_FORM_OTHER, "multiplies or divides"},
      {"2 / open_deals", KPI_FORM_OTHER, "a number that is no member's"},
      {"won_deals / total(won_deals)", KPI_FORM_OTHER, "against all of them"},
      {"max(won_value, open_value)", KPI_FORM_OTHER, "chooses by the whole"},
      {"if(won_deals > 3, won_deals, 0)", KPI_FORM_OTHER, "chooses by the whole"},
      {"if(won_deals > 3, 1, 0) / decided_deals", KPI_FORM_OTHER, "chooses by the whole"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    const char *why;
    const KpiExpr *expr = kpi_parse_formula(fixture.catalogue, NULL, cases[i].formula, &error);
    if (expr == NULL) fail_msg("%s: %s", cases[i].formula, error->message);
    if (kpi_form_of(expr, &why) != cases[i].form) fail_msg("%s is another form (%s)", cases[i].formula, why);
    assert_true((why == NULL) == (cases[i].why == NULL));
    if (why != NULL && strstr(why, cases[i].why) == NULL) fail_msg("%s: %s", cases[i].formula, why);
  }
}

int main(int argc, char **argv) {
  fixture_folder = argc > 1 ? argv[1] : "cases";
  const struct CMUnitTest tests[] = {cmocka_unit_test(tells_sums_ratios_and_means)};
  return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
