/* What an answer says beside its numbers: which data is missing, what cannot be grouped so, where a ranking is chance,
 * who has nothing to show. */
#include "query/run.h"
#include "query/seen.h"

#include <math.h>

static void note(QueryRun *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void note(QueryRun *run, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_ptr_array_add(run->result->notes, g_strdup_vprintf(format, arguments));
  va_end(arguments);
}

static gboolean has_rows(const QueryRun *run, const char *table) {
  const QueryTableStat *stat = query_stat_of(run->context->stat, table);
  return stat != NULL && stat->n_rows > 0;
}

static void note_missing_data(QueryRun *run, const KpiDefinition *kpi) {
  GString *missing = g_string_new(NULL);
  for (const char *const *need = kpi->needs; need != NULL && *need != NULL; need++)
    if (!has_rows(run, *need)) {
      const LedgerTable *table = ledger_schema_find(run->context->schema, *need);
      g_string_append_printf(missing, "%s%s (%s)", missing->len > 0 ? ", " : "", *need,
                             table != NULL ? table->about : "");
    }
  if (missing->len > 0)
    note(run, "%s has no value: load %s%s%s%s", kpi->title, missing->str, kpi->needs_hint != NULL ? " — " : "",
         kpi->needs_hint != NULL ? kpi->needs_hint : "", "; docs/sources.md says how");
  g_string_free(missing, TRUE);
}

/* Says when members differ by no more than chance: a ranking by such a rate is noise. */
static void note_chance(QueryRun *run, guint k) {
  const QueryResult *result = run->result;
  const KpiDefinition *kpi = g_ptr_array_index(result->kpis, k);
  if (!kpi->proportion || run->n_dims != 1 || result->periods->len != 1) return;
  g_autoptr(GArray) successes = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autoptr(GArray) totals = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (row->kpi != k || !row->value.has_interval) continue;
    gint64 numerator = llround(row->value.numerator), denominator = llround(row->value.denominator);
    g_array_append_val(successes, numerator);
    g_array_append_val(totals, denominator);
  }
  StatsHomogeneity test =
      stats_homogeneity((const gint64 *)(gpointer)successes->data, (const gint64 *)(gpointer)totals->data, totals->len);
  if (totals->len < 3 || !test.has_value || test.smallest_expected < 5 || test.p < 0.05) return;
  note(run,
       "%s: the %u members differ by no more than chance would make them (chi-square %.1f, %d degrees of freedom, p = "
       "%.2f): a ranking by it would be noise",
       kpi->title, totals->len, test.chi_square, test.degrees, test.p);
}

/* An answer of nothing, because the records are of another time: says of which. Not to who sees only some of them. */
static void note_other_time(QueryRun *run) {
  BaseDay first, last;
  if (run->sight != NULL) return;
  if (query_result_says_of_itself(run->result)) return;
  if (!query_stat_bounds(run->context->stat, &first, &last) || (first < run->asked.end && last >= run->asked.start))
    return;
  g_autofree char *from = base_day_format(first), *to = base_day_format(last);
  note(run, "the records are of %s to %s: ask for the period \"all\", or set the clock to %s", from, to, to);
}

/* --- records that no period holds --- */

/* The columns that place records in time, and often are not filled in. */
static const struct {
  const char *table, *column;
  const char *condition; /* of the records that ought to have it */
  const char *one, *many;
} dated[] = {
    {"opportunity", "closed_at", "outcome <> 'open'",
     "1 decided deal has no date of its close and is in no period: load closed_at for it",
     " decided deals have no date of their close and are in no period: load closed_at for them"},
    {"person", "hired_at", "known AND merged_into IS NULL AND (lower(role) = 'rep' OR quota_carrying)",
     "1 seller has no first day and is not among the sellers of any day: load hired_at of person",
     " sellers have no first day and are not among the sellers of any day: load hired_at of person"},
};

static gboolean is_placed_by(const KpiMeasure *measure, const char *table, const char *column) {
  const KpiExpr *on = measure->on;
  return on != NULL && on->op == KPI_OP_COLUMN && on->n_path == 1 && on->path[0].column != NULL &&
         g_str_equal(measure->table->name, table) && g_str_equal(on->path[0].column->name, column);
}

