/* References to dimensions: texts become keys.
 *
 * Dimension keys are dense integers from 1, so that the cube can use them as indexes. Ids that are new get the next
 * keys in the order of the ids, not of the rows: the same records in another order give the same keys. An id or name
 * that nothing describes gets a row of its own (known = FALSE, its name is its id): whoever refers to it is not lost,
 * and the note says how many do. */
#include "ingest/upsert.h"

typedef struct {
  const LedgerTable *table;
  int match; /* SourceMatch */
  const char *source;
  char *name;          /* temp table or view (txt, key, n, is_known) */
  gboolean is_covered; /* all texts are ids of rows that this load has */
} Kind;

typedef struct {
  const UpsertTarget *target;
  const char *column;
  guint kind;
} Use;

struct UpsertRefs {
  GArray *kinds, *uses;
};

static void clear_kind(gpointer data) {
  g_free(((Kind *)data)->name);
}

void upsert_refs_free(UpsertRefs *refs) {
  if (!refs) return;
  g_array_unref(refs->kinds);
  g_array_unref(refs->uses);
  g_free(refs);
}

const char *upsert_refs_table(const UpsertRefs *refs, const UpsertTarget *target, const char *column) {
  for (guint i = 0; i < refs->uses->len; i++) {
    const Use *use = &g_array_index(refs->uses, Use, i);
    if (use->target == target && g_str_equal(use->column, column))
      return g_array_index(refs->kinds, Kind, use->kind).name;
  }
  return NULL;
}

static guint kind_of(UpsertRefs *refs, const LedgerTable *table, int match, const char *source) {
  for (guint i = 0; i < refs->kinds->len; i++) {
    const Kind *kind = &g_array_index(refs->kinds, Kind, i);
    if (kind->table == table && kind->match == match && g_str_equal(kind->source, source)) return i;
  }
  Kind kind = {
      .table = table, .match = match, .source = source, .name = g_strdup_printf("attain_ref_%u", refs->kinds->len)};
  g_array_append_val(refs->kinds, kind);
  return refs->kinds->len - 1;
}

static const SourceColumn *map_column_of(const UpsertTarget *target, const char *name) {
  for (guint e = 0; e < target->entries->len; e++) {
    const SourceColumn *column = source_map_column(((const MapEntry *)target->entries->pdata[e])->map, name);
    if (column) return column;
  }
  return NULL;
}

static void find_uses(Load *load, UpsertRefs *refs, GPtrArray *targets) {
  for (guint t = 0; t < targets->len; t++) {
    const UpsertTarget *target = targets->pdata[t];
    for (guint c = 0; c < target->table->n_columns; c++) {
      const LedgerColumn *column = &target->table->columns[c];
      if (column->type != LEDGER_REF || !upsert_target_maps(target, column->name)) continue;
      const LedgerTable *table = ledger_schema_find(load->schema, column->ref);
      if (table->kind != LEDGER_DIMENSION) continue;
      const SourceColumn *mapped = map_column_of(target, column->name);
      Use use = {.target = target, .column = column->name};
      use.kind = kind_of(refs, table, mapped->match, mapped->source ? mapped->source : load->source->name);
      g_array_append_val(refs->uses, use);
    }
  }
}

/* --- new rows of dimensions --- */

static gboolean insert_stubs(Load *load, const LedgerTable *table, const char *source, const char *select, gint64 *n,
                             GError **error) {
  g_autofree char *name = store_quote_name(table->name);
  g_autofree char *quoted = store_quote_text(source);
  gboolean has_email = ledger_table_column(table, "email") != NULL;
  return load_run(load, n, error,
                  "INSERT INTO %s (key, from_source, id, recorded_at, \"load\", known, name%s) SELECT (SELECT "
                  "coalesce(max(key), 0) FROM %s) + "
                  "row_number() OVER (ORDER BY id), %s, id, make_timestamp(%" G_GINT64_FORMAT
                  "), %d, FALSE, name%s FROM (%s)",
                  name, has_email ? ", email" : "", name, quoted, load->options->now_us, load->number,
                  has_email ? ", email" : "", select);
}

