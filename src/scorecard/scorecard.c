/* A scorecard put together: KPIs, rows, targets, scores, and what is to be said beside them. */
#include "scorecard/scorecard.h"

#include "scorecard/rows.h"
#include "target/members.h"

#define USUAL_TREND   12
#define TREND_QUARTER 8
#define TREND_YEAR    5
#define TREND_RANGE   4
#define SHOWN_NAMES   6

/* --- life --- */

void scorecard_free(Scorecard *scorecard) {
  if (!scorecard) return;
  g_free(scorecard->dimension);
  g_free(scorecard->member);
  g_strfreev(scorecard->by);
  g_strfreev(scorecard->where);
  g_ptr_array_unref(scorecard->kpis);
  g_array_unref(scorecard->weights);
  g_array_unref(scorecard->periods);
  g_ptr_array_unref(scorecard->rows);
  g_ptr_array_unref(scorecard->notes);
  scorecard_aims_free(scorecard->aims);
  g_free(scorecard);
}

/* So many periods before the one asked: a year and a month, so that the same month of last year is in it; two years of
 * quarters. */
static guint usual_trend(CalendarGrain grain) {
  if (grain == CALENDAR_YEAR) return TREND_YEAR;
  if (grain == CALENDAR_RANGE) return TREND_RANGE;
  return grain == CALENDAR_QUARTER ? TREND_QUARTER : USUAL_TREND;
}

static Scorecard *new_scorecard(const TargetDesk *desk, const ScorecardRequest *request) {
  static const char *const none[] = {NULL};
  Scorecard *scorecard = g_new0(Scorecard, 1);
  scorecard->dimension = g_strdup(request->dimension);
  scorecard->member = g_strdup(request->member);
  scorecard->by = g_strdupv((char **)(gpointer)(request->by ? request->by : none));
  scorecard->where = g_strdupv((char **)(gpointer)(request->where ? request->where : none));
  scorecard->compare = request->compare != QUERY_COMPARE_NONE ? request->compare : QUERY_COMPARE_PREVIOUS;
  scorecard->kpis = g_ptr_array_new();
  scorecard->weights = g_array_new(FALSE, FALSE, sizeof(double));
  scorecard->periods = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  scorecard->rows = g_ptr_array_new_with_free_func(scorecard_free_row);
  scorecard->notes = g_ptr_array_new_with_free_func(g_free);
  scorecard->cap = request->cap > 0 ? request->cap : SCORECARD_USUAL_CAP;
  guint n = request->n_trend > 0 ? MIN(request->n_trend, SCORECARD_MAX_TREND) : usual_trend(request->period.grain);
  for (guint i = n; i > 0; i--) {
    CalendarPeriod before = calendar_shift(desk->context->calendar, &request->period, -(int)i);
    g_array_append_val(scorecard->periods, before);
  }
  g_array_append_val(scorecard->periods, request->period);
  return scorecard;
}

/* --- what may be asked --- */

static gboolean check_by(const Scorecard *scorecard, GError **error) {
  guint n = g_strv_length(scorecard->by);
  if (n > SCORECARD_MAX_LEVELS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a scorecard has at most %d levels of rows, and %u were asked",
                SCORECARD_MAX_LEVELS, n);
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    gboolean of_who = scorecard->member && g_str_equal(scorecard->by[i], scorecard->dimension);
    if (!of_who && (i == 0 || !g_str_equal(scorecard->by[i], scorecard->by[0]))) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                of_who ? "the scorecard is of one %s already: rows by %s would be that one alone"
                       : "%s is asked for twice: rows by %s, then by something below it",
                scorecard->by[i], scorecard->by[i]);
    return FALSE;
  }
  return TRUE;
}

static gboolean add_kpis(Scorecard *scorecard, const TargetDesk *desk, const GPtrArray *names, GError **error) {
  for (guint i = 0; i < names->len; i++) {
    const KpiDefinition *kpi = kpi_catalogue_find(desk->context->catalogue, g_ptr_array_index(names, i), error);
    if (!kpi) return FALSE;
    if (!g_ptr_array_find(scorecard->kpis, kpi, NULL)) g_ptr_array_add(scorecard->kpis, (gpointer)kpi);
  }
  return TRUE;
}

