/* Which numbers of a sheet are days, and how they are written.
 *
 * Source: ECMA-376 part 1, 18.8.30 (numFmt, with the builtin formats) and 18.17.4 (dates as serial numbers). */
#include "base/day.h"
#include "sheet/sheet_private.h"

#include <math.h>
#include <string.h>

/* --- formats --- */

typedef struct {
  gboolean year, month, day, clock;
} Shown;

/* Steps over what is shown as it stands: "text", \x, _x, *x, [Red]. NULL: nothing of that kind is here. */
static const char *skip_literal(const char *at, Shown *shown) {
  const char *end;
  switch (*at) {
    case '"':
      end = strchr(at + 1, '"');
      return end ? end + 1 : at + strlen(at);
    case '\\':
    case '_':
    case '*':
      return at[1] ? g_utf8_next_char(at + 1) : at + 1;
    case '[':
      if (strchr("hHmMsS", at[1]) && at[1]) shown->clock = TRUE; /* [h]:mm is a span of time */
      end = strchr(at, ']');
      return end ? end + 1 : at + strlen(at);
    default:
      return NULL;
  }
}

static SheetFormat format_of_code(const char *code) {
  Shown shown = {0};
  if (g_ascii_strcasecmp(code, "General") == 0) return SHEET_PLAIN;
  for (const char *at = code; *at && *at != ';';) {
    const char *after = skip_literal(at, &shown);
    if (after) {
      at = after;
      continue;
    }
    char c = g_ascii_tolower(*at++);
    shown.year |= c == 'y';
    shown.month |= c == 'm';
    shown.day |= c == 'd';
    shown.clock |= c == 'h' || c == 's';
  }
  if (shown.day) return SHEET_DAY;
  if (shown.year) return shown.month ? SHEET_MONTH : SHEET_YEAR;
  return shown.month && !shown.clock ? SHEET_MONTH : SHEET_PLAIN;
}

SheetFormat sheet_format_of(guint id, const char *code) {
  if (code) return format_of_code(code);
  if (id == 17) return SHEET_MONTH; /* mmm-yy */
  gboolean day = (id >= 14 && id <= 16) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
                 id == 57 || id == 58;
  return day ? SHEET_DAY : SHEET_PLAIN;
}

/* --- numbers --- */

/* BASE_DAY_NONE: no day has this number. Days before March 1900 are counted one lower, for the 29 February 1900 that
 * the first spreadsheets had. */
static BaseDay day_of_serial(double serial, gboolean from_1904) {
  double whole = floor(serial);
  if (from_1904) return whole >= 0 && whole <= 2957003 ? base_day_from_civil(1904, 1, 1) + (int)whole : BASE_DAY_NONE;
  if (whole < 1 || whole == 60 || whole > 2958465) return BASE_DAY_NONE;
  return base_day_from_civil(1899, 12, whole < 60 ? 31 : 30) + (int)whole;
}

/* As exact as a spreadsheet shows. */
static char *plain_text(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", value));
}

char *sheet_number_text(double value, SheetFormat format, gboolean from_1904) {
  BaseDay day = format == SHEET_PLAIN || !isfinite(value) ? BASE_DAY_NONE : day_of_serial(value, from_1904);
  if (day == BASE_DAY_NONE) return plain_text(value);
  BaseCivil civil = base_day_to_civil(day);
  if (format == SHEET_YEAR) return g_strdup_printf("%d", civil.year);
  if (format == SHEET_MONTH) return g_strdup_printf("%04d-%02d", civil.year, civil.month);
  int minutes = (int)floor((value - floor(value)) * 1440 + 0.5);
  g_autofree char *text = base_day_format(day);
  if (minutes <= 0 || minutes >= 1440) return g_steal_pointer(&text);
  return g_strdup_printf("%s %02d:%02d", text, minutes / 60, minutes % 60);
}