/* The rows of the dimension's own file, with no more than a name yet. */
static gboolean insert_own(Load *load, UpsertTarget *target, GError **error) {
  if (!upsert_insert_first(load, target, error)) return FALSE;
  if (target->is_inserted) return TRUE;
  g_autofree char *rows = store_quote_name(target->rows);
  g_autofree char *name = store_quote_name(target->table->name);
  g_autofree char *source = store_quote_text(load->source->name);
  const char *named = upsert_target_maps(target, "name") ? "coalesce(n.name, n.id)" : "n.id";
  const char *email = !ledger_table_column(target->table, "email") ? "NULL"
                      : upsert_target_maps(target, "email")        ? "n.email"
                                                                   : "NULL";
  g_autofree char *select = g_strdup_printf(
      "SELECT n.id, %s AS name, %s AS email FROM %s n WHERE NOT EXISTS (SELECT 1 FROM %s d WHERE d.from_source = %s "
      "AND d.id = n.id)",
      named, email, rows, name, source);
  return insert_stubs(load, target->table, load->source->name, select, NULL, error);
}

/* A mail address is one person in whatever source: the later record is merged into the one that was there, and refers
 * to it. */
static gboolean merge_by_email(Load *load, const UpsertTarget *target, GError **error) {
  if (!g_str_equal(target->table->name, "person") || !upsert_target_maps(target, "email") ||
      upsert_target_maps(target, "merged_into")) {
    return TRUE;
  }
  g_autofree char *source = store_quote_text(load->source->name);
  gint64 n = 0;
  if (!load_run(load, &n, error,
                "UPDATE person AS d SET merged_into = s.key FROM %s n, (SELECT lower(email) AS email, min(key) AS key "
                "FROM person WHERE "
                "email IS NOT NULL AND merged_into IS NULL AND from_source <> %s GROUP BY 1) s WHERE d.from_source = "
                "%s AND d.id = n.id AND "
                "s.email = lower(n.email) AND d.merged_into IS NULL",
                target->rows, source, source)) {
    return FALSE;
  }
  g_autofree char *number = load_number(n);
  if (n > 0) load_note(load, "person: %s of the people are known from another source by their mail address", number);
  return TRUE;
}

/* --- texts to keys --- */

static char *texts_select(const UpsertRefs *refs, guint kind) {
  GString *sql = g_string_new("SELECT txt, sum(n)::BIGINT AS n FROM (");
  gboolean is_first = TRUE;
  for (guint i = 0; i < refs->uses->len; i++) {
    const Use *use = &g_array_index(refs->uses, Use, i);
    if (use->kind != kind) continue;
    g_autofree char *column = store_quote_name(use->column);
    g_autofree char *rows = store_quote_name(use->target->rows);
    g_string_append_printf(sql, "%sSELECT %s AS txt, count(*) AS n FROM %s WHERE %s IS NOT NULL GROUP BY 1",
                           is_first ? "" : " UNION ALL ", column, rows, column);
    is_first = FALSE;
  }
  g_string_append(sql, ") GROUP BY txt");
  return g_string_free(sql, FALSE);
}

static const UpsertTarget *own_of(GPtrArray *targets, const Kind *kind) {
  for (guint t = 0; t < targets->len; t++) {
    if (((const UpsertTarget *)targets->pdata[t])->table == kind->table) return targets->pdata[t];
  }
  return NULL;
}

/* The dimension's rows as they will be: names of this load over names of the last. A merged record stands for its
 * survivor. The source is no condition of the join: with a constant in it DuckDB 1.5 compares every row with every row
 * once the whole is joined by the source again. */
static char *present_select(Load *load, GPtrArray *targets, const Kind *kind) {
  g_autofree char *table = store_quote_name(kind->table->name);
  g_autofree char *source = store_quote_text(load->source->name);
  gboolean has_email = ledger_table_column(kind->table, "email") != NULL;
  gboolean has_merged = ledger_table_column(kind->table, "merged_into") != NULL;
  const UpsertTarget *own = own_of(targets, kind);
  g_autofree char *name = g_strdup_printf("coalesce(CASE WHEN d.from_source = %s THEN n.name END, d.name)", source);
  g_autofree char *email = g_strdup_printf("coalesce(CASE WHEN d.from_source = %s THEN n.email END, d.email)", source);
  g_autofree char *here = g_strdup_printf("d.from_source = %s AND n.id IS NOT NULL", source);
  GString *sql = g_string_new("SELECT ");
  g_string_append_printf(sql, "%s AS key, d.from_source, d.id, d.known, ",
                         has_merged ? "coalesce(d.merged_into, d.key)" : "d.key");
  gboolean has_new_name = own && upsert_target_maps(own, "name"),
           has_new_email = own && has_email && upsert_target_maps(own, "email");
  g_string_append_printf(sql, "lower(%s) AS name, ", has_new_name ? name : "d.name");
  g_string_append_printf(sql, "lower(%s) AS email, ", !has_email ? "NULL" : has_new_email ? email : "d.email");
  g_string_append_printf(sql, "%s AS is_here FROM %s d", own ? here : "FALSE", table);
  if (own) {
    g_autofree char *rows = store_quote_name(own->rows);
    g_string_append_printf(sql, " LEFT JOIN %s n ON n.id = d.id", rows);
  }
  return g_string_free(sql, FALSE);
}

