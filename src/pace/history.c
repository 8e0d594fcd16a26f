/* The past of all members of a dimension, by window.
 *
 * Where a KPI adds up, what there was in a past window is brought to the working days and the season of the running one
 * before windows are compared. */
#include "pace/history.h"

#include <math.h>

#define COMPANY       "company"
#define MONTHS        48
#define QUIET_WINDOWS 3 /* a member without a record in so many of the last windows is taken to have left */

typedef struct {
  gboolean has, before_data;
  gint64 n;
  double value;
} Figure;

typedef struct {
  const KpiDefinition *kpi;
  double index[12]; /* of the season */
  PaceModel *model; /* made when it is first asked for */
} Series;

struct PaceHistory {
  TargetDesk desk;
  char *dimension;
  PaceWindows windows;
  GArray *series;      /* Series */
  GArray *spans;       /* CalendarPeriod: of each window to its position (once begun) and whole; last the like one */
  GHashTable *members; /* folded name -> index + 1 */
  GPtrArray *figures;  /* of each member: Figure, series × spans */
};

/* --- questions --- */

QueryResult *pace_ask(const TargetDesk *desk, const char *const *kpis, const char *dimension, const GArray *spans,
                      GError **error) {
  const char *const by[] = {dimension, NULL};
  QueryRequest request = {.kpis = kpis,
                          .by = dimension ? by : NULL,
                          .spans = (const CalendarPeriod *)(gpointer)spans->data,
                          .n_spans = spans->len,
                          .rates_of = BASE_DAY_NONE};
  return desk->ask ? desk->ask(desk->asker, &request, error) : query_run(desk->context, &request, error);
}

double pace_within_unit(const KpiDefinition *kpi, double value) {
  return kpi->proportion ? CLAMP(value, 0, 1) : value;
}

/* --- making --- */

static void clear_series(gpointer data) {
  pace_model_free(((Series *)data)->model);
}

static gboolean has_begun(const PaceHistory *history) {
  return history->windows.now.position > history->windows.now.start;
}

static gboolean has_like(const PaceHistory *history) {
  return history->windows.like.end > history->windows.like.start;
}

static void add_span(GArray *spans, BaseDay start, BaseDay end) {
  CalendarPeriod span = {.grain = CALENDAR_RANGE, .start = start, .end = end};
  g_snprintf(span.name, sizeof span.name, "%d..%d", start, end);
  g_array_append_val(spans, span);
}

PaceHistory *pace_history_new(const TargetDesk *desk, const char *dimension, BaseDay start, BaseDay end) {
  PaceHistory *history = g_new0(PaceHistory, 1);
  history->desk = *desk;
  history->dimension = g_strdup(dimension);
  history->series = g_array_new(FALSE, TRUE, sizeof(Series));
  g_array_set_clear_func(history->series, clear_series);
  history->spans = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  history->members = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  history->figures = g_ptr_array_new_with_free_func(g_free);
  pace_windows_init(&history->windows, desk->context->calendar, start, end, desk->context->today);
  for (guint w = 0; w < history->windows.n_past; w++) {
    const PaceWindow *window = &history->windows.past[w];
    if (has_begun(history)) add_span(history->spans, window->start, MAX(window->position, window->start + 1));
    add_span(history->spans, window->start, window->end);
  }
  if (has_like(history)) add_span(history->spans, history->windows.like.start, history->windows.like.end);
  return history;
}

void pace_history_free(PaceHistory *history) {
  if (!history) return;
  g_free(history->dimension);
  g_array_unref(history->series);
  g_array_unref(history->spans);
  g_hash_table_unref(history->members);
  g_ptr_array_unref(history->figures);
  g_free(history);
}

const PaceWindows *pace_history_windows(const PaceHistory *history) {
  return &history->windows;
}

static Series *find_series(const PaceHistory *history, const KpiDefinition *kpi) {
  for (guint i = 0; i < history->series->len; i++) {
    Series *series = &g_array_index(history->series, Series, i);
    if (series->kpi == kpi) return series;
  }
  return NULL;
}

void pace_history_want(PaceHistory *history, const KpiDefinition *kpi) {
  Series series = {.kpi = kpi};
  for (int m = 0; m < 12; m++) series.index[m] = 1;
  if (!find_series(history, kpi)) g_array_append_val(history->series, series);
}

/* --- asking --- */

static char *member_key(const char *member) {
  return member ? g_utf8_casefold(member, -1) : g_strdup("");
}

static gboolean find_member(const PaceHistory *history, const char *member, guint *index) {
  g_autofree char *key = member_key(member);
  guint found = GPOINTER_TO_UINT(g_hash_table_lookup(history->members, key));
  *index = found - 1;
  return found > 0;
}

