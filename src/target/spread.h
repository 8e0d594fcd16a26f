/* What of an amount is due when, and whose: amounts shared out so that the parts are the whole to the last unit.
 *
 * A spread is a row of parts, one after the other without a gap over the target's span. Between its parts the amount
 * goes by their weights, within a part by working days (or by all days, where the part has none that works). So a year
 * spread by last year's months expects nothing more on a Sunday, and a quarter by working days is one part. */
#pragma once

#include "target/target.h"

typedef enum {
  TARGET_SPREAD_WORKING_DAYS,
  TARGET_SPREAD_DAYS,      /* all days alike: web visits, subscriptions */
  TARGET_SPREAD_LAST_YEAR, /* as the same span a year ago came in */
  TARGET_SPREAD_BY_HAND,
} TargetSpreadKind;

/* "working-days", "days", "last-year", "by-hand". */
const char *target_spread_name(TargetSpreadKind kind);
gboolean target_spread_parse(const char *name, TargetSpreadKind *kind);

typedef struct {
  BaseDay start, end; /* exclusive */
  double weight;      /* of any unit, not below 0 */
} TargetPart;

typedef struct {
  GArray *parts;     /* TargetPart, by day */
  gboolean all_days; /* within a part every day counts, not only those that work */
} TargetSpread;

void target_spread_clear(TargetSpread *spread);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TargetSpread, target_spread_clear)

/* Of one part: a span by working days, or by all days. */
void target_spread_init_even(TargetSpread *spread, BaseDay start, BaseDay end, gboolean all_days);
/* Of given parts, copied. Errors: INPUT when they leave a gap, overlap, are not within the span, have a weight below 0
 * or none above it. */
gboolean target_spread_init_parts(TargetSpread *spread, BaseDay start, BaseDay end, const TargetPart *parts, gsize n,
                                  GError **error);
/* The share of the whole that falls before `until`: 0 up to the span's start, 1 from its end on. */
double target_spread_share(const TargetSpread *spread, const Calendar *calendar, BaseDay until);

/* Shares `total` out by weights so that the parts are `total` to the unit of 10^-digits (cents have 2 digits; a total
 * that is no whole number of units is shared out in smaller ones), the largest remainders first, of equal ones the
 * earlier part; no weight above 0: all alike. `parts` has room for n. Errors: INPUT for a weight below 0 or not finite;
 * LIMIT for a total of more than 9 * 10^18 units. */
gboolean target_share_out(double total, int digits, const double *weights, gsize n, double *parts, GError **error);
/* The smallest unit an amount of the KPI is shared out in, as digits: of money the currency's, of counts 0, else 6. */
int target_digits(const KpiDefinition *kpi, const char *currency);
