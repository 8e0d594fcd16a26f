/* Keys of members and the names that their rows have now. */
#include "target/names.h"

#include "query/dims.h"
#include "store/values.h"

#define MAX_ROWS   20000000
#define MAX_MERGES 16

static const struct {
  const char *dimension, *table;
} tables[] = {
    {"rep", "person"}, {"manager", "person"}, {"team", "team"}, {"product", "product"}, {"account", "account"}};

/* Those whose rows may have been merged. */
static const char *const merging[] = {"person", "account", NULL};

struct TargetNames {
  GHashTable *by_key;  /* gint64 -> char * */
  GHashTable *by_name; /* folded -> gint64, of the keys of by_key */
  GHashTable *merged;  /* gint64 -> gint64 */
  GHashTable *left;    /* gint64, of the keys of by_key, -> BaseDay, of people who have left */
};

void target_names_free(TargetNames *names) {
  if (!names) return;
  g_hash_table_unref(names->by_name);
  g_hash_table_unref(names->left);
  g_hash_table_unref(names->by_key);
  g_hash_table_unref(names->merged);
  g_free(names);
}

static gint64 *new_key(gint64 key) {
  return g_memdup2(&key, sizeof key);
}

static void add_row(TargetNames *names, const StoreRows *rows, gsize row) {
  gint64 *key = new_key(store_int_at(rows, row, 0)), into = store_int_at(rows, row, 2);
  const char *name = store_text_at(rows, row, 1);
  if (into != 0) {
    g_hash_table_insert(names->merged, key, new_key(into));
    return;
  }
  g_hash_table_insert(names->by_name, g_utf8_casefold(name ? name : "", -1), key);
  g_hash_table_insert(names->by_key, key, g_strdup(name));
  BaseDay left = store_day_at(rows, row, 3);
  if (left != BASE_DAY_NONE) g_hash_table_insert(names->left, key, GINT_TO_POINTER(left));
}

TargetNames *target_names_load(Store *store, const char *table, GError **error) {
  gboolean merges = g_strv_contains(merging, table);
  g_autofree char *quoted = store_quote_name(table), *namesakes = query_namesakes_sql(quoted, merges);
  g_autofree char *sql = g_strdup_printf(
      "SELECT t.key, coalesce(s.shown, nullif(t.name, ''), t.id), %s, %s FROM %s AS t LEFT JOIN (%s) AS s ON s.key = "
      "t.key "
      "ORDER BY t.key",
      merges ? "t.merged_into" : "NULL", g_str_equal(table, "person") ? "t.left_at_day" : "NULL::DATE", quoted,
      namesakes);
  g_autoptr(StoreRows) rows = store_query(store, sql, NULL, 0, MAX_ROWS, error);
  if (!rows) return NULL;
  TargetNames *names = g_new0(TargetNames, 1);
  names->by_key = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  names->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  names->left = g_hash_table_new(g_int64_hash, g_int64_equal);
  names->merged = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
  for (gsize i = 0; i < store_rows_count(rows); i++) add_row(names, rows, i);
  return names;
}

const char *target_names_of(const TargetNames *names, gint64 key) {
  for (guint step = 0; step < MAX_MERGES; step++) {
    const gint64 *into = g_hash_table_lookup(names->merged, &key);
    if (!into) break;
    key = *into;
  }
  return g_hash_table_lookup(names->by_key, &key);
}

gint64 target_names_find(const TargetNames *names, const char *name) {
  g_autofree char *folded = g_utf8_casefold(name, -1);
  const gint64 *key = g_hash_table_lookup(names->by_name, folded);
  return key ? *key : 0;
}

BaseDay target_names_left(const TargetNames *names, gint64 key) {
  gpointer left;
  return g_hash_table_lookup_extended(names->left, &key, NULL, &left) ? GPOINTER_TO_INT(left) : BASE_DAY_NONE;
}

gboolean target_names_check_there(const TargetNames *names, const char *name, BaseDay start, GError **error) {
  BaseDay left = target_names_left(names, target_names_find(names, name));
  if (left == BASE_DAY_NONE || left > start) return TRUE;
  g_autofree char *day = base_day_format(left);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s has left (%s): nobody would carry it; set it for whoever takes over, or for the team", name, day);
  return FALSE;
}

gboolean target_names_table(Store *store, const char *dimension, const char **table, GError **error) {
  *table = NULL;
  for (guint i = 0; i < G_N_ELEMENTS(tables); i++)
    if (g_str_equal(tables[i].dimension, dimension)) *table = tables[i].table;
  if (*table || g_str_equal(dimension, "region")) return TRUE; /* regions are texts, even where a level is named so */
  const StoreValue level[] = {store_of_text(dimension)};
  g_autoptr(StoreRows) rows = store_query_kept(store, "SELECT count(*) FROM team WHERE level = $1", level, 1, 0, error);
  if (rows && store_int_at(rows, 0, 0) > 0) *table = "team";
  return rows != NULL;
}
