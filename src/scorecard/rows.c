/* Rows from answers, one a level: its dimensions are whose scorecard it is, then those of `by` down to the level.
 *
 *   team:North by rep     team: level 0; team, rep: level 1
 *   company by team,rep   nothing: level 0; team: level 1; team, rep: level 2
 *
 * Each level is asked by itself, for where a deal is shared, a subtotal of people counts it in each of their teams, and
 * a team's own figure once: a row here is what `attain show` says of it, and what its target is held against. */
#include "scorecard/rows.h"

#include "target/capacity.h"
#include "target/members.h"

#include <string.h>

#define MAX_DIMS (1 + SCORECARD_MAX_LEVELS)

typedef struct {
  Scorecard *scorecard;
  GHashTable *by_path;  /* -> ScorecardRow, owned by the scorecard */
  GHashTable *expected; /* the paths that are */
  gboolean has_begun;   /* the period asked */
  guint n_prefix;       /* dimensions ahead of those of `by`: 0 of the company, else 1 */
} Build;

void scorecard_free_row(gpointer data) {
  ScorecardRow *row = data;
  for (guint i = 0; i < SCORECARD_MAX_LEVELS; i++) g_free(row->members[i]);
  g_free(row->cells[0].trend);
  g_free(row->cells);
  g_free(row);
}

/* --- who is expected --- */

static void add_path(GPtrArray *paths, const char *first, const char *second) {
  const char *const path[] = {first, second, NULL};
  g_ptr_array_add(paths, g_strdupv((char **)(gpointer)path));
}

/* The members of a dimension that carry targets, within another's member; none, where people are not counted by it. */
static GArray *carriers(const Scorecard *scorecard, const TargetDesk *desk, const char *dimension, const char *within,
                        const char *of, GError **error) {
  const CalendarPeriod *period = scorecard_period(scorecard, scorecard_n_periods(scorecard) - 1);
  g_autoptr(GError) cause = NULL;
  GArray *found = target_capacity(desk->context, dimension, within, of, period->start, period->end, &cause);
  if (found) return found;
  if (g_error_matches(cause, BASE_ERROR, BASE_ERROR_USAGE)) return g_array_new(FALSE, FALSE, sizeof(TargetCapacity));
  g_propagate_error(error, g_steal_pointer(&cause));
  return NULL;
}

static gboolean add_below(const Scorecard *scorecard, const TargetDesk *desk, const char *name, GPtrArray *paths,
                          GError **error) {
  if (!scorecard->by[1]) return TRUE;
  g_autoptr(GArray) below = carriers(scorecard, desk, scorecard->by[1], scorecard->by[0], name, error);
  for (guint i = 0; below && i < below->len; i++) add_path(paths, name, g_array_index(below, TargetCapacity, i).name);
  return below != NULL;
}

GPtrArray *scorecard_expected(const Scorecard *scorecard, const TargetDesk *desk, GError **error) {
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
  if (!scorecard->by[0]) return g_steal_pointer(&paths);
  const char *within = scorecard->member ? scorecard->dimension : NULL;
  g_autoptr(GArray) first = carriers(scorecard, desk, scorecard->by[0], within, scorecard->member, error);
  for (guint i = 0; first && i < first->len; i++) {
    const char *name = g_array_index(first, TargetCapacity, i).name;
    add_path(paths, name, NULL);
    if (!add_below(scorecard, desk, name, paths, error)) return NULL;
  }
  if (!first) return NULL;
  g_autoptr(GPtrArray) others = g_ptr_array_new();
  if (!scorecard->member) scorecard_aims_members(scorecard->aims, scorecard->by[0], others);
  for (guint i = 0; i < others->len; i++) add_path(paths, g_ptr_array_index(others, i), NULL);
  return g_steal_pointer(&paths);
}

/* --- rows --- */

static char *path_of(guint level, const char *const *members) {
  GString *path = g_string_new(NULL);
  for (guint i = 0; i < level; i++)
    g_string_append_printf(path, "%c%s", members[i] ? '=' : '0', members[i] ? members[i] : "");
  return g_string_free(path, FALSE);
}

