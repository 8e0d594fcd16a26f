/* Writing a target: what is new, changed, unchanged and gone, in SQL over whole tables.
 *
 *   rows of this load ──► final: keys for references ──┐
 *                                                      ├─► changes (key, what): n new · c changed · v vanished
 *   the ledger's table ────────────────────────────────┘
 *   c, v: the old version to <table>_history      c, n: the next version to the table      v: out of the table
 *
 * Only mapped columns are compared and replaced; the others keep what they had. A dimension's new rows already stand in
 * the table with nothing but a name (upsert_refs.c), so for them new means known. Their vanished rows stay: facts refer
 * to them. The first load of a table compares nothing: upsert_first.c. */
#include "ingest/upsert.h"

static const char *reference_table(const UpsertTarget *target, const UpsertRefs *refs, const LedgerColumn *column) {
  return column->type == LEDGER_REF ? upsert_refs_table(refs, target, column->name) : NULL;
}

/* SELECT key, id, [currency], [_modified], mapped columns: ready to be a ledger row. */
static gboolean final_select(Load *load, UpsertTarget *target, const UpsertRefs *refs, GString *sql, GError **error) {
  g_autoptr(GString) relation = g_string_new(NULL);
  if (g_str_equal(target->table->name, "opportunity")) {
    if (!upsert_deal_select(load, target, relation, error)) return FALSE;
  } else {
    g_autofree char *rows = store_quote_name(target->rows);
    g_string_assign(relation, rows);
  }
  g_autoptr(GString) joins = g_string_new(NULL);
  gboolean is_dimension = upsert_target_is_dimension(target);
  g_string_append_printf(sql, "SELECT %s.key, n.id, n._entry%s%s", is_dimension ? "d" : "n",
                         target->has_currency ? ", n.currency" : "", target->has_modified ? ", n._modified" : "");
  for (guint i = 0; i < target->table->n_columns; i++) {
    const LedgerColumn *column = &target->table->columns[i];
    if (!upsert_target_maps(target, column->name)) continue;
    g_autofree char *name = store_quote_name(column->name);
    const char *reference = reference_table(target, refs, column);
    if (reference) {
      g_string_append_printf(sql, ", x%u.key AS %s", i, name);
      g_string_append_printf(joins, " LEFT JOIN %s x%u ON x%u.txt = n.%s", reference, i, i, name);
    } else {
      g_string_append_printf(sql, ", n.%s", name);
    }
    if (column->type != LEDGER_INSTANT) continue;
    g_autofree char *day = g_strconcat(column->name, "_day", NULL);
    g_autofree char *quoted = store_quote_name(day);
    g_string_append_printf(sql, ", n.%s", quoted);
  }
  g_string_append_printf(sql, " FROM %s n%s", relation->str, joins->str);
  if (is_dimension) {
    g_autofree char *table = store_quote_name(target->table->name);
    g_autofree char *source = store_quote_text(load->source->name);
    g_string_append_printf(sql, " JOIN %s d ON d.from_source = %s AND d.id = n.id", table, source);
  }
  return TRUE;
}

/* --- comparison --- */

static char *difference(const UpsertTarget *target) {
  g_autoptr(GPtrArray) columns = upsert_physical_columns(target);
  GString *sql = g_string_new("FALSE");
  for (guint i = 0; i < columns->len; i++) {
    const char *name = columns->pdata[i];
    g_string_append_printf(sql, " OR n.%s IS DISTINCT FROM t.%s", name, name);
  }
  return g_string_free(sql, FALSE);
}

/* Rows that could not be read are not gone, nor is what was concluded from earlier loads. */
static char *vanished_select(Load *load, const UpsertTarget *target) {
  g_autofree char *table = store_quote_name(target->table->name);
  g_autofree char *source = store_quote_text(load->source->name);
  GString *sql = g_string_new(NULL);
  g_string_printf(sql,
                  "SELECT key, 'v' AS what FROM %s t WHERE from_source = %s AND NOT EXISTS (SELECT 1 FROM attain_final "
                  "n WHERE n.key = t.key) AND NOT starts_with(id, 'inferred:')",
                  table, source);
  for (guint e = 0; e < target->entries->len; e++) {
    g_autofree char *rows = store_quote_name(((const MapEntry *)target->entries->pdata[e])->name);
    g_string_append_printf(sql, " AND NOT EXISTS (SELECT 1 FROM %s b WHERE b._reason IS NOT NULL AND b.id = t.id)",
                           rows);
  }
  return g_string_free(sql, FALSE);
}

