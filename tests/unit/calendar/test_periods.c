/* Periods: where they lie, their neighbours, splitting and going back. */
#include "support.h"

static const CalendarGrain grains[] = {CALENDAR_DAY, CALENDAR_WEEK, CALENDAR_MONTH, CALENDAR_QUARTER, CALENDAR_YEAR};

/* The week numbers of GLib's GDate, over 300 years of days. */
static void iso_weeks_agree_with_glib(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  g_autoptr(GDate) date = g_date_new_dmy(1, G_DATE_JANUARY, 1900);
  for (BaseDay day = day_of("1900-01-01"); day < day_of("2200-01-01"); day++) {
    CalendarPeriod week = calendar_period_at(calendar, CALENDAR_WEEK, day);
    int number = (int)g_ascii_strtoull(week.name + 6, NULL, 10);
    if (number != (int)g_date_get_iso8601_week_of_year(date) || week.end - week.start != 7 ||
        base_day_weekday(week.start) != 1)
      fail_msg("%s", week.name);
    g_date_add_days(date, 1);
  }
}

/* Python: date.fromisoformat(d).isocalendar(). */
static void iso_weeks_at_the_turn_of_years(void **state) {
  static const char *const weeks[][2] = {
      {"2020-12-31", "2020-W53"}, {"2021-01-03", "2020-W53"}, {"2021-01-04", "2021-W01"},
      {"2026-12-31", "2026-W53"}, {"2027-01-03", "2026-W53"}, {"2026-06-08", "2026-W24"},
      {"2024-12-30", "2025-W01"}, {"2016-01-03", "2015-W53"}, {"1970-01-01", "1970-W01"}};
  g_autoptr(Calendar) calendar = make(&april_config); /* weeks do not follow the fiscal year */
  for (gsize i = 0; i < G_N_ELEMENTS(weeks); i++)
    assert_string_equal(calendar_period_at(calendar, CALENDAR_WEEK, day_of(weeks[i][0])).name, weeks[i][1]);
}

/* Source: CDC, MMWR weeks: 2014 and 2020 have 53. */
static void sunday_weeks_are_numbered_like_mmwr_weeks(void **state) {
  CalendarConfig config = {.first_month = 1, .sunday_weeks = TRUE};
  g_autoptr(Calendar) calendar = make(&config);
  CalendarPeriod week = calendar_period_at(calendar, CALENDAR_WEEK, day_of("2015-01-03"));
  assert_period(&week, "2014-W53", "2014-12-28", "2015-01-03");
  week = calendar_period_at(calendar, CALENDAR_WEEK, day_of("2020-01-01"));
  assert_period(&week, "2020-W01", "2019-12-29", "2020-01-04");
  week = calendar_period_at(calendar, CALENDAR_WEEK, day_of("2021-01-02"));
  assert_period(&week, "2020-W53", "2020-12-27", "2021-01-02");
  week = calendar_period_at(calendar, CALENDAR_WEEK, day_of("2021-01-03"));
  assert_period(&week, "2021-W01", "2021-01-03", "2021-01-09");
}

/* The United Kingdom's year from April named by its end; Japan's named by its start; the United States' from October.
 */
static void fiscal_years_from_any_month(void **state) {
  BaseDay day = day_of("2026-06-15");
  g_autoptr(Calendar) april = make(&april_config);
  CalendarPeriod period = calendar_period_at(april, CALENDAR_YEAR, day);
  assert_period(&period, "2027", "2026-04-01", "2027-03-31");
  period = calendar_period_at(april, CALENDAR_QUARTER, day_of("2026-03-31"));
  assert_period(&period, "2026-Q4", "2026-01-01", "2026-03-31");
  CalendarConfig config = {.first_month = 4, .named_by_start = TRUE};
  g_autoptr(Calendar) japan = make(&config);
  period = calendar_period_at(japan, CALENDAR_YEAR, day);
  assert_period(&period, "2026", "2026-04-01", "2027-03-31");
  config = (CalendarConfig){.first_month = 10};
  g_autoptr(Calendar) october = make(&config);
  period = calendar_period_at(october, CALENDAR_YEAR, day);
  assert_period(&period, "2026", "2025-10-01", "2026-09-30");
  period = calendar_period_at(october, CALENDAR_QUARTER, day);
  assert_period(&period, "2026-Q3", "2026-04-01", "2026-06-30");
  period = calendar_period_at(october, CALENDAR_MONTH, day);
  assert_period(&period, "2026-06", "2026-06-01", "2026-06-30");
}

