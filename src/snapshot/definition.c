/* What a number was computed by, as text: the formula and everything below it.
 *
 *   win_rate = won_deals / decided_deals
 *   won_deals = count(opportunity where outcome = 'won' on closed_at)
 *   decided_deals = count(opportunity where outcome in ('won', 'lost') on closed_at)
 *
 * Parameters stand in it as their values, so that a changed parameter is a changed definition too. */
#include "snapshot/snapshot.h"

typedef struct {
  BaseDay day;
  GHashTable *seen;
  GString *text;
} Writer;

static void write_parts(Writer *writer, const KpiExpr *expr);

static void write_kpi(Writer *writer, const KpiDefinition *kpi) {
  if (!g_hash_table_add(writer->seen, (gpointer)kpi)) return;
  const KpiExpr *expr = query_version_in_force(kpi, writer->day)->expr;
  g_autofree char *formula = kpi_expr_print(expr);
  g_string_append_printf(writer->text, "%s = %s\n", kpi->name, formula);
  write_parts(writer, expr);
}

static void write_parts(Writer *writer, const KpiExpr *expr) {
  if (expr->op == KPI_OP_KPI) write_kpi(writer, expr->kpi);
  if (expr->op == KPI_OP_MEASURE && expr->measure->name && g_hash_table_add(writer->seen, (gpointer)expr->measure))
    g_string_append_printf(writer->text, "%s = %s\n", expr->measure->name, expr->measure->canonical);
  for (guint i = 0; i < expr->n_args; i++) write_parts(writer, expr->args[i]);
}

char *snapshot_definition(const KpiDefinition *kpi, BaseDay day) {
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  Writer writer = {day, seen, g_string_new(NULL)};
  write_kpi(&writer, kpi);
  return g_string_free(writer.text, FALSE);
}

/* --- differences --- */

/* The line of a name, from after " = "; NULL when there is none. */
static const char *line_of(char **lines, const char *line) {
  const char *sign = strstr(line, " = ");
  gsize length = sign ? (gsize)(sign - line) + strlen(" = ") : 0;
  for (; length > 0 && *lines; lines++)
    if (strncmp(*lines, line, length) == 0) return *lines + length;
  return NULL;
}

/* The first line whose formula changed; where only the parts are others, the formula above them changed too. */
char *snapshot_definition_change(const char *then, const char *now) {
  if (strcmp(then, now) == 0) return NULL;
  g_auto(GStrv) before = g_strsplit(then, "\n", -1), after = g_strsplit(now, "\n", -1);
  for (char **line = before; *line; line++) {
    const char *is = line_of(after, *line), *was = line_of(before, *line);
    if (!is || !was || strcmp(is, was) == 0) continue;
    g_autofree char *name = g_strndup(*line, (gsize)(was - *line) - strlen(" = "));
    return g_strdup_printf("%s was %s and is now %s", name, was, is);
  }
  return g_strdup_printf("it was %s and is now %s", before[0], after[0]);
}