static gboolean find_changes(Load *load, const UpsertTarget *target, GError **error) {
  g_autofree char *table = store_quote_name(target->table->name);
  g_autofree char *differs = difference(target);
  gboolean is_dimension = upsert_target_is_dimension(target);
  const char *is_new = is_dimension ? "NOT t.known" : "t.key IS NULL";
  if (!load_run(load, NULL, error,
                "CREATE OR REPLACE TEMP TABLE attain_changes AS SELECT n.key, CASE WHEN %s THEN 'n' ELSE 'c' END AS "
                "what FROM attain_final n LEFT JOIN %s t ON t.key = n.key WHERE %s OR %s",
                is_new, table, is_new, differs)) {
    return FALSE;
  }
  if (!target->is_full || is_dimension) return TRUE;
  g_autofree char *vanished = vanished_select(load, target);
  return load_run(load, NULL, error, "INSERT INTO attain_changes %s", vanished);
}

/* --- versions --- */

static gboolean keep_old(Load *load, const UpsertTarget *target, GError **error) {
  g_autofree char *table = store_quote_name(target->table->name);
  g_autofree char *history_name = g_strconcat(target->table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(history_name);
  g_autoptr(GString) at = g_string_new(NULL);
  upsert_append_modified(at, target, load->options->now_us, " AND n._modified > t.recorded_at");
  return load_run(load, NULL, error,
                  "INSERT INTO %s BY NAME SELECT t.*, %s AS superseded_at, %d AS superseded_by FROM %s t JOIN "
                  "attain_changes c ON c.key = t.key LEFT JOIN attain_final n ON n.key = t.key "
                  "WHERE c.what IN ('c', 'v')",
                  history, at->str, load->number, table);
}

static char *replacements(Load *load, const UpsertTarget *target) {
  g_autoptr(GPtrArray) columns = upsert_physical_columns(target);
  GString *sql = g_string_new(NULL);
  upsert_append_modified(sql, target, load->options->now_us,
                         upsert_target_is_dimension(target) ? " AND (n._modified > t.recorded_at OR NOT t.known)"
                                                            : " AND n._modified > t.recorded_at");
  g_string_append_printf(sql, " AS recorded_at, %d AS \"load\"", load->number);
  if (upsert_target_is_dimension(target)) g_string_append(sql, ", TRUE AS known");
  for (guint i = 0; i < columns->len; i++)
    g_string_append_printf(sql, ", n.%s AS %s", (char *)columns->pdata[i], (char *)columns->pdata[i]);
  return g_string_free(sql, FALSE);
}

static gboolean insert_new(Load *load, const UpsertTarget *target, GError **error) {
  return upsert_insert_facts(load, target,
                             "SELECT f.* FROM attain_final f JOIN attain_changes c ON c.key = f.key AND c.what = 'n'",
                             NULL, error);
}

static gboolean replace_changed(Load *load, const UpsertTarget *target, GError **error) {
  g_autofree char *table = store_quote_name(target->table->name);
  g_autofree char *with = replacements(load, target);
  if (!load_run(load, NULL, error,
                "CREATE OR REPLACE TEMP TABLE attain_next AS SELECT t.* REPLACE (%s) FROM %s t JOIN attain_final n ON "
                "n.key = t.key JOIN attain_changes c ON c.key = t.key",
                with, table)) {
    return FALSE;
  }
  if (!upsert_target_is_dimension(target) && !insert_new(load, target, error)) return FALSE;
  const char *out = upsert_target_is_dimension(target) ? "('n', 'c')" : "('c', 'v')";
  return load_run(load, NULL, error, "DELETE FROM %s WHERE key IN (SELECT key FROM attain_changes WHERE what IN %s)",
                  table, out) &&
         load_run(load, NULL, error, "INSERT INTO %s BY NAME SELECT * FROM attain_next", table);
}

static guint first_entry(const UpsertTarget *target) {
  return ((const MapEntry *)target->entries->pdata[0])->index;
}

/* Read together with the rows of before, a fact that is there already would be a repeated id; a dimension's value that
 * differs would have to be weighed against the others. */
static gboolean check_grown(const Load *load, const UpsertTarget *target, const IngestCount *counts, GError **error) {
  gint64 n_known = 0;
  for (guint e = 0; e < target->entries->len; e++) {
    const MapEntry *entry = target->entries->pdata[e];
    const IngestCount *count = &counts[entry->index];
    gboolean may_repeat = upsert_target_is_dimension(target) && upsert_is_in_passing(load, entry);
    if (entry->stage->cursor) continue;
    n_known += count->n_changed + (may_repeat ? 0 : count->n_unchanged);
  }
  if (n_known == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: rows that came are not new: all of them are to be read",
              target->table->name);
  return FALSE;
}

static gboolean count_changes(Load *load, UpsertTarget *target, IngestCount *counts, GError **error) {
  g_autoptr(StoreRows) rows =
      load_query(load, error,
                 "SELECT n._entry, count(*), count(*) FILTER (c.what = 'n'), count(*) FILTER (c.what = 'c') FROM "
                 "attain_final n LEFT JOIN attain_changes c ON c.key = n.key GROUP BY 1");
  gint64 n_closed = 0;
  if (!rows || !load_count(load, &n_closed, error, "SELECT count(*) FROM attain_changes WHERE what = 'v'"))
    return FALSE;
  target->is_changed = n_closed > 0;
  target->has_only_new = n_closed == 0;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    IngestCount *count = &counts[store_rows_value(rows, r, 0).integer];
    count->n_new = store_rows_value(rows, r, 2).integer;
    count->n_changed = store_rows_value(rows, r, 3).integer;
    count->n_unchanged = store_rows_value(rows, r, 1).integer - count->n_new - count->n_changed;
    target->is_changed |= count->n_new + count->n_changed > 0;
    target->has_only_new &= count->n_changed == 0;
  }
  counts[first_entry(target)].n_closed = n_closed;
  if (target->is_grown && !check_grown(load, target, counts, error)) return FALSE;
  if (n_closed == 0 || store_rows_count(rows) > 0) return TRUE;
  g_autofree char *n = load_number(n_closed);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT,
              "%s: the files have no rows, and the ledger has %s; as a full extract this would close them all. Export "
              "again, or write extract: increment",
              target->table->name, n);
  return FALSE;
}