/* The count reads two columns of all records: a few milliseconds for so many. Of more, `attain check` and `attain
 * explain` tell it, and an answer does not wait for it. */
#define MAX_COUNTED 300000

static gboolean is_counted(const QueryRun *run, const char *table) {
  const QueryTableStat *stat = query_stat_of(run->context->stat, table);
  return stat != NULL && stat->n_rows > 0 && stat->n_rows <= MAX_COUNTED;
}

static gboolean note_undated(QueryRun *run, GError **error) {
  for (guint d = 0; d < G_N_ELEMENTS(dated); d++) {
    gboolean asked = FALSE;
    for (guint u = 0; u < run->plan->uses->len && !asked; u++) {
      const PlanUse *use = g_ptr_array_index(run->plan->uses, u);
      asked = is_placed_by(use->measure, dated[d].table, dated[d].column);
    }
    if (!asked || run->sight != NULL || !is_counted(run, dated[d].table)) continue;
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM %s WHERE %s_day IS NULL AND %s", dated[d].table,
                                           dated[d].column, dated[d].condition);
    g_autoptr(StoreRows) rows = store_query(run->context->store, sql, NULL, 0, 0, error);
    if (rows == NULL) return FALSE;
    gint64 n = store_rows_value(rows, 0, 0).integer;
    if (n == 1)
      note(run, "%s", dated[d].one);
    else if (n > 1)
      note(run, "%" G_GINT64_FORMAT "%s", n, dated[d].many);
  }
  return TRUE;
}

/* --- definitions that changed --- */

static void note_changed(QueryRun *run, const KpiDefinition *kpi) {
  if (kpi->n_versions < 2) {
    note(run, "%s: a definition that it stands on changed within or between the periods marked so", kpi->title);
    return;
  }
  g_autofree char *from = base_day_format(kpi->versions[kpi->n_versions - 1].from);
  note(
      run,
      "%s: the definition changed%s on %s; a period goes by the one in force on its first day, so those marked are not "
      "alike",
      kpi->title, kpi->n_versions > 2 ? ", last" : "", from);
}

/* Amounts without a rate are counted in the total of all, or where there is none in the rows. */
static void look_at_groups(const QueryResult *result, QuerySeen *seen) {
  for (guint keep = 0; keep < result->n_levels; keep++)
    for (guint g = 0; g < result->levels[keep].speaking->len; g++) {
      const QueryGroup *group = g_ptr_array_index(result->levels[keep].speaking, g);
      for (guint k = 0; k < group->n_kpis; k++) {
        seen[k].flags |= group->seen[k].flags;
        if (keep == 0) seen[k].n_missing += group->seen[k].n_missing;
      }
    }
}

static void note_kpi(QueryRun *run, guint k, const QuerySeen *seen) {
  const KpiDefinition *kpi = g_ptr_array_index(run->result->kpis, k);
  note_chance(run, k);
  if (seen->flags & QUERY_FLAG_NO_DATA) note_missing_data(run, kpi);
  const QueryGroup *all = g_ptr_array_index(run->result->levels[0].all, 0);
  if (run->sight != NULL && (all->seen[k].flags & QUERY_FLAG_NO_DIMENSION)) {
    note(run, "%s cannot be shown: some of its records name nobody, and you see those of certain people only",
         kpi->title);
  } else if (seen->flags & QUERY_FLAG_NO_DIMENSION) {
    g_autofree char *by = g_strjoinv(", ", (char **)(gpointer)run->request->by);
    note(run, "%s cannot be shown by %s: some of its records do not carry that; its total stands", kpi->title, by);
  }
  if (seen->flags & QUERY_FLAG_MISSING_RATES)
    note(run,
         seen->n_missing == 1 ? "%s leaves out %" G_GINT64_FORMAT
                                " amount in a currency without an exchange rate on its day; load fx_rate"
                              : "%s leaves out %" G_GINT64_FORMAT
                                " amounts in currencies without an exchange rate on their day; load fx_rate",
         kpi->title, seen->n_missing);
  if (seen->flags & QUERY_FLAG_IMMATURE)
    note(run, "%s: a period is immature until %d days after its end; it can still rise", kpi->title,
         kpi->matures_after_days);
  if (seen->flags & QUERY_FLAG_CHANGED) note_changed(run, kpi);
}