static void periods_hold_their_days_and_touch_their_neighbours(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 3000; run++) {
    CalendarConfig config = random_config(random);
    g_autoptr(Calendar) calendar = make(&config);
    CalendarGrain grain = grains[g_rand_int_range(random, 0, G_N_ELEMENTS(grains))];
    BaseDay day = random_day(random);
    CalendarPeriod period = calendar_period_at(calendar, grain, day);
    assert_true(period.start <= day && day < period.end);
    assert_int_equal(calendar_start_of(calendar, grain, day), period.start);
    assert_int_equal(calendar_shift(calendar, &period, 1).start, period.end);
    assert_int_equal(calendar_shift(calendar, &period, -1).end, period.start);
    int steps = g_rand_int_range(random, -300, 300);
    CalendarPeriod away = calendar_shift(calendar, &period, steps), back = calendar_shift(calendar, &away, -steps);
    assert_memory_equal(&back, &period, G_STRUCT_OFFSET(CalendarPeriod, name));
    assert_string_equal(back.name, period.name);
    CalendarPeriod read;
    assert_true(calendar_parse_period(calendar, period.name, day, day, day, &read, NULL));
    assert_int_equal(read.start, period.start);
    assert_int_equal(read.end, period.end);
    assert_int_equal(read.grain, grain);
  }
}

static void splits_tile_their_range(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 1000; run++) {
    CalendarConfig config = random_config(random);
    g_autoptr(Calendar) calendar = make(&config);
    CalendarGrain grain = grains[g_rand_int_range(random, 0, G_N_ELEMENTS(grains))];
    CalendarPeriod range = {.grain = CALENDAR_RANGE, .start = random_day(random)};
    range.end = range.start + g_rand_int_range(random, 0, 1500);
    g_autoptr(GArray) parts = calendar_split(calendar, &range, grain, NULL);
    BaseDay at = range.start;
    for (guint i = 0; i < parts->len; i++) {
      const CalendarPeriod *part = &g_array_index(parts, CalendarPeriod, i);
      CalendarPeriod whole = calendar_period_at(calendar, grain, part->start);
      assert_int_equal(part->start, at);
      assert_true(part->end > part->start);
      assert_int_equal(part->start, MAX(whole.start, range.start));
      assert_int_equal(part->end, MIN(whole.end, range.end));
      assert_string_equal(part->name, whole.name);
      at = part->end;
    }
    assert_int_equal(at, range.end);
  }
}

static void a_split_has_a_limit(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  g_autoptr(GError) error = NULL;
  CalendarPeriod range = {.grain = CALENDAR_RANGE, .start = 0, .end = 20001, .name = "1970-01-01..2024-10-04"};
  assert_null(calendar_split(calendar, &range, CALENDAR_DAY, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
  range.end = 20000;
  g_autoptr(GArray) parts = calendar_split(calendar, &range, CALENDAR_DAY, NULL);
  assert_int_equal(parts->len, 20000);
  g_autoptr(GArray) whole = calendar_split(calendar, &range, CALENDAR_RANGE, NULL);
  assert_int_equal(whole->len, 1);
  CalendarPeriod beyond = {.grain = CALENDAR_RANGE, .start = BASE_DAY_MAX, .end = BASE_DAY_MAX + 2};
  g_autoptr(GError) outside = NULL;
  assert_null(calendar_split(calendar, &beyond, CALENDAR_DAY, &outside));
  assert_true(g_error_matches(outside, BASE_ERROR, BASE_ERROR_INPUT));
  range.end = 0;
  g_autoptr(GArray) none = calendar_split(calendar, &range, CALENDAR_DAY, NULL);
  assert_int_equal(none->len, 0);
}

static void ranges_of_months_move_by_months_and_others_by_days(void **state) {
  g_autoptr(Calendar) calendar = make(&civil_config);
  CalendarPeriod range = parsed(calendar, "2026-02..2026-05");
  CalendarPeriod moved = calendar_shift(calendar, &range, -1);
  assert_period(&moved, "2025-10..2026-01", "2025-10-01", "2026-01-31");
  range = parsed(calendar, "2026-06-08..2026-06-17"); /* ten days */
  moved = calendar_shift(calendar, &range, -1);
  assert_period(&moved, "2026-05-29..2026-06-07", "2026-05-29", "2026-06-07");
  moved = calendar_shift(calendar, &range, 2);
  assert_period(&moved, "2026-06-28..2026-07-07", "2026-06-28", "2026-07-07");
}

static gboolean is_whole_months(const Calendar *calendar, const CalendarPeriod *range) {
  return calendar_start_of(calendar, CALENDAR_MONTH, range->start) == range->start &&
         calendar_start_of(calendar, CALENDAR_MONTH, range->end) == range->end;
}

/* But for days that come to lie on whole months: those then move by months. */
static void ranges_come_back_from_where_they_were_moved(void **state) {
  g_autoptr(GRand) random = seeded();
  for (int run = 0; run < 3000; run++) {
    CalendarConfig config = random_config(random);
    g_autoptr(Calendar) calendar = make(&config);
    CalendarPeriod range = {.grain = CALENDAR_RANGE, .start = random_day(random)};
    range.end = range.start + g_rand_int_range(random, 1, 400);
    if (g_rand_boolean(random)) { /* whole months, or periods in a retail calendar */
      range.start = calendar_start_of(calendar, CALENDAR_MONTH, range.start);
      range.end = calendar_period_at(calendar, CALENDAR_MONTH, range.end).end;
    }
    int steps = g_rand_int_range(random, -40, 41);
    CalendarPeriod away = calendar_shift(calendar, &range, steps), back = calendar_shift(calendar, &away, -steps);
    if (is_whole_months(calendar, &away) == is_whole_months(calendar, &range)) {
      assert_int_equal(back.start, range.start);
      assert_int_equal(back.end, range.end);
    }
    assert_int_equal(calendar_shift(calendar, &range, 1).start, range.end);
    assert_int_equal(calendar_shift(calendar, &range, -1).end, range.start);
  }
}

static void steps_beyond_the_calendar_stop_at_its_ends(void **state) {
  static const char *const names[] = {
      "2026", "2026-Q1", "2026-06", "2026-W10", "2026-06-15", "2026-02..2026-05", "2026-06-08..2026-06-17"};
  g_autoptr(Calendar) calendar = make(&civil_config);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    CalendarPeriod period = parsed(calendar, names[i]);
    CalendarPeriod late = calendar_shift(calendar, &period, G_MAXINT),
                   early = calendar_shift(calendar, &period, G_MININT);
    assert_true(late.start < late.end && late.start <= BASE_DAY_MAX);
    assert_true(early.start < early.end && early.end > BASE_DAY_MIN);
  }
}

static void going_back_by_units(void **state) {
  static const struct {
    const char *from;
    CalendarGrain unit;
    int n;
    const char *to;
  } cases[] = {{"2026-07-01", CALENDAR_MONTH, 1, "2026-06-01"},      {"2026-06-30", CALENDAR_MONTH, 1, "2026-05-31"},
               {"2026-03-31", CALENDAR_MONTH, 1, "2026-02-28"},      {"2026-02-28", CALENDAR_MONTH, 1, "2026-01-31"},
               {"2026-03-30", CALENDAR_MONTH, 1, "2026-02-28"},      {"2026-06-15", CALENDAR_QUARTER, 1, "2026-03-15"},
               {"2024-02-29", CALENDAR_YEAR, 1, "2023-02-28"},       {"2026-06-15", CALENDAR_WEEK, 2, "2026-06-01"},
               {"2026-06-15", CALENDAR_DAY, 30, "2026-05-16"},       {"2026-06-15", CALENDAR_MONTH, 0, "2026-06-15"},
               {"2026-06-15", CALENDAR_YEAR, G_MAXINT, "0001-01-15"}};
  g_autoptr(Calendar) calendar = make(&civil_config);
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *to = base_day_format(calendar_back(calendar, day_of(cases[i].from), cases[i].unit, cases[i].n));
    assert_string_equal(to, cases[i].to);
  }
  /* NRF: P02 of 2024 starts on 3 March and has five weeks, P01 on 4 February and has four. */
  g_autoptr(Calendar) nrf = make(&nrf_config);
  assert_int_equal(calendar_back(nrf, day_of("2024-03-03"), CALENDAR_MONTH, 1), day_of("2024-02-04"));
  assert_int_equal(calendar_back(nrf, day_of("2024-03-05"), CALENDAR_MONTH, 1), day_of("2024-02-06"));
  assert_int_equal(calendar_back(nrf, day_of("2024-04-06"), CALENDAR_MONTH, 1), day_of("2024-03-02"));
}