static gboolean has_target(const Load *load, const char *table) {
  for (guint i = 0; i < load->source->n_maps; i++) {
    if (g_str_equal(load->source->maps[i].table->name, table)) return TRUE;
  }
  return FALSE;
}

static gboolean infer(Load *load, const UpsertTarget *target, GError **error) {
  if (g_str_equal(target->table->name, "opportunity") && !has_target(load, "stage_change"))
    return upsert_infer_stages(load, target, error);
  if (g_str_equal(target->table->name, "person") && !has_target(load, "membership"))
    return upsert_infer_moves(load, target, error);
  if (g_str_equal(target->table->name, "team") && !has_target(load, "leadership"))
    return upsert_infer_leaders(load, target, error);
  return TRUE;
}

/* An export that came out empty must not close everything: count_changes() says so. */
static gboolean compare_and_write(Load *load, UpsertTarget *target, const char *final, IngestCount *counts,
                                  GError **error) {
  load_temporary(load, "attain_final");
  load_temporary(load, "attain_changes");
  load_temporary(load, "attain_next");
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE attain_final AS %s", final) ||
      !find_changes(load, target, error) || !count_changes(load, target, counts, error)) {
    return FALSE;
  }
  if (!target->is_changed) return TRUE;
  if (target->has_only_new && !upsert_target_is_dimension(target)) return insert_new(load, target, error);
  return infer(load, target, error) && keep_old(load, target, error) && replace_changed(load, target, error);
}

