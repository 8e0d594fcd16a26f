/* Civil dates as day numbers.
 *
 * The year is counted from 1 March, so that the leap day is the last day of its year and the months before it have a
 * fixed pattern of lengths: (153 * m + 2) / 5 days lie before month m. A whole cycle of the Gregorian calendar is 400
 * years of 146,097 days. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
#include "base/day.h"

#define DAYS_IN_CYCLE 146097
#define DAYS_TO_1970  719468 /* from 0000-03-01 to 1970-01-01 */

static gboolean is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int base_days_in_month(int year, int month) {
  static const guint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  return days[month - 1] + (month == 2 && is_leap(year));
}

gboolean base_civil_is_valid(int year, int month, int day) {
  return year >= 1 && year <= 9999 && day >= 1 && day <= base_days_in_month(year, month);
}

BaseDay base_day_from_civil(int year, int month, int day) {
  int y = month <= 2 ? year - 1 : year;
  int cycle = (y >= 0 ? y : y - 399) / 400;
  int year_of_cycle = y - cycle * 400;
  int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
  return cycle * DAYS_IN_CYCLE + day_of_cycle - DAYS_TO_1970;
}

BaseCivil base_day_to_civil(BaseDay day) {
  gint64 z = (gint64)day + DAYS_TO_1970;
  gint64 cycle = (z >= 0 ? z : z - (DAYS_IN_CYCLE - 1)) / DAYS_IN_CYCLE;
  int day_of_cycle = (int)(z - cycle * DAYS_IN_CYCLE);
  int year_of_cycle = (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36524 - day_of_cycle / 146096) / 365;
  int day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
  int m = (5 * day_of_year + 2) / 153;
  int month = m < 10 ? m + 3 : m - 9;
  return (BaseCivil){.year = (int)(cycle * 400) + year_of_cycle + (month <= 2),
                     .month = month,
                     .day = day_of_year - (153 * m + 2) / 5 + 1};
}

int base_day_weekday(BaseDay day) {
  int from_monday = (int)(((gint64)day + 3) % 7); /* 1970-01-01 was a Thursday */
  return (from_monday < 0 ? from_monday + 7 : from_monday) + 1;
}

BaseDay base_day_add_months(BaseDay day, int months) {
  BaseCivil civil = base_day_to_civil(day);
  gint64 month = (gint64)civil.year * 12 + civil.month - 1 + months;
  if (month < 12) return BASE_DAY_MIN;
  if (month >= 12 * 10000) return BASE_DAY_MAX;
  int to_year = (int)(month / 12), to_month = (int)(month % 12) + 1;
  return base_day_from_civil(to_year, to_month, MIN(civil.day, base_days_in_month(to_year, to_month)));
}

static gboolean read_digits(const char *text, int n, int *number) {
  int value = 0;
  for (int i = 0; i < n; i++) {
    if (!g_ascii_isdigit(text[i])) return FALSE;
    value = value * 10 + (text[i] - '0');
  }
  *number = value;
  return TRUE;
}

gboolean base_day_parse_iso(const char *text, BaseDay *day) {
  int year, month, day_of_month;
  if (text == NULL || !read_digits(text, 4, &year) || text[4] != '-' || !read_digits(text + 5, 2, &month) ||
      text[7] != '-' || !read_digits(text + 8, 2, &day_of_month) || text[10] != '\0' ||
      !base_civil_is_valid(year, month, day_of_month))
    return FALSE;
  *day = base_day_from_civil(year, month, day_of_month);
  return TRUE;
}

char *base_day_format(BaseDay day) {
  BaseCivil civil = base_day_to_civil(day);
  return g_strdup_printf("%04d-%02d-%02d", civil.year, civil.month, civil.day);
}
