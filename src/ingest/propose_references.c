/* Which table does a column refer to, and by what?
 *
 * A reference is looked up among the ids, the names and the mail addresses of the table that it refers to; whichever
 * holds most of its values is it. Values found nowhere that equal exactly one value there once case, spaces and
 * punctuation are dropped ("GTXPro", "GTX Pro") are taken to mean that one, and said. */
#include "ingest/propose.h"

#define LEAST_FOUND     0.3
#define MOST_ODD_VALUES 40

/* Share of the different values of `column` that are among the values of `target`; -1 when there is none. */
static double share_found(const Propose *propose, const ProposeEntry *entry, const ProposeColumn *column,
                          const ProposeEntry *other, const ProposeColumn *target) {
  if (!target || (target->of && target->of->n_filled == 0)) return -1;
  g_autofree char *value = propose_sql(column);
  g_autofree char *among = propose_sql(target);
  g_autofree char *from = propose_from(entry);
  g_autofree char *others = propose_from(other);
  g_autofree char *sql = g_strdup_printf(
      "SELECT CAST(10000 * count(*) FILTER (v IN (SELECT lower(%s) %s)) / greatest(1, count(*)) AS BIGINT) FROM "
      "(SELECT DISTINCT lower(%s) AS v %s) AS t WHERE v IS NOT NULL",
      among, others, value, from);
  gint64 found = profile_count(propose->scratch, sql);
  return found < 0 ? -1 : (double)found / 10000;
}

typedef struct {
  char *text, *key;
  gint64 count;
} Odd;

static void odd_clear(gpointer data) {
  g_free(((Odd *)data)->text);
  g_free(((Odd *)data)->key);
}

static GArray *odd_values(const Propose *propose, const ProposeEntry *entry, const ProposeColumn *column,
                          const ProposeEntry *other, const ProposeColumn *target, gint64 *n_rows, gint64 *n_values) {
  g_autofree char *value = propose_sql(column);
  g_autofree char *among = propose_sql(target);
  g_autofree char *from = propose_from(entry);
  g_autofree char *others = propose_from(other);
  g_autofree char *sql = g_strdup_printf(
      "SELECT v, count(*) AS n FROM (SELECT %s AS v %s) AS t WHERE v IS NOT NULL AND v NOT IN (SELECT coalesce(%s, '') "
      "%s) GROUP BY 1 ORDER BY 2 DESC, 1",
      value, from, among, others);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 200000, NULL);
  GArray *odd = g_array_new(FALSE, FALSE, sizeof(Odd));
  g_array_set_clear_func(odd, odd_clear);
  *n_rows = 0;
  *n_values = rows ? (gint64)store_rows_count(rows) : 0;
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    const char *text = store_rows_value(rows, i, 0).text;
    gint64 count = store_rows_value(rows, i, 1).integer;
    *n_rows += count;
    if (odd->len >= MOST_ODD_VALUES) continue;
    const Odd one = {.text = g_strdup(text), .key = profile_key(text), .count = count};
    g_array_append_val(odd, one);
  }
  return odd;
}

/* The target's values by their keys; a key that several share maps to NULL. */
static GHashTable *values_by_key(const Propose *propose, const ProposeEntry *other, const ProposeColumn *target) {
  g_autofree char *among = propose_sql(target);
  g_autofree char *from = propose_from(other);
  g_autofree char *sql =
      g_strdup_printf("SELECT DISTINCT v FROM (SELECT %s AS v %s) AS t WHERE v IS NOT NULL", among, from);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 200000, NULL);
  GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    const char *text = store_rows_value(rows, i, 0).text;
    char *key = profile_key(text);
    char *value = g_hash_table_contains(keys, key) ? NULL : g_strdup(text);
    g_hash_table_insert(keys, key, value);
  }
  return keys;
}

static void mend_values(Propose *propose, const ProposeEntry *entry, ProposeColumn *column, const ProposeEntry *other,
                        const ProposeColumn *target) {
  gint64 n_rows = 0, n_values = 0, n_mended = 0;
  g_autoptr(GArray) odd = odd_values(propose, entry, column, other, target, &n_rows, &n_values);
  if (odd->len == 0) return;
  g_autoptr(GHashTable) keys = values_by_key(propose, other, target);
  g_autoptr(GString) names = g_string_new(NULL);
  gint64 left_values = n_values;
  for (guint i = 0; i < odd->len; i++) {
    const Odd *one = &g_array_index(odd, Odd, i);
    const char *same = *one->key ? g_hash_table_lookup(keys, one->key) : NULL;
    if (same && column->of) {
      propose_value(column, one->text, same);
      n_mended += one->count;
      left_values--;
      propose_assumed(propose, "%s: %s \"%s\" (%" G_GINT64_FORMAT " rows) is taken to be \"%s\".", entry->from->pattern,
                      column->name, one->text, one->count, same);
    } else if (names->len < 120) {
      g_string_append_printf(names, "%s%s (%" G_GINT64_FORMAT ")", names->len ? ", " : "", one->text, one->count);
    }
  }
  if (left_values > 0)
    propose_check(propose,
                  "%s: %" G_GINT64_FORMAT " different values of %s, in %" G_GINT64_FORMAT " rows, are not in %s: %s%s.",
                  entry->from->pattern, left_values, column->name, n_rows - n_mended, other->from->pattern, names->str,
                  left_values > 5 ? "…" : "");
}

