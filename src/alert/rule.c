/* What is known of a rule without judging it. */
#include "alert/rules.h"

const AlertRule *alert_rules_find(const GPtrArray *rules, const char *name) {
  for (guint i = 0; i < rules->len; i++) {
    const AlertRule *rule = g_ptr_array_index(rules, i);
    if (g_str_equal(rule->name, name)) return rule;
  }
  return NULL;
}

const AlertRule *alert_rules_need(const GPtrArray *rules, const char *name, GError **error) {
  const AlertRule *found = alert_rules_find(rules, name);
  if (found) return found;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < rules->len; i++) g_ptr_array_add(names, ((const AlertRule *)g_ptr_array_index(rules, i))->name);
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "there is no rule \"%s\"%s%s%s", name,
              nearest ? ": did you mean \"" : ": `attain alert` lists them", nearest ? nearest : "",
              nearest ? "\"?" : "");
  return NULL;
}

gboolean alert_is_of_targets(AlertKind kind) {
  return kind == ALERT_ATTAINMENT || kind == ALERT_BEHIND || kind == ALERT_PACE || kind == ALERT_CHANCE ||
         kind == ALERT_FINISH;
}

static gboolean is_standing(const KpiExpr *expr) {
  if (expr->op == KPI_OP_MEASURE)
    return expr->measure->when == KPI_WHEN_LEVEL || expr->measure->when == KPI_WHEN_ALWAYS;
  if (expr->op == KPI_OP_KPI) return alert_is_standing(expr->kpi);
  if (expr->op == KPI_OP_LIFETIME) return TRUE;
  for (guint i = 0; i < expr->n_args; i++)
    if (!is_standing(expr->args[i])) return FALSE;
  return TRUE;
}

gboolean alert_is_standing(const KpiDefinition *kpi) {
  return is_standing(kpi->versions[kpi->n_versions - 1].expr);
}

char *alert_rule_whose(const AlertRule *rule) {
  if (!rule->dimension) return NULL;
  if (rule->member) return g_strconcat(rule->dimension, ":", rule->member, NULL);
  if (g_str_equal(rule->dimension, "company")) return g_strdup("company");
  return g_strconcat("each ", rule->dimension, NULL);
}

/* Dimensions decide who is who, rates what an amount is worth, splits and absences who is credited: each may change any
 * value. */
static gboolean changes_all(const AlertReader *reader, const char *table) {
  static const char *const all[] = {"membership", "leadership", "fx_rate", "split", "absence", "quota", NULL};
  const LedgerTable *found = ledger_schema_find(reader->schema, table);
  return !found || found->kind != LEDGER_FACT || g_strv_contains(all, table);
}

/* A deal that changes may change its stage, too. */
static gboolean needs_table(const KpiDefinition *kpi, const char *table) {
  if (!kpi->needs) return FALSE;
  return g_strv_contains(kpi->needs, table) ||
         (g_str_equal(table, "opportunity") && g_strv_contains(kpi->needs, "stage_change"));
}

gboolean alert_rule_depends_on(const AlertRule *rule, const AlertReader *reader, const char *const *tables,
                               gsize n_tables, const char *source) {
  if (!tables) return TRUE;
  if (rule->source) return !source || g_str_equal(rule->source, source);
  const KpiDefinition *kpi = rule->kpi ? kpi_catalogue_find(reader->catalogue, rule->kpi, NULL) : NULL;
  for (gsize i = 0; i < n_tables; i++) {
    if (rule->fact && g_str_equal(rule->fact, tables[i])) return TRUE;
    if (rule->fact) continue;
    if (!kpi || changes_all(reader, tables[i]) || needs_table(kpi, tables[i])) return TRUE;
  }
  return FALSE;
}