/* One key a text: of the rows that fit, a described one before one only referred to, the source's own before others,
 * the first made. */
static char *matched_select(const Kind *kind, const char *source, const char *present) {
  if (kind->match == SOURCE_MATCH_ID) {
    return g_strdup_printf(
        "SELECT t.txt, t.n, p.key, p.known OR p.is_here AS is_known FROM attain_texts t LEFT JOIN (%s) p ON "
        "p.from_source = %s AND p.id = t.txt",
        present, source);
  }
  return g_strdup_printf(
      "SELECT t.txt, any_value(t.n) AS n, arg_min(p.key, p.rank) AS key, coalesce(bool_or(p.is_known), FALSE) AS "
      "is_known FROM attain_texts t "
      "LEFT JOIN (SELECT what, key, known OR is_here AS is_known, (CASE WHEN known OR is_here THEN 0 ELSE 2 END + CASE "
      "WHEN from_source = %s "
      "THEN 0 ELSE 1 END)::BIGINT * 4294967296 + key AS rank FROM (SELECT %s AS what, * FROM (%s) UNION ALL SELECT "
      "lower(id) AS what, * FROM "
      "(%s) WHERE from_source = %s)) p ON p.what = lower(t.txt) GROUP BY t.txt",
      source, kind->match == SOURCE_MATCH_NAME ? "name" : "email", present, present, source);
}

static gboolean resolve(Load *load, UpsertRefs *refs, GPtrArray *targets, guint index, GError **error) {
  const Kind *kind = &g_array_index(refs->kinds, Kind, index);
  g_autofree char *texts = texts_select(refs, index);
  g_autofree char *present = present_select(load, targets, kind);
  g_autofree char *source = store_quote_text(kind->source);
  const char *email = kind->match == SOURCE_MATCH_EMAIL ? "txt" : "NULL";
  load_temporary(load, kind->name);
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE attain_texts AS %s", texts)) return FALSE;
  g_autofree char *matched = matched_select(kind, source, present);
  if (!load_run(load, NULL, error, "CREATE OR REPLACE TEMP TABLE %s AS %s", kind->name, matched)) return FALSE;
  g_autofree char *missing =
      g_strdup_printf("SELECT min(txt) AS id, min(txt) AS name, min(%s) AS email FROM %s WHERE key IS NULL GROUP BY %s",
                      email, kind->name, kind->match == SOURCE_MATCH_ID ? "txt" : "lower(txt)");
  gint64 n_missing = 0;
  if (!insert_stubs(load, kind->table, kind->source, missing, &n_missing, error)) return FALSE;
  g_autofree char *table = store_quote_name(kind->table->name);
  return n_missing == 0 || load_run(load, NULL, error,
                                    "UPDATE %s r SET key = d.key, is_known = FALSE FROM %s d WHERE r.key IS NULL AND "
                                    "d.from_source = %s AND %s",
                                    kind->name, table, source,
                                    kind->match == SOURCE_MATCH_ID ? "d.id = r.txt" : "lower(d.id) = lower(r.txt)");
}

/* Is every text of this use an id of the rows that `own` has in passing from the same rows? */
static gboolean is_covered(const UpsertTarget *own, const Use *use) {
  if (use->target->entries->len != 1) return FALSE;
  const MapEntry *fact = use->target->entries->pdata[0];
  const SourceColumn *column = source_map_column(fact->map, use->column);
  for (guint e = 0; e < own->entries->len; e++) {
    const MapEntry *entry = own->entries->pdata[e];
    const SourceColumn *id = source_map_column(entry->map, "id");
    if (entry->fact == fact && id && map_is_as_it_is(column) && g_str_equal(id->of, column->of)) return TRUE;
  }
  return FALSE;
}

/* Then nothing has to be looked for: the dimension's own rows are the references. */
static gboolean is_all_covered(const Load *load, const UpsertRefs *refs, GPtrArray *targets, guint index) {
  const Kind *kind = &g_array_index(refs->kinds, Kind, index);
  const UpsertTarget *own = own_of(targets, kind);
  if (!own || kind->match != SOURCE_MATCH_ID || !g_str_equal(kind->source, load->source->name)) return FALSE;
  for (guint i = 0; i < refs->uses->len; i++) {
    const Use *use = &g_array_index(refs->uses, Use, i);
    if (use->kind == index && !is_covered(own, use)) return FALSE;
  }
  return TRUE;
}

