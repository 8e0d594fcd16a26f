/* Numbers as people read them: separators of thousands, two or three digits that matter, the unit beside them.
 *
 * A decimal half goes away from zero, as people round by hand: 30.95 shows as 31.0 though its nearest double lies a
 * hair below. So the value is moved by a few units of its last binary digit before printf rounds it. */
#include "base/money.h"
#include "cli/cli.h"

#include <float.h>
#include <math.h>

#define HALF_UP             (1 + 4 * DBL_EPSILON)
#define LARGEST_WITH_HALVES 1e12 /* above, a few units of the last binary digit could be seen */

static double rounding_up(double size) {
  return size < LARGEST_WITH_HALVES ? size * HALF_UP : size;
}

/* "-1,234.50"; never "-0.00". */
static char *grouped(double value, int decimals) {
  g_autofree char *digits = g_strdup_printf("%.*f", decimals, rounding_up(fabs(value)));
  gsize whole = strcspn(digits, ".");
  gboolean negative = value < 0 && strspn(digits, "0.") != strlen(digits);
  GString *text = g_string_new(negative ? "-" : "");
  for (gsize i = 0; i < whole; i++) {
    if (i > 0 && (whole - i) % 3 == 0) g_string_append_c(text, ',');
    g_string_append_c(text, digits[i]);
  }
  g_string_append(text, digits + whole);
  return g_string_free(text, FALSE);
}

/* Enough decimals that a value that is not zero does not look like it: two significant digits. */
static int decimals_for(double value, int usual) {
  double size = fabs(value);
  if (size == 0 || rounding_up(size) >= 0.5 * pow(10, -usual)) return usual;
  return MIN(12, 1 - (int)floor(log10(size)));
}

/* Whether the value, rounded to `decimals`, stays below 1,000. */
static gboolean below_thousand(double value, int decimals) {
  return rounding_up(fabs(value)) < 1000 - 0.5 * pow(10, -decimals);
}

static gboolean is_whole(double value) {
  return fabs(value - round(value)) < 1e-9 * MAX(1, fabs(value));
}

static char *plain(double value) {
  if (is_whole(value)) return grouped(value, 0);
  if (!below_thousand(value, 2)) return grouped(value, 1);
  return grouped(value, decimals_for(value, 2));
}

static int currency_digits(const char *currency) {
  return currency ? base_currency_digits(currency) : 2;
}

char *cli_format_money(double value, const char *currency, int decimals) {
  if (!isfinite(value)) return g_strdup("no value");
  g_autofree char *amount = grouped(value, decimals);
  return currency ? g_strdup_printf("%s %s", currency, amount) : g_steal_pointer(&amount);
}

int cli_money_decimals(const double *values, gsize n, const char *currency, gboolean exact) {
  int digits = currency_digits(currency);
  double unit = pow(10, -digits);
  gboolean whole = TRUE, large = FALSE, small = FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!isfinite(values[i])) continue;
    double size = fabs(values[i]);
    whole &= fabs(size - round(size)) < unit / 2;
    large |= !below_thousand(size, digits);
    small |= size >= unit / 2 && rounding_up(size) < 0.5;
  }
  return whole || (large && !small && !exact) ? 0 : digits;
}

static char *with_unit(char *number, const char *unit) {
  char *text = g_strconcat(number, " ", unit, NULL);
  g_free(number);
  return text;
}

char *cli_format_number(double value, CliNumberStyle style, const char *currency) {
  if (!isfinite(value)) return g_strdup("no value");
  switch (style) {
    case CLI_NUMBER_PLAIN:
      return plain(value);
    case CLI_NUMBER_COUNT:
      return is_whole(value) ? grouped(value, 0) : grouped(value, decimals_for(value, 1));
    case CLI_NUMBER_PERCENT:
      return with_unit(grouped(value * 100, decimals_for(value * 100, 1)), "%");
    case CLI_NUMBER_MONEY:
      return cli_format_money(value, currency,
                              below_thousand(value, currency_digits(currency)) ? currency_digits(currency) : 0);
    case CLI_NUMBER_DAYS:
      return with_unit(grouped(value, decimals_for(value, 1)), "days");
    case CLI_NUMBER_SCORE:
      return grouped(value, rounding_up(fabs(value)) < 9.995 ? 2 : 1);
  }
  g_assert_not_reached();
}
