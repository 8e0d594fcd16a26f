/* Where targets stand.
 *
 *   targets ─► which KPIs of whom in which spans ─► one question for each span and dimension ─► figures of each member
 *                                                                                        ▼
 *                                             amount (baseline, per) ─► score; spread ─► due by now, ahead, days
 *
 * "By now" is the end of the clock's day, as in comparisons with earlier periods: today's records are in the actual, so
 * today is in what is due. */
#include "target/standing.h"

#include "target/asking.h"
#include "target/names.h"
#include "target/share.h"

#include <math.h>

/* --- amounts --- */

/* How many of the periods that `per` names are in a span; a cut one counts by its working days. */
static double periods_in(const Calendar *calendar, CalendarGrain per, BaseDay start, BaseDay end) {
  double n = 0;
  for (BaseDay day = start; day < end;) {
    CalendarPeriod period = calendar_period_at(calendar, per, day);
    BaseDay until = MIN(period.end, end);
    int whole = calendar_working_days(calendar, period.start, period.end);
    if (day == period.start && until == period.end)
      n += 1;
    else if (whole > 0)
      n += (double)calendar_working_days(calendar, day, until) / whole;
    else
      n += (double)(until - day) / (period.end - period.start);
    day = period.end;
  }
  return n;
}

/* A baseline of other days is brought to the span's length: by the periods of `per`, else by working days where they
 * differ by more than a holiday or two would explain (a tenth). Of one that still runs, the days so far are brought to
 * it. */
static double length_ratio(const Calendar *calendar, const TargetTerms *terms, BaseDay baseline_end) {
  gboolean runs = baseline_end < terms->baseline_end;
  if (terms->has_per) {
    double there = periods_in(calendar, terms->per, terms->baseline_start, baseline_end);
    return there > 0 ? periods_in(calendar, terms->per, terms->start, terms->end) / there : 1;
  }
  double there = calendar_working_days(calendar, terms->baseline_start, baseline_end);
  double here = calendar_working_days(calendar, terms->start, terms->end);
  return there > 0 && (runs || fabs(here / there - 1) > 0.1) ? here / there : 1;
}

static gboolean is_change(TargetKind kind) {
  return kind == TARGET_GROW || kind == TARGET_REDUCE;
}

void target_amount_whole(const QueryContext *context, const KpiDefinition *kpi, const TargetTerms *terms,
                         double *amount, double *amount_high) {
  gboolean adds_up = terms->has_per && target_adds_up(kpi);
  double times = adds_up ? periods_in(context->calendar, terms->per, terms->start, terms->end) : 1;
  *amount = terms->amount * times;
  *amount_high = terms->amount_high * times;
}

static void resolve_amount(const QueryContext *context, TargetStanding *standing, const QueryValue *baseline) {
  const TargetTerms *terms = &standing->version->terms;
  double amount, amount_high;
  target_amount_whole(context, standing->kpi, terms, &amount, &amount_high);
  if (!is_change(terms->kind)) {
    standing->has_amount = TRUE;
    standing->amount = amount;
    standing->amount_high = amount_high;
    return;
  }
  if (!baseline || !baseline->has_value || terms->baseline_start > context->today) return;
  gboolean adds_up = target_adds_up(standing->kpi);
  BaseDay baseline_end = MIN(terms->baseline_end, context->today + 1);
  standing->has_baseline = standing->has_amount = TRUE;
  standing->baseline_runs = baseline_end < terms->baseline_end;
  standing->baseline = baseline->value * (adds_up ? length_ratio(context->calendar, terms, baseline_end) : 1);
  double change = terms->is_percent ? terms->amount : amount;
  standing->amount = target_amount_of(terms->kind, terms->is_percent, change, standing->baseline);
}

/* --- what is due --- */

