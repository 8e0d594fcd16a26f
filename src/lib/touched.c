/* Whose records a commit changed, as the ledger itself tells: the versions that came with a load and those that it
 * replaced say who is credited with them.
 *
 *   load ─► each table: rows that came, rows that went ─► who is credited ─► people of the table
 *                            └──► of a deal, where nobody is named: who is credited with the deal
 *                            └──► accounts, products: who is credited with what refers to them
 *                            └──► rates, stages: everybody
 *
 * So a commit is told alike by whoever made it, and after a restart. */
#include "lib/reader.h"

#define MAX_COMMITS 10000
#define MAX_ROWS    1000000 /* a commit, a table and a person each */
#define NOBODY      0
#define EVERYBODY   (-1)

typedef struct {
  gint64 load, at_us;
  char *source;     /* NULL: the change's */
  GPtrArray *names; /* const char *: of the schema's tables */
  GArray *touched;  /* AttainTouched, of each; `people` is taken from `people` when all is known */
  GArray *people;   /* gint32, of all tables, one after the other */
} Commit;

struct LibTouched {
  const LedgerSchema *schema;
  GArray *commits; /* Commit, in order */
};

static void commit_clear(gpointer data) {
  Commit *commit = data;
  g_free(commit->source);
  g_ptr_array_unref(commit->names);
  g_array_unref(commit->touched);
  g_array_unref(commit->people);
}

void lib_touched_free(LibTouched *touched) {
  if (!touched) return;
  g_array_unref(touched->commits);
  g_free(touched);
}

static LibTouched *touched_new(const LedgerSchema *schema) {
  LibTouched *touched = g_new0(LibTouched, 1);
  touched->schema = schema;
  touched->commits = g_array_new(FALSE, FALSE, sizeof(Commit));
  g_array_set_clear_func(touched->commits, commit_clear);
  return touched;
}

static void add_commit(LibTouched *touched, gint64 load, gint64 at_us, const char *source) {
  Commit commit = {.load = load,
                   .at_us = at_us,
                   .source = g_strdup(source),
                   .names = g_ptr_array_new(),
                   .touched = g_array_new(TRUE, TRUE, sizeof(AttainTouched)),
                   .people = g_array_new(FALSE, FALSE, sizeof(gint32))};
  g_array_append_val(touched->commits, commit);
}

/* --- asking --- */

typedef struct {
  const LedgerSchema *schema;
  gint64 after, until;
  GString *sql;
} Asking;

static void begin_part(Asking *asking) {
  if (asking->sql->len > 0) g_string_append(asking->sql, " UNION ");
}

/* The rows of a table that came and went in these loads, as `load`, `c`: an expression. The caller frees. */
static char *versions_sql(const Asking *asking, const LedgerTable *table, const char *expression) {
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *plain = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(plain);
  return g_strdup_printf("SELECT \"load\" AS at_load, %s AS c FROM %s WHERE \"load\" > %" G_GINT64_FORMAT
                         " AND \"load\" <= %" G_GINT64_FORMAT
                         " UNION ALL SELECT superseded_by, %s FROM %s WHERE superseded_by > %" G_GINT64_FORMAT
                         " AND superseded_by <= %" G_GINT64_FORMAT,
                         expression, name, asking->after, asking->until, expression, history, asking->after,
                         asking->until);
}

static void append_people(Asking *asking, guint number, const char *expression) {
  g_autofree char *versions = versions_sql(asking, ledger_schema_table(asking->schema, number), expression);
  begin_part(asking);
  g_string_append_printf(asking->sql, "SELECT at_load, %u, coalesce(c, %d) FROM (%s)", number, NOBODY, versions);
}

/* Who is credited with what another table's rows refer to, or refers to them: `expression` of this table is equal to
 * `column` of those. */
static void append_through(Asking *asking, guint number, const char *expression, const LedgerTable *other,
                           const char *column) {
  g_autofree char *versions = versions_sql(asking, ledger_schema_table(asking->schema, number), expression);
  g_autofree char *name = store_quote_name(other->name);
  g_autofree char *to = store_quote_name(column);
  g_autofree char *owner = store_quote_name(ledger_table_owner(other)->name);
  begin_part(asking);
  g_string_append_printf(asking->sql, "SELECT at_load, %u, coalesce(o.%s, %d) FROM (%s) v JOIN %s o ON o.%s = v.c",
                         number, owner, NOBODY, versions, name, to);
}

