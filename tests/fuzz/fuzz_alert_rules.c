/* Rules of alerts from any text: problems with a message each, or rules that hold together. */
#include "alert/rules.h"
#include "fuzz.h"

#include <string.h>

static void check_rule(const AlertRule *rule) {
  g_autofree char *whose = alert_rule_whose(rule), *digest = alert_digest_write(rule->digest);
  g_assert(*digest && (whose == NULL || *whose));
  gboolean rises = rule->fires_below && rule->kind != ALERT_CHANGE;
  g_assert(rises ? rule->recover >= rule->limit : rule->recover <= rule->limit);
  g_assert(rule->limit - rule->limit == 0 && rule->to && rule->to[0] && rule->where);
  g_assert((rule->kind == ALERT_FRESHNESS) == (rule->fact != NULL || rule->source != NULL));
  g_assert(rule->period == NULL || rule->kpi != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char definitions[] =
      "kpis:\n  wins: {formula: count(opportunity where outcome = 'won' on closed_at)}\n"
      "  rate: {formula: count(opportunity where outcome = 'won' on closed_at) / count(opportunity on closed_at), "
      "proportion: true}\n";
  static LedgerSchema *schema;
  static KpiCatalogue *catalogue;
  static Calendar *calendar;
  if (!schema) {
    KpiSource source = {"kpis.yaml", definitions, strlen(definitions), FALSE};
    g_autoptr(GPtrArray) problems = NULL;
    schema = ledger_schema_new(NULL, 0, NULL);
    catalogue = kpi_catalogue_new(schema, &source, 1, &problems, NULL);
    calendar = calendar_new(&(CalendarConfig){0}, NULL);
  }
  ConfChannel channel = {.name = (char *)"log", .kind = CONF_CHANNEL_COMMAND};
  ConfAlerts alerts = {.channels = &channel, .n_channels = 1};
  AlertReader reader = {catalogue, schema, calendar, &alerts, NULL};
  AlertText text = {"fuzz.yaml", (const char *)data, size};
  g_autoptr(GPtrArray) problems = NULL;
  g_autoptr(GPtrArray) rules = alert_rules_read(&reader, &text, 1, &problems);
  for (guint i = 0; i < rules->len; i++) check_rule(g_ptr_array_index(rules, i));
  for (guint i = 0; i < problems->len; i++) g_assert(*(const char *)g_ptr_array_index(problems, i));
  return 0;
}
