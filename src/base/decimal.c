/* Reads a decimal in one pass from left to right: what stands before the digits, the digits, what stands after.
 *
 *   ( € 1.234.567 , 89 ) %
 *   └ before        └ decimals, rounded at the format's place
 *       └ groups        └ after
 *
 * Invariant: `magnitude` holds every digit read so far exactly, or `overflow` is set. */
#include "base/decimal.h"

#include "base/money.h"

typedef struct {
  const char *at;
  const BaseDecimalFormat *format;
  gboolean negative;
  gboolean parenthesis;
  gboolean has_sign;
  gboolean has_currency;
  gboolean overflow;
  guint64 magnitude;
  BaseDecimal decimal;
} Reader;

/* U+FFFD for bytes that are no character: nothing accepts it. */
static gunichar peek(const Reader *reader) {
  gunichar c = g_utf8_get_char_validated(reader->at, -1);
  return (c & 0x80000000) != 0 ? 0xFFFD : c;
}

static void advance(Reader *reader) {
  reader->at = g_utf8_next_char(reader->at);
}

static gboolean is_blank(gunichar c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0xA0 || c == 0x2009 || c == 0x202F || c == 0x2007;
}

static void skip_blanks(Reader *reader) {
  while (is_blank(peek(reader))) advance(reader);
}

/* --- around the digits --- */

static gboolean take_sign(Reader *reader) {
  gunichar c = peek(reader);
  if (c != '-' && c != '+' && c != 0x2212) return FALSE;
  if (reader->has_sign || reader->parenthesis) return FALSE;
  reader->has_sign = TRUE;
  reader->negative = c != '+';
  advance(reader);
  return TRUE;
}

/* What stands for money beside a number. The longer come first where one begins another; $, kr, Rs and ¥ are of
 * several. */
static const struct {
  const char *sign;
  char code[4];
} signs[] = {{"US$", "USD"}, {"CA$", "CAD"}, {"AU$", "AUD"}, {"NZ$", "NZD"}, {"HK$", "HKD"}, {"NT$", "TWD"},
             {"MX$", "MXN"}, {"C$", "CAD"},  {"A$", "AUD"},  {"S$", "SGD"},  {"R$", "BRL"},  {"$", ""},
             {"€", "EUR"},   {"£", "GBP"},   {"¥", ""},      {"₹", "INR"},   {"₩", "KRW"},   {"₽", "RUB"},
             {"₺", "TRY"},   {"₪", "ILS"},   {"₫", "VND"},   {"₴", "UAH"},   {"₦", "NGN"},   {"₱", "PHP"},
             {"zł", "PLN"},  {"Kč", "CZK"},  {"Ft", "HUF"},  {"Fr.", "CHF"}, {"kr.", ""},    {"kr", ""},
             {"Rs.", ""},    {"Rs", ""}};

static gboolean take_currency(Reader *reader) {
  if (reader->has_currency) return FALSE;
  gsize letters = 0;
  while (g_ascii_isalpha(reader->at[letters])) letters++;
  g_autofree char *code = letters == 3 ? g_strndup(reader->at, 3) : NULL;
  if (code != NULL && base_currency_is_valid(code)) {
    memcpy(reader->decimal.currency, code, sizeof reader->decimal.currency);
    reader->at += 3;
    return reader->has_currency = TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
    if (!g_str_has_prefix(reader->at, signs[i].sign)) continue;
    memcpy(reader->decimal.currency, signs[i].code, sizeof signs[i].code);
    reader->at += strlen(signs[i].sign);
    return reader->has_currency = TRUE;
  }
  return FALSE;
}

static gboolean take_opening(Reader *reader) {
  if (peek(reader) != '(' || reader->parenthesis || reader->has_sign) return FALSE;
  reader->parenthesis = TRUE;
  advance(reader);
  return TRUE;
}

static void read_before(Reader *reader) {
  do skip_blanks(reader);
  while (take_sign(reader) || take_opening(reader) || take_currency(reader));
}

/* TRUE when the text ends properly. */
static gboolean read_after(Reader *reader) {
  gboolean open = reader->parenthesis;
  for (;;) {
    skip_blanks(reader);
    gunichar c = peek(reader);
    if (c == '\0') return !open;
    if (c == ')' && open) {
      open = FALSE;
      advance(reader);
    } else if (c == '%' && !reader->decimal.percent) {
      reader->decimal.percent = TRUE;
      advance(reader);
    } else if (!take_sign(reader) && !take_currency(reader)) {
      return FALSE;
    }
  }
}

/* --- the digits --- */

