/* Calendars and dates for the tests of this folder. */
#pragma once

#include "../unit.h"
#include "calendar/calendar.h"

static const CalendarConfig civil_config = {.kind = CALENDAR_MONTHS, .first_month = 1};
static const CalendarConfig april_config = {.kind = CALENDAR_MONTHS, .first_month = 4};
/* National Retail Federation: 4-5-4, ends on the Saturday nearest to the end of January, named by its start. */
static const CalendarConfig nrf_config = {
    .kind = CALENDAR_454, .first_month = 2, .named_by_start = TRUE, .year_end_weekday = 6, .restate_53 = TRUE};

static inline Calendar *make(const CalendarConfig *config) {
  g_autoptr(GError) error = NULL;
  Calendar *calendar = calendar_new(config, &error);
  if (calendar == NULL) fail_msg("%s", error->message);
  return calendar;
}

static inline Calendar *make_in(const char *time_zone) {
  return make(&(CalendarConfig){.first_month = 1, .time_zone = time_zone});
}

static inline BaseDay day_of(const char *text) {
  BaseDay day = 0;
  if (!base_day_parse_iso(text, &day)) fail_msg("%s is no date", text);
  return day;
}

/* `last` is the last day in the period, as people write it. */
static inline void assert_period(const CalendarPeriod *period, const char *name, const char *first, const char *last) {
  g_autofree char *start = base_day_format(period->start), *end = base_day_format(period->end - 1);
  if (strcmp(period->name, name) != 0 || strcmp(start, first) != 0 || strcmp(end, last) != 0)
    fail_msg("%s from %s to %s, expected %s from %s to %s", period->name, start, end, name, first, last);
}

static inline CalendarPeriod parsed(const Calendar *calendar, const char *text) {
  CalendarPeriod period = {0};
  g_autoptr(GError) error = NULL;
  BaseDay today = day_of("2026-06-15");
  if (!calendar_parse_period(calendar, text, today, day_of("2024-03-05"), today, &period, &error))
    fail_msg("%s", error->message);
  return period;
}

static inline CalendarConfig random_config(GRand *random) {
  return (CalendarConfig){.kind = (CalendarKind)g_rand_int_range(random, CALENDAR_MONTHS, CALENDAR_544 + 1),
                          .first_month = g_rand_int_range(random, 1, 13),
                          .named_by_start = g_rand_boolean(random),
                          .sunday_weeks = g_rand_boolean(random),
                          .year_end_weekday = g_rand_int_range(random, 1, 8),
                          .last_weekday = g_rand_boolean(random),
                          .restate_53 = g_rand_boolean(random),
                          .working_weekdays = (guint)g_rand_int_range(random, 1, 128)};
}

static inline GRand *seeded(void) {
  guint32 seed = g_random_int();
  print_message("seed %u\n", seed);
  return g_rand_new_with_seed(seed);
}

static inline BaseDay random_day(GRand *random) {
  return g_rand_int_range(random, base_day_from_civil(1950, 1, 1), base_day_from_civil(2100, 1, 1));
}