static gboolean refers(const LedgerColumn *column, const char *table) {
  return column->type == LEDGER_REF && g_str_equal(column->ref, table);
}

/* FALSE: no fact that somebody is credited with refers to the table. */
static gboolean append_referrers(Asking *asking, guint number) {
  const char *name = ledger_schema_table(asking->schema, number)->name;
  gboolean is_any = FALSE;
  for (guint t = 0; t < ledger_schema_n_tables(asking->schema); t++) {
    const LedgerTable *fact = ledger_schema_table(asking->schema, t);
    if (fact->kind != LEDGER_FACT || !ledger_table_owner(fact)) continue;
    for (guint c = 0; c < fact->n_columns; c++) {
      if (!refers(&fact->columns[c], name)) continue;
      append_through(asking, number, "key", fact, fact->columns[c].name);
      is_any = TRUE;
    }
  }
  return is_any;
}

/* FALSE: the table's records name nobody. */
static gboolean append_credited(Asking *asking, guint number) {
  const LedgerTable *table = ledger_schema_table(asking->schema, number);
  gboolean is_any = FALSE;
  for (guint c = 0; c < table->n_columns; c++) {
    if (!ledger_column_credits(table, &table->columns[c])) continue;
    g_autofree char *column = store_quote_name(table->columns[c].name);
    append_people(asking, number, column);
    is_any = TRUE;
  }
  return is_any;
}

static void append_table(Asking *asking, guint number) {
  const LedgerTable *table = ledger_schema_table(asking->schema, number);
  g_autofree char *everybody = g_strdup_printf("%d", EVERYBODY), *nobody = g_strdup_printf("%d", NOBODY);
  if (g_str_equal(table->name, "person")) {
    append_people(asking, number, "key");
  } else if (g_str_equal(table->name, "membership")) {
    append_people(asking, number, "person");
  } else if (g_str_equal(table->name, "team") || g_str_equal(table->name, "leadership")) {
    append_people(asking, number, nobody); /* whom it is about follows from who is seen before and after */
  } else if (g_str_equal(table->name, "fx_rate")) {
    append_people(asking, number, everybody);
  } else if (table->kind == LEDGER_DIMENSION) {
    gboolean is_credited = append_credited(asking, number);
    if (!append_referrers(asking, number) && !is_credited) append_people(asking, number, everybody);
  } else if (!append_credited(asking, number)) {
    append_people(asking, number, nobody);
    const LedgerColumn *deal = ledger_table_column(table, "opportunity");
    if (deal && refers(deal, "opportunity"))
      append_through(asking, number, "opportunity", ledger_schema_find(asking->schema, "opportunity"), "key");
  }
}

/* --- what is found --- */

