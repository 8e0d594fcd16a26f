/* Changed records by the number of the load that wrote or superseded their versions. */
#include "query/changes.h"

/* More changed keys of one table than this, and counting afresh is as quick. */
#define MAX_KEYS 20000
/* So many keys are written into a condition; more are a temporary table, joined. */
#define MAX_IN_PLACE 100
/* Rows of a table of which the newest are found by the minima and maxima that the database keeps, which takes a
 * condition that it knows when it plans. Of smaller ones all rows are looked at, by a statement planned once. */
#define MANY_ROWS 100000

/* Lists of keys: of records that are there before, after, or in either. */
enum { EITHER = CHANGES_AFTER + 1, N_LISTS };

typedef struct {
  const LedgerTable *table;   /* whose keys they are */
  gboolean is_new;            /* of members that no row refers to but those that changed themselves */
  GHashTable *lists[N_LISTS]; /* sets of keys as texts */
} Keys;

struct QueryChanges {
  const LedgerSchema *schema;
  GHashTable *keys;            /* table -> Keys; "deals": of all that is derived from deals */
  const StoreWritten *written; /* or NULL */
  gboolean everywhere;
  gboolean of_credit;
  gboolean of_organisation;
};

static const char *const deals = "deals";

static void keys_free(gpointer data) {
  Keys *keys = data;
  for (guint i = 0; i < N_LISTS; i++) g_hash_table_unref(keys->lists[i]);
  g_free(keys);
}

void query_changes_free(QueryChanges *changes) {
  if (changes == NULL) return;
  g_hash_table_unref(changes->keys);
  g_free(changes);
}

static const Keys *keys_of(const QueryChanges *changes, const char *name) {
  return g_hash_table_lookup(changes->keys, name);
}

static Keys *make_keys(QueryChanges *changes, const char *name, const LedgerTable *table) {
  Keys *keys = g_hash_table_lookup(changes->keys, name);
  if (keys != NULL) return keys;
  keys = g_new0(Keys, 1);
  keys->table = table;
  for (guint i = 0; i < N_LISTS; i++) keys->lists[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert(changes->keys, g_strdup(name), keys);
  return keys;
}

static void add_key(Keys *keys, guint list, const char *key) {
  g_hash_table_add(keys->lists[list], g_strdup(key));
  g_hash_table_add(keys->lists[EITHER], g_strdup(key));
}

static gboolean is_in(const Keys *keys, guint list, const char *key) {
  return keys != NULL && g_hash_table_contains(keys->lists[list], key);
}

static guint n_keys(const Keys *keys, guint list) {
  return keys == NULL ? 0 : g_hash_table_size(keys->lists[list]);
}

/* All cells may rest on any of their rows. */
static gboolean is_everywhere(const char *table) {
  static const char *const tables[] = {"fx_rate", "stage", NULL};
  return g_strv_contains(tables, table);
}

static gboolean is_of_organisation(const char *table) {
  static const char *const tables[] = {"person", "team", "membership", "leadership", NULL};
  return g_strv_contains(tables, table);
}

/* --- finding them --- */

/* `column` of the rows that came after a load, and of those that were superseded after it. */
static char *touched_sql(const char *table, const char *column, gint64 load) {
  g_autofree char *name = store_quote_name(table);
  g_autofree char *history = g_strconcat(table, "_history", NULL);
  g_autofree char *history_name = store_quote_name(history);
  return g_strdup_printf("SELECT %s AS k FROM %s WHERE \"load\" > %" G_GINT64_FORMAT
                         " UNION SELECT %s FROM %s WHERE superseded_by > %" G_GINT64_FORMAT,
                         column, name, load, column, history_name, load);
}

/* The rows of a table that came, and those that went, with the deals that they are of. `load`: a number or a parameter.
 */
static void append_rows(GString *sql, const LedgerTable *table, guint number, const char *load) {
  const char *deal = ledger_table_column(table, "opportunity") != NULL ? "CAST(opportunity AS VARCHAR)" : "NULL";
  g_autofree char *history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *went = g_strdup_printf("superseded_by > %s AND \"load\" <= %s", load, load);
  g_autofree char *came = g_strdup_printf("\"load\" > %s", load);
  const struct {
    ChangesSide side;
    const char *from, *where;
  } parts[] = {{CHANGES_BEFORE, history, went}, {CHANGES_AFTER, table->name, came}};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *from = store_quote_name(parts[i].from);
    g_string_append_printf(sql, "%s(SELECT %u, %u, CAST(key AS VARCHAR), %s FROM %s WHERE %s LIMIT %d)",
                           sql->len > 0 ? " UNION ALL " : "", number, parts[i].side, deal, from, parts[i].where,
                           MAX_KEYS + 1);
  }
}