/* Names of the rows expected on a level. */
static GPtrArray *names_on(const GPtrArray *expected, guint level) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < expected->len; i++) {
    const char *const *path = g_ptr_array_index(expected, i);
    if (g_strv_length((char **)(gpointer)path) == level) g_ptr_array_add(names, (gpointer)path[level - 1]);
  }
  return names;
}

/* Those asked, then those with targets: of whose it is, of their members. */
static gboolean choose_kpis(Scorecard *scorecard, const TargetDesk *desk, const ScorecardRequest *request,
                            const GPtrArray *expected, GError **error) {
  g_autoptr(GPtrArray) names = g_ptr_array_new(), who = g_ptr_array_new();
  for (const char *const *kpi = request->kpis; kpi && *kpi; kpi++) g_ptr_array_add(names, (gpointer)*kpi);
  g_ptr_array_add(who, scorecard->member);
  scorecard_aims_kpis(scorecard->aims, scorecard->dimension, who, names);
  for (guint level = 1; level <= g_strv_length(scorecard->by); level++) {
    g_autoptr(GPtrArray) members = names_on(expected, level);
    scorecard_aims_kpis(scorecard->aims, scorecard->by[level - 1], members, names);
  }
  if (names->len > 0) return add_kpis(scorecard, desk, names, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "there is no KPI on the scorecard: name one, or a role");
  return FALSE;
}

static gboolean check_weights(const TargetDesk *desk, const ScorecardRequest *request, GError **error) {
  for (gsize i = 0; i < request->n_weights; i++) {
    const ConfWeight *weight = &request->weights[i];
    g_autoptr(GError) missing = NULL;
    if (kpi_catalogue_find(desk->context->catalogue, weight->kpi, &missing)) continue;
    if (weight->span.file)
      base_error_at(error, BASE_ERROR_INPUT, weight->span, "the weight is of no KPI: %s", missing->message);
    else
      g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "the weight is of no KPI: %s", missing->message);
    return FALSE;
  }
  return TRUE;
}

static void set_weights(Scorecard *scorecard, const ScorecardRequest *request) {
  for (guint k = 0; k < scorecard->kpis->len; k++) {
    const KpiDefinition *kpi = g_ptr_array_index(scorecard->kpis, k);
    double weight = 1;
    for (gsize i = 0; i < request->n_weights; i++)
      if (g_str_equal(request->weights[i].kpi, kpi->name)) weight = request->weights[i].weight;
    g_array_append_val(scorecard->weights, weight);
  }
}

/* --- targets and scores --- */

static const char *member_of(const Scorecard *scorecard, const ScorecardRow *row) {
  return row->level > 0 ? row->members[row->level - 1] : scorecard->member;
}

static gboolean want_aims(Scorecard *scorecard, GArray *places, GError **error) {
  for (guint r = 0; r < scorecard->rows->len; r++) {
    const ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    const char *member = member_of(scorecard, row);
    gboolean is_none = row->level > 0 && !member;
    for (guint k = 0; k < scorecard->kpis->len; k++) {
      const KpiDefinition *kpi = g_ptr_array_index(scorecard->kpis, k);
      int place = -1;
      if (!is_none && !scorecard_aims_want(scorecard->aims, kpi->name, row->dimension, member, &place, error))
        return FALSE;
      g_array_append_val(places, place);
    }
  }
  return TRUE;
}

static void score_cell(const Scorecard *scorecard, ScorecardCell *cell, int place) {
  if (place < 0) return;
  ScorecardAim aim = scorecard_aims_get(scorecard->aims, place);
  cell->has_target = TRUE;
  cell->standing = aim.standing;
  cell->forecast = aim.forecast;
  cell->targets = aim.numbers;
  cell->derived = aim.derived;
  cell->has_points = scorecard_points(aim.standing, scorecard->cap, &cell->points);
}

