/* Civil dates, held against GLib's GDate over all of its years, and rules by hand. */
#include "../unit.h"
#include "base/day.h"

static void every_day_agrees_with_glib(void **state) {
  g_autoptr(GDate) date = g_date_new_dmy(1, G_DATE_JANUARY, 1);
  for (BaseDay day = BASE_DAY_MIN; day <= BASE_DAY_MAX; day++) {
    BaseCivil civil = base_day_to_civil(day);
    if (civil.year != g_date_get_year(date) || civil.month != (int)g_date_get_month(date) ||
        civil.day != g_date_get_day(date) || base_day_weekday(day) != (int)g_date_get_weekday(date) ||
        base_day_from_civil(civil.year, civil.month, civil.day) != day)
      fail_msg("day %d is not %04d-%02d-%02d", day, civil.year, civil.month, civil.day);
    g_date_add_days(date, 1);
  }
  assert_int_equal(base_day_from_civil(1970, 1, 1), 0);
  assert_int_equal(base_day_from_civil(9999, 12, 31), BASE_DAY_MAX);
}

static void validity_follows_the_month(void **state) {
  assert_true(base_civil_is_valid(2024, 2, 29));
  assert_true(base_civil_is_valid(2000, 2, 29));
  assert_false(base_civil_is_valid(1900, 2, 29));
  assert_false(base_civil_is_valid(2026, 2, 29));
  assert_false(base_civil_is_valid(2026, 4, 31));
  assert_false(base_civil_is_valid(2026, 0, 1));
  assert_false(base_civil_is_valid(2026, 13, 1));
  assert_false(base_civil_is_valid(2026, 1, 0));
  assert_false(base_civil_is_valid(0, 1, 1));
  assert_false(base_civil_is_valid(10000, 1, 1));
  assert_int_equal(base_days_in_month(2026, 13), 0);
}

static void months_are_added_to_the_last_day_that_exists(void **state) {
  static const struct {
    const char *from;
    int months;
    const char *to;
  } cases[] = {
      {"2026-01-31", 1, "2026-02-28"},       {"2024-01-31", 1, "2024-02-29"},  {"2024-02-29", 12, "2025-02-28"},
      {"2024-02-29", -12, "2023-02-28"},     {"2024-02-29", 48, "2028-02-29"}, {"2026-05-31", -1, "2026-04-30"},
      {"2026-01-15", -1, "2025-12-15"},      {"2026-12-15", 1, "2027-01-15"},  {"2026-06-15", 0, "2026-06-15"},
      {"0001-01-15", -1, "0001-01-01"},      {"9999-12-01", 1, "9999-12-31"},  {"2026-06-15", G_MAXINT, "9999-12-31"},
      {"2026-06-15", G_MININT, "0001-01-01"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDay from;
    assert_true(base_day_parse_iso(cases[i].from, &from));
    g_autofree char *to = base_day_format(base_day_add_months(from, cases[i].months));
    assert_string_equal(to, cases[i].to);
  }
}

static void only_exact_iso_dates_are_read(void **state) {
  BaseDay day = 77;
  static const char *const wrong[] = {
      "",           "2026",        "2026-06",     "2026-6-15",  "2026-06-1",   "2026-06-151",
      "2026-02-29", "2026-06-15 ", " 2026-06-15", "2026/06/15", "+026-06-15",  "0000-01-01",
      "2026-13-01", "20260615",    "2026-06-1x",  "-2026-06-1", "2026-06-15T", "2026-00-10"};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    assert_false(base_day_parse_iso(wrong[i], &day));
    assert_int_equal(day, 77);
  }
  assert_false(base_day_parse_iso(NULL, &day));
  assert_true(base_day_parse_iso("1970-01-02", &day));
  assert_int_equal(day, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_day_agrees_with_glib),
      cmocka_unit_test(validity_follows_the_month),
      cmocka_unit_test(months_are_added_to_the_last_day_that_exists),
      cmocka_unit_test(only_exact_iso_dates_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
