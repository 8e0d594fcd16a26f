/* One SELECT: a fact, the references followed from it, and the days it is read of.
 *
 * Joins: every reference followed becomes one LEFT JOIN, shared by all paths that begin alike (t0.account -> t1,
 * t1.parent -> t2).
 *
 * The clock: what happened after it is not known yet. Where a table holds such rows (the clock was set back, or a
 * source runs ahead) each instant that tells of something done reads as empty when it lies after the clock, and a deal
 * decided later reads as open. A row created later is not there at all, so that one without a day of creation is not
 * mistaken for it. */
#include "query/sql_private.h"

typedef struct {
  char *from; /* alias.column followed */
  char *alias;
  const LedgerTable *table, *of; /* of: that has the column */
} Join;

static void join_clear(gpointer data) {
  Join *join = data;
  g_free(join->from);
  g_free(join->alias);
}

SqlSelect *sql_select_new(const QueryContext *context, const LedgerTable *table) {
  SqlSelect *select = g_new0(SqlSelect, 1);
  select->context = context;
  select->table = table;
  select->joins = g_array_new(FALSE, FALSE, sizeof(Join));
  g_array_set_clear_func(select->joins, join_clear);
  select->now = g_strdup_printf("make_timestamp(%" G_GINT64_FORMAT ")", context->now_us);
  return select;
}

void sql_select_free(SqlSelect *select) {
  if (select == NULL) return;
  g_array_unref(select->joins);
  g_free(select->now);
  g_free(select->money_alias);
  g_free(select);
}

void sql_read_rows(SqlSelect *select, const StoreGiven *rows) {
  select->rows = rows;
}

/* --- paths --- */

static const char *follow(SqlSelect *select, const char *alias, const LedgerTable *of, const LedgerColumn *reference) {
  g_autofree char *column = store_quote_name(reference->name);
  g_autofree char *from = g_strdup_printf("%s.%s", alias, column);
  for (guint i = 0; i < select->joins->len; i++) {
    const Join *join = &g_array_index(select->joins, Join, i);
    if (g_str_equal(join->from, from)) return join->alias;
  }
  Join join = {g_steal_pointer(&from), g_strdup_printf("t%u", select->joins->len + 1),
               ledger_schema_find(select->context->schema, reference->ref), of};
  g_array_append_val(select->joins, join);
  return join.alias;
}

static const char *walk(SqlSelect *select, const KpiHop *path, guint n_path) {
  const char *alias = "t0";
  for (guint i = 0; i + 1 < n_path; i++)
    if (path[i].column != NULL) alias = follow(select, alias, path[i].table, path[i].column);
  return alias;
}

/* It holds something after the clock. */
static gboolean runs_ahead(const SqlSelect *select, const LedgerTable *table) {
  const QueryTableStat *stat = query_stat_of(select->context->stat, table->name);
  return stat != NULL && stat->latest_us > select->context->now_us;
}

static gboolean hidden(const SqlSelect *select, const LedgerTable *table, const LedgerColumn *column) {
  return column->type == LEDGER_INSTANT && (column->flags & LEDGER_PLAN) == 0 && runs_ahead(select, table);
}

char *sql_render_path(SqlSelect *select, const KpiHop *path, guint n_path, gboolean day) {
  const char *alias = walk(select, path, n_path);
  const KpiHop *last = &path[n_path - 1];
  if (last->column == NULL) return g_strdup_printf("%s.\"key\"", alias);
  g_autofree char *name = store_quote_name(last->column->name);
  g_autofree char *day_name = g_strdup_printf("%s_day", last->column->name);
  g_autofree char *quoted_day = store_quote_name(day_name);
  const char *column = day ? quoted_day : name;
  if (last->column->type == LEDGER_MONEY && select->money_table == NULL) {
    select->money_table = last->table;
    select->money_alias = g_strdup(alias);
  }
  if (hidden(select, last->table, last->column))
    return g_strdup_printf("CASE WHEN %s.%s <= %s THEN %s.%s END", alias, name, select->now, alias, column);
  if (g_str_equal(last->table->name, "opportunity") && g_str_equal(last->column->name, "outcome") &&
      runs_ahead(select, last->table))
    return g_strdup_printf("CASE WHEN %s.closed_at > %s THEN 'open' ELSE %s.outcome END", alias, select->now, alias);
  if (last->column->type == LEDGER_DURATION) return g_strdup_printf("(%s.%s / 86400.0)", alias, column);
  if (last->column->type == LEDGER_BOOL) return g_strdup_printf("coalesce(%s.%s, false)", alias, column);
  return g_strdup_printf("%s.%s", alias, column);
}