static gboolean score_rows(Scorecard *scorecard, GError **error) {
  g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(int));
  if (!want_aims(scorecard, places, error) || !scorecard_aims_resolve(scorecard->aims, error)) return FALSE;
  for (guint r = 0, at = 0; r < scorecard->rows->len; r++) {
    ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    ScorecardSum sum = {0};
    for (guint k = 0; k < scorecard->kpis->len; k++, at++) {
      score_cell(scorecard, &row->cells[k], g_array_index(places, int, at));
      if (row->cells[k].has_points)
        scorecard_sum_add(&sum, g_array_index(scorecard->weights, double, k), row->cells[k].points);
    }
    row->has_score = scorecard_sum_score(&sum, &row->score);
    row->n_scored = sum.n;
  }
  return TRUE;
}

/* --- notes --- */

static gboolean is_of_part(const Scorecard *scorecard, const ScorecardCell *cell) {
  const CalendarPeriod *period = scorecard_period(scorecard, scorecard_n_periods(scorecard) - 1);
  if (!cell->has_target) return FALSE;
  const TargetTerms *terms = &cell->standing->version->terms;
  return terms->start > period->start || terms->end < period->end;
}

static void note_parts(Scorecard *scorecard) {
  for (guint k = 0; k < scorecard->kpis->len; k++) {
    const ScorecardCell *found = NULL;
    guint n = 0;
    for (guint r = 0; r < scorecard->rows->len; r++) {
      const ScorecardCell *cell = &((const ScorecardRow *)g_ptr_array_index(scorecard->rows, r))->cells[k];
      if (!is_of_part(scorecard, cell)) continue;
      if (!found) found = cell;
      n++;
    }
    if (!found) continue;
    const TargetTerms *terms = &found->standing->version->terms;
    g_autofree char *first = base_day_format(terms->start), *last = base_day_format(terms->end - 1);
    g_autofree char *others = n > 1 ? g_strdup_printf(" (and %u more)", n - 1) : g_strdup("");
    g_ptr_array_add(scorecard->notes,
                    g_strdup_printf("%s: the target is of %s to %s only%s, and its attainment is of these days",
                                    found->standing->kpi->title, first, last, others));
  }
}

/* "Sum: " and whose targets are added up, of whose scorecard it is; of groups on it their names. */
static void note_derived(Scorecard *scorecard) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  guint n = 0;
  for (guint r = 0; r < scorecard->rows->len; r++) {
    const ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    const char *name = member_of(scorecard, row);
    gboolean any = FALSE;
    for (guint k = 0; k < scorecard->kpis->len; k++) {
      const ScorecardCell *cell = &row->cells[k];
      any |= cell->derived != NULL;
      if (!cell->derived || r > 0) continue;
      g_autofree char *words =
          target_derived_words(cell->derived, name ? name : "the company", cell->standing->kpi->name);
      g_ptr_array_add(scorecard->notes, g_strconcat("Σ: ", words, NULL));
    }
    if (!any || r == 0) continue;
    if (n++ < SHOWN_NAMES) g_ptr_array_add(names, (gpointer)name);
  }
  if (n == 0) return;
  g_ptr_array_add(names, NULL);
  g_autofree char *list = g_strjoinv("; ", (char **)names->pdata);
  g_autofree char *more = n > SHOWN_NAMES ? g_strdup_printf(" and %u more", n - SHOWN_NAMES) : g_strdup("");
  g_ptr_array_add(
      scorecard->notes,
      g_strdup_printf("Σ: held against the sum of their members' targets, having none of their own: %s%s", list, more));
}

/* Whose figures here are a part of theirs: they were elsewhere, too. */
static gboolean is_elsewhere(const ScorecardRow *row, guint n_kpis) {
  for (guint k = 0; k < n_kpis; k++) {
    const ScorecardCell *cell = &row->cells[k];
    if (cell->has_target && cell->standing->actual.has_value && target_adds_up(cell->standing->kpi) &&
        cell->standing->actual.n > cell->value.n)
      return TRUE;
  }
  return FALSE;
}

