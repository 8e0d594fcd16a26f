/* Values that are written plainly, as programs write them: 1234.50, 2026-03-31, 2026-03-31T09:30:00Z. They mean what
 * map_value.c's SQL makes of them; whatever could mean something else, or nothing, is left to it. */
#include "base/money.h"
#include "ingest/writer_private.h"

#include <string.h>

#define EARLIEST_US G_GINT64_CONSTANT(-2208988800000000) /* 1900 */
#define LATEST_US   G_GINT64_CONSTANT(7258118399999999)  /* 2199 */
#define MAX_DIGITS  12

gboolean writer_text(const WriterCell *cell, StoreValue *value) {
  *value = (StoreValue){.type = STORE_NULL};
  if (cell->kind == WRITER_NOTHING) return TRUE;
  if (cell->kind == WRITER_NUMBER && strspn(cell->text, "0123456789") != strlen(cell->text)) return FALSE;
  if (cell->kind != WRITER_TEXT && cell->kind != WRITER_NUMBER) return FALSE;
  gsize length = strlen(cell->text);
  if (length == 0 || cell->text[0] == ' ' || cell->text[length - 1] == ' ') return FALSE;
  *value = (StoreValue){.type = STORE_TEXT, .text = cell->text};
  return TRUE;
}

/* -123.45 as 12345 and two places. */
static gboolean read_decimal(const char *text, gint64 *whole, guint *places) {
  gboolean is_negative = *text == '-', has_point = FALSE;
  guint n = 0;
  *whole = 0;
  *places = 0;
  for (text += is_negative; *text; text++) {
    if (*text == '.' && !has_point && n > 0) {
      has_point = TRUE;
      continue;
    }
    if (!g_ascii_isdigit(*text) || ++n > MAX_DIGITS) return FALSE;
    *whole = *whole * 10 + (*text - '0');
    *places += has_point;
  }
  if (n == 0 || (has_point && *places == 0)) return FALSE;
  if (is_negative) *whole = -*whole;
  return TRUE;
}

static gboolean whole_number(const char *text, guint digits, StoreValue *value) {
  guint places;
  *value = (StoreValue){.type = STORE_INT};
  if (!read_decimal(text, &value->integer, &places) || places > digits) return FALSE;
  for (; places < digits; places++) value->integer *= 10;
  return TRUE;
}

static gboolean double_number(const char *text, gboolean is_share, StoreValue *value) {
  gint64 whole;
  guint places;
  if (!read_decimal(text, &whole, &places)) return FALSE;
  *value = (StoreValue){.type = STORE_DOUBLE, .number = g_ascii_strtod(text, NULL)};
  return !is_share || (value->number >= 0 && value->number <= 1);
}

static gboolean bool_of(const WriterCell *cell, StoreValue *value) {
  *value = (StoreValue){.type = STORE_BOOL, .integer = cell->kind == WRITER_TRUE};
  return cell->kind == WRITER_TRUE || cell->kind == WRITER_FALSE;
}

gboolean writer_value(const WriterForm *form, const LedgerColumn *column, const WriterCell *cell, StoreValue *value) {
  *value = (StoreValue){.type = STORE_NULL};
  if (cell->kind == WRITER_NOTHING) return TRUE;
  if (column->type == LEDGER_BOOL) return bool_of(cell, value);
  if (column->type == LEDGER_TEXT || column->type == LEDGER_REF) return writer_text(cell, value);
  if (!cell->text) return FALSE;
  switch (column->type) {
    case LEDGER_MONEY:
      return whole_number(cell->text, (guint)base_currency_digits(form->currency), value);
    case LEDGER_COUNT:
    case LEDGER_DURATION:
      return whole_number(cell->text, 0, value);
    case LEDGER_NUMBER:
    case LEDGER_SHARE:
      return double_number(cell->text, column->type == LEDGER_SHARE, value);
    default:
      return FALSE;
  }
}

/* Two digits that are less than `end`. */
static gboolean two(const char *text, int end, int *number) {
  if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1])) return FALSE;
  *number = (text[0] - '0') * 10 + (text[1] - '0');
  return *number < end;
}

/* hh:mm:ss[.ffffff]Z */
static gboolean read_time(const char *text, gint64 *us) {
  int hour, minute, second;
  if (!two(text, 24, &hour) || text[2] != ':' || !two(text + 3, 60, &minute) || text[5] != ':' ||
      !two(text + 6, 60, &second))
    return FALSE;
  text += 8;
  gint64 fraction = 0;
  if (*text == '.') {
    gint64 unit = G_USEC_PER_SEC;
    for (text++; g_ascii_isdigit(*text) && unit > 1; text++) fraction += (*text - '0') * (unit /= 10);
    if (unit == G_USEC_PER_SEC) return FALSE;
  }
  *us = (((gint64)hour * 60 + minute) * 60 + second) * G_USEC_PER_SEC + fraction;
  return g_str_equal(text, "Z");
}

gboolean writer_instant(const WriterForm *form, const WriterCell *cell, StoreValue *value, StoreValue *day) {
  *value = (StoreValue){.type = STORE_NULL};
  if (day) *day = *value;
  if (cell->kind == WRITER_NOTHING) return TRUE;
  if (cell->kind != WRITER_TEXT || strlen(cell->text) < 10) return FALSE;
  char date[11];
  memcpy(date, cell->text, 10);
  date[10] = 0;
  BaseDay of;
  gint64 us = 0;
  if (!base_day_parse_iso(date, &of)) return FALSE;
  gboolean is_day = cell->text[10] == 0;
  if (is_day) {
    us = calendar_start_of_day(form->calendar, of);
  } else {
    if ((cell->text[10] != 'T' && cell->text[10] != ' ') || !read_time(cell->text + 11, &us)) return FALSE;
    us += (gint64)of * G_TIME_SPAN_DAY;
    of = calendar_day_of(form->calendar, us);
  }
  *value = (StoreValue){.type = STORE_INSTANT, .integer = us};
  if (day) *day = (StoreValue){.type = STORE_DAY, .integer = of};
  return us >= EARLIEST_US && us <= LATEST_US;
}
