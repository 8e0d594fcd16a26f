/* Instants as people write them: 2026-06-30, 2026-06-30 17:45, 2026-06-30T17:45:10.5Z, 2026-06-30T17:45+02:00.
 *
 * A date alone means its end, because "as at 30 June" includes what happened on that day. A local time that daylight
 * saving skips becomes the moment of the skip; one that happens twice is the earlier. */
#include "calendar/private.h"

#define TEXT_MAX  64
#define SECOND_US G_GINT64_CONSTANT(1000000)

/* Takes exactly `digits` digits off the front of `*text`. */
static gboolean take_number(const char **text, int digits, int *number) {
  int value = 0;
  for (int i = 0; i < digits; i++) {
    if (!g_ascii_isdigit((*text)[i])) return FALSE;
    value = value * 10 + ((*text)[i] - '0');
  }
  *text += digits;
  *number = value;
  return TRUE;
}

static gboolean take_char(const char **text, char c) {
  if (**text != c) return FALSE;
  (*text)++;
  return TRUE;
}

static gboolean take_fraction(const char **text, gint64 *us) {
  if (!take_char(text, '.') && !take_char(text, ',')) return TRUE;
  if (!g_ascii_isdigit(**text)) return FALSE;
  for (gint64 unit = SECOND_US / 10; g_ascii_isdigit(**text); (*text)++, unit /= 10) *us += (**text - '0') * unit;
  return TRUE;
}

/* HH:MM, HH:MM:SS or HH:MM:SS.fraction as microseconds into the day. */
static gboolean take_time(const char **text, gint64 *us) {
  int hour, minute, second = 0;
  gint64 fraction_us = 0;
  if (!take_number(text, 2, &hour) || !take_char(text, ':') || !take_number(text, 2, &minute)) return FALSE;
  if (take_char(text, ':') && (!take_number(text, 2, &second) || !take_fraction(text, &fraction_us))) return FALSE;
  if (hour > 23 || minute > 59 || second > 59) return FALSE;
  *us = (hour * 3600 + minute * 60 + second) * SECOND_US + fraction_us;
  return TRUE;
}

/* Z, +HH, +HHMM or +HH:MM, then the end of the text; `*local` when there is nothing. */
static gboolean take_offset(const char *text, gboolean *local, gint64 *offset_us) {
  *offset_us = 0;
  *local = *text == '\0';
  if (*local) return TRUE;
  if (*text == 'Z' || *text == 'z') return text[1] == '\0';
  if (*text != '+' && *text != '-') return FALSE;
  int sign = *text++ == '-' ? -1 : 1, hours, minutes = 0;
  if (!take_number(&text, 2, &hours)) return FALSE;
  gboolean colon = take_char(&text, ':');
  if ((colon || *text != '\0') && !take_number(&text, 2, &minutes)) return FALSE;
  *offset_us = sign * (hours * 3600 + minutes * 60) * SECOND_US;
  return *text == '\0' && hours <= 18 && minutes <= 59;
}

static gboolean read_instant(const Calendar *calendar, const char *text, gint64 *utc_us) {
  int year, month, day;
  if (!take_number(&text, 4, &year) || !take_char(&text, '-') || !take_number(&text, 2, &month) ||
      !take_char(&text, '-') || !take_number(&text, 2, &day) || !base_civil_is_valid(year, month, day))
    return FALSE;
  BaseDay date = base_day_from_civil(year, month, day);
  if (*text == '\0') {
    *utc_us = calendar_start_of_day(calendar, date + 1) - 1;
    return TRUE;
  }
  if (*text != 'T' && *text != 't' && *text != ' ') return FALSE;
  text++;
  gint64 time_us, offset_us;
  gboolean local;
  if (!take_time(&text, &time_us) || !take_offset(text, &local, &offset_us)) return FALSE;
  gint64 clock_us = date * CALENDAR_DAY_US + time_us;
  *utc_us = local ? calendar_zone_first_instant(&calendar->zone, clock_us) : clock_us - offset_us;
  return TRUE;
}

gboolean calendar_parse_instant(const Calendar *calendar, const char *text, gint64 *utc_us, GError **error) {
  g_autofree char *shown = g_utf8_make_valid(text != NULL ? text : "", -1);
  g_strstrip(shown);
  if (strlen(shown) > TEXT_MAX) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a date or time of more than %d bytes is too long", TEXT_MAX);
    return FALSE;
  }
  if (read_instant(calendar, shown, utc_us)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "'%s' is not a date or time; write 2026-06-30 (the end of that day), 2026-06-30T17:45 (local time), "
              "2026-06-30T17:45Z or 2026-06-30T17:45+02:00",
              shown);
  return FALSE;
}