/* The first day by whose start the spread has come to `share`. */
static BaseDay day_of_share(const TargetSpread *spread, const Calendar *calendar, BaseDay start, BaseDay end,
                            double share) {
  BaseDay low = start, high = end;
  while (low < high) {
    BaseDay middle = low + (high - low) / 2;
    if (target_spread_share(spread, calendar, middle) < share - 1e-12)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void resolve_days(const QueryContext *context, const TargetTerms *terms, TargetStanding *standing) {
  const Calendar *calendar = context->calendar;
  BaseDay until = CLAMP(context->today + 1, terms->start, terms->end);
  standing->phase = context->today < terms->start  ? TARGET_NOT_BEGUN
                    : context->today >= terms->end ? TARGET_ENDED
                                                   : TARGET_RUNNING;
  standing->working_days = calendar_working_days(calendar, terms->start, terms->end);
  standing->working_days_left = calendar_working_days(calendar, until, terms->end);
}

static void resolve_rate(TargetStanding *standing, double amount) {
  int done = standing->working_days - standing->working_days_left;
  standing->has_rate = standing->phase == TARGET_RUNNING && done > 0 && standing->working_days_left > 0;
  if (!standing->has_rate) return;
  standing->rate_so_far = standing->actual.value / done;
  standing->rate_needed = (amount - standing->actual.value) / standing->working_days_left;
}

static void resolve_due(const QueryContext *context, const TargetSpread *spread, TargetStanding *standing) {
  const TargetTerms *terms = &standing->version->terms;
  const Calendar *calendar = context->calendar;
  BaseDay until = CLAMP(context->today + 1, terms->start, terms->end);
  double amount = terms->kind == TARGET_BETWEEN ? standing->amount_high : standing->amount;
  gboolean is_lower = target_is_lower_better(terms->kind, standing->kpi->better);
  standing->share = target_spread_share(spread, calendar, until);
  standing->has_due = TRUE;
  standing->due = amount * standing->share;
  standing->ahead = is_lower ? standing->due - standing->actual.value : standing->actual.value - standing->due;
  if (terms->kind == TARGET_BETWEEN) {
    double low = standing->amount * standing->share;
    standing->ahead =
        standing->actual.value < low ? standing->actual.value - low : MIN(standing->due - standing->actual.value, 0);
  }
  if (terms->kind != TARGET_BETWEEN) resolve_rate(standing, amount);
  standing->has_days = amount > 0 && terms->kind != TARGET_BETWEEN;
  if (!standing->has_days) return;
  BaseDay reached = day_of_share(spread, calendar, terms->start, terms->end, standing->actual.value / amount);
  int days = reached >= until ? calendar_working_days(calendar, until, reached)
                              : -calendar_working_days(calendar, reached, until);
  standing->days_ahead = is_lower ? -days : days;
}

/* --- the span's figures --- */

/* Members of targets that nobody set, but that follow from others': these have names only. */
typedef struct {
  const char *dimension; /* of whose table the names are */
  const char *table;
  TargetNames *names;
} Named;

static void named_clear(Named *named) {
  g_clear_pointer(&named->names, target_names_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Named, named_clear)

static gboolean find_member(const TargetDesk *desk, Named *named, TargetVersion *version, GError **error) {
  const TargetTerms *terms = &version->terms;
  if (version->member_table || !terms->member) return TRUE;
  if (g_strcmp0(named->dimension, terms->dimension) != 0) {
    const char *table;
    named_clear(named);
    named->dimension = NULL;
    if (!target_names_table(desk->context->store, terms->dimension, &table, error)) return FALSE;
    named->table = g_intern_string(table);
    if (table && !(named->names = target_names_load(desk->context->store, table, error))) return FALSE;
    named->dimension = g_intern_string(terms->dimension);
  }
  version->member_table = named->table;
  version->member_key = named->names ? target_names_find(named->names, terms->member) : 0;
  return TRUE;
}

/* Who asks takes a figure for the member's: it is told of what they see all of. A target whose member is not among
 * people and teams is of all that they see. */
static gboolean sees_all_of(const TargetDesk *desk, const QueryOrg *org, const TargetVersion *version, BaseDay start,
                            BaseDay end) {
  const QueryContext *context = desk->context;
  if (!version->member_table || version->member_key <= 0) return TRUE;
  QueryShare share = target_version_share(context, org, version, start, MIN(end, context->today + 1));
  return share == QUERY_SHARE_ALL || share == QUERY_SHARE_EMPTY;
}

static gboolean find_partial(const TargetDesk *desk, GArray *standings, GError **error) {
  if (!desk->context->sight) return TRUE;
  g_autoptr(QueryOrg) org = query_org_load(desk->context, error);
  g_auto(Named) named = {0};
  for (guint i = 0; org && i < standings->len; i++) {
    TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    const TargetTerms *terms = &standing->version->terms;
    g_autoptr(TargetVersion) version = target_version_new(terms);
    version->member_table = standing->version->member_table;
    version->member_key = standing->version->member_key;
    if (!find_member(desk, &named, version, error)) return FALSE;
    standing->is_partial =
        !sees_all_of(desk, org, version, terms->start, terms->end) ||
        (is_change(terms->kind) && !sees_all_of(desk, org, version, terms->baseline_start, terms->baseline_end));
  }
  return org != NULL;
}

static gboolean has_begun(const TargetStanding *standing) {
  return standing->phase != TARGET_NOT_BEGUN;
}

static gboolean stand(const TargetDesk *desk, const TargetAnswers *answers, TargetStanding *standing, GError **error) {
  const TargetTerms *terms = &standing->version->terms;
  resolve_days(desk->context, terms, standing);
  if (!standing->kpi) return TRUE;
  if (standing->is_partial) {
    resolve_amount(desk->context, standing, NULL);
    return TRUE;
  }
  const QueryValue *baseline =
      is_change(terms->kind) ? target_answers_find(answers, terms, terms->baseline_start, terms->baseline_end) : NULL;
  resolve_amount(desk->context, standing, baseline);
  gboolean adds_up = target_adds_up(standing->kpi);
  const QueryValue *actual = has_begun(standing) ? target_answers_find(answers, terms, terms->start, terms->end) : NULL;
  if (actual) standing->actual = *actual;
  if (!standing->actual.has_value && adds_up && has_begun(standing)) standing->actual.has_value = TRUE;
  standing->has_score = standing->actual.has_value && standing->has_amount;
  if (!standing->has_score) return TRUE;
  standing->share = 1;
  standing->score =
      target_score(terms->kind, standing->kpi->better, standing->amount, standing->amount_high, standing->actual.value);
  if (!adds_up) return TRUE;
  g_auto(TargetSpread) spread = {0};
  gboolean fell_back;
  if (!target_version_spread(desk, standing->version, &spread, &fell_back, error)) return FALSE;
  resolve_due(desk->context, &spread, standing);
  return TRUE;
}

GArray *target_standings(const TargetDesk *desk, const GPtrArray *targets, GError **error) {
  g_autoptr(GArray) standings = g_array_sized_new(FALSE, TRUE, sizeof(TargetStanding), targets->len);
  g_autoptr(TargetAnswers) answers = target_answers_new(desk);
  for (guint i = 0; i < targets->len; i++) {
    const Target *target = g_ptr_array_index(targets, i);
    TargetStanding standing = {.target = target, .version = target_in_force(target, desk->context->today)};
    if (!standing.version) standing.version = target_latest(target);
    const TargetTerms *terms = &standing.version->terms;
    standing.kpi = kpi_catalogue_find(desk->context->catalogue, terms->kpi, NULL);
    if (standing.kpi && terms->start <= desk->context->today)
      target_answers_want(answers, terms, terms->start, terms->end);
    if (standing.kpi && is_change(terms->kind))
      target_answers_want(answers, terms, terms->baseline_start, terms->baseline_end);
    g_array_append_val(standings, standing);
  }
  if (!target_answers_ask(answers, error) || !find_partial(desk, standings, error)) return NULL;
  for (guint i = 0; i < standings->len; i++)
    if (!stand(desk, answers, &g_array_index(standings, TargetStanding, i), error)) return NULL;
  return g_steal_pointer(&standings);
}
