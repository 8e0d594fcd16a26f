/* The arithmetic of units.
 *
 * Money and days carry powers, so that money / days * days is money again. What has no such power keeps a name: a count
 * times a ratio is a count, a count over a count is a ratio, and a bare number takes the name of whatever it meets. */
#include "kpi/internal.h"

gboolean kpi_unit_equal(KpiUnit a, KpiUnit b) {
  return a.kind == b.kind &&
         (a.kind != KPI_QUANTITY || (a.money_power == b.money_power && a.days_power == b.days_power));
}

gboolean kpi_unit_is_number(KpiUnit unit) {
  return unit.kind <= KPI_QUANTITY;
}

KpiUnit kpi_unit_of_column(const LedgerColumn *column) {
  switch (column->type) {
    case LEDGER_TEXT:
      return KPI_UNIT(KPI_TEXT);
    case LEDGER_REF:
      return KPI_UNIT(KPI_KEY);
    case LEDGER_MONEY:
      return KPI_MONEY;
    case LEDGER_COUNT:
      return KPI_UNIT(KPI_COUNT);
    case LEDGER_NUMBER:
      return KPI_UNIT(KPI_NUMBER);
    case LEDGER_SHARE:
      return KPI_UNIT(KPI_RATIO);
    case LEDGER_INSTANT:
      return KPI_UNIT(KPI_INSTANT);
    case LEDGER_DURATION:
      return KPI_DAYS;
    case LEDGER_BOOL:
      return KPI_UNIT(KPI_BOOL);
  }
  return KPI_UNIT(KPI_NUMBER);
}

static gboolean quantity(int money, int days, KpiUnit plain, KpiUnit *result) {
  if (ABS(money) > 9 || ABS(days) > 9) return FALSE;
  *result = money || days ? (KpiUnit){KPI_QUANTITY, (gint8)money, (gint8)days} : plain;
  return TRUE;
}

gboolean kpi_unit_multiply(KpiUnit a, KpiUnit b, KpiUnit *result) {
  KpiUnit plain = KPI_UNIT(KPI_RATIO);
  if (a.kind != KPI_QUANTITY && b.kind != KPI_QUANTITY) {
    KpiUnitKind low = MIN(a.kind, b.kind), high = MAX(a.kind, b.kind);
    plain = KPI_UNIT(low == KPI_COUNT && high == KPI_RATIO ? KPI_COUNT : high);
  }
  return quantity(a.money_power + b.money_power, a.days_power + b.days_power, plain, result);
}

gboolean kpi_unit_divide(KpiUnit a, KpiUnit b, KpiUnit *result) {
  KpiUnit plain = a;
  if (a.kind == b.kind && a.kind != KPI_NUMBER) plain = KPI_UNIT(KPI_RATIO);
  return quantity(a.money_power - b.money_power, a.days_power - b.days_power, plain, result);
}

static const char *power_name(int money, int days, char *buffer, gsize size) {
  g_autoptr(GString) over = g_string_new(NULL);
  g_autoptr(GString) under = g_string_new(NULL);
  const struct {
    const char *one, *many;
    int power;
  } parts[] = {{"money", "money", money}, {"day", "days", days}};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (parts[i].power == 0) continue;
    GString *side = parts[i].power > 0 ? over : under;
    if (side->len) g_string_append_c(side, '*');
    g_string_append(side, side == over ? parts[i].many : parts[i].one);
    if (ABS(parts[i].power) > 1) g_string_append_printf(side, "^%d", ABS(parts[i].power));
  }
  g_snprintf(buffer, size, "%s%s%s", over->len ? over->str : "1", under->len ? "/" : "", under->str);
  return buffer;
}

const char *kpi_unit_name(KpiUnit unit) {
  char buffer[64];
  switch (unit.kind) {
    case KPI_NUMBER:
      return "number";
    case KPI_COUNT:
      return "count";
    case KPI_RATIO:
      return "ratio";
    case KPI_SCORE:
      return "score";
    case KPI_TEXT:
      return "text";
    case KPI_BOOL:
      return "true or false";
    case KPI_INSTANT:
      return "date";
    case KPI_KEY:
      return "reference";
    case KPI_QUANTITY:
      break;
  }
  if (unit.days_power == 0 && unit.money_power == 1) return "money";
  if (unit.money_power == 0 && unit.days_power == 1) return "days";
  return g_intern_string(power_name(unit.money_power, unit.days_power, buffer, sizeof buffer));
}

const char *kpi_unit_phrase(KpiUnit unit) {
  switch (unit.kind) {
    case KPI_NUMBER:
      return "a number";
    case KPI_COUNT:
      return "a count";
    case KPI_RATIO:
      return "a ratio";
    case KPI_SCORE:
      return "a score";
    case KPI_TEXT:
      return "a text";
    case KPI_BOOL:
      return "true or false";
    case KPI_INSTANT:
      return "a date";
    case KPI_KEY:
      return "a reference";
    case KPI_QUANTITY:
      return kpi_unit_name(unit);
  }
  return "";
}
