/* Lists of ids and names, as a database has them beside its tables: STAGES (STAGE_ID, STAGE_NAME).
 *
 * Such a file says next to nothing of itself. What it is a list of is told by the column of the same name in the files
 * that refer to it: a list of accounts, people or products becomes their table; one of the stages, outcomes or sources
 * of deals is looked up by its ids. */
#include "ingest/propose_kinds.h"

#define MOST_FOUND  90 /* per cent of the values that refer to a list */
#define MOST_LISTED 400

gboolean kinds_is_list(const ProfileFile *file) {
  if (file->columns->len != 2) return FALSE;
  const ProfileColumn *id = file->columns->pdata[0], *name = file->columns->pdata[1];
  return profile_is_unique(file, id) && (kinds_says_id(id) || g_str_equal(id->key, "id")) && !profile_is_date(name) &&
         !kinds_mostly_numbers(name);
}

/* "STAGE_ID" in both files, or "id" in stages.csv and "stage_id" beside it. */
static gboolean is_called(const ProfileColumn *column, const ProfileFile *list) {
  const ProfileColumn *id = list->columns->pdata[0];
  if (g_str_equal(column->key, id->key)) return !g_str_equal(id->key, "id");
  g_autofree char *stem = profile_key(list->name);
  gsize n = strlen(stem);
  if (n > 3 && g_str_has_suffix(stem, "s")) stem[n - 1] = '\0';
  return g_str_equal(id->key, "id") && g_str_has_prefix(column->key, stem) && g_str_has_suffix(column->key, "id");
}

static gboolean holds_values(const Propose *propose, const ProfileFile *list, const ProposeEntry *entry,
                             const ProfileColumn *column) {
  g_autofree char *among = profile_sql_text(list->columns->pdata[0]);
  g_autofree char *value = profile_sql_text(column);
  g_autofree char *sql = g_strdup_printf(
      "SELECT 100 * count(*) FILTER (v IN (SELECT %s FROM %s)) / greatest(1, count(*)) FROM (SELECT DISTINCT %s AS v "
      "FROM %s) AS t WHERE v IS NOT NULL",
      among, list->table, value, entry->from->table);
  return column->n_filled > 0 && profile_count(propose->scratch, sql) >= MOST_FOUND;
}

/* The column of an entry's file that refers to the list; NULL when there is none. */
static ProfileColumn *reference_to(const Propose *propose, const ProposeEntry *entry, const ProfileFile *list) {
  for (guint c = 0; entry->from && c < entry->from->columns->len; c++) {
    ProfileColumn *column = entry->from->columns->pdata[c];
    if (is_called(column, list) && holds_values(propose, list, entry, column)) return column;
  }
  return NULL;
}

/* --- accounts, people, products --- */

static gboolean place_table(Propose *propose, ProposeEntry *entry, ProfileFile *list, const ProfileColumn *reference) {
  static const struct {
    const char *column, *table;
  } tables[] = {{"product", "product"}, {"account", "account"}, {"owner", "person"}};
  for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
    const ProposeColumn *column = propose_entry_column(entry, tables[i].column);
    if (!column || column->of != reference || column->lookup || propose_find(propose, tables[i].table)) continue;
    ProposeEntry *made = propose_entry_new(propose, tables[i].table, list);
    propose_entry_set(made, "id", list->columns->pdata[0]);
    propose_entry_set(made, "name", list->columns->pdata[1]);
    propose_assumed(propose, "%s holds %s: %s refers to it.", list->pattern,
                    ledger_schema_find(propose->schema, tables[i].table)->about, entry->from->pattern);
    return TRUE;
  }
  return FALSE;
}

/* --- stages, outcomes, sources --- */

static gboolean speaks_of(const ProfileFile *list, const char *const *words) {
  const ProfileColumn *id = list->columns->pdata[0], *name = list->columns->pdata[1];
  g_auto(GStrv) file = profile_words(list->name);
  for (; *words; words++) {
    g_autofree char *plural = g_strconcat(*words, "s", NULL);
    if (g_strv_contains((const char *const *)id->words, *words) ||
        g_strv_contains((const char *const *)name->words, *words) ||
        g_strv_contains((const char *const *)file, *words) || g_strv_contains((const char *const *)file, plural))
      return TRUE;
  }
  return FALSE;
}

static void look_up(ProposeEntry *entry, const char *name, ProfileColumn *reference, ProfileFile *list) {
  ProposeColumn *column = propose_entry_set(entry, name, reference);
  column->lookup = list;
  column->equals = list->columns->pdata[0];
  column->take = list->columns->pdata[1];
}

/* Which ids mean won and lost, where the names say so. */
static void tell_outcomes(Propose *propose, ProposeEntry *entry, ProfileColumn *reference, const ProfileFile *list) {
  g_autofree char *id = profile_sql_text(list->columns->pdata[0]);
  g_autofree char *name = profile_sql_text(list->columns->pdata[1]);
  g_autofree char *sql =
      g_strdup_printf("SELECT %s, %s FROM %s ORDER BY 1 LIMIT %d", id, name, list->table, MOST_LISTED);
  g_autoptr(StoreRows) rows = store_query(propose->scratch, sql, NULL, 0, 0, NULL);
  g_autoptr(GString) told = g_string_new(NULL);
  ProposeColumn *outcome = NULL;
  for (gsize i = 0; rows && i < store_rows_count(rows); i++) {
    const char *of = store_rows_value(rows, i, 0).text, *text = store_rows_value(rows, i, 1).text;
    const char *meaning = of && text ? propose_meaning(propose, "outcomes", text) : NULL;
    if (!meaning || g_str_equal(meaning, "open")) continue;
    if (!outcome) outcome = propose_entry_set(entry, "outcome", reference);
    propose_value(outcome, of, meaning);
    g_string_append_printf(told, "%s%s (%s) means %s", told->len ? ", " : "", of, text, meaning);
  }
  if (!outcome) return;
  outcome->otherwise = g_strdup("open");
  propose_assumed(propose, "%s: %s %s.", entry->from->pattern, reference->header, told->str);
}

static gboolean place_words(Propose *propose, ProposeEntry *entry, ProfileFile *list, ProfileColumn *reference) {
  static const char *const stages[] = {"stage", "phase", "step", "etapa", "étape", "fase", NULL};
  static const char *const outcomes[] = {"status", "outcome", "result", "state", "statut", "estado", NULL};
  static const char *const sources[] = {"source", "channel", "origin", "herkunft", "quelle", "origine", NULL};
  if (!g_str_equal(entry->to, "opportunity")) return FALSE;
  if (speaks_of(list, stages)) {
    look_up(entry, "stage", reference, list);
    tell_outcomes(propose, entry, reference, list);
  } else if (speaks_of(list, outcomes)) {
    tell_outcomes(propose, entry, reference, list);
  } else if (speaks_of(list, sources)) {
    look_up(entry, "source", reference, list);
  } else {
    return FALSE;
  }
  propose_assumed(propose, "%s is looked up by %s of %s.", list->pattern, reference->header, entry->from->pattern);
  return TRUE;
}

gboolean kinds_place_list(Propose *propose, ProfileFile *file) {
  gboolean placed = FALSE;
  for (guint e = 0; e < propose->entries->len; e++) {
    ProposeEntry *entry = propose->entries->pdata[e];
    ProfileColumn *reference = reference_to(propose, entry, file);
    if (!reference) continue;
    if (place_table(propose, entry, file, reference)) return TRUE;
    placed |= place_words(propose, entry, file, reference);
  }
  return placed;
}