static Commit *find_commit(const LibTouched *touched, gint64 load) {
  for (guint low = 0, high = touched->commits->len; low < high;) {
    guint middle = low + (high - low) / 2;
    Commit *commit = &g_array_index(touched->commits, Commit, middle);
    if (commit->load == load) return commit;
    if (commit->load < load)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* Rows come by load and table. */
static void add_row(Commit *commit, const char *table, gint64 person) {
  guint n = commit->names->len;
  if (n == 0 || commit->names->pdata[n - 1] != table) {
    g_ptr_array_add(commit->names, (gpointer)table);
    g_array_set_size(commit->touched, n + 1);
  }
  AttainTouched *last = &g_array_index(commit->touched, AttainTouched, commit->touched->len - 1);
  gint32 key = (gint32)person;
  last->is_everybodys |= person == EVERYBODY;
  if (person == EVERYBODY || person == NOBODY) return;
  g_array_append_val(commit->people, key);
  last->n_people++;
}

static void place_people(Commit *commit) {
  const gint32 *at = (const gint32 *)(gpointer)commit->people->data;
  for (guint i = 0; i < commit->touched->len; i++) {
    AttainTouched *one = &g_array_index(commit->touched, AttainTouched, i);
    one->people = at;
    at += one->n_people;
  }
}

/* Of `tables`, or of all where n_tables is 0. */
static gboolean find(AttainWorkspace *workspace, LibTouched *touched, gint64 after, gint64 until,
                     const char *const *tables, gsize n_tables, GError **error) {
  const Session *session = workspace->core->session;
  g_autoptr(GString) sql = g_string_new(NULL);
  Asking asking = {session->schema, after, until, sql};
  for (guint t = 0; t < ledger_schema_n_tables(session->schema); t++) {
    const LedgerTable *table = ledger_schema_table(session->schema, t);
    gboolean is_asked = n_tables == 0;
    for (gsize i = 0; i < n_tables && !is_asked; i++) is_asked = g_str_equal(tables[i], table->name);
    if (is_asked && table->kind != LEDGER_DERIVED) append_table(&asking, t);
  }
  if (sql->len == 0) return TRUE;
  g_string_append(sql, " ORDER BY 1, 2, 3");
  g_autoptr(StoreRows) rows = store_query(session->store, sql->str, NULL, 0, MAX_ROWS, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    Commit *commit = find_commit(touched, row[0].integer);
    if (commit) add_row(commit, ledger_schema_table(session->schema, (guint)row[1].integer)->name, row[2].integer);
  }
  for (guint i = 0; i < touched->commits->len; i++) place_people(&g_array_index(touched->commits, Commit, i));
  return TRUE;
}

LibTouched *lib_touched_find(AttainWorkspace *workspace, const AttainChange *change) {
  g_autoptr(LibTouched) touched = touched_new(workspace->core->session->schema);
  add_commit(touched, change->load, change->at_us, NULL);
  if (!find(workspace, touched, change->load - 1, change->load, change->tables, change->n_tables, NULL)) return NULL;
  return g_steal_pointer(&touched);
}

static AttainChange change_of(const Commit *commit) {
  return (AttainChange){.load = commit->load,
                        .at_us = commit->at_us,
                        .source = commit->source,
                        .n_tables = commit->names->len,
                        .tables = (const char *const *)commit->names->pdata,
                        .touched = (const AttainTouched *)(gpointer)commit->touched->data};
}

AttainChange lib_touched_change(const LibTouched *touched, const AttainChange *change) {
  AttainChange whole = change_of(&g_array_index(touched->commits, Commit, 0));
  whole.source = change->source;
  return whole;
}

/* --- those that were missed --- */

static gboolean read_commits(AttainWorkspace *workspace, LibTouched *touched, gint64 after, gint64 until,
                             GError **error) {
  const StoreValue range[] = {{.type = STORE_INT, .integer = after}, {.type = STORE_INT, .integer = until}};
  g_autoptr(StoreRows) rows = store_query(workspace->core->session->store,
                                          "SELECT \"load\", min(source), max(\"at\") FROM \"load\" WHERE \"load\" > ? "
                                          "AND \"load\" <= ? GROUP BY 1 ORDER BY 1",
                                          range, 2, MAX_COMMITS, error);
  if (!rows) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    const StoreValue *row = store_rows_row(rows, r);
    add_commit(touched, row[0].integer, row[2].integer, row[1].text);
  }
  return touched->commits->len == 0 || find(workspace, touched, after, until, NULL, 0, error);
}

bool attain_commits(AttainWorkspace *workspace, int64_t after, int64_t until, AttainCallback callback, void *user_data,
                    AttainError *error) {
  GError *cause = NULL;
  if (!lib_permit(workspace, "commits", error) || !lib_take_turn(workspace, error)) return false;
  g_autoptr(LibTouched) touched = touched_new(workspace->core->session->schema);
  gboolean ok = read_commits(workspace, touched, after, until, &cause);
  for (guint i = 0; ok && i < touched->commits->len; i++) {
    AttainChange change = change_of(&g_array_index(touched->commits, Commit, i));
    callback(&change, user_data);
  }
  lib_give_turn(workspace);
  return ok || lib_fail(error, cause);
}