static Figure *figures_of(PaceHistory *history, const char *member) {
  guint index;
  if (find_member(history, member, &index)) return g_ptr_array_index(history->figures, index);
  Figure *figures = g_new0(Figure, (gsize)history->series->len * history->spans->len);
  g_ptr_array_add(history->figures, figures);
  g_hash_table_insert(history->members, member_key(member), GUINT_TO_POINTER(history->figures->len));
  return figures;
}

static const char **names_of(const PaceHistory *history, gboolean adding_only) {
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < history->series->len; i++) {
    const KpiDefinition *kpi = g_array_index(history->series, Series, i).kpi;
    if (!adding_only || target_adds_up(kpi)) g_ptr_array_add(names, (gpointer)kpi->name);
  }
  g_ptr_array_add(names, NULL);
  return (const char **)g_ptr_array_free(names, FALSE);
}

static gboolean ask_members(PaceHistory *history, GError **error) {
  gboolean of_all = g_str_equal(history->dimension, COMPANY);
  g_autofree const char **kpis = names_of(history, FALSE);
  g_autoptr(GError) missing = NULL;
  g_autoptr(QueryResult) result =
      pace_ask(&history->desk, kpis, of_all ? NULL : history->dimension, history->spans, &missing);
  if (!result && g_error_matches(missing, BASE_ERROR, BASE_ERROR_NOT_FOUND)) return TRUE;
  if (!result) {
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
  }
  Figure *figures = NULL;
  const char *member = NULL; /* whose they are: rows come member by member */
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!of_all && !row->members[0]) continue;
    if (!figures || row->members[0] != member) figures = figures_of(history, of_all ? NULL : row->members[0]);
    member = row->members[0];
    figures[row->kpi * history->spans->len + row->period] = (Figure){
        row->value.has_value, (row->value.flags & QUERY_FLAG_BEFORE_DATA) != 0, row->value.n, row->value.value};
  }
  return TRUE;
}

/* The whole months before today, the oldest first. */
static GArray *months_before(BaseDay today) {
  GArray *months = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  BaseCivil now = base_day_to_civil(today + 1);
  for (int back = MONTHS; back > 0; back--) {
    int at = now.year * 12 + now.month - 1 - back;
    add_span(months, base_day_from_civil(at / 12, at % 12 + 1, 1),
             base_day_from_civil((at + 1) / 12, (at + 1) % 12 + 1, 1));
  }
  return months;
}

/* The season of each KPI that adds up, from the whole company's months. */
static gboolean ask_seasons(PaceHistory *history, GError **error) {
  const Calendar *calendar = history->desk.context->calendar;
  g_autofree const char **kpis = names_of(history, TRUE);
  if (!kpis[0]) return TRUE;
  g_autoptr(GArray) months = months_before(history->desk.context->today);
  g_autoptr(QueryResult) result = pace_ask(&history->desk, kpis, NULL, months, error);
  if (!result) return FALSE;
  guint n_kpis = query_result_n_kpis(result);
  g_autofree double *totals = g_new0(double, (gsize)n_kpis *MONTHS);
  g_autofree guint *first = g_new0(guint, n_kpis);
  for (guint r = 0; r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    const CalendarPeriod *month = &g_array_index(months, CalendarPeriod, row->period);
    int days = calendar_working_days(calendar, month->start, month->end);
    totals[row->kpi * MONTHS + row->period] = row->value.has_value ? row->value.value / MAX(days, 1) : 0;
    if (row->value.flags & QUERY_FLAG_BEFORE_DATA || (row->value.n == 0 && first[row->kpi] == row->period))
      first[row->kpi] = MAX(first[row->kpi], row->period + 1);
  }
  for (guint k = 0; k < n_kpis; k++) {
    Series *series = find_series(history, query_result_kpi(result, k));
    if (first[k] >= MONTHS) continue;
    int month = base_day_to_civil(g_array_index(months, CalendarPeriod, first[k]).start).month;
    pace_season(totals + k * MONTHS + first[k], MONTHS - first[k], month, series->index);
  }
  return TRUE;
}

gboolean pace_history_ask(PaceHistory *history, GError **error) {
  if (history->series->len == 0 || history->spans->len == 0) return TRUE;
  return ask_members(history, error) && (history->figures->len == 0 || ask_seasons(history, error));
}

/* --- models --- */

typedef struct {
  double at, rest; /* by which what there was in a window is multiplied */
} Ratios;

static double ratio(double now, double then) {
  return now > 0 && then > 0 ? now / then : 1;
}

