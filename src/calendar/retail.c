/* Retail years: 4-4-5, 4-5-4 and 5-4-4.
 *
 *   quarter        1           2           3           4
 *   period     1   2   3   4   5   6   7   8   9  10  11  12
 *   weeks      4   5   4   4   5   4   4   5   4   4   5   4 (5 in a 53-week year)          (4-5-4)
 *
 * A year ends on a fixed weekday, either the last one of a month or the one nearest to the month's end; so it has 52
 * weeks, and 53 every fifth or sixth time. Source: National Retail Federation, 4-5-4 calendar. */
#include "calendar/private.h"

static const int weeks_of_period[][3] = {
    [CALENDAR_MONTHS] = {0, 0, 0}, [CALENDAR_445] = {4, 4, 5}, [CALENDAR_454] = {4, 5, 4}, [CALENDAR_544] = {5, 4, 4}};

/* The last day of the retail year whose nominal last month is `month` of `year`. */
static BaseDay year_end(const Calendar *calendar, int year, int month) {
  BaseDay last = base_day_from_civil(year, month, base_days_in_month(year, month));
  int back = (base_day_weekday(last) - calendar->year_end_weekday + 7) % 7;
  return last - back + (!calendar->last_weekday && back > 3 ? 7 : 0);
}

BaseDay calendar_retail_year_start(const Calendar *calendar, int year) {
  if (calendar->first_month == 1) return year_end(calendar, year - 1, 12) + 1;
  int starts_in = calendar->named_by_start ? year : year - 1;
  return year_end(calendar, starts_in, calendar->first_month - 1) + 1;
}

int calendar_retail_year_of(const Calendar *calendar, BaseDay day) {
  int year = base_day_to_civil(day).year + 1;
  while (calendar_retail_year_start(calendar, year) > day) year--;
  return year;
}

int calendar_retail_weeks_before(const Calendar *calendar, int period) {
  const int *weeks = weeks_of_period[calendar->kind];
  int in_quarter = period % 3;
  return period / 3 * 13 + (in_quarter > 0 ? weeks[0] : 0) + (in_quarter > 1 ? weeks[1] : 0);
}

int calendar_retail_period_of_week(const Calendar *calendar, int week) {
  if (week >= 52) return 11;
  const int *weeks = weeks_of_period[calendar->kind];
  int in_quarter = week % 13;
  return week / 13 * 3 + (in_quarter >= weeks[0]) + (in_quarter >= weeks[0] + weeks[1]);
}
