/* Files of definitions from any bytes: a catalogue, or problems that each say something. A `---` line parts a built-in
 * file from a workspace's. */
#include "fuzz.h"
#include "kpi/internal.h"

static void check_catalogue(KpiCatalogue *catalogue) {
  for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(catalogue, i);
    g_assert(kpi->n_versions > 0 && kpi->canonical && kpi->title && kpi->needs && kpi->traps && kpi->roles);
    g_assert(kpi_catalogue_find(catalogue, kpi->name, NULL) == kpi);
    const KpiExpr *expr = kpi->versions[kpi->n_versions - 1].expr;
    if (strlen(kpi->canonical) > KPI_MAX_FORMULA_BYTES) continue;
    KpiExpr *again = kpi_parse_formula(catalogue, NULL, kpi->canonical, NULL);
    g_assert(again && kpi_expr_equal(expr, again));
  }
  for (guint i = 0; i < kpi_catalogue_n_measures(catalogue); i++)
    g_assert(kpi_catalogue_measure(catalogue, i)->index == i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static LedgerSchema *schema;
  if (!schema) schema = ledger_schema_new(NULL, 0, NULL);
  g_autofree char *text = g_strndup((const char *)data, size);
  const char *rule = g_strstr_len(text, (gssize)size, "\n---\n");
  gsize first = rule ? (gsize)(rule - text) + 1 : size;
  KpiSource sources[] = {{"one.yaml", text, first, TRUE},
                         {"two.yaml", rule ? rule + 5 : "", rule ? size - first - 4 : 0, FALSE}};
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(KpiCatalogue) catalogue = kpi_catalogue_new(schema, sources, 2, &problems, &error);
  g_assert((catalogue == NULL) == (problems->len > 0) && (catalogue == NULL) == (error != NULL));
  for (guint i = 0; i < problems->len; i++) g_assert(strlen(problems->pdata[i]) > 5);
  if (catalogue) check_catalogue(catalogue);
  return 0;
}
