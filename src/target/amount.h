/* Amounts as they are written in the cells of a table. */
#pragma once

#include <glib.h>

/* Which of point and comma stands before decimals in a file, as far as its separator tells: spreadsheets put semicolons
 * between fields where people write 12,5. */
typedef enum {
  TARGET_AMOUNT_POINT,  /* fields between commas, and workbooks: 12,000 is twelve thousand, 12.5 and 12.125 are about 12
                         */
  TARGET_AMOUNT_COMMA,  /* fields between semicolons: 12.000 is twelve thousand */
  TARGET_AMOUNT_EITHER, /* others */
} TargetAmountStyle;

TargetAmountStyle target_amount_style(char separator);

/* "12,000.50", "12.000,50", "12 000", "1'200", "EUR 500", "30 %" (0.3), "1e6". A currency must be the organisation's.
 * Errors: INPUT for what is none, and for what may be two: "12.000" where nothing tells. */
gboolean target_amount_read(const char *text, TargetAmountStyle style, const char *currency, double *amount,
                            GError **error);
