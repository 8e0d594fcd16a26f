/* Civil dates as day numbers.
 *
 * A BaseDay counts days since 1970-01-01 in the proleptic Gregorian calendar. It carries no time zone: the
 * organisation's local day is decided once, when a record is loaded, and stays a day from then on. */
#pragma once

#include <glib.h>

typedef gint32 BaseDay;

#define BASE_DAY_MIN  ((BaseDay)-719162) /* 0001-01-01 */
#define BASE_DAY_MAX  ((BaseDay)2932896) /* 9999-12-31 */
#define BASE_DAY_NONE G_MININT32         /* no date */

typedef struct {
  int year;  /* 1..9999 */
  int month; /* 1..12 */
  int day;   /* 1..31 */
} BaseCivil;

/* Day number of a civil date; the date must exist (see base_civil_is_valid()). Source: Hinnant, days_from_civil. */
BaseDay base_day_from_civil(int year, int month, int day);
BaseCivil base_day_to_civil(BaseDay day);
gboolean base_civil_is_valid(int year, int month, int day);
int base_days_in_month(int year, int month);
/* ISO weekday, 1 = Monday … 7 = Sunday. */
int base_day_weekday(BaseDay day);
/* `day` moved by whole months; a day that the month lacks becomes its last (31 January + 1 month = 28 or 29 February).
 */
BaseDay base_day_add_months(BaseDay day, int months);
/* Reads exactly YYYY-MM-DD. FALSE when the text is no such date; `*day` is then untouched. */
gboolean base_day_parse_iso(const char *text, BaseDay *day);
/* YYYY-MM-DD; the caller frees. */
char *base_day_format(BaseDay day);
