/* Dimensions made in passing: the accounts and people that deals name, where the deals' own rows have all that is said
 * of them.
 *
 *   file ──► rows of the fact, typed ──► the ledger
 *                    └─► a view of them: rows of the dimension
 *
 * Then the file is read and taken apart once, for the fact, and a large one need not be copied first. It is so when
 * every column of the dimension's map entry is a header taken as it is, and an entry of a fact takes the same headers
 * of the same rows as texts or as references to dimensions, which are texts until their keys are known. */
#include "ingest/map.h"

gboolean map_is_as_it_is(const SourceColumn *column) {
  return column->of && !column->sql && !column->constant && !column->when && !column->otherwise && !column->empty &&
         !column->lookup && !column->value_from;
}

/* Does the typed row hold the text itself? */
static gboolean holds_text(const LedgerSchema *schema, const SourceColumn *column) {
  if (g_str_equal(column->target, "id")) return TRUE;
  if (!column->column || g_str_equal(column->target, "currency")) return FALSE;
  if (column->column->type != LEDGER_REF) return column->column->type == LEDGER_TEXT;
  return ledger_schema_find(schema, column->column->ref)->kind == LEDGER_DIMENSION;
}

static const SourceColumn *twin_of(const LedgerSchema *schema, const SourceMap *fact, const SourceColumn *column) {
  for (guint i = 0; i < fact->n_columns; i++) {
    const SourceColumn *other = &fact->columns[i];
    if (map_is_as_it_is(other) && holds_text(schema, other) && g_str_equal(other->of, column->of)) return other;
  }
  return NULL;
}

static gboolean has_all(const LedgerSchema *schema, const SourceMap *fact, const SourceMap *map) {
  for (guint i = 0; i < map->n_columns; i++) {
    const SourceColumn *column = &map->columns[i];
    if (!map_is_as_it_is(column) || !holds_text(schema, column) || !twin_of(schema, fact, column)) return FALSE;
  }
  return g_strcmp0(fact->where, map->where) == 0;
}

const SourceMap *map_passing_fact(const IngestSource *source, const LedgerSchema *schema, const SourceMap *map) {
  if (!map->from || map->from->cursor || map->table->kind != LEDGER_DIMENSION) return NULL;
  for (guint m = 0; m < source->n_maps; m++) {
    const SourceMap *fact = &source->maps[m];
    if (fact->from == map->from && fact->table->kind != LEDGER_DIMENSION && has_all(schema, fact, map)) return fact;
  }
  return NULL;
}

/* The texts, in place of those of the file. The rows of a file that was not copied are numbered as they came. */
char *map_passing_select(const LedgerSchema *schema, const MapEntry *entry) {
  GString *sql = g_string_new("SELECT _file");
  g_string_append_printf(sql, ", %s AS _row", entry->stage->is_view ? "rowid" : "_row");
  for (guint i = 0; i < entry->map->n_columns; i++) {
    const SourceColumn *twin = twin_of(schema, entry->fact->map, &entry->map->columns[i]);
    g_autofree char *name = store_quote_name(twin->target);
    g_string_append_printf(sql, ", %s AS r%u", name, i);
  }
  g_autofree char *rows = store_quote_name(entry->fact->name);
  g_string_append_printf(sql, " FROM %s", rows);
  return g_string_free(sql, FALSE);
}
