/* Periods by their number.
 *
 * Days count from 1970, weeks from the one that holds 1970-01-01, months are year * 12 + month, quarters year * 4 +
 * quarter (fiscal years; in retail calendars the months too), years are themselves. Numbers are kept within those of
 * the years that a BaseDay covers, so that no step, however long, overflows. */
#include "calendar/private.h"

static gboolean is_retail(const Calendar *calendar) {
  return calendar->kind != CALENDAR_MONTHS;
}

static int week_start_weekday(const Calendar *calendar) {
  if (is_retail(calendar)) return calendar->year_end_weekday % 7 + 1;
  return calendar->sunday_weeks ? 7 : 1;
}

/* The first day of week number 0. */
static BaseDay week_anchor(const Calendar *calendar) {
  return -((base_day_weekday(0) - week_start_weekday(calendar) + 7) % 7);
}

/* The number of the month with which fiscal year 0 starts. */
static int fiscal_origin(const Calendar *calendar) {
  gboolean named_by_end = calendar->first_month > 1 && !calendar->named_by_start;
  return (calendar->first_month - 1) - (named_by_end ? 12 : 0);
}

gint64 calendar_index_at(const Calendar *calendar, CalendarGrain grain, BaseDay day) {
  if (grain == CALENDAR_DAY || grain == CALENDAR_RANGE) return day;
  if (grain == CALENDAR_WEEK) return calendar_floor_div((gint64)day - week_anchor(calendar), 7);
  if (is_retail(calendar)) {
    int year = calendar_retail_year_of(calendar, day);
    if (grain == CALENDAR_YEAR) return year;
    int week = (day - calendar_retail_year_start(calendar, year)) / 7;
    int period = calendar_retail_period_of_week(calendar, week);
    return grain == CALENDAR_MONTH ? (gint64)year * 12 + period : (gint64)year * 4 + period / 3;
  }
  BaseCivil civil = base_day_to_civil(day);
  gint64 month = (gint64)civil.year * 12 + civil.month - 1;
  if (grain == CALENDAR_MONTH) return month;
  return calendar_floor_div(month - fiscal_origin(calendar), grain == CALENDAR_QUARTER ? 3 : 12);
}

BaseDay calendar_index_start(const Calendar *calendar, CalendarGrain grain, gint64 index) {
  if (grain == CALENDAR_DAY || grain == CALENDAR_RANGE) return (BaseDay)index;
  if (grain == CALENDAR_WEEK) return (BaseDay)(index * 7 + week_anchor(calendar));
  int per_year = grain == CALENDAR_MONTH ? 12 : grain == CALENDAR_QUARTER ? 4 : 1;
  if (is_retail(calendar)) {
    int year = (int)calendar_floor_div(index, per_year);
    int period = (int)(index - (gint64)year * per_year) * (12 / per_year);
    return calendar_retail_year_start(calendar, year) + 7 * calendar_retail_weeks_before(calendar, period);
  }
  gint64 month = grain == CALENDAR_MONTH ? index : index * (12 / per_year) + fiscal_origin(calendar);
  gint64 year = calendar_floor_div(month, 12);
  return base_day_from_civil((int)year, (int)(month - year * 12) + 1, 1);
}

BaseDay calendar_week_year_start(const Calendar *calendar, int year) {
  if (is_retail(calendar)) return calendar_retail_year_start(calendar, year);
  BaseDay fourth = base_day_from_civil(year, 1, 4);
  return calendar_index_start(calendar, CALENDAR_WEEK, calendar_index_at(calendar, CALENDAR_WEEK, fourth));
}

int calendar_weeks_in_year(const Calendar *calendar, int year) {
  return (calendar_week_year_start(calendar, year + 1) - calendar_week_year_start(calendar, year)) / 7;
}

/* Outside retail years a week is of the year that has most of its days: ISO 8601 for Monday weeks, CDC's MMWR weeks for
 * Sunday. */