/* `deal`: that it is of, or NULL. */
static void take_row(QueryChanges *changes, const LedgerTable *table, guint side, const char *key, const char *deal) {
  Keys *keys = make_keys(changes, table->name, table);
  add_key(keys, side, key);
  changes->everywhere |= is_everywhere(table->name) || n_keys(keys, EITHER) > MAX_KEYS;
  changes->of_credit |= g_str_equal(table->name, "split");
  changes->of_organisation |= is_of_organisation(table->name);
  if (deal == NULL) return;
  /* Which deals there are before and after is known when all are read. */
  Keys *touched = make_keys(changes, deals, ledger_schema_find(changes->schema, "opportunity"));
  g_hash_table_add(touched->lists[EITHER], g_strdup(deal));
}

static void take_rows(QueryChanges *changes, const StoreRows *rows) {
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const LedgerTable *table = ledger_schema_table(changes->schema, (guint)store_rows_value(rows, r, 0).integer);
    StoreValue deal = store_rows_value(rows, r, 3);
    take_row(changes, table, (guint)store_rows_value(rows, r, 1).integer, store_rows_value(rows, r, 2).text,
             deal.type == STORE_TEXT ? deal.text : NULL);
  }
}

static gboolean find_rows(const QueryContext *context, QueryChanges *changes, gint64 load, GError **error) {
  g_autoptr(GString) many = g_string_new(NULL), few = g_string_new(NULL);
  g_autofree char *after = g_strdup_printf("%" G_GINT64_FORMAT, load);
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    if (table->kind == LEDGER_DERIVED) continue;
    const QueryTableStat *stat = query_stat_of(context->stat, table->name);
    if (stat != NULL && stat->n_rows > MANY_ROWS)
      append_rows(many, table, t, after);
    else
      append_rows(few, table, t, "$1");
  }
  StoreValue number = {.type = STORE_INT, .integer = load};
  g_autoptr(StoreRows) of_few = store_query_kept(context->store, few->str, &number, 1, 0, error);
  if (of_few == NULL) return FALSE;
  take_rows(changes, of_few);
  if (many->len == 0 || changes->everywhere) return TRUE;
  g_autoptr(StoreRows) of_many = store_query(context->store, many->str, NULL, 0, 0, error);
  if (of_many == NULL) return FALSE;
  take_rows(changes, of_many);
  return TRUE;
}

/* The deals that any changed record tells of: what is derived is derived from all records of a deal. Whoever shares a
 * deal in another way changes its row's credit. */
static void place_deals(QueryChanges *changes) {
  const LedgerTable *table = ledger_schema_find(changes->schema, "opportunity");
  const Keys *own = keys_of(changes, table->name);
  GHashTableIter iter;
  gpointer key;
  if (own == NULL && keys_of(changes, deals) == NULL) return;
  Keys *touched = make_keys(changes, deals, table);
  if (own != NULL) {
    g_hash_table_iter_init(&iter, own->lists[EITHER]);
    while (g_hash_table_iter_next(&iter, &key, NULL)) g_hash_table_add(touched->lists[EITHER], g_strdup(key));
  }
  changes->everywhere |= n_keys(touched, EITHER) > MAX_KEYS;
  g_hash_table_iter_init(&iter, touched->lists[EITHER]);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    gboolean came = is_in(own, CHANGES_AFTER, key), went = is_in(own, CHANGES_BEFORE, key);
    if (went || !came) g_hash_table_add(touched->lists[CHANGES_BEFORE], g_strdup(key));
    if (came || !went) g_hash_table_add(touched->lists[CHANGES_AFTER], g_strdup(key));
  }
  if (!changes->of_credit) return;
  Keys *credited = make_keys(changes, table->name, table);
  for (guint list = 0; list < N_LISTS; list++) {
    g_hash_table_iter_init(&iter, touched->lists[list]);
    while (g_hash_table_iter_next(&iter, &key, NULL)) g_hash_table_add(credited->lists[list], g_strdup(key));
  }
}

static gboolean count(const QueryContext *context, const char *sql, gint64 *n, GError **error) {
  g_autoptr(StoreRows) rows = store_query(context->store, sql, NULL, 0, 0, error);
  if (rows == NULL) return FALSE;
  *n = store_rows_value(rows, 0, 0).integer;
  return TRUE;
}

