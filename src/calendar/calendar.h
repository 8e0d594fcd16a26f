/* The organisation's calendar: fiscal years, retail (4-4-5) years, weeks, working days and time zone; periods and their
 * kin.
 *
 * All periods are half-open intervals [start, end) of local days. Comparisons move whole periods, never a number of
 * days. A Calendar is immutable after calendar_new() and may be shared between threads.
 *
 * Weeks: in a retail calendar they are its own, start on the day after year_end_weekday, and are numbered in the fiscal
 * year. Else they are ISO weeks, or with sunday_weeks those of Sunday to Saturday numbered by the same rule (CDC's MMWR
 * weeks: a week is of the year that has most of its days); their year is the calendar's, not the fiscal year. */
#pragma once

#include "base/day.h"
#include "base/text.h"

typedef enum {
  CALENDAR_DAY,
  CALENDAR_WEEK,
  CALENDAR_MONTH, /* a calendar month, or a 4-4-5 period in a retail calendar */
  CALENDAR_QUARTER,
  CALENDAR_YEAR,
  CALENDAR_RANGE, /* any other span; has no neighbours of its own: previous = the span of equal kind and length before
                     it */
} CalendarGrain;

typedef enum { CALENDAR_MONTHS, CALENDAR_445, CALENDAR_454, CALENDAR_544 } CalendarKind;

typedef struct {
  CalendarKind kind;
  int first_month; /* 1..12, 0 means 1: the month in which the fiscal year starts (retail: near whose start or end it
                      starts) */
  gboolean named_by_start; /* fiscal year takes the number of the year in which it starts (default: in which it ends) */
  gboolean sunday_weeks;   /* weeks start on Sunday (default: ISO, Monday; ISO week numbers) */
  /* retail years end on the given weekday, either nearest to the end of the month before first_month or its last in
   * that month */
  int year_end_weekday;  /* ISO 1..7; 6 = Saturday is NRF's, and what 0 means */
  gboolean last_weekday; /* TRUE: last such weekday in the month; FALSE: nearest to the month's end */
  gboolean restate_53; /* a 53-week year is compared with the 52 weeks shifted by one (NRF): weeks, and all of a retail
                        * calendar, with what was 364 days earlier; else week n with week n, and week 53 with the last
                        * of 52 */
  const char *time_zone;   /* IANA name; "UTC" when NULL */
  guint working_weekdays;  /* bit 0 = Monday … bit 6 = Sunday; 0x1f by default (0 means default) */
  const BaseDay *holidays; /* any order, copied */
  gsize n_holidays;
  int opens_minute, closes_minute; /* working hours of a working day, minutes since midnight, opens < closes <= 1440;
                                      both 0: none are said */
} CalendarConfig;

typedef struct {
  CalendarGrain grain;
  BaseDay start;
  BaseDay end;   /* exclusive */
  char name[32]; /* canonical: 2026, 2026-Q3, 2026-06 (retail 2026-P06), 2026-W23, 2026-06-15, 2026-01..2026-06 */
} CalendarPeriod;

typedef struct Calendar Calendar;

/* Errors: BASE_ERROR_INPUT for an unknown time zone or a field out of range. */
Calendar *calendar_new(const CalendarConfig *config, GError **error);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

/* --- time zone --- */
/* The local day of an instant (microseconds since 1970 UTC). */
BaseDay calendar_day_of(const Calendar *calendar, gint64 utc_us);
/* The instant at which a local day starts (the first instant that exists of it when daylight saving skips midnight). */
gint64 calendar_start_of_day(const Calendar *calendar, BaseDay day);
/* Reads a date (its end: the last microsecond of that local day) or a time, local or with an offset or Z; for --now. */
gboolean calendar_parse_instant(const Calendar *calendar, const char *text, gint64 *utc_us, GError **error);

/* --- periods --- */
/* The period of a grain that holds `day`. */
CalendarPeriod calendar_period_at(const Calendar *calendar, CalendarGrain grain, BaseDay day);
/* The same grain's period `steps` later (negative: earlier). For CALENDAR_RANGE see the grain's note: a range of whole
 * months moves by that number of months, otherwise by its length in days. */