/* An answer of few records, or none, because a condition names what is not there. What is there is looked for among all
 * records, so that it is not told to who sees only some. */
static gboolean note_misspelt(QueryRun *run, GError **error) {
  if (run->sight != NULL) return TRUE;
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
  for (guint t = 0; t < run->plan->tables->len; t++) {
    const PlanTable *table = g_ptr_array_index(run->plan->tables, t);
    if (!query_where_misspelt(run->context, run->where, table->fact, notes, error)) return FALSE;
  }
  for (guint i = 0; i < notes->len; i++) {
    gboolean told = FALSE;
    for (guint before = 0; before < i && !told; before++)
      told = g_str_equal(g_ptr_array_index(notes, before), g_ptr_array_index(notes, i));
    if (!told) note(run, "%s", (const char *)g_ptr_array_index(notes, i));
  }
  return TRUE;
}

gboolean query_run_notes(QueryRun *run, GError **error) {
  const QueryResult *result = run->result;
  note_other_time(run);
  g_autofree QuerySeen *seen = g_new0(QuerySeen, result->kpis->len);
  look_at_groups(result, seen);
  for (guint k = 0; k < result->kpis->len; k++) note_kpi(run, k, &seen[k]);
  return run->context->store == NULL || (note_misspelt(run, error) && note_undated(run, error));
}

/* Whether what a person is credited with on some day of the period is visible. */
static gboolean is_seen(const QueryRun *run, gint32 person) {
  guint n;
  const QueryPlace *places = query_org_places(run->org, person, &n);
  const QueryPlace nowhere = {.region = -1};
  if (query_sight_sees(run->sight, run->org, person, nowhere)) return TRUE;
  for (guint i = 0; i < n; i++)
    if (places[i].from < run->asked.end && places[i].until > run->asked.start &&
        query_sight_sees(run->sight, run->org, person, places[i]))
      return TRUE;
  return FALSE;
}

gboolean query_run_without(QueryRun *run, GError **error) {
  if (run->context->store == NULL || run->n_dims == 0 || run->dims[0].kind != DIM_REP || run->where->people->len > 0)
    return TRUE;
  g_autoptr(GHashTable) shown = g_hash_table_new(g_str_hash, g_str_equal);
  const GPtrArray *groups = run->result->levels[run->n_dims].speaking;
  for (guint g = 0; g < groups->len; g++) {
    const QueryGroup *group = g_ptr_array_index(groups, g);
    if (group->names[0] != NULL) g_hash_table_add(shown, group->names[0]);
  }
  StoreValue days[] = {{STORE_DAY, {.integer = run->asked.start}}, {STORE_DAY, {.integer = run->asked.end}}};
  g_autoptr(StoreRows) rows = store_query(
      run->context->store,
      "SELECT key FROM person p WHERE known AND merged_into IS NULL AND (left_at_day IS "
      "NULL OR left_at_day > ?) AND "
      "(hired_at_day IS NULL OR hired_at_day < ?) AND coalesce(lower(role), 'rep') IN ('rep', 'sales', 'seller') AND "
      "NOT EXISTS (SELECT 1 FROM person q WHERE q.manager = p.key) AND NOT EXISTS (SELECT 1 FROM team t WHERE "
      "t.manager = p.key) ORDER BY coalesce(nullif(name, ''), id), key",
      days, 2, 0, error);
  if (rows == NULL) return FALSE;
  for (gsize r = 0; r < store_rows_count(rows); r++) {
    gint64 person = store_rows_value(rows, r, 0).integer;
    if (!is_seen(run, (gint32)person)) continue;
    const char *name = query_members_name(run->plan->members[0], person);
    if (!g_hash_table_contains(shown, name)) g_ptr_array_add(run->result->without, g_strdup(name));
  }
  return TRUE;
}
