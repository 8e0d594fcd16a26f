/* attain.yaml, `scorecard`: weights and the cap, and what is said of mistakes. */
#include "expect.h"

#define COMPANY "name: Co\ncurrency: EUR\n"

static ConfOrganisation *read_text(const char *text) {
  g_autoptr(GError) error = NULL;
  ConfOrganisation *organisation = conf_organisation_parse("attain.yaml", text, strlen(text), "/somewhere/co", &error);
  if (error) fail_msg("%s", error->message);
  return organisation;
}

static void expect_wrong(const char *text, const char *message) {
  GError *error = NULL;
  assert_null(conf_organisation_parse("attain.yaml", text, strlen(text), "/somewhere/co", &error));
  expect_error(error, BASE_ERROR_INPUT, message);
}

static void usual(void **state) {
  g_autoptr(ConfOrganisation) organisation = read_text(COMPANY);
  assert_int_equal(organisation->scorecard.n_weights, 0);
  assert_true(organisation->scorecard.cap == 200);
}

static void given(void **state) {
  g_autoptr(ConfOrganisation) organisation =
      read_text(COMPANY "scorecard:\n  weights: {revenue: 3, win_rate: 0.5}\n  cap: 150\n");
  const ConfScorecard *scorecard = &organisation->scorecard;
  assert_true(scorecard->cap == 150);
  assert_int_equal(scorecard->n_weights, 2);
  assert_string_equal(scorecard->weights[0].kpi, "revenue");
  assert_true(scorecard->weights[0].weight == 3);
  assert_string_equal(scorecard->weights[1].kpi, "win_rate");
  assert_true(scorecard->weights[1].weight == 0.5);
  assert_int_equal(scorecard->weights[1].span.line, 4);
}

static void mistakes(void **state) {
  expect_wrong(COMPANY "scorecard: {weights: [revenue]}\n",
               "attain.yaml:3:22: \"weights\" must be KPIs with a number each, such as {revenue: 3, win_rate: 1}");
  expect_wrong(COMPANY "scorecard: {weights: {revenue: 3, win_rate: -1}}\n",
               "attain.yaml:3:45: the weight of \"win_rate\" must be a number from 0, such as 2 or 0.5: 0 leaves it "
               "out of the score");
  expect_wrong(COMPANY "scorecard: {cap: 80}\n",
               "attain.yaml:3:18: \"cap\" must be at least 100, which is a target met exactly");
  expect_wrong(COMPANY "scorecard: {weight: 3}\n",
               "attain.yaml:3:13: unknown key \"weight\": did you mean \"weights\"?");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(usual),
      cmocka_unit_test(given),
      cmocka_unit_test(mistakes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