static void note_movers(Scorecard *scorecard) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint r = 0; r < scorecard->rows->len; r++) {
    const ScorecardRow *row = g_ptr_array_index(scorecard->rows, r);
    if (row->level == 0 || !is_elsewhere(row, scorecard->kpis->len)) continue;
    const char *name = row->members[row->level - 1];
    if (names->len < SHOWN_NAMES && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
      g_ptr_array_add(names, (gpointer)name);
  }
  if (names->len == 0) return;
  g_ptr_array_add(names, NULL);
  g_autofree char *list = g_strjoinv(", ", (char **)names->pdata);
  g_ptr_array_add(
      scorecard->notes,
      g_strdup_printf("elsewhere, too, within the period: %s. Values are those of this group; attainment is "
                      "of all, as the target is",
                      list));
}

/* --- all of it --- */

static void note_where(Scorecard *scorecard, guint n_targets) {
  if (!scorecard->where[0] || n_targets == 0) return;
  g_ptr_array_add(scorecard->notes, g_strdup("only a part of the records is counted: targets are of all of them, so "
                                             "none is shown beside it, and there is no score"));
}

Scorecard *scorecard_new(const TargetDesk *desk, const GPtrArray *targets, const ScorecardRequest *request,
                         GError **error) {
  g_autoptr(Scorecard) scorecard = new_scorecard(desk, request);
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  if (!check_by(scorecard, error) || !check_weights(desk, request, error)) return NULL;
  const char *const groups[] = {scorecard->dimension, scorecard->by[0], scorecard->by[0] ? scorecard->by[1] : NULL,
                                NULL};
  scorecard->aims = scorecard_aims_new(desk, scorecard->where[0] ? none : targets, &request->period, groups, error);
  g_autoptr(GPtrArray) expected = scorecard->aims ? scorecard_expected(scorecard, desk, error) : NULL;
  if (!expected || !choose_kpis(scorecard, desk, request, expected, error)) return NULL;
  set_weights(scorecard, request);
  if (!scorecard_read_rows(scorecard, desk, expected, error) || !score_rows(scorecard, error)) return NULL;
  note_where(scorecard, targets->len);
  note_parts(scorecard);
  note_movers(scorecard);
  note_derived(scorecard);
  g_ptr_array_add(scorecard->notes, NULL);
  return g_steal_pointer(&scorecard);
}

/* --- reading it --- */

const char *scorecard_dimension(const Scorecard *scorecard) {
  return scorecard->dimension;
}
const char *scorecard_member(const Scorecard *scorecard) {
  return scorecard->member;
}
guint scorecard_n_kpis(const Scorecard *scorecard) {
  return scorecard->kpis->len;
}
const KpiDefinition *scorecard_kpi(const Scorecard *scorecard, guint index) {
  return g_ptr_array_index(scorecard->kpis, index);
}
double scorecard_weight(const Scorecard *scorecard, guint kpi) {
  return g_array_index(scorecard->weights, double, kpi);
}
double scorecard_cap(const Scorecard *scorecard) {
  return scorecard->cap;
}
guint scorecard_n_periods(const Scorecard *scorecard) {
  return scorecard->periods->len;
}
const CalendarPeriod *scorecard_period(const Scorecard *scorecard, guint index) {
  return &g_array_index(scorecard->periods, CalendarPeriod, index);
}
const CalendarPeriod *scorecard_compared_period(const Scorecard *scorecard) {
  return &scorecard->compared;
}
const char *const *scorecard_by(const Scorecard *scorecard) {
  return (const char *const *)scorecard->by;
}
guint scorecard_n_rows(const Scorecard *scorecard) {
  return scorecard->rows->len;
}
const ScorecardRow *scorecard_row(const Scorecard *scorecard, guint index) {
  return g_ptr_array_index(scorecard->rows, index);
}
const char *const *scorecard_notes(const Scorecard *scorecard) {
  return (const char *const *)scorecard->notes->pdata;
}
gint64 scorecard_now_us(const Scorecard *scorecard) {
  return scorecard->now_us;
}
QueryLoad scorecard_load(const Scorecard *scorecard) {
  return scorecard->load;
}