static void resolve(Propose *propose, ProposeEntry *entry, ProposeColumn *column, const char *table) {
  const ProposeEntry *other = propose_find(propose, table);
  if (!other || (!column->of && !column->sql) || (other == entry && column->sql)) return;
  const ProposeColumn *id = propose_entry_column(other, "id"), *name = propose_entry_column(other, "name"),
                      *email = propose_entry_column(other, "email");
  double by_id = share_found(propose, entry, column, other, id),
         by_name = share_found(propose, entry, column, other, name),
         by_email = share_found(propose, entry, column, other, email);
  const ProposeColumn *target = NULL;
  if (column->match) return;
  if (by_id >= LEAST_FOUND && by_id >= by_name && by_id >= by_email)
    target = id;
  else if (by_name >= LEAST_FOUND && by_name >= by_email)
    target = name;
  else if (by_email >= LEAST_FOUND)
    target = email;
  if (!target) return;
  gboolean same_as_id = target == id || (id && target->of && target->of == id->of);
  if (!same_as_id) {
    column->match = target == name ? "name" : "email";
    propose_assumed(propose, "%s: %s is found in %s by %s.", entry->from->pattern, column->name, other->from->pattern,
                    column->match);
  }
  if (other != entry) mend_values(propose, entry, column, other, target);
}

/* A column that no word explained may still be a reference: all its values are ids or names of another file's. */
static void find_unnamed(Propose *propose, ProposeEntry *entry, const LedgerColumn *ledger) {
  static const char *const tables[] = {"person", "account", "product", "opportunity"};
  const ProposeEntry *other = propose_find(propose, ledger->ref);
  if (!other || other == entry || !g_strv_contains(tables, ledger->ref) || propose_entry_column(entry, ledger->name))
    return;
  if (!(ledger->flags & LEDGER_OWNED) && !g_str_equal(ledger->name, "account") &&
      !g_str_equal(ledger->name, "product") && !g_str_equal(ledger->name, "opportunity"))
    return;
  for (guint i = 0; i < entry->from->columns->len; i++) {
    ProfileColumn *column = entry->from->columns->pdata[i];
    if (profile_is_date(column) || column->n_distinct < 3 || column->longest > 200) continue;
    gboolean used = FALSE;
    for (guint c = 0; c < entry->columns->len && !used; c++)
      used = ((ProposeColumn *)entry->columns->pdata[c])->of == column;
    if (used) continue;
    ProposeColumn *tried = propose_entry_set(entry, ledger->name, column);
    const ProposeColumn *id = propose_entry_column(other, "id"), *name = propose_entry_column(other, "name");
    gboolean numbers = column->n_integers == column->n_filled;
    double by_id = numbers && id && id->of && id->of->longest < 4 ? -1 : share_found(propose, entry, tried, other, id);
    double by_name = numbers ? -1 : share_found(propose, entry, tried, other, name);
    if (MAX(by_id, by_name) >= 0.95) {
      propose_assumed(propose, "%s: %s refers to %s: its values are found there.", entry->from->pattern, column->header,
                      other->from->pattern);
      return;
    }
    propose_entry_drop(entry, ledger->name);
  }
}

/* Managers who stand in no row of the people's file are people too. */
static void add_managers(Propose *propose) {
  const ProposeEntry *people = propose_find(propose, "person");
  const ProposeColumn *manager = people ? propose_entry_column(people, "manager") : NULL,
                      *id = people ? propose_entry_column(people, "id") : NULL;
  if (!manager || !manager->of || manager->match || !id || manager->of->n_words * 2 < manager->of->n_filled ||
      people->comment || propose->system)
    return;
  gint64 n_rows = 0, n_values = 0;
  g_autoptr(GArray) odd = odd_values(propose, people, manager, people, id, &n_rows, &n_values);
  if (odd->len == 0 || n_values > (gint64)odd->len) return;
  ProposeEntry *made = propose_entry_new(propose, "person", NULL);
  made->rows = g_ptr_array_new_with_free_func(g_free);
  made->comment = g_strdup("managers who have no row of their own");
  for (guint i = 0; i < odd->len; i++) {
    const char *name = g_array_index(odd, Odd, i).text;
    if (strpbrk(name, "\"\\\n")) continue;
    g_ptr_array_add(made->rows, g_strdup_printf("{id: \"%s\", name: \"%s\", role: manager}", name, name));
  }
}

void propose_references(Propose *propose) {
  for (guint i = 0; i < propose->entries->len; i++) {
    ProposeEntry *entry = propose->entries->pdata[i];
    if (!entry->from) continue;
    const LedgerTable *table = ledger_schema_find(propose->schema, entry->to);
    for (guint c = 0; !propose->system && table->kind == LEDGER_FACT && c < table->n_columns; c++)
      if (table->columns[c].type == LEDGER_REF) find_unnamed(propose, entry, &table->columns[c]);
    for (guint c = 0; c < entry->columns->len; c++) {
      ProposeColumn *column = entry->columns->pdata[c];
      const LedgerColumn *ledger = ledger_table_column(table, column->name);
      if (ledger && ledger->type == LEDGER_REF) resolve(propose, entry, column, ledger->ref);
    }
  }
  add_managers(propose);
}
