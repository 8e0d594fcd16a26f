/* Money in minor units.
 *
 * Products of two 64-bit numbers are held in 128 bits, so nothing is rounded before the one rounding that is asked for.
 * A result beyond 64 bits becomes the largest that fits: no sales ledger gets there, and wrapping around would show as
 * a plausible number. */
#include "base/money.h"

__extension__ typedef __int128 Wide;

/* Source: ISO 4217, list one, "Minor unit". Currencies with 2 are not listed. */
static const struct {
  char code[4];
  int digits;
} unusual[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3}, {"ISK", 0}, {"JOD", 3},
    {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3},
    {"UGX", 0}, {"UYI", 0}, {"UYW", 4}, {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0},
};

int base_currency_digits(const char *currency) {
  for (gsize i = 0; currency != NULL && i < G_N_ELEMENTS(unusual); i++)
    if (strcmp(unusual[i].code, currency) == 0) return unusual[i].digits;
  return 2;
}

gboolean base_currency_is_valid(const char *currency) {
  return currency != NULL && g_ascii_isupper(currency[0]) && g_ascii_isupper(currency[1]) &&
         g_ascii_isupper(currency[2]) && currency[3] == '\0';
}

static gint64 clamp_wide(Wide value) {
  return value > G_MAXINT64 ? G_MAXINT64 : value < G_MININT64 ? G_MININT64 : (gint64)value;
}

gint64 base_money_convert(gint64 amount_minor, int from_digits, gint64 rate_e10, int to_digits) {
  Wide product = (Wide)amount_minor * rate_e10;
  int places = 10 + from_digits - to_digits;
  for (; places < 0 && product <= G_MAXINT64 && product >= G_MININT64; places++) product *= 10;
  if (places <= 0) return clamp_wide(product);
  if (places > 37) return 0;
  Wide divisor = 1;
  for (int i = 0; i < places; i++) divisor *= 10;
  Wide quotient = product / divisor, rest = product % divisor;
  if ((rest < 0 ? -rest : rest) >= divisor - (rest < 0 ? -rest : rest)) quotient += rest < 0 ? -1 : 1;
  return clamp_wide(quotient);
}

typedef struct {
  Wide remainder;
  gsize index;
} Share;

static int by_remainder(const void *a, const void *b) {
  const Share *x = a, *y = b;
  if (x->remainder != y->remainder) return x->remainder > y->remainder ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

void base_money_split(gint64 total, const gint64 *weights, gsize n, gint64 *parts) {
  if (n == 0) return;
  Wide sum = 0;
  for (gsize i = 0; i < n; i++) sum += MAX(weights[i], 0);
  gboolean equal = sum == 0;
  if (equal) sum = (Wide)n;
  g_autofree Share *shares = g_new(Share, n);
  gint64 left = total;
  for (gsize i = 0; i < n; i++) {
    Wide product = (Wide)total * (equal ? 1 : MAX(weights[i], 0));
    parts[i] = (gint64)(product / sum);
    Wide rest = product % sum;
    shares[i] = (Share){.remainder = rest < 0 ? -rest : rest, .index = i};
    left -= parts[i];
  }
  qsort(shares, n, sizeof *shares, by_remainder);
  gint64 unit = left < 0 ? -1 : 1;
  for (gsize i = 0; left != 0; i++, left -= unit) parts[shares[i].index] += unit;
}

char *base_money_format(gint64 amount_minor, int digits) {
  char plain[32];
  guint64 magnitude = amount_minor < 0 ? 0 - (guint64)amount_minor : (guint64)amount_minor;
  digits = CLAMP(digits, 0, 18);
  g_snprintf(plain, sizeof plain, "%0*" G_GUINT64_FORMAT, digits + 1, magnitude);
  gsize whole = strlen(plain) - (gsize)digits;
  GString *text = g_string_new(amount_minor < 0 ? "-" : "");
  for (gsize i = 0; i < whole; i++) {
    if (i > 0 && (whole - i) % 3 == 0) g_string_append_c(text, ',');
    g_string_append_c(text, plain[i]);
  }
  if (digits > 0) {
    g_string_append_c(text, '.');
    g_string_append(text, plain + whole);
  }
  return g_string_free(text, FALSE);
}
