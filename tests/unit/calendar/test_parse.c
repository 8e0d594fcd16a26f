/* Periods as people write them, on Monday 15 June 2026 with data since 5 March 2024. */
#include "support.h"

typedef struct {
  const char *text, *name, *first, *last;
} Case;

static void expect(const CalendarConfig *config, const Case *cases, gsize n) {
  g_autoptr(Calendar) calendar = make(config);
  for (gsize i = 0; i < n; i++) {
    CalendarPeriod period = parsed(calendar, cases[i].text);
    assert_period(&period, cases[i].name, cases[i].first, cases[i].last);
  }
}

static void named_periods(void **state) {
  static const Case cases[] = {
      {"2026", "2026", "2026-01-01", "2026-12-31"},
      {"FY2026", "2026", "2026-01-01", "2026-12-31"},
      {"fy 26", "2026", "2026-01-01", "2026-12-31"},
      {"2026-Q3", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"Q3 2026", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"Q3-2026", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"2026q3", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"Q3 FY26", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"2026-H1", "2026-01..2026-06", "2026-01-01", "2026-06-30"},
      {"h2 2026", "2026-07..2026-12", "2026-07-01", "2026-12-31"},
      {"2026-06", "2026-06", "2026-06-01", "2026-06-30"},
      {"2026-6", "2026-06", "2026-06-01", "2026-06-30"},
      {"Jun 2026", "2026-06", "2026-06-01", "2026-06-30"},
      {"june_2026", "2026-06", "2026-06-01", "2026-06-30"},
      {"2026 Sept", "2026-09", "2026-09-01", "2026-09-30"},
      {"2026-P06", "2026-06", "2026-06-01", "2026-06-30"},
      {"2026-W23", "2026-W23", "2026-06-01", "2026-06-07"},
      {"week 53 2026", "2026-W53", "2026-12-28", "2027-01-03"},
      {"2026-06-15", "2026-06-15", "2026-06-15", "2026-06-15"},
      {"15 June 2026", "2026-06-15", "2026-06-15", "2026-06-15"},
      {"June 15, 2026", "2026-06-15", "2026-06-15", "2026-06-15"},
      {"  2026  ", "2026", "2026-01-01", "2026-12-31"},
  };
  expect(&civil_config, cases, G_N_ELEMENTS(cases));
}

static void relative_periods(void **state) {
  static const Case cases[] = {
      {"today", "2026-06-15", "2026-06-15", "2026-06-15"},
      {"Yesterday", "2026-06-14", "2026-06-14", "2026-06-14"},
      {"this-week", "2026-W25", "2026-06-15", "2026-06-21"},
      {"this month", "2026-06", "2026-06-01", "2026-06-30"},
      {"last-month", "2026-05", "2026-05-01", "2026-05-31"},
      {"previous month", "2026-05", "2026-05-01", "2026-05-31"},
      {"next-quarter", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"last year", "2025", "2025-01-01", "2025-12-31"},
      {"Last 12 Months", "2025-06..2026-05", "2025-06-01", "2026-05-31"},
      {"last-1-month", "2026-05", "2026-05-01", "2026-05-31"},
      {"last-30-days", "2026-05-16..2026-06-14", "2026-05-16", "2026-06-14"},
      {"last 2 weeks", "2026-06-01..2026-06-14", "2026-06-01", "2026-06-14"},
      {"last-4-quarters", "2025-04..2026-03", "2025-04-01", "2026-03-31"},
      {"next 3 months", "2026-Q3", "2026-07-01", "2026-09-30"},
      {"month-to-date", "2026-06-01..2026-06-15", "2026-06-01", "2026-06-15"},
      {"qtd", "2026-04-01..2026-06-15", "2026-04-01", "2026-06-15"},
      {"Year to date", "2026-01-01..2026-06-15", "2026-01-01", "2026-06-15"},
      {"wtd", "2026-06-15", "2026-06-15", "2026-06-15"},
      {"all", "2024-03-05..2026-06-15", "2024-03-05", "2026-06-15"},
  };
  expect(&civil_config, cases, G_N_ELEMENTS(cases));
}

