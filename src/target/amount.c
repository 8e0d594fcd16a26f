/* Reading amounts of cells. A text is taken apart into sign, digits, signs between digits and an exponent, and only
 * then decided upon: which sign stands before decimals, and whether the others stand before three digits each. */
#include "target/amount.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define MAX_DIGITS 40

TargetAmountStyle target_amount_style(char separator) {
  if (separator == 0 || separator == ',') return TARGET_AMOUNT_POINT;
  return separator == ';' ? TARGET_AMOUNT_COMMA : TARGET_AMOUNT_EITHER;
}

/* --- around the number --- */

static const struct {
  const char *code, *sign;
} signs[] = {{"EUR", "\u20AC"}, {"USD", "$"}, {"GBP", "\u00A3"}, {"JPY", "\u00A5"}};

/* Takes `word` from the begin or the end of `text`. */
static gboolean take_word(char *text, const char *word) {
  gsize length = strlen(word), whole = strlen(text);
  if (whole < length) return FALSE;
  if (g_ascii_strncasecmp(text, word, length) == 0)
    memmove(text, text + length, whole - length + 1);
  else if (g_ascii_strcasecmp(text + whole - length, word) == 0)
    text[whole - length] = 0;
  else
    return FALSE;
  g_strstrip(text);
  return TRUE;
}

static void take_currency(char *text, const char *currency) {
  if (!currency || take_word(text, currency)) return;
  for (guint i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_ascii_strcasecmp(signs[i].code, currency) == 0) take_word(text, signs[i].sign);
}

/* Spaces that do not break a line, thin ones among them, become plain; signs for minus become "-". */
static char *plain_signs(const char *text) {
  GString *plain = g_string_new(NULL);
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(plain, g_unichar_isspace(c) ? ' ' : c == 0x2212 ? '-' : c == 0x2019 ? '\'' : c);
  }
  return g_strstrip(g_string_free(plain, FALSE));
}

/* --- the number --- */

typedef struct {
  const char *text; /* from its first digit or sign between digits */
  guint n_points, n_commas, n_others;
  const char *last;    /* of the points and commas */
  gsize before, after; /* digits before the first sign between digits, and after the last point or comma */
} Shape;

/* FALSE: there is something that does not belong to a number. */
static gboolean read_shape(const char *text, gsize length, Shape *shape) {
  *shape = (Shape){.text = text};
  gboolean any = FALSE;
  for (const char *at = text; at < text + length; at++) {
    if (g_ascii_isdigit(*at)) {
      any = TRUE;
      shape->before += shape->n_points + shape->n_commas + shape->n_others == 0;
      shape->after++;
      continue;
    }
    if (!strchr(".,' ", *at)) return FALSE;
    shape->n_points += *at == '.';
    shape->n_commas += *at == ',';
    shape->n_others += *at == ' ' || *at == '\'';
    if (*at == '.' || *at == ',') shape->last = at;
    shape->after = 0;
  }
  return any && length <= MAX_DIGITS;
}

/* Three digits after the only sign, up to three before it, and they are not 0: it may stand before decimals or not. */
static gboolean is_open(const char *text, const Shape *shape) {
  return shape->n_points + shape->n_commas == 1 && shape->n_others == 0 && shape->after == 3 && shape->before >= 1 &&
         shape->before <= 3 && text[0] != '0';
}

/* The sign before the decimals: '.', ',', or 0 where there are none; -1: it may be either. */
static int decimal_sign(const char *text, const Shape *shape, TargetAmountStyle style) {
  if (!shape->last) return 0;
  char last = *shape->last;
  if (shape->n_points > 0 && shape->n_commas > 0) return last;
  if (shape->n_points + shape->n_commas > 1) return 0;
  if (!is_open(text, shape)) return last;
  if (style == TARGET_AMOUNT_POINT) return last == '.' ? '.' : 0;
  return style == TARGET_AMOUNT_COMMA && last == '.' ? 0 : -1;
}

/* Digits without the signs between thousands, a point before the decimals; NULL: the thousands are not by three. */
static char *join_digits(const char *text, gsize length, int decimal) {
  g_autoptr(GString) digits = g_string_new(NULL);
  gsize group = 0;
  gboolean grouped = FALSE, in_decimals = FALSE;
  for (const char *at = text; at < text + length; at++) {
    if (g_ascii_isdigit(*at)) {
      g_string_append_c(digits, *at);
      group++;
      continue;
    }
    if (in_decimals || (grouped ? group != 3 : (group > 3 || group == 0) && *at != decimal)) return NULL;
    if (*at == decimal) {
      g_string_append_c(digits, '.');
      in_decimals = TRUE;
    } else {
      grouped = TRUE;
    }
    group = 0;
  }
  if (grouped && !in_decimals && group != 3) return NULL;
  return g_strdup(digits->str);
}

static gboolean refuse(const char *text, const char *why, GError **error) {
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "\"%s\" %s", text, why);
  return FALSE;
}

static gboolean finish(const char *whole, const char *digits, const char *exponent, gboolean negative, gboolean percent,
                       double *amount, GError **error) {
  g_autofree char *number = g_strconcat(digits, exponent, NULL);
  char *end;
  double value = g_ascii_strtod(number, &end);
  if (*end || end == number || !isfinite(value)) return refuse(whole, "is no amount", error);
  *amount = (negative ? -value : value) / (percent ? 100 : 1);
  return TRUE;
}

gboolean target_amount_read(const char *text, TargetAmountStyle style, const char *currency, double *amount,
                            GError **error) {
  if (*text == '=')
    return refuse(text, "is a formula whose value is not in the file: open it in a spreadsheet program and save it",
                  error);
  g_autofree char *plain = plain_signs(text);
  gboolean percent = take_word(plain, "%");
  if (!percent) take_currency(plain, currency);
  gboolean negative = *plain == '-';
  char *number = plain + (negative || *plain == '+');
  while (*number == ' ') number++;
  if (!percent) take_currency(number, currency);
  gsize length = strcspn(number, "eE");
  Shape shape;
  if (!read_shape(number, length, &shape)) {
    g_autofree char *why = g_strdup_printf("is no amount: write 12000, 12,000.50 or 30 %%%s%s",
                                           currency ? ", money in " : "", currency ? currency : "");
    return refuse(text, why, error);
  }
  int decimal = decimal_sign(number, &shape, style);
  if (decimal < 0) {
    g_autofree char *joined = join_digits(number, length, 0);
    g_autofree char *why = g_strdup_printf("may be %.*s or %s: write %s without a sign between its digits, or %.*s.0",
                                           (int)shape.before, number, joined, joined, (int)shape.before, number);
    return refuse(text, why, error);
  }
  g_autofree char *digits = join_digits(number, length, decimal);
  if (!digits) return refuse(text, "is no amount: thousands have three digits each", error);
  return finish(text, digits, number + length, negative, percent, amount, error);
}