gboolean upsert_write(Load *load, UpsertTarget *target, const UpsertRefs *refs, IngestCount *counts, GError **error) {
  load_progress(load, -1, "writing %s", target->table->name);
  if (target->is_inserted) return upsert_count_new(load, target, counts, error);
  g_autoptr(GString) final = g_string_new(NULL);
  gboolean is_empty = FALSE;
  gint64 n_new = 0;
  if (!final_select(load, target, refs, final, error) || !upsert_is_empty(load, target->table, &is_empty, error))
    return FALSE;
  if (!is_empty || upsert_target_is_dimension(target))
    return compare_and_write(load, target, final->str, counts, error);
  if (!upsert_insert_facts(load, target, final->str, &n_new, error)) return FALSE;
  counts[first_entry(target)].n_new = n_new;
  target->is_changed = n_new > 0;
  return target->entries->len == 1 || upsert_count_new(load, target, counts, error);
}

/* --- what is in a table --- */

/* With what this load took away and brought; `*is_done` FALSE when the first or last of before may be gone. Rows of a
 * fact that are there now and were not, or not so, carry the load's number. */
static gboolean refresh_stat_by_changes(Load *load, const LedgerTable *table, const char *span, const char *foreign,
                                        gboolean *is_done, GError **error) {
  g_autofree char *text = store_quote_text(table->name);
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *history_name = g_strconcat(table->name, "_history", NULL);
  g_autofree char *history = store_quote_name(history_name);
  gint64 n = 0;
  load_temporary(load, "attain_stat");
  if (!load_run(load, NULL, error,
                "CREATE OR REPLACE TEMP TABLE attain_stat AS SELECT o.table_name, o.n_rows - g.n + c.n AS n_rows, "
                "least(o.first_day, c.a) AS first_day, greatest(o.last_day, c.z) AS last_day, greatest(o.latest_at, "
                "c.l) AS latest_at, o.has_foreign_currency OR c.f AS f FROM ledger_stat o, (SELECT count(*), %s, %s "
                "FROM %s WHERE superseded_by = %d) g(n, a, z, l, f), (SELECT count(*), %s, %s FROM %s WHERE \"load\" = "
                "%d) c(n, a, z, l, f) WHERE o.table_name = %s AND NOT coalesce(g.a <= o.first_day, FALSE) AND NOT "
                "coalesce(g.z >= o.last_day, FALSE) AND NOT coalesce(g.l >= o.latest_at, FALSE) AND NOT "
                "(o.has_foreign_currency AND g.f)",
                span, foreign, history, load->number, span, foreign, name, load->number, text) ||
      !load_count(load, &n, error, "SELECT count(*) FROM attain_stat"))
    return FALSE;
  *is_done = n == 1;
  return !*is_done || (load_run(load, NULL, error, "DELETE FROM ledger_stat WHERE table_name = %s", text) &&
                       load_run_sql(load, "INSERT INTO ledger_stat SELECT * FROM attain_stat", NULL, error));
}

gboolean upsert_refresh_stat(Load *load, const LedgerTable *table, GError **error) {
  g_autofree char *span = store_stat_columns(table);
  g_autofree char *text = store_quote_text(table->name);
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *currency = store_quote_text(load->organisation->currency);
  g_autofree char *foreign =
      table->has_money ? g_strdup_printf("coalesce(bool_or(currency <> %s), FALSE)", currency) : g_strdup("FALSE");
  gboolean is_done = FALSE;
  if (table->kind != LEDGER_DIMENSION && !refresh_stat_by_changes(load, table, span, foreign, &is_done, error))
    return FALSE;
  if (is_done) return TRUE;
  if (!load_run(load, NULL, error, "DELETE FROM ledger_stat WHERE table_name = %s", text)) return FALSE;
  return load_run(load, NULL, error, "INSERT INTO ledger_stat SELECT %s, count(*), %s, %s FROM %s", text, span, foreign,
                  name);
}