static void spans(void **state) {
  static const Case cases[] = {
      {"2026-06-03..2026-06-20", "2026-06-03..2026-06-20", "2026-06-03", "2026-06-20"},
      {"2026-06-01..2026-06-30", "2026-06", "2026-06-01", "2026-06-30"},
      {"2026-01..2026-06", "2026-01..2026-06", "2026-01-01", "2026-06-30"},
      {"2026-Q1 .. 2026-Q4", "2026", "2026-01-01", "2026-12-31"},
      {"Jan 2026 to May 2026", "2026-01..2026-05", "2026-01-01", "2026-05-31"},
      {"2025-11..last-month", "2025-11..2026-05", "2025-11-01", "2026-05-31"},
      {"2025..2026-Q1", "2025-01..2026-03", "2025-01-01", "2026-03-31"},
      {"2026-W01..2026-W02", "2025-12-29..2026-01-11", "2025-12-29", "2026-01-11"},
      {"2026-W01..2026-W01", "2026-W01", "2025-12-29", "2026-01-04"},
      {"2026-01 \u2013 2026-02", "2026-01..2026-02", "2026-01-01", "2026-02-28"},
      {"2026-06..2026", "2026-06..2026-12", "2026-06-01", "2026-12-31"},
      {"2026-06-20..this-month", "2026-06-20..2026-06-30", "2026-06-20", "2026-06-30"},
      {"this-year..today", "2026-01-01..2026-06-15", "2026-01-01", "2026-06-15"},
  };
  expect(&civil_config, cases, G_N_ELEMENTS(cases));
}

static void fiscal_names(void **state) {
  static const Case cases[] = {
      {"2026-Q3", "2026-Q3", "2025-10-01", "2025-12-31"}, /* the third quarter of the year that ends in March 2026 */
      {"2026-06", "2026-06", "2026-06-01", "2026-06-30"}, /* a month is always the calendar's */
      {"2026-P01", "2025-04", "2025-04-01", "2025-04-30"},
      {"2026-H2", "2025-10..2026-03", "2025-10-01", "2026-03-31"},
      {"ytd", "2026-04-01..2026-06-15", "2026-04-01", "2026-06-15"},
      {"this-year", "2027", "2026-04-01", "2027-03-31"},
  };
  expect(&april_config, cases, G_N_ELEMENTS(cases));
}

static void retail_names(void **state) {
  static const Case cases[] = {
      {"2024-P06", "2024-P06", "2024-07-07", "2024-08-03"},
      {"2024-06", "2024-06-01..2024-06-30", "2024-06-01", "2024-06-30"}, /* the calendar month is a span of days */
      {"2024-H1", "2024-P01..2024-P06", "2024-02-04", "2024-08-03"},
      {"2024-P01..2024-P03", "2024-Q1", "2024-02-04", "2024-05-04"},
      {"2023-W53", "2023-W53", "2024-01-28", "2024-02-03"},
  };
  expect(&nrf_config, cases, G_N_ELEMENTS(cases));
}