CalendarPeriod calendar_shift(const Calendar *calendar, const CalendarPeriod *period, int steps);
/* The same period a year earlier, by the calendar's rule for week 53 and leap days. A restated retail period that is no
 * period of its own year is a CALENDAR_RANGE. */
CalendarPeriod calendar_year_ago(const Calendar *calendar, const CalendarPeriod *period);
/* Understands: 2026 · FY2026 · 2026-Q3 · 2026-H1 · 2026-06 · 2026-P06 · 2026-W23 · 2026-06-15 · A..B of any of these ·
 * this-/last-/previous-/next-day|week|month|quarter|year · today · yesterday · last-12-months (the 12 whole months
 * before the current one), last-30-days … · to-date forms: month-to-date, quarter-to-date, year-to-date (mtd, qtd, ytd)
 * · all (given bounds). Upper or lower case; blanks and underscores as hyphens; also Q3 2026, Jun 2026, 15 June 2026,
 * "A to B". Quarters, halves, periods and years are fiscal; a month such as 2026-06 is always the calendar's (in a
 * retail calendar a CALENDAR_RANGE). A..B ends with the end of B; a span that is exactly a year, quarter, month or day
 * becomes that. Years 1000 to 9998. `first`, `last`: the days for which there is data, used for "all"; BASE_DAY_NONE
 * when there is none. Errors say what would have been understood. */
gboolean calendar_parse_period(const Calendar *calendar, const char *text, BaseDay today, BaseDay first, BaseDay last,
                               CalendarPeriod *period, GError **error);
/* The periods of `grain` that make up a range, cut at its edges (a cut one keeps its name and gets the range's edge).
 * The caller frees the array (of CalendarPeriod). Errors: BASE_ERROR_LIMIT beyond 20,000 periods. */
GArray *calendar_split(const Calendar *calendar, const CalendarPeriod *range, CalendarGrain grain, GError **error);
/* The start of the year, quarter, month or week that holds `day`: for period-to-date windows. */
BaseDay calendar_start_of(const Calendar *calendar, CalendarGrain grain, BaseDay day);
/* `end` moved back by n units (a trailing window's start). A month back from an end of month is an end of month. */
BaseDay calendar_back(const Calendar *calendar, BaseDay end, CalendarGrain unit, int n);
gboolean calendar_grain_parse(const char *text, CalendarGrain *grain);
const char *calendar_grain_name(CalendarGrain grain);

/* --- working days --- */
gboolean calendar_is_working_day(const Calendar *calendar, BaseDay day);
int calendar_working_days(const Calendar *calendar, BaseDay start, BaseDay end);
/* Like for like: the part of `other` that has had as many working days as [period->start, through) has of `period`; the
 * end of that part. Days that do not work are given as in `period`: as many as follow the last working day, but never
 * past other->end nor over a day that works. A whole period (through >= period->end) is compared with the whole of
 * `other`. */
BaseDay calendar_like_for_like(const Calendar *calendar, const CalendarPeriod *period, BaseDay through,
                               const CalendarPeriod *other);

/* --- working hours --- */
/* What working hours are made of, for whoever computes them elsewhere (SQL). Days are counted from a Monday before
 * 1870. */
typedef struct {
  gint64 opens_us, closes_us; /* after midnight, local */
  gint64 first_day_us;        /* 1970-01-01 00:00 in microseconds since that Monday */
  gint64 works[7];            /* 1 for a weekday that works, from Monday */
  gint64 worked_before[7];    /* of its week, days that work before it */
  int per_week;
  gint64 *holidays; /* ascending days, only such as would work */
  gsize n_holidays;
  const gint64 *starts_us, *offsets_us; /* of the zone: from starts_us[i] on, local time is UTC + offsets_us[i] */
  gint64 *mended_us;                    /* added from starts_us[i] on, for clocks that were moved in open hours */
  gsize n_changes;
} CalendarHours;

/* NULL where the calendar has none. */
const CalendarHours *calendar_hours(const Calendar *calendar);
/* Microseconds of working hours between two instants; below 0 when `until` is the earlier one. All the time between
 * where the calendar has no working hours. */
gint64 calendar_open_between(const Calendar *calendar, gint64 from_us, gint64 until_us);
