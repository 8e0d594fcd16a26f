/* The same period a year earlier.
 *
 *   months, quarters, years    the one of the same name in the year before
 *   days and spans of days     the same dates; 29 February becomes 28 February
 *   weeks                      the same number; week 53 becomes the last week of a year that has no 53rd
 *   restate_53                 weeks, and everything in a retail calendar: 364 days earlier, so that a week is compared
 * with the one that lies in the same part of the season, whatever number a 53rd week gave it Source of the last:
 * National Retail Federation, restatement of the 53-week years 2012, 2017 and 2023. */
#include "calendar/private.h"

#define YEAR_OF_WEEKS 364

static BaseDay week_start_year_ago(const Calendar *calendar, BaseDay start) {
  int year, week;
  calendar_week_number(calendar, start, &year, &week);
  week = MIN(week, calendar_weeks_in_year(calendar, year - 1));
  return calendar_week_year_start(calendar, year - 1) + 7 * (week - 1);
}

static BaseDay day_year_ago(const Calendar *calendar, BaseDay day) {
  if (calendar->kind == CALENDAR_MONTHS) return base_day_add_months(day, -12);
  BaseDay week = calendar_start_of(calendar, CALENDAR_WEEK, day);
  return week_start_year_ago(calendar, week) + (day - week);
}

static CalendarPeriod weeks_back(const Calendar *calendar, const CalendarPeriod *period) {
  if (period->grain == CALENDAR_WEEK || period->grain == CALENDAR_DAY)
    return calendar_period_at(calendar, period->grain, period->start - YEAR_OF_WEEKS);
  return calendar_span(calendar, MAX(period->start - YEAR_OF_WEEKS, BASE_DAY_MIN),
                       MAX(period->end - YEAR_OF_WEEKS, BASE_DAY_MIN + 1));
}

static CalendarPeriod range_year_ago(const Calendar *calendar, const CalendarPeriod *range) {
  if (calendar_whole_months(calendar, range->start, range->end) > 0) {
    gint64 from = calendar_index_at(calendar, CALENDAR_MONTH, range->start) - 12;
    gint64 to = calendar_index_at(calendar, CALENDAR_MONTH, range->end) - 12;
    return calendar_span(calendar, calendar_index_start(calendar, CALENDAR_MONTH, from),
                         calendar_index_start(calendar, CALENDAR_MONTH, to));
  }
  return calendar_span(calendar, day_year_ago(calendar, range->start), day_year_ago(calendar, range->end - 1) + 1);
}

CalendarPeriod calendar_year_ago(const Calendar *calendar, const CalendarPeriod *period) {
  gboolean in_weeks = calendar->kind != CALENDAR_MONTHS || period->grain == CALENDAR_WEEK;
  if (calendar->restate_53 && in_weeks) return weeks_back(calendar, period);
  switch (period->grain) {
    case CALENDAR_YEAR:
      return calendar_shift(calendar, period, -1);
    case CALENDAR_QUARTER:
      return calendar_shift(calendar, period, -4);
    case CALENDAR_MONTH:
      return calendar_shift(calendar, period, -12);
    case CALENDAR_WEEK:
      return calendar_period_at(calendar, CALENDAR_WEEK, week_start_year_ago(calendar, period->start));
    case CALENDAR_DAY:
      return calendar_period_at(calendar, CALENDAR_DAY, day_year_ago(calendar, period->start));
    case CALENDAR_RANGE:
      break;
  }
  return range_year_ago(calendar, period);
}
