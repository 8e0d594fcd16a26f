/* Formulas and conditions from any text: an error with a message, or an expression that prints as what reads back the
 * same. */
#include "fuzz.h"
#include "kpi/internal.h"

static const char definitions[] =
    "parameters: {sla: 4 hours, window: 12 months, half: 50%, home: 'EMEA'}\n"
    "measures:\n"
    "  won_deals: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided_deals: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "  won_value: sum(opportunity.amount where outcome = 'won' on closed_at)\n"
    "  open_deals: count(opportunity from created_at until closed_at)\n"
    "  mrr: sum(subscription_change.mrr_change from at)\n"
    "  cycle: median(days(opportunity.created_at, closed_at) where outcome = 'won' on closed_at)\n"
    "  orders: count(sale on at)\n"
    "kpis:\n"
    "  win_rate: won_deals / decided_deals\n"
    "  deal_size: won_value / won_deals\n";

static void check_error(const KpiExpr *expr, const GError *error) {
  g_assert((expr == NULL) == (error != NULL));
  g_assert(error == NULL || (*error->message && g_utf8_validate(error->message, -1, NULL)));
}

static void check_formula(KpiCatalogue *catalogue, const char *text) {
  g_autoptr(GError) error = NULL;
  KpiExpr *expr = kpi_parse_formula(catalogue, "fuzz", text, &error);
  check_error(expr, error);
  if (!expr) return;
  g_autofree char *printed = kpi_expr_print(expr);
  KpiExpr *again = strlen(printed) <= KPI_MAX_FORMULA_BYTES ? kpi_parse_formula(catalogue, NULL, printed, NULL) : expr;
  g_assert(again && kpi_expr_equal(expr, again));
  kpi_expr_is_proportion(expr);
}

static void check_condition(KpiCatalogue *catalogue, const LedgerTable *table, const char *text) {
  g_autoptr(GError) error = NULL;
  KpiExpr *expr = kpi_parse_condition(catalogue, table, text, &error);
  check_error(expr, error);
  if (!expr) return;
  g_autofree char *printed = kpi_expr_print(expr);
  KpiExpr *again = kpi_parse_condition(catalogue, table, printed, NULL);
  g_assert(again && kpi_expr_equal(expr, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static LedgerSchema *schema;
  static KpiCatalogue *catalogue;
  static guint runs;
  if (!schema) schema = ledger_schema_new(NULL, 0, NULL);
  if (runs++ % 1000 == 0) { /* what is parsed stays with its catalogue */
    kpi_catalogue_free(catalogue);
    KpiSource source = {"definitions", definitions, sizeof definitions - 1, TRUE};
    catalogue = kpi_catalogue_new(schema, &source, 1, NULL, NULL);
  }
  g_autofree char *text = fuzz_text(data, size);
  check_formula(catalogue, text);
  check_condition(catalogue, ledger_schema_find(schema, "opportunity"), text);
  return 0;
}