char *sql_path(SqlSelect *select, const KpiHop *path, guint n_path) {
  return sql_render_path(select, path, n_path, FALSE);
}

gboolean sql_uses_money(const SqlSelect *select) {
  return select->money_table != NULL;
}

char *sql_currency(SqlSelect *select) {
  return g_strdup_printf("nullif(%s.currency, '%s')", select->money_alias, select->context->organisation->currency);
}

const LedgerTable *sql_joined(const SqlSelect *select, guint index, const char **key) {
  *key = select->table->kind == LEDGER_DERIVED ? "t0.opportunity" : "t0.\"key\"";
  if (index == 0) return select->table;
  if (index > select->joins->len) return NULL;
  const Join *join = &g_array_index(select->joins, Join, index - 1);
  *key = join->from;
  return join->table;
}

const LedgerTable *sql_referrer(const SqlSelect *select, guint index) {
  return g_array_index(select->joins, Join, index - 1).of;
}

char *sql_from(const SqlSelect *select) {
  g_autofree char *name = select->rows != NULL ? g_strdup_printf("given_rows(%u)", store_given_number(select->rows))
                                               : store_quote_name(select->table->name);
  const LedgerColumn *created = ledger_table_column(select->table, "created_at");
  GString *sql = g_string_new(NULL);
  if (created != NULL && hidden(select, select->table, created))
    g_string_append_printf(sql, " FROM (SELECT * FROM %s WHERE created_at IS NULL OR created_at <= %s) t0", name,
                           select->now);
  else
    g_string_append_printf(sql, " FROM %s t0", name);
  for (guint i = 0; i < select->joins->len; i++) {
    const Join *join = &g_array_index(select->joins, Join, i);
    g_autofree char *table = store_quote_name(join->table->name);
    g_string_append_printf(sql, " LEFT JOIN %s %s ON %s.\"key\" = %s", table, join->alias, join->alias, join->from);
  }
  return g_string_free(sql, FALSE);
}

/* --- days --- */

static void append(GString *to, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void append(GString *to, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (to->len > 0) g_string_append(to, " AND ");
  g_string_append_vprintf(to, format, arguments);
  va_end(arguments);
}

char *sql_inside(SqlSelect *select, const KpiMeasure *measure, BaseDay from, BaseDay until) {
  GString *sql = g_string_new(NULL);
  g_autofree char *on = measure->on != NULL ? sql_day(select, measure->on) : NULL;
  g_autofree char *ends = measure->until != NULL ? sql_day(select, measure->until) : NULL;
  g_autofree char *last = base_day_format(until), *first = base_day_format(MAX(from, BASE_DAY_MIN));
  if (measure->when == KPI_WHEN_ON || measure->when == KPI_WHEN_SPREAD || measure->when == KPI_WHEN_LEVEL)
    append(sql, "%s < DATE '%s'", on, last);
  if (measure->when == KPI_WHEN_ON && from > BASE_DAY_MIN) append(sql, "%s >= DATE '%s'", on, first);
  if (measure->when == KPI_WHEN_SPREAD && from > BASE_DAY_MIN) append(sql, "%s > DATE '%s'", ends, first);
  if (measure->when == KPI_WHEN_LEVEL && ends != NULL) append(sql, "(%s IS NULL OR %s >= DATE '%s')", ends, ends, last);
  if (sql->len > 0) return g_string_free(sql, FALSE);
  g_string_free(sql, TRUE);
  return NULL;
}

char *sql_within(SqlSelect *select, const KpiMeasure *measure, BaseDay from, BaseDay until) {
  g_autofree char *on = sql_day(select, measure->on),
                  *ends = measure->until != NULL ? sql_day(select, measure->until) : NULL;
  g_autofree char *first = base_day_format(from), *last = base_day_format(until);
  GString *sql = g_string_new(NULL);
  append(sql, "%s < DATE '%s'", on, last);
  if (measure->when == KPI_WHEN_ON && from > BASE_DAY_MIN) append(sql, "%s >= DATE '%s'", on, first);
  if (measure->when != KPI_WHEN_ON && ends != NULL) append(sql, "(%s IS NULL OR %s >= DATE '%s')", ends, ends, first);
  return g_string_free(sql, FALSE);
}