static Ratios ratios_of(const PaceHistory *history, const Series *series, const PaceWindow *window) {
  const Calendar *calendar = history->desk.context->calendar;
  const PaceWindow *now = &history->windows.now;
  return (Ratios){ratio(pace_days_weight(calendar, series->index, now->start, now->position),
                        pace_days_weight(calendar, series->index, window->start, window->position)),
                  ratio(pace_days_weight(calendar, series->index, now->position, now->end),
                        pace_days_weight(calendar, series->index, window->position, window->end))};
}

/* Whether there was nothing to position in: then the position is the first day's start. */
static gboolean at_start(const PaceWindow *window) {
  return window->position <= window->start;
}

static PacePast past_of(const PaceHistory *history, const Series *series, const Figure *figures, guint w,
                        const Ratios *ratios) {
  gboolean begun = has_begun(history);
  const Figure *whole = &figures[begun ? 2 * w + 1 : w], *part = begun ? &figures[2 * w] : NULL;
  if (part && at_start(&history->windows.past[w])) part = NULL;
  if (!target_adds_up(series->kpi))
    return (PacePast){whole->has && !whole->before_data, part && part->has, part ? part->value : 0, whole->value};
  double at = part && part->has ? part->value : 0;
  double rest = (whole->has ? whole->value : 0) - at;
  return (PacePast){!whole->before_data, TRUE, at * ratios->at, rest * ratios->rest};
}

/* A member is there from their first window with a record on; and no more after their last, where that is long ago. */
static void leave_out_absence(const PaceHistory *history, const Figure *figures, PacePast *past) {
  gboolean begun = has_begun(history);
  guint n = history->windows.n_past, first = n, last = 0;
  for (guint w = 0; w < n; w++) {
    if (figures[begun ? 2 * w + 1 : w].n == 0) continue;
    first = MIN(first, w);
    last = w;
  }
  for (guint w = 0; w < n; w++)
    if (w < first || (w > last && n - 1 - last >= QUIET_WINDOWS)) past[w].has = FALSE;
}

/* Behind those who have a past comes one who has none: who began in this very period goes by their peers. */
static guint newcomer(const PaceHistory *history) {
  return history->figures->len;
}

static PaceModel *make_model(const PaceHistory *history, const Series *series) {
  guint n_windows = history->windows.n_past, n_members = history->figures->len;
  guint k = (guint)(series - &g_array_index(history->series, Series, 0));
  gboolean adds_up = target_adds_up(series->kpi);
  g_autofree Ratios *ratios = g_new0(Ratios, n_windows);
  for (guint w = 0; adds_up && w < n_windows; w++) ratios[w] = ratios_of(history, series, &history->windows.past[w]);
  gboolean of_all = g_str_equal(history->dimension, COMPANY);
  g_autofree PacePast *past = g_new0(PacePast, (gsize)(n_members + 1) * n_windows);
  for (guint m = 0; m < n_members; m++) {
    const Figure *figures = (const Figure *)g_ptr_array_index(history->figures, m) + (gsize)k * history->spans->len;
    for (guint w = 0; w < n_windows; w++) past[m * n_windows + w] = past_of(history, series, figures, w, &ratios[w]);
    leave_out_absence(history, figures, past + m * n_windows);
  }
  int digits = target_digits(series->kpi, history->desk.context->organisation->currency);
  return pace_model_new(adds_up ? PACE_ADDS_UP : PACE_STANDS, adds_up && digits == 0, past,
                        of_all ? n_members : newcomer(history) + 1, n_windows);
}

gboolean pace_history_finish(PaceHistory *history, const KpiDefinition *kpi, const char *member, gboolean has_at,
                             double at, PaceFinish *finish) {
  Series *series = find_series(history, kpi);
  guint index;
  if (!series || history->windows.n_past == 0 || history->figures->len == 0) return FALSE;
  if (!find_member(history, member, &index)) index = newcomer(history);
  if (!series->model) series->model = make_model(history, series);
  return pace_model_finish(series->model, index, has_at, at, finish);
}

gboolean pace_history_like(const PaceHistory *history, const KpiDefinition *kpi, const char *member, double *like) {
  const Series *series = find_series(history, kpi);
  guint index;
  if (!series || !has_like(history) || !find_member(history, member, &index)) return FALSE;
  const Figure *figures = g_ptr_array_index(history->figures, index);
  gsize k = (gsize)(series - &g_array_index(history->series, Series, 0));
  const Figure *figure = &figures[k * history->spans->len + history->spans->len - 1];
  *like = figure->value;
  return !figure->before_data && (figure->has || target_adds_up(kpi));
}