/* Records that were merged, or changed hands. */
static gboolean look_at(const QueryContext *context, QueryChanges *changes, const LedgerTable *table, gint64 load,
                        GError **error) {
  gint64 n = 0;
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *history = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history_name = store_quote_name(history);
  if (ledger_table_column(table, "merged_into") != NULL) {
    g_autofree char *touched = touched_sql(table->name, "merged_into", load);
    g_autofree char *sql = g_strdup_printf("SELECT count(k) FROM (%s)", touched);
    if (!count(context, sql, &n, error)) return FALSE;
    changes->everywhere |= n > 0;
  }
  const LedgerColumn *owner = ledger_table_owner(table);
  if (owner == NULL || table->kind != LEDGER_FACT) return TRUE;
  g_autofree char *column = store_quote_name(owner->name);
  /* A record that went and has come back brings its owners of the past with it. */
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM %s c JOIN %s h ON h.key = c.key WHERE c.\"load\" > %" G_GINT64_FORMAT
                      " AND h.%s IS DISTINCT FROM c.%s",
                      name, history_name, load, column, column);
  if (!count(context, sql, &n, error)) return FALSE;
  changes->of_credit |= n > 0;
  return TRUE;
}

static QueryChanges *no_changes(const QueryContext *context) {
  QueryChanges *changes = g_new0(QueryChanges, 1);
  changes->schema = context->schema;
  changes->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, keys_free);
  return changes;
}

QueryChanges *query_changes_find(const QueryContext *context, gint64 load, GError **error) {
  g_autoptr(QueryChanges) changes = no_changes(context);
  if (!find_rows(context, changes, load, error)) return NULL;
  if (changes->everywhere) return g_steal_pointer(&changes);
  for (guint t = 0; t < ledger_schema_n_tables(context->schema); t++) {
    const LedgerTable *table = ledger_schema_table(context->schema, t);
    if (query_changes_has(changes, table->name) && !look_at(context, changes, table, load, error)) return NULL;
  }
  place_deals(changes);
  return g_steal_pointer(&changes);
}

/* --- being told --- */

static void take_given(QueryChanges *changes, const StoreWrittenRows *of, ChangesSide side, const StoreGiven *rows) {
  for (gsize r = 0; rows != NULL && r < store_given_count(rows); r++) {
    const StoreValue *row = store_given_row(rows, r);
    g_autofree char *key = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)row[of->key].integer), *deal = NULL;
    if (of->deal >= 0 && row[of->deal].type != STORE_NULL)
      deal = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)row[of->deal].integer);
    take_row(changes, of->table, side, key, deal);
  }
}

QueryChanges *query_changes_told(const QueryContext *context, const StoreWritten *written) {
  QueryChanges *changes = no_changes(context);
  changes->written = written;
  for (guint i = 0; i < written->n_rows; i++) {
    take_given(changes, &written->rows[i], CHANGES_BEFORE, written->rows[i].gone);
    take_given(changes, &written->rows[i], CHANGES_AFTER, written->rows[i].come);
  }
  for (guint i = 0; i < written->members->len; i++) {
    const StoreWrittenMember *member = &g_array_index(written->members, StoreWrittenMember, i);
    g_autofree char *key = g_strdup_printf("%d", member->key);
    take_row(changes, member->table, CHANGES_AFTER, key, NULL);
    make_keys(changes, member->table->name, member->table)->is_new = TRUE;
  }
  changes->of_credit |= written->has_moved;
  place_deals(changes);
  return changes;
}

gboolean query_changes_are_everywhere(const QueryChanges *changes) {
  return changes->everywhere;
}

gboolean query_changes_are_none(const QueryChanges *changes) {
  return !changes->everywhere && g_hash_table_size(changes->keys) == 0;
}

gboolean query_changes_of_credit(const QueryChanges *changes) {
  return changes->of_credit;
}

gboolean query_changes_of_organisation(const QueryChanges *changes) {
  return changes->of_organisation;
}

gboolean query_changes_has(const QueryChanges *changes, const char *table) {
  return g_hash_table_contains(changes->keys, table);
}

/* --- conditions --- */

static char *list_name(const char *name, guint list) {
  g_autofree char *plain = g_strdup_printf("changed_%s_%u", name, list);
  return store_quote_name(plain);
}

static gboolean tell_list(const char *name, const Keys *keys, guint list, Store *store, GError **error) {
  g_autofree const char **texts = (const char **)g_hash_table_get_keys_as_array(keys->lists[list], NULL);
  g_autofree char *joined = g_strjoinv(",", (char **)texts);
  g_autofree char *table = list_name(name, list);
  g_autofree char *sql =
      g_strdup_printf("CREATE OR REPLACE TEMP TABLE %s AS SELECT unnest([%s]::UBIGINT[]) AS k", table, joined);
  return store_run(store, sql, NULL, 0, NULL, error);
}