static void add_digit(Reader *reader, int digit) {
  reader->overflow |= __builtin_mul_overflow(reader->magnitude, 10u, &reader->magnitude);
  reader->overflow |= __builtin_add_overflow(reader->magnitude, (guint64)digit, &reader->magnitude);
}

static gsize take_digits(Reader *reader) {
  gsize n = 0;
  for (; g_ascii_isdigit(*reader->at); reader->at++, n++) add_digit(reader, *reader->at - '0');
  return n;
}

/* The separator here when a digit follows it: all blanks count as one kind, both apostrophes as another; else 0. */
static gunichar separator_here(const Reader *reader) {
  gunichar c = peek(reader);
  gunichar kind = 0;
  if (c != 0 && c < 0x80 && (char)c == reader->format->thousands)
    kind = c;
  else if (is_blank(c))
    kind = ' ';
  else if (c == '\'' || c == 0x2019)
    kind = '\'';
  return kind != 0 && g_ascii_isdigit(*g_utf8_next_char(reader->at)) ? kind : 0;
}

/* 1234567, 1,234,567 or, as in India, 12,34,567: the last group has three digits, those between are alike. */
static gboolean read_groups(Reader *reader, gsize *n_digits) {
  gsize n = take_digits(reader);
  *n_digits = n;
  gunichar separator = separator_here(reader);
  if (separator == 0) return TRUE;
  if (n < 1 || n > 3) return FALSE;
  gsize first = n, group = 0, between = 0;
  while (separator_here(reader) == separator) {
    if (group != 0 && between != 0 && group != between) return FALSE;
    between = group;
    advance(reader);
    group = take_digits(reader);
    if (group != 2 && group != 3) return FALSE;
    *n_digits += group;
  }
  return group == 3 && (between != 2 || first <= 2) && separator_here(reader) == 0;
}

/* The digits after the decimal mark: those kept, then one that rounds; the rest only says whether anything was lost. */
static gsize read_decimals(Reader *reader) {
  gsize n = 0;
  gboolean up = FALSE, kept_all = *reader->at != reader->format->decimal;
  if (!kept_all) reader->at++;
  for (; !kept_all && g_ascii_isdigit(*reader->at); reader->at++, n++) {
    int digit = *reader->at - '0';
    if (n < (gsize)reader->format->digits) {
      add_digit(reader, digit);
      continue;
    }
    if (n == (gsize)reader->format->digits) up = digit >= 5;
    reader->decimal.rounded |= digit != 0;
  }
  for (gsize places = n; places < (gsize)reader->format->digits; places++) add_digit(reader, 0);
  if (up) reader->overflow |= __builtin_add_overflow(reader->magnitude, 1u, &reader->magnitude);
  return n;
}

BaseDecimalStatus base_decimal_parse(const char *text, const BaseDecimalFormat *format, BaseDecimal *decimal) {
  g_return_val_if_fail(format->decimal == '.' || format->decimal == ',', BASE_DECIMAL_MALFORMED);
  g_return_val_if_fail(format->digits >= 0 && format->digits <= 18, BASE_DECIMAL_MALFORMED);
  Reader reader = {.at = text != NULL ? text : "", .format = format};
  skip_blanks(&reader);
  if (*reader.at == '\0') return BASE_DECIMAL_EMPTY;
  read_before(&reader);
  gsize whole_digits;
  if (!read_groups(&reader, &whole_digits)) return BASE_DECIMAL_MALFORMED;
  if (read_decimals(&reader) + whole_digits == 0 || !read_after(&reader)) return BASE_DECIMAL_MALFORMED;
  if (reader.overflow || reader.magnitude > G_MAXINT64) return BASE_DECIMAL_OVERFLOW;
  gboolean negative = reader.negative || reader.parenthesis;
  *decimal = reader.decimal;
  decimal->value = negative ? -(gint64)reader.magnitude : (gint64)reader.magnitude;
  return BASE_DECIMAL_OK;
}

char *base_decimal_to_string(gint64 value, int digits) {
  char plain[32];
  guint64 magnitude = value < 0 ? 0 - (guint64)value : (guint64)value;
  digits = CLAMP(digits, 0, 18);
  g_snprintf(plain, sizeof plain, "%0*" G_GUINT64_FORMAT, digits + 1, magnitude);
  int whole = (int)strlen(plain) - digits;
  const char *sign = value < 0 ? "-" : "";
  if (digits == 0) return g_strconcat(sign, plain, NULL);
  return g_strdup_printf("%s%.*s.%s", sign, whole, plain, plain + whole);
}