static void grains_have_names(void **state) {
  for (CalendarGrain grain = CALENDAR_DAY; grain <= CALENDAR_RANGE; grain++) {
    CalendarGrain read;
    assert_true(calendar_grain_parse(calendar_grain_name(grain), &read));
    assert_int_equal(read, grain);
  }
  CalendarGrain grain = CALENDAR_YEAR;
  assert_true(calendar_grain_parse("Months", &grain));
  assert_int_equal(grain, CALENDAR_MONTH);
  assert_false(calendar_grain_parse("fortnight", &grain));
  assert_false(calendar_grain_parse("monthss", &grain));
  assert_false(calendar_grain_parse("", &grain));
  assert_false(calendar_grain_parse(NULL, &grain));
  assert_int_equal(grain, CALENDAR_MONTH);
}

static void fields_out_of_range_are_errors(void **state) {
  const CalendarConfig wrong[] = {{.first_month = 13},
                                  {.first_month = -1},
                                  {.first_month = 1, .kind = (CalendarKind)9},
                                  {.first_month = 1, .year_end_weekday = 8},
                                  {.first_month = 1, .working_weekdays = 0x80}};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    assert_null(calendar_new(&wrong[i], &error));
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(iso_weeks_agree_with_glib),
      cmocka_unit_test(iso_weeks_at_the_turn_of_years),
      cmocka_unit_test(sunday_weeks_are_numbered_like_mmwr_weeks),
      cmocka_unit_test(fiscal_years_from_any_month),
      cmocka_unit_test(periods_hold_their_days_and_touch_their_neighbours),
      cmocka_unit_test(splits_tile_their_range),
      cmocka_unit_test(a_split_has_a_limit),
      cmocka_unit_test(ranges_of_months_move_by_months_and_others_by_days),
      cmocka_unit_test(ranges_come_back_from_where_they_were_moved),
      cmocka_unit_test(steps_beyond_the_calendar_stop_at_its_ends),
      cmocka_unit_test(going_back_by_units),
      cmocka_unit_test(grains_have_names),
      cmocka_unit_test(fields_out_of_range_are_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
