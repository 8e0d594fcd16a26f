/* Spreading by days and sharing out by weights. Both end in base_money_split(): whole units, the largest remainders
 * first. */
#include "target/spread.h"

#include "base/money.h"

#include <math.h>

#define MAX_UNITS  9e18
#define MAX_DIGITS 6    /* of a total that is no whole number of units */
#define SAME       1e-6 /* of a unit */
#define WEIGHT_TOP 1e12 /* weights become whole numbers of at most this */

static const char *const names[] = {"working-days", "days", "last-year", "by-hand"};

const char *target_spread_name(TargetSpreadKind kind) {
  return names[kind];
}

gboolean target_spread_parse(const char *name, TargetSpreadKind *kind) {
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_equal(names[i], name)) {
      *kind = (TargetSpreadKind)i;
      return TRUE;
    }
  return FALSE;
}

void target_spread_clear(TargetSpread *spread) {
  g_clear_pointer(&spread->parts, g_array_unref);
}

void target_spread_init_even(TargetSpread *spread, BaseDay start, BaseDay end, gboolean all_days) {
  TargetPart whole = {.start = start, .end = end, .weight = 1};
  spread->parts = g_array_new(FALSE, FALSE, sizeof(TargetPart));
  spread->all_days = all_days;
  g_array_append_val(spread->parts, whole);
}

static gboolean refuse_part(const TargetPart *part, const char *why, GError **error) {
  g_autofree char *start = base_day_format(part->start), *last = base_day_format(part->end - 1);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the part from %s to %s %s", start, last, why);
  return FALSE;
}

gboolean target_spread_init_parts(TargetSpread *spread, BaseDay start, BaseDay end, const TargetPart *parts, gsize n,
                                  GError **error) {
  BaseDay at = start;
  double sum = 0;
  for (gsize i = 0; i < n; i++) {
    if (parts[i].end <= parts[i].start) return refuse_part(&parts[i], "ends before it begins", error);
    if (parts[i].start != at)
      return refuse_part(
          &parts[i], parts[i].start < at ? "begins before the one ahead of it has ended" : "leaves a gap ahead of it",
          error);
    if (!(parts[i].weight >= 0) || !isfinite(parts[i].weight))
      return refuse_part(&parts[i], "has an amount below 0", error);
    sum += parts[i].weight;
    at = parts[i].end;
  }
  if (at != end || n == 0) {
    g_autofree char *last = base_day_format(end - 1);
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the parts do not end with the target, on %s", last);
    return FALSE;
  }
  if (!(sum > 0)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "all parts are 0: nothing says how the amount is spread");
    return FALSE;
  }
  spread->all_days = FALSE;
  spread->parts = g_array_sized_new(FALSE, FALSE, sizeof(TargetPart), (guint)n);
  g_array_append_vals(spread->parts, parts, (guint)n);
  return TRUE;
}

/* The share of [start, end) that lies before `until`. */
static double passed(const Calendar *calendar, gboolean all_days, BaseDay start, BaseDay end, BaseDay until) {
  if (until <= start) return 0;
  if (until >= end) return 1;
  int working = all_days ? 0 : calendar_working_days(calendar, start, end);
  if (working == 0) return (double)(until - start) / (end - start);
  return (double)calendar_working_days(calendar, start, until) / working;
}

double target_spread_share(const TargetSpread *spread, const Calendar *calendar, BaseDay until) {
  const TargetPart *parts = (const TargetPart *)(gpointer)spread->parts->data;
  guint n = spread->parts->len;
  if (until >= parts[n - 1].end) return 1;
  double sum = 0, due = 0;
  for (guint i = 0; i < n; i++) {
    sum += parts[i].weight;
    due += parts[i].weight * passed(calendar, spread->all_days, parts[i].start, parts[i].end, until);
  }
  return due / sum;
}

gboolean target_share_out(double total, int digits, const double *weights, gsize n, double *parts, GError **error) {
  for (; digits < MAX_DIGITS && fabs(total * pow(10, digits) - round(total * pow(10, digits))) > SAME; digits++)
    continue;
  double scale = pow(10, digits), units = round(total * scale), top = 0;
  if (!(fabs(units) <= MAX_UNITS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT, "%g is more than can be shared out", total);
    return FALSE;
  }
  for (gsize i = 0; i < n; i++) {
    if (!(weights[i] >= 0) || !isfinite(weights[i])) {
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "a share cannot be below 0: %g", weights[i]);
      return FALSE;
    }
    top = MAX(top, weights[i]);
  }
  g_autofree gint64 *whole = g_new0(gint64, n), *shares = g_new0(gint64, n);
  for (gsize i = 0; i < n && top > 0; i++) whole[i] = (gint64)llround(weights[i] / top * WEIGHT_TOP);
  base_money_split((gint64)units, whole, n, shares);
  for (gsize i = 0; i < n; i++) parts[i] = (double)shares[i] / scale;
  return TRUE;
}

int target_digits(const KpiDefinition *kpi, const char *currency) {
  if (kpi->unit.kind == KPI_COUNT) return 0;
  if (kpi->unit.kind == KPI_QUANTITY && kpi->unit.money_power == 1 && kpi->unit.days_power == 0)
    return base_currency_digits(currency);
  return 6;
}