static ScorecardRow *row_at(Build *build, guint level, const char *const *members) {
  Scorecard *scorecard = build->scorecard;
  g_autofree char *path = path_of(level, members);
  ScorecardRow *row = g_hash_table_lookup(build->by_path, path);
  if (row) return row;
  guint n_kpis = scorecard->kpis->len, n_periods = scorecard->periods->len;
  row = g_new0(ScorecardRow, 1);
  row->level = level;
  row->dimension = level > 0 ? scorecard->by[level - 1] : scorecard->dimension;
  for (guint i = 0; i < level; i++) row->members[i] = g_strdup(members[i]);
  row->cells = g_new0(ScorecardCell, n_kpis);
  QueryValue *values = g_new0(QueryValue, (gsize)n_kpis * n_periods);
  for (guint k = 0; k < n_kpis; k++) row->cells[k].trend = values + (gsize)k * n_periods;
  g_ptr_array_add(scorecard->rows, row);
  g_hash_table_insert(build->by_path, g_steal_pointer(&path), row);
  return row;
}

/* What of an answer is this scorecard's: members below whose it is. */
static void take(Build *build, const QueryRow *from, guint level) {
  Scorecard *scorecard = build->scorecard;
  if (build->n_prefix && g_strcmp0(from->members[0], scorecard->member) != 0) return;
  ScorecardRow *row = row_at(build, level, from->members + build->n_prefix);
  ScorecardCell *cell = &row->cells[from->kpi];
  cell->trend[from->period] = from->value;
  if (from->period + 1 < scorecard->periods->len) return;
  cell->value = from->value;
  cell->has_compared = from->has_compared && build->has_begun;
  cell->compared = from->compared;
  if (from->has_compared) scorecard->compared = from->compared_period;
}

static QueryResult *ask(const Scorecard *scorecard, const TargetDesk *desk, guint level, GError **error) {
  const char *by[MAX_DIMS + 1] = {0};
  guint n = 0;
  if (scorecard->member) by[n++] = scorecard->dimension;
  for (guint i = 0; i < level; i++) by[n++] = scorecard->by[i];
  g_autoptr(GPtrArray) kpis = g_ptr_array_new();
  for (guint k = 0; k < scorecard->kpis->len; k++)
    g_ptr_array_add(kpis, (gpointer)((const KpiDefinition *)g_ptr_array_index(scorecard->kpis, k))->name);
  g_ptr_array_add(kpis, NULL);
  QueryRequest request = {.kpis = (const char *const *)kpis->pdata,
                          .by = n > 0 ? by : NULL,
                          .spans = (const CalendarPeriod *)(gpointer)scorecard->periods->data,
                          .n_spans = scorecard->periods->len,
                          .where = (const char *const *)scorecard->where,
                          .compare = scorecard->compare,
                          .rates_of = BASE_DAY_NONE};
  return desk->ask ? desk->ask(desk->asker, &request, error) : query_run(desk->context, &request, error);
}

/* --- what is not there --- */

#define UNKNOWN (QUERY_FLAG_NO_DATA | QUERY_FLAG_BEFORE_DATA | QUERY_FLAG_NO_DIMENSION)

/* Of what adds up, no records are 0, unless nothing is known of anybody. */
static void settle(QueryValue *value, const QueryValue *whole, gboolean adds_up, gboolean was_asked) {
  if (!was_asked) value->flags |= whole->flags & (UNKNOWN | QUERY_FLAG_RUNNING | QUERY_FLAG_IMMATURE | QUERY_FLAG_CUT);
  if (!value->has_value && adds_up && !(value->flags & UNKNOWN) && whole->has_value) value->has_value = TRUE;
}

static void settle_row(const Scorecard *scorecard, ScorecardRow *row, const ScorecardRow *whole, gboolean was_asked) {
  guint last = scorecard->periods->len - 1;
  for (guint k = 0; k < scorecard->kpis->len; k++) {
    gboolean adds_up = target_adds_up(g_ptr_array_index(scorecard->kpis, k));
    ScorecardCell *cell = &row->cells[k];
    for (guint p = 0; p <= last; p++) settle(&cell->trend[p], &whole->cells[k].trend[p], adds_up, was_asked);
    cell->value = cell->trend[last];
  }
}

