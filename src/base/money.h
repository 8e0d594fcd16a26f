/* Money and exact decimals.
 *
 * Money is a whole number of minor units (cents) and a currency, never a double. */
#pragma once

#include <glib.h>

/* Decimal places of an ISO 4217 currency: EUR 2, JPY 0, KWD 3; 2 for an unknown code. */
int base_currency_digits(const char *currency);
/* TRUE for three capital letters. */
gboolean base_currency_is_valid(const char *currency);
/* amount * rate_e10 / 10^10 * 10^(to_digits - from_digits), half away from zero. Rates are scaled by 10^10:
 * how many units of `to` one unit of `from` buys. */
gint64 base_money_convert(gint64 amount_minor, int from_digits, gint64 rate_e10, int to_digits);
/* Splits `total` by weights so that the parts sum to it to the unit (largest remainder; ties to the earlier part). */
void base_money_split(gint64 total, const gint64 *weights, gsize n, gint64 *parts);
/* "1234567" minor with 2 digits -> "12,345.67". The caller frees. */
char *base_money_format(gint64 amount_minor, int digits);
