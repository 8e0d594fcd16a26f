/* Exact decimals from text: amounts as spreadsheets and CRMs write them, never by way of a double.
 *
 * Understood around the digits: a sign before or after, parentheses for negative, a currency sign or three-letter code
 * on either side, a percent sign at the end, blanks. Between the digits: the format's thousands separator, and blanks
 * (of any width) and apostrophes in the same places. Groups must be of the right length, so that "1,5" read with a
 * thousands comma is an error and not 15. Not understood: exponents (1.2E+05 has lost its digits), words. */
#pragma once

#include <glib.h>

typedef struct {
  char decimal;   /* '.' or ',' */
  char thousands; /* '.', ',', or 0 for none beyond blanks and apostrophes */
  int digits;     /* decimal places kept, 0..18 */
} BaseDecimalFormat;

typedef struct {
  gint64 value;     /* times 10^digits */
  gboolean rounded; /* there were more decimal places that were not 0; half away from zero */
  gboolean percent; /* "12 %": value is that of 12 */
  char currency[4]; /* a code that was written or that the sign means (€, £, ₹ …; $ and ¥ are several); else "" */
} BaseDecimal;

typedef enum {
  BASE_DECIMAL_OK,
  BASE_DECIMAL_EMPTY,     /* nothing but blanks */
  BASE_DECIMAL_MALFORMED, /* not a number in this format */
  BASE_DECIMAL_OVERFLOW,  /* a number of more than 64 bits at this scale */
} BaseDecimalStatus;

/* `*decimal` is set only on BASE_DECIMAL_OK. Any text is safe, NULL included. */
BaseDecimalStatus base_decimal_parse(const char *text, const BaseDecimalFormat *format, BaseDecimal *decimal);
/* value / 10^digits without separators of thousands, always `digits` places: "-1234.50". The caller frees. */
char *base_decimal_to_string(gint64 value, int digits);
