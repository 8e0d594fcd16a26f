/* Texts in a condition that no record has.
 *
 * --where "stage = 'Negociation'" is a sound question, and its answer of nothing looks like one. So each text that a
 * column is compared with is looked for in that column; where it stands nowhere, the answer says so, with the nearest
 * text that does. A text that exists is found in its first rows, so asking costs next to nothing. */
#include "query/run.h"

#define MOST_CANDIDATES 20000
#define MOST_NAMED      8 /* texts of a column, where none is near */

typedef struct {
  const QueryContext *context;
  GPtrArray *notes; /* char * */
  GHashTable *asked;
} Search;

/* The table at the end of a path, and its column as SQL there. */
static char *column_sql(const Search *search, const KpiExpr *column, char **from) {
  const KpiHop *last = &column->path[column->n_path - 1];
  g_autoptr(SqlSelect) select = sql_select_new(search->context, last->table);
  char *sql = sql_path(select, last, 1);
  *from = sql_from(select);
  return sql;
}

static gboolean exists(const Search *search, const char *sql, const char *from, const char *text, gboolean *found,
                       GError **error) {
  g_autofree char *folded = sql_fold(text);
  g_autofree char *query = g_strdup_printf("SELECT 1%s WHERE lower(%s) = ? LIMIT 1", from, sql);
  StoreValue value = {STORE_TEXT, {.text = folded}};
  g_autoptr(StoreRows) rows = store_query(search->context->store, query, &value, 1, 0, error);
  if (rows == NULL) return FALSE;
  *found = store_rows_count(rows) > 0;
  return TRUE;
}

/* "; did you mean 'Negotiation'?", or which texts there are when they are few. */
static char *suggestion(const StoreRows *rows, const char *text) {
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  for (gsize r = 0; r < store_rows_count(rows); r++)
    g_ptr_array_add(texts, (gpointer)store_rows_value(rows, r, 0).text);
  const char *near = base_nearest(text, (const char *const *)texts->pdata, texts->len);
  if (near != NULL) return g_strdup_printf("; did you mean '%s'?", near);
  if (texts->len == 0 || texts->len > MOST_NAMED) return g_strdup("");
  GString *list = g_string_new("; there is ");
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf(list, "%s'%s'",
                           i == 0               ? ""
                           : i + 1 < texts->len ? ", "
                                                : " and ",
                           (const char *)g_ptr_array_index(texts, i));
  return g_string_free(list, FALSE);
}

static gboolean look_for(Search *search, const KpiExpr *column, const char *text, GError **error) {
  const KpiHop *last = &column->path[column->n_path - 1];
  char *key = g_strdup_printf("%s.%s=%s", last->table->name, last->column->name, text);
  if (!g_hash_table_add(search->asked, key)) return TRUE;
  g_autofree char *from = NULL;
  g_autofree char *sql = column_sql(search, column, &from);
  gboolean found = FALSE;
  if (!exists(search, sql, from, text, &found, error)) return FALSE;
  if (found) return TRUE;
  g_autofree char *query =
      g_strdup_printf("SELECT DISTINCT %s%s WHERE %s <> '' ORDER BY 1 LIMIT %d", sql, from, sql, MOST_CANDIDATES);
  g_autoptr(StoreRows) rows = store_query(search->context->store, query, NULL, 0, MOST_CANDIDATES, error);
  if (rows == NULL) return FALSE;
  g_autofree char *hint = suggestion(rows, text);
  gboolean named = last->table->kind == LEDGER_DIMENSION && g_str_equal(last->column->name, "name");
  const char *of = named ? last->table->name : last->column->name;
  g_ptr_array_add(search->notes, g_strdup_printf("where: no record has the %s '%s'%s", of, text, hint));
  return TRUE;
}

static gboolean is_text_column(const KpiExpr *expr) {
  return expr->op == KPI_OP_COLUMN && expr->path[expr->n_path - 1].column != NULL &&
         expr->path[expr->n_path - 1].column->type == LEDGER_TEXT;
}

/* `column = 'text'`, `<>` and `in`, wherever in the condition. */
static gboolean search_in(Search *search, const KpiExpr *expr, GError **error) {
  gboolean compares = expr->op == KPI_OP_EQ || expr->op == KPI_OP_NE || expr->op == KPI_OP_IN;
  const KpiExpr *column = NULL;
  for (guint i = 0; compares && i < expr->n_args && column == NULL; i++)
    if (is_text_column(expr->args[i])) column = expr->args[i];
  for (guint i = 0; i < expr->n_args; i++) {
    const KpiExpr *arg = expr->args[i];
    gboolean looks = column != NULL && arg->op == KPI_OP_TEXT && arg->text[0] != '\0';
    if (looks ? !look_for(search, column, arg->text, error) : !search_in(search, arg, error)) return FALSE;
  }
  return TRUE;
}

gboolean query_where_misspelt(const QueryContext *context, const QueryWhere *where, const LedgerTable *table,
                              GPtrArray *notes, GError **error) {
  g_autoptr(GHashTable) asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Search search = {context, notes, asked};
  for (guint i = 0; i < where->conditions->len; i++) {
    const KpiExpr *expr = query_where_condition(context, table, g_ptr_array_index(where->conditions, i), error);
    if (expr == NULL || !search_in(&search, expr, error)) return FALSE;
  }
  return TRUE;
}