static gboolean take_own(Load *load, const Kind *kind, GError **error) {
  g_autofree char *table = store_quote_name(kind->table->name);
  g_autofree char *source = store_quote_text(kind->source);
  gboolean has_merged = ledger_table_column(kind->table, "merged_into") != NULL;
  load_temporary(load, kind->name);
  return load_run(load, NULL, error,
                  "CREATE OR REPLACE TEMP VIEW %s AS SELECT id AS txt, %s AS key, 0 AS n, TRUE AS is_known FROM %s "
                  "WHERE from_source = %s",
                  kind->name, has_merged ? "coalesce(merged_into, key)" : "key", table, source);
}

/* --- notes --- */

static gboolean note_unknown(Load *load, const Kind *kind, GError **error) {
  gint64 n_described = 0;
  if (!load_count(load, &n_described, error, "SELECT count(*) FROM %s WHERE is_known", kind->name)) return FALSE;
  if (n_described == 0) return TRUE;
  g_autoptr(StoreRows) rows =
      load_query(load, error, "SELECT txt, n FROM %s WHERE NOT coalesce(is_known, FALSE) ORDER BY n DESC, txt LIMIT 4",
                 kind->name);
  if (!rows) return FALSE;
  for (gsize i = 0; i < MIN(store_rows_count(rows), 3); i++) {
    g_autofree char *n = load_number(store_rows_value(rows, i, 1).integer);
    load_note(load, "%s: %s row%s say%s %s, which no %s record has", kind->table->name, n,
              g_str_equal(n, "1") ? "" : "s", g_str_equal(n, "1") ? "s" : "", store_rows_value(rows, i, 0).text,
              kind->table->name);
  }
  if (store_rows_count(rows) <= 3) return TRUE;
  gint64 n_all = 0;
  if (!load_count(load, &n_all, error, "SELECT count(*) FROM %s WHERE NOT coalesce(is_known, FALSE)", kind->name))
    return FALSE;
  g_autofree char *more = load_number(n_all - 3);
  load_note(load, "%s: and %s more that no %s record has", kind->table->name, more, kind->table->name);
  return TRUE;
}

static gboolean note_empty(Load *load, const Use *use, GError **error) {
  g_autofree char *column = store_quote_name(use->column);
  g_autofree char *rows = store_quote_name(use->target->rows);
  g_autoptr(StoreRows) found = load_query(load, error, "SELECT count(*), count(%s) FROM %s", column, rows);
  if (!found) return FALSE;
  gint64 n_all = store_rows_value(found, 0, 0).integer, n_empty = n_all - store_rows_value(found, 0, 1).integer;
  if (n_empty == 0 || upsert_target_is_dimension(use->target)) return TRUE;
  g_autofree char *empty = load_number(n_empty);
  g_autofree char *all = load_number(n_all);
  load_note(load, "%s: %s of %s rows of %s carry none", use->column, empty, all, use->target->table->name);
  return TRUE;
}

UpsertRefs *upsert_refs_resolve(Load *load, GPtrArray *targets, GError **error) {
  g_autoptr(UpsertRefs) refs = g_new0(UpsertRefs, 1);
  refs->kinds = g_array_new(FALSE, FALSE, sizeof(Kind));
  g_array_set_clear_func(refs->kinds, clear_kind);
  refs->uses = g_array_new(FALSE, FALSE, sizeof(Use));
  load_temporary(load, "attain_texts");
  for (guint t = 0; t < targets->len; t++) {
    UpsertTarget *target = targets->pdata[t];
    if (upsert_target_is_dimension(target) &&
        (!insert_own(load, target, error) || !merge_by_email(load, target, error)))
      return NULL;
  }
  find_uses(load, refs, targets);
  for (guint i = 0; i < refs->kinds->len; i++) {
    Kind *kind = &g_array_index(refs->kinds, Kind, i);
    kind->is_covered = is_all_covered(load, refs, targets, i);
    if (!(kind->is_covered ? take_own(load, kind, error) : resolve(load, refs, targets, i, error))) return NULL;
  }
  for (guint i = 0; i < refs->kinds->len; i++) {
    const Kind *kind = &g_array_index(refs->kinds, Kind, i);
    if (!kind->is_covered && !note_unknown(load, kind, error)) return NULL;
  }
  for (guint i = 0; i < refs->uses->len; i++) {
    if (!note_empty(load, &g_array_index(refs->uses, Use, i), error)) return NULL;
  }
  return g_steal_pointer(&refs);
}