void calendar_week_number(const Calendar *calendar, BaseDay start, int *year, int *week) {
  *year = is_retail(calendar) ? calendar_retail_year_of(calendar, start) : base_day_to_civil(start + 3).year;
  *week = (start - calendar_week_year_start(calendar, *year)) / 7 + 1;
}

static void name_index(const Calendar *calendar, CalendarGrain grain, gint64 index, BaseDay start, char *name,
                       gsize size) {
  BaseCivil civil = base_day_to_civil(start);
  int year, number;
  switch (grain) {
    case CALENDAR_WEEK:
      calendar_week_number(calendar, start, &year, &number);
      g_snprintf(name, size, "%04d-W%02d", year, number);
      break;
    case CALENDAR_MONTH:
      if (is_retail(calendar)) {
        year = (int)calendar_floor_div(index, 12);
        g_snprintf(name, size, "%04d-P%02d", year, (int)(index - (gint64)year * 12) + 1);
      } else {
        g_snprintf(name, size, "%04d-%02d", civil.year, civil.month);
      }
      break;
    case CALENDAR_QUARTER:
      year = (int)calendar_floor_div(index, 4);
      g_snprintf(name, size, "%04d-Q%d", year, (int)(index - (gint64)year * 4) + 1);
      break;
    case CALENDAR_YEAR:
      g_snprintf(name, size, "%04d", (int)index);
      break;
    case CALENDAR_DAY:
    case CALENDAR_RANGE:
      g_snprintf(name, size, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
      break;
  }
}

CalendarPeriod calendar_period_of_index(const Calendar *calendar, CalendarGrain grain, gint64 index) {
  index =
      CLAMP(index, calendar_index_at(calendar, grain, BASE_DAY_MIN), calendar_index_at(calendar, grain, BASE_DAY_MAX));
  CalendarPeriod period = {.grain = grain,
                           .start = calendar_index_start(calendar, grain, index),
                           .end = calendar_index_start(calendar, grain, index + 1)};
  name_index(calendar, grain, index, period.start, period.name, sizeof period.name);
  return period;
}

CalendarPeriod calendar_period_at(const Calendar *calendar, CalendarGrain grain, BaseDay day) {
  return calendar_period_of_index(calendar, grain,
                                  calendar_index_at(calendar, grain, CLAMP(day, BASE_DAY_MIN, BASE_DAY_MAX)));
}

BaseDay calendar_start_of(const Calendar *calendar, CalendarGrain grain, BaseDay day) {
  return calendar_period_at(calendar, grain, day).start;
}

gint64 calendar_whole_months(const Calendar *calendar, BaseDay start, BaseDay end) {
  gint64 first = calendar_index_at(calendar, CALENDAR_MONTH, start);
  gint64 after = calendar_index_at(calendar, CALENDAR_MONTH, end);
  if (calendar_index_start(calendar, CALENDAR_MONTH, first) != start ||
      calendar_index_start(calendar, CALENDAR_MONTH, after) != end)
    return 0;
  return after - first;
}

static CalendarPeriod range_of(const Calendar *calendar, BaseDay start, BaseDay end) {
  CalendarPeriod range = {.grain = CALENDAR_RANGE, .start = start, .end = end};
  CalendarGrain named = calendar_whole_months(calendar, start, end) > 1 ? CALENDAR_MONTH : CALENDAR_DAY;
  char first[16], last[16];
  gint64 from = calendar_index_at(calendar, named, start), to = calendar_index_at(calendar, named, end - 1);
  name_index(calendar, named, from, calendar_index_start(calendar, named, from), first, sizeof first);
  name_index(calendar, named, to, calendar_index_start(calendar, named, to), last, sizeof last);
  g_snprintf(range.name, sizeof range.name, "%s..%s", first, last);
  return range;
}

CalendarPeriod calendar_span(const Calendar *calendar, BaseDay start, BaseDay end) {
  /* Days that one can have, of any calendar and with room to spare. */
  static const struct {
    CalendarGrain grain;
    BaseDay least, most;
  } grains[] = {{CALENDAR_YEAR, 350, 380}, {CALENDAR_QUARTER, 80, 110}, {CALENDAR_MONTH, 25, 40}, {CALENDAR_DAY, 1, 1}};
  for (gsize i = 0; i < G_N_ELEMENTS(grains); i++) {
    if (end - start < grains[i].least || end - start > grains[i].most) continue;
    CalendarPeriod period = calendar_period_at(calendar, grains[i].grain, start);
    if (period.start == start && period.end == end) return period;
  }
  return range_of(calendar, start, end);
}

static CalendarPeriod shift_range(const Calendar *calendar, const CalendarPeriod *range, int steps) {
  gint64 months = calendar_whole_months(calendar, range->start, range->end);
  CalendarGrain unit = months > 0 ? CALENDAR_MONTH : CALENDAR_DAY;
  gint64 length = months > 0 ? months : (gint64)range->end - range->start;
  gint64 from = calendar_index_at(calendar, unit, range->start) + length * steps;
  gint64 first = calendar_index_at(calendar, unit, BASE_DAY_MIN);
  gint64 last = calendar_index_at(calendar, unit, BASE_DAY_MAX) + 1 - length;
  from = CLAMP(from, first, MAX(first, last));
  return range_of(calendar, calendar_index_start(calendar, unit, from),
                  calendar_index_start(calendar, unit, from + length));
}

CalendarPeriod calendar_shift(const Calendar *calendar, const CalendarPeriod *period, int steps) {
  if (period->grain == CALENDAR_RANGE) return shift_range(calendar, period, steps);
  gint64 index = calendar_index_at(calendar, period->grain, period->start);
  return calendar_period_of_index(calendar, period->grain, index + steps);
}

#define SPLIT_MAX 20000

GArray *calendar_split(const Calendar *calendar, const CalendarPeriod *range, CalendarGrain grain, GError **error) {
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  if (grain == CALENDAR_RANGE) {
    g_array_append_val(parts, *range);
    return g_steal_pointer(&parts);
  }
  if (range->start < BASE_DAY_MIN || range->end > BASE_DAY_MAX + 1) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is outside the years 0001 to 9999", range->name);
    return NULL;
  }
  gint64 index = calendar_index_at(calendar, grain, range->start);
  for (BaseDay at = range->start; at < range->end; index++) {
    if (parts->len == SPLIT_MAX) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                  "%s has more than %d periods when taken by %s; choose a shorter span or a longer period", range->name,
                  SPLIT_MAX, calendar_grain_name(grain));
      return NULL;
    }
    CalendarPeriod part = calendar_period_of_index(calendar, grain, index);
    part.start = at;
    part.end = MIN(part.end, range->end);
    at = part.end;
    g_array_append_val(parts, part);
  }
  return g_steal_pointer(&parts);
}