gboolean query_changes_tell(const QueryChanges *changes, Store *store, GError **error) {
  GHashTableIter iter;
  gpointer name, keys;
  g_hash_table_iter_init(&iter, changes->keys);
  while (g_hash_table_iter_next(&iter, &name, &keys))
    for (guint list = 0; list < N_LISTS; list++)
      if (n_keys(keys, list) > MAX_IN_PLACE && !tell_list(name, keys, list, store, error)) return FALSE;
  return TRUE;
}

/* The keys by which a table's rows may have changed. */
static const char *changed_of(const LedgerTable *table) {
  return table->kind == LEDGER_DERIVED ? deals : table->name;
}

/* A row that refers to a record that came was there before, and referred to nothing: rows are looked for on both sides.
 * So are those of dimensions, which may come to be known in place. */
static guint list_of(const LedgerTable *table, guint join, ChangesSide side) {
  return join == 0 && table->kind != LEDGER_DIMENSION ? (guint)side : EITHER;
}

/* Whether no row refers to what changed of a joined table but those that changed themselves. */
static gboolean is_unreferred(const QueryChanges *changes, const SqlSelect *select, const Keys *keys, guint join) {
  const StoreWritten *written = changes->written;
  return keys->is_new || (written != NULL && written->rows[0].table == keys->table &&
                          !g_ptr_array_find(written->referrers, sql_referrer(select, join), NULL));
}

/* How many keys of a table a SELECT's rows are looked for by, that it joins or (0) reads. */
static guint n_sought(const QueryChanges *changes, const SqlSelect *select, const LedgerTable *table, guint join,
                      ChangesSide side) {
  const Keys *keys = keys_of(changes, changed_of(table));
  if (keys == NULL || (join > 0 && is_unreferred(changes, select, keys, join))) return 0;
  return n_keys(keys, list_of(table, join, side));
}

gboolean query_changes_reach(const QueryChanges *changes, const SqlSelect *select, ChangesSide side) {
  const char *key;
  const LedgerTable *table;
  for (guint i = 0; (table = sql_joined(select, i, &key)) != NULL; i++)
    if (n_sought(changes, select, table, i, side) > 0) return TRUE;
  return FALSE;
}

const StoreGiven *query_changes_rows(const QueryChanges *changes, const SqlSelect *select, ChangesSide side) {
  const char *key;
  const LedgerTable *table, *own = sql_joined(select, 0, &key);
  for (guint i = 1; (table = sql_joined(select, i, &key)) != NULL; i++)
    if (n_sought(changes, select, table, i, side) > 0) return NULL;
  for (guint i = 0; changes->written != NULL && i < changes->written->n_rows; i++) {
    const StoreWrittenRows *rows = &changes->written->rows[i];
    const StoreGiven *found = side == CHANGES_BEFORE ? rows->gone : rows->come;
    if (rows->table == own && found != NULL && store_given_count(found) == n_sought(changes, select, own, 0, side))
      return found;
  }
  return NULL;
}

static void append_condition(GString *sql, const char *column, const char *name, const Keys *keys, guint list) {
  g_autofree char *table = list_name(name, list);
  if (n_keys(keys, list) > MAX_IN_PLACE) {
    g_string_append_printf(sql, "%s IN (SELECT k FROM temp.%s)", column, table);
    return;
  }
  gboolean is_wide = keys->table->kind == LEDGER_FACT;
  GHashTableIter iter;
  gpointer key;
  g_string_append_printf(sql, "%s IN (", column);
  g_hash_table_iter_init(&iter, keys->lists[list]);
  for (gboolean first = TRUE; g_hash_table_iter_next(&iter, &key, NULL); first = FALSE)
    g_string_append_printf(sql, is_wide ? "%sCAST(%s AS UBIGINT)" : "%s%s", first ? "" : ", ", (const char *)key);
  g_string_append_c(sql, ')');
}

char *query_changes_sql(const QueryChanges *changes, const SqlSelect *select, ChangesSide side) {
  GString *sql = g_string_new("(");
  const char *column;
  const LedgerTable *table;
  for (guint i = 0; (table = sql_joined(select, i, &column)) != NULL; i++) {
    const Keys *keys = keys_of(changes, changed_of(table));
    guint list = list_of(table, i, side);
    if (n_sought(changes, select, table, i, side) == 0) continue;
    if (sql->len > 1) g_string_append(sql, " OR ");
    append_condition(sql, column, changed_of(table), keys, list);
  }
  if (sql->len == 1) g_string_append(sql, "FALSE");
  g_string_append_c(sql, ')');
  return g_string_free(sql, FALSE);
}