static void errors_say_what_to_write(void **state) {
  static const char *const cases[][2] = {
      {"2026-Q5", "'2026-Q5': a year has quarters Q1 to Q4"},
      {"Q0 2026", "'Q0 2026': a year has quarters Q1 to Q4"},
      {"2026-H3", "'2026-H3': a year has halves H1 and H2"},
      {"2026-13", "'2026-13': a year has months 01 to 12"},
      {"2026-P13", "'2026-P13': a year has periods P01 to P12"},
      {"2025-W53", "'2025-W53': 2025 has weeks W01 to W52"},
      {"2026-02-30", "'2026-02-30': 2026-02 has days 01 to 28"},
      {"0026-02", "'0026-02': the year must be 1000 to 9998"},
      {"last-0-months", "'last-0-months': the number of periods must be 1 to 10000"},
      {"last-99999999999999999999-days", "'last-99999999999999999999-days': the number of periods must be 1 to 10000"},
      {"last 9000 years", "'last 9000 years': a period must lie in the years 1000 to 9998"},
      {"lst-month", "'lst-month': not a period; did you mean last-month?"},
      {"quater to date", "'quater to date': not a period; did you mean quarter-to-date?"},
      {"2026-06..2026-05", "'2026-06..2026-05': 2026-05 is before 2026-06; write the earlier one first"},
      {"2026-06..", "'2026-06..': write both ends, as in 2026-01..2026-06"},
      {"..2026-06", "'..2026-06': write both ends, as in 2026-01..2026-06"},
  };
  g_autoptr(Calendar) calendar = make(&civil_config);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    CalendarPeriod period = {.start = 77};
    g_autoptr(GError) error = NULL;
    BaseDay today = day_of("2026-06-15");
    if (calendar_parse_period(calendar, cases[i][0], today, today, today, &period, &error))
      fail_msg("'%s' was read as %s", cases[i][0], period.name);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
    assert_string_equal(error->message, cases[i][1]);
    assert_int_equal(period.start, 77);
  }
}

static void anything_else_lists_what_is_understood(void **state) {
  static const char *const wrong[] = {"soon",       "",       "   ", "20260",    "2026-06-15-03",
                                      "06/15/2026", "2026-Q", "Q3",  "\xff\xfe", "2026-01..2026-02..2026-03"};
  g_autoptr(Calendar) calendar = make(&civil_config);
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    CalendarPeriod period;
    g_autoptr(GError) error = NULL;
    assert_false(calendar_parse_period(calendar, wrong[i], 0, 0, 0, &period, &error));
    assert_non_null(strstr(error->message, "2026-W23"));
  }
  g_autofree char *endless = g_strnfill(5000, '2');
  g_autoptr(GError) error = NULL;
  CalendarPeriod period;
  assert_false(calendar_parse_period(calendar, endless, 0, 0, 0, &period, &error));
  assert_true(strlen(error->message) < 400);
  assert_false(calendar_parse_period(calendar, NULL, 0, 0, 0, &period, NULL));
}

static void all_needs_data(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  CalendarPeriod period;
  g_autoptr(GError) error = NULL;
  assert_false(calendar_parse_period(calendar, "all", 20000, BASE_DAY_NONE, BASE_DAY_NONE, &period, &error));
  assert_string_equal(error->message,
                      "'all': there is no data yet, so there is no first and last day; name a period, such as 2026-06");
}

/* Shifting today by whole years shifts what every relative word means. */
static void relative_words_follow_today(void **state) {
  static const char *const words[] = {"this-month", "last-12-months", "ytd", "next-quarter", "last-3-years"};
  g_autoptr(Calendar) calendar = make(&april_config);
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 2000; run++) {
    BaseDay today = random_day(random);
    if (base_day_to_civil(today).month == 2) continue; /* its length differs between years */
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
      CalendarPeriod now, later;
      BaseDay moved = base_day_add_months(today, 60);
      assert_true(calendar_parse_period(calendar, words[i], today, today, today, &now, NULL));
      assert_true(calendar_parse_period(calendar, words[i], moved, moved, moved, &later, NULL));
      assert_int_equal(base_day_add_months(now.start, 60), later.start);
      assert_int_equal(base_day_add_months(now.end, 60), later.end);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(named_periods),
      cmocka_unit_test(relative_periods),
      cmocka_unit_test(spans),
      cmocka_unit_test(fiscal_names),
      cmocka_unit_test(retail_names),
      cmocka_unit_test(errors_say_what_to_write),
      cmocka_unit_test(anything_else_lists_what_is_understood),
      cmocka_unit_test(all_needs_data),
      cmocka_unit_test(relative_words_follow_today),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