/* In a retail calendar a month back is a period back: the same day of it, or its last day from a last day. */
static BaseDay back_by_months(const Calendar *calendar, BaseDay end, gint64 months) {
  CalendarPeriod from = calendar_period_at(calendar, CALENDAR_MONTH, end);
  gint64 index = calendar_index_at(calendar, CALENDAR_MONTH, end) - months;
  CalendarPeriod to = calendar_period_of_index(calendar, CALENDAR_MONTH, index);
  if (end == from.end - 1) return to.end - 1;
  return MIN(to.start + (end - from.start), to.end - 1);
}

BaseDay calendar_back(const Calendar *calendar, BaseDay end, CalendarGrain unit, int n) {
  switch (unit) {
    case CALENDAR_MONTH:
      return back_by_months(calendar, end, n);
    case CALENDAR_QUARTER:
      return back_by_months(calendar, end, (gint64)n * 3);
    case CALENDAR_YEAR:
      return back_by_months(calendar, end, (gint64)n * 12);
    case CALENDAR_WEEK:
      return (BaseDay)CLAMP((gint64)end - (gint64)n * 7, BASE_DAY_MIN, BASE_DAY_MAX);
    case CALENDAR_DAY:
    case CALENDAR_RANGE:
      break;
  }
  return (BaseDay)CLAMP((gint64)end - n, BASE_DAY_MIN, BASE_DAY_MAX);
}