static gboolean has_records(const Scorecard *scorecard, const ScorecardRow *row) {
  for (guint k = 0; k < scorecard->kpis->len; k++) {
    const QueryValue *value = &row->cells[k].value;
    if (value->n > 0 || (value->has_base && value->has_value)) return TRUE;
  }
  return FALSE;
}

static gint compare_names(const char *a, const char *b) {
  if (!a || !b) return !a - !b;
  return g_utf8_collate(a, b);
}

static gint by_place(gconstpointer a, gconstpointer b) {
  const ScorecardRow *x = *(const ScorecardRow *const *)a, *y = *(const ScorecardRow *const *)b;
  for (guint i = 0; i < MIN(x->level, y->level); i++) {
    gint order = compare_names(x->members[i], y->members[i]);
    if (order) return order;
  }
  return (gint)x->level - (gint)y->level;
}

static gboolean is_expected(const Build *build, const ScorecardRow *row) {
  g_autofree char *path = path_of(row->level, (const char *const *)row->members);
  return row->level == 0 || g_hash_table_contains(build->expected, path);
}

static void add_expected(Build *build, const GPtrArray *expected) {
  for (guint i = 0; i < expected->len; i++) {
    const char *const *path = g_ptr_array_index(expected, i);
    guint level = g_strv_length((char **)(gpointer)path);
    g_hash_table_add(build->expected, path_of(level, path));
  }
}

static void finish_rows(Build *build, GHashTable *answered, const GPtrArray *expected) {
  Scorecard *scorecard = build->scorecard;
  for (guint i = 0; i < expected->len; i++) {
    const char *const *path = g_ptr_array_index(expected, i);
    row_at(build, g_strv_length((char **)(gpointer)path), path);
  }
  const ScorecardRow *whole = row_at(build, 0, NULL);
  for (guint r = 0; r < scorecard->rows->len; r++) {
    ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    settle_row(scorecard, row, whole, g_hash_table_contains(answered, row));
  }
  for (guint r = scorecard->rows->len; r-- > 0;) {
    const ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    if (!is_expected(build, row) && !has_records(scorecard, row)) g_ptr_array_remove_index(scorecard->rows, r);
  }
  g_ptr_array_sort(scorecard->rows, by_place);
}

static void add_notes(Scorecard *scorecard, const QueryResult *result) {
  for (const char *const *note = query_result_notes(result); *note; note++)
    if (!g_ptr_array_find_with_equal_func(scorecard->notes, *note, g_str_equal, NULL))
      g_ptr_array_add(scorecard->notes, g_strdup(*note));
  scorecard->now_us = query_result_now_us(result);
  scorecard->load = query_result_last_load(result);
}

static gboolean read_level(Build *build, const TargetDesk *desk, guint level, GError **error) {
  g_autoptr(QueryResult) result = ask(build->scorecard, desk, level, error);
  for (guint r = 0; result && r < query_result_n_rows(result); r++) take(build, query_result_row(result, r), level);
  if (result) add_notes(build->scorecard, result);
  return result != NULL;
}

gboolean scorecard_read_rows(Scorecard *scorecard, const TargetDesk *desk, const GPtrArray *expected, GError **error) {
  g_autoptr(GHashTable) by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) answered = g_hash_table_new(NULL, NULL);
  const CalendarPeriod *asked = scorecard_period(scorecard, scorecard_n_periods(scorecard) - 1);
  Build build = {.scorecard = scorecard,
                 .by_path = by_path,
                 .expected = wanted,
                 .has_begun = asked->start <= desk->context->today,
                 .n_prefix = scorecard->member ? 1 : 0};
  for (guint level = 0; level <= g_strv_length(scorecard->by); level++)
    if (!read_level(&build, desk, level, error)) return FALSE;
  for (guint r = 0; r < scorecard->rows->len; r++) g_hash_table_add(answered, g_ptr_array_index(scorecard->rows, r));
  add_expected(&build, expected);
  finish_rows(&build, answered, expected);
  return TRUE;
}
