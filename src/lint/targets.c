/* Rules about what targets are of, what they are held against, and definitions that change under them. */
#include "lint/goals.h"
#include "lint/lint_private.h"

#include <math.h>

#define FAR_DAYS  550 /* a year and a half */
#define N_RISING  12
#define MAX_NAMED 6

static const TargetTerms *terms_of(const Lint *lint, const Target *target) {
  return &lint_version(lint, target)->terms;
}

static char *target_subject(const Target *target) {
  return g_strdup_printf("target %" G_GINT64_FORMAT, target->number);
}

static char *of_whom(const Lint *lint, const Target *target) {
  const TargetTerms *terms = terms_of(lint, target);
  g_autofree char *who = target_who_write(terms->dimension, terms->member);
  return g_strdup_printf("%s for %s", terms->kpi, who);
}

/* --- leading beside lagging: of whoever has more than parts of others' targets --- */

static gboolean has_data(const Lint *lint, const KpiDefinition *kpi) {
  g_autoptr(GPtrArray) missing = lint_missing(lint->context, kpi, NULL);
  return missing && missing->len == 0;
}

static void add_leading(const Lint *lint, const char *const *names, GPtrArray *leading) {
  for (guint i = 0; names && names[i]; i++) {
    const KpiDefinition *kpi = kpi_catalogue_find(lint->context->catalogue, names[i], NULL);
    if (kpi && kpi->timing == KPI_LEADING && has_data(lint, kpi) &&
        !g_ptr_array_find_with_equal_func(leading, kpi->name, g_str_equal, NULL))
      g_ptr_array_add(leading, (gpointer)kpi->name);
  }
}

static void tell_lagging(Lint *lint, const char *who, const GPtrArray *targets) {
  g_autoptr(GPtrArray) lagging = g_ptr_array_new(), leading = g_ptr_array_new();
  for (guint i = 0; i < targets->len; i++) {
    const KpiDefinition *kpi = lint_kpi(lint, g_ptr_array_index(targets, i));
    if (!kpi || g_ptr_array_find(lagging, kpi->name, NULL)) continue;
    g_ptr_array_add(lagging, (gpointer)kpi->name);
    add_leading(lint, kpi->drivers, leading);
    add_leading(lint, kpi->see_also, leading);
  }
  g_autofree char *are = lint_list(lagging, MAX_NAMED);
  g_autofree char *could = leading->len ? lint_list(leading, 4) : g_strdup("those of `attain choose`");
  LintFinding *finding =
      lint_add(lint, g_strdup(who),
               g_strdup_printf("All targets of %s are of results (%s); none is of what leads to them.", who, are),
               "Set one for a leading KPI beside them, such as %s.", could);
  lint_figure(finding, "lagging", lagging->len);
  lint_figure(finding, "leading", 0);
}

gboolean lint_only_lagging(Lint *lint, GError **error) {
  g_autoptr(GHashTable) by_who = lint_by_who(lint);
  g_autoptr(GPtrArray) keys = lint_keys(by_who);
  for (guint i = 0; i < keys->len; i++) {
    const GPtrArray *targets = g_hash_table_lookup(by_who, g_ptr_array_index(keys, i));
    gboolean leads = FALSE, lags = FALSE, is_own = FALSE;
    for (guint t = 0; t < targets->len; t++) {
      const Target *target = g_ptr_array_index(targets, t);
      const KpiDefinition *kpi = lint_kpi(lint, target);
      is_own |= target->parent == 0;
      if (kpi) *(kpi->timing == KPI_LEADING ? &leads : &lags) = TRUE;
    }
    if (lags && !leads && is_own) tell_lagging(lint, g_ptr_array_index(keys, i), targets);
  }
  return TRUE;
}

/* --- a count for its own sake --- */

static gboolean is_activity_count(const KpiDefinition *kpi) {
  return kpi->timing == KPI_LEADING && kpi->better == KPI_HIGHER && kpi->unit.kind == KPI_COUNT && target_adds_up(kpi);
}

gboolean lint_vanity(Lint *lint, GError **error) {
  g_autoptr(GHashTable) by_who = lint_by_who(lint);
  g_autoptr(GPtrArray) keys = lint_keys(by_who);
  for (guint i = 0; i < keys->len; i++) {
    const char *who = g_ptr_array_index(keys, i);
    const GPtrArray *targets = g_hash_table_lookup(by_who, who);
    g_autoptr(GPtrArray) counts = g_ptr_array_new();
    gboolean has_outcome = FALSE;
    for (guint t = 0; t < targets->len; t++) {
      const KpiDefinition *kpi = lint_kpi(lint, g_ptr_array_index(targets, t));
      has_outcome |= kpi && (kpi->timing == KPI_LAGGING || lint_is_rate(kpi));
      if (kpi && is_activity_count(kpi) && !g_ptr_array_find(counts, kpi->name, NULL))
        g_ptr_array_add(counts, (gpointer)kpi->name);
    }
    if (has_outcome || counts->len == 0) continue;
    g_autofree char *list = lint_list(counts, MAX_NAMED);
    LintFinding *finding =
        lint_add(lint, g_strdup(who),
                 g_strdup_printf("%s is held to how much is done (%s), and to nothing that comes of it.", who, list),
                 "Set a target of the outcome beside it, such as won_deals, or of the rate between the two.");
    lint_figure(finding, "counts", counts->len);
    lint_figure(finding, "outcomes", 0);
  }
  return TRUE;
}

/* --- what can only rise --- */

static gboolean can_fall(const KpiMeasure *measure, gpointer data) {
  gboolean only_adds = measure->agg == KPI_AGG_COUNT || measure->agg == KPI_AGG_DISTINCT;
  return !(only_adds &&
           ((measure->when == KPI_WHEN_LEVEL && !measure->until && !measure->due) || measure->when == KPI_WHEN_ALWAYS));
}

static gboolean is_running_sum(const KpiExpr *expr) {
  while (expr->op == KPI_OP_KPI) expr = lint_formula(expr->kpi);
  if (expr->op == KPI_OP_LIFETIME)
    return expr->args[0]->op == KPI_OP_MEASURE &&
           (expr->args[0]->measure->agg == KPI_AGG_COUNT || expr->args[0]->measure->agg == KPI_AGG_DISTINCT);
  return expr->op == KPI_OP_MEASURE && !can_fall(expr->measure, NULL);
}

static gboolean has_target(const Lint *lint, const KpiDefinition *kpi) {
  for (guint i = 0; i < lint->current->len; i++)
    if (g_str_equal(terms_of(lint, g_ptr_array_index(lint->current, i))->kpi, kpi->name)) return TRUE;
  return FALSE;
}

static gboolean tell_rising(Lint *lint, const KpiDefinition *kpi, GError **error) {
  const char *kpis[] = {kpi->name, NULL};
  CalendarPeriod now = calendar_period_at(lint->context->calendar, CALENDAR_MONTH, lint->context->today);
  CalendarPeriod first = calendar_shift(lint->context->calendar, &now, -N_RISING);
  CalendarPeriod last = calendar_shift(lint->context->calendar, &now, -1);
  g_autofree char *period = g_strdup_printf("%s..%s", first.name, last.name);
  QueryRequest request = {
      .kpis = kpis, .period = period, .has_grain = TRUE, .grain = CALENDAR_MONTH, .rates_of = BASE_DAY_NONE};
  g_autoptr(QueryResult) result = query_run(lint->context, &request, error);
  if (!result) return FALSE;
  guint n = query_result_n_rows(result);
  double from = n ? query_result_row(result, 0)->value.value : 0,
         to = n ? query_result_row(result, n - 1)->value.value : 0;
  LintFinding *finding = lint_add(
      lint, g_strdup(kpi->name),
      g_strdup_printf(
          "%s counts all there ever were and can only rise: from %.0f to %.0f in the last 12 months, and it would "
          "have risen however these went.",
          kpi->title, from, to),
      "Count what is new in a period (`on` in place of `from`), or what still holds (`from … until …`).");
  lint_figure(finding, "first", from);
  lint_figure(finding, "last", to);
  return TRUE;
}

gboolean lint_always_rises(Lint *lint, GError **error) {
  for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
    if ((!kpi->built_in || has_target(lint, kpi)) && kpi->better == KPI_HIGHER && is_running_sum(lint_formula(kpi)) &&
        !tell_rising(lint, kpi, error))
      return FALSE;
  }
  return TRUE;
}

/* --- a rate alone --- */

gboolean lint_rate_alone(Lint *lint, GError **error) {
  g_autoptr(GHashTable) by_who = lint_by_who(lint);
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *target = g_ptr_array_index(lint->current, i);
    const KpiDefinition *kpi = lint_kpi(lint, target);
    if (!kpi || !lint_is_rate(kpi)) continue;
    const TargetTerms *terms = terms_of(lint, target);
    g_autofree char *who = target_who_write(terms->dimension, terms->member), *what = of_whom(lint, target);
    const GPtrArray *beside = g_hash_table_lookup(by_who, who);
    gboolean has_volume = FALSE;
    for (guint t = 0; t < beside->len && !has_volume; t++) {
      const KpiDefinition *other = lint_kpi(lint, g_ptr_array_index(beside, t));
      has_volume = other && other != kpi && target_adds_up(other) && lint_share_table(kpi, other);
    }
    if (has_volume) continue;
    gint64 n = g_array_index(lint->standings, TargetStanding, i).actual.n;
    g_autofree char *records = base_count_words(n, "# {record|records}");
    LintFinding *finding = lint_add(
        lint, target_subject(target),
        g_strdup_printf(
            "%s is a rate with a target, and %s has none of its volume: it rests on %s so far, and is easiest met "
            "with few.",
            what, who, records),
        "Set a target of what it is a rate of beside it: a count or an amount.");
    lint_figure(finding, "n", (double)n);
  }
  return TRUE;
}

/* --- a whole that is the mean of its parts --- */

typedef struct {
  guint n;
  double sum, weighted, weight, low, high;
} Parts;

static Parts parts_of(const Lint *lint, const Target *whole, const char *kpi) {
  Parts parts = {.low = INFINITY, .high = -INFINITY};
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *part = g_ptr_array_index(lint->current, i);
    const TargetStanding *standing = &g_array_index(lint->standings, TargetStanding, i);
    if (part->parent != whole->number || !standing->has_amount || !g_str_equal(terms_of(lint, part)->kpi, kpi))
      continue;
    double weight = standing->actual.has_parts ? fabs(standing->actual.denominator) : 0;
    parts.n++;
    parts.sum += standing->amount;
    parts.weighted += standing->amount * weight;
    parts.weight += weight;
    parts.low = fmin(parts.low, standing->amount);
    parts.high = fmax(parts.high, standing->amount);
  }
  return parts;
}

gboolean lint_target_mean(Lint *lint, GError **error) {
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *whole = g_ptr_array_index(lint->current, i);
    const TargetStanding *standing = &g_array_index(lint->standings, TargetStanding, i);
    if (!standing->kpi || !standing->has_amount || !lint_is_rate(standing->kpi)) continue;
    Parts parts = parts_of(lint, whole, standing->kpi->name);
    if (parts.n < 2 || !(parts.weight > 0) || parts.low == parts.high) continue;
    double mean = parts.sum / parts.n, due = parts.weighted / parts.weight, size = fabs(standing->amount);
    if (fabs(standing->amount - mean) > 0.005 * size || fabs(due - mean) < 0.02 * size) continue;
    g_autofree char *what = of_whom(lint, whole);
    LintFinding *finding = lint_add(
        lint, target_subject(whole),
        g_strdup_printf("%s is to be %.4g, which is the plain mean of its %u parts' targets; met by all of them, their "
                        "records would make %.4g.",
                        what, standing->amount, parts.n, due),
        "Set the whole's target to what the parts come to by their records, and never to their mean.");
    lint_figure(finding, "target", standing->amount);
    lint_figure(finding, "mean_of_parts", mean);
    lint_figure(finding, "by_records", due);
  }
  return TRUE;
}

/* --- without a baseline, without a date that matters --- */

/* The same terms for the span of the same length before. */
static Target *shadow_of(const Lint *lint, const Target *target) {
  TargetTerms before;
  target_terms_copy(&before, terms_of(lint, target));
  BaseDay length = before.end - before.start;
  before.end = before.start;
  before.start -= length;
  before.kind = before.kind == TARGET_GROW || before.kind == TARGET_REDUCE ? TARGET_REACH : before.kind;
  Target *shadow = target_new(0, 0);
  shadow->number = target->number;
  g_ptr_array_add(shadow->versions, target_version_new(&before));
  target_terms_clear(&before);
  return shadow;
}

gboolean lint_no_baseline(Lint *lint, GError **error) {
  g_autoptr(GPtrArray) shadows = g_ptr_array_new_with_free_func((GDestroyNotify)target_free);
  for (guint i = 0; i < lint->current->len; i++)
    g_ptr_array_add(shadows, shadow_of(lint, g_ptr_array_index(lint->current, i)));
  TargetDesk desk = {.context = lint->context};
  g_autoptr(GArray) standings = target_standings(&desk, shadows, error);
  for (guint i = 0; standings && i < standings->len; i++) {
    const TargetStanding *before = &g_array_index(standings, TargetStanding, i);
    const TargetStanding *now = &g_array_index(lint->standings, TargetStanding, i);
    if (!before->kpi || now->has_baseline || (before->actual.has_value && before->actual.n > 0)) continue;
    const TargetTerms *terms = &target_latest(g_ptr_array_index(shadows, i))->terms;
    g_autofree char *what = of_whom(lint, g_ptr_array_index(lint->current, i));
    g_autofree char *from = base_day_format(terms->start), *to = base_day_format(terms->end - 1);
    LintFinding *finding =
        lint_add(lint, target_subject(g_ptr_array_index(lint->current, i)),
                 g_strdup_printf("%s has no baseline: there is no record of it from %s to %s.", what, from, to),
                 "Load what was before (`attain load`), or measure one period first and set the target then.");
    lint_figure(finding, "n_before", (double)before->actual.n);
  }
  return standings != NULL;
}

gboolean lint_no_date(Lint *lint, GError **error) {
  for (guint i = 0; i < lint->current->len; i++) {
    const Target *target = g_ptr_array_index(lint->current, i);
    const TargetTerms *terms = terms_of(lint, target);
    BaseDay left = terms->end - lint->context->today;
    gboolean has_stations = terms->has_per && terms->per < CALENDAR_YEAR;
    if (left <= FAR_DAYS || has_stations) continue;
    g_autofree char *what = of_whom(lint, target), *end = base_day_format(terms->end - 1);
    LintFinding *finding =
        lint_add(lint, target_subject(target),
                 g_strdup_printf("%s is due on %s, in %d days: nobody is late for that.", what, end, left),
                 "Set targets for the quarters on the way, and keep this one as what they lead to.");
    lint_figure(finding, "days_left", left);
  }
  return TRUE;
}

/* --- a definition that changed --- */

static const CalendarPeriod *cut_by(const Lint *lint, BaseDay from, CalendarPeriod *period) {
  static const CalendarGrain grains[] = {CALENDAR_MONTH, CALENDAR_QUARTER};
  for (guint i = 0; i < G_N_ELEMENTS(grains); i++) {
    *period = calendar_period_at(lint->context->calendar, grains[i], lint->context->today);
    if (from > period->start && from < period->end) return period;
  }
  return NULL;
}

static void tell_changed(Lint *lint, const KpiDefinition *kpi, guint v, const GPtrArray *targets,
                         const CalendarPeriod *period) {
  g_autofree char *day = base_day_format(kpi->versions[v].from),
                  *list = targets->len ? lint_list(targets, MAX_NAMED) : NULL;
  g_autofree char *what = targets->len ? g_strdup_printf("within the span of target %s", list)
                                       : g_strdup_printf("within %s, which runs", period->name);
  LintFinding *finding = lint_add(
      lint, g_strdup(kpi->name),
      g_strdup_printf("%s is computed in another way from %s on, %s: before `%s`, then `%s`.", kpi->title, day, what,
                      kpi->versions[v - 1].formula, kpi->versions[v].formula),
      "Let the new formula begin with the next period (`from:`), or agree on the target again: attain target adjust "
      "NUMBER --reason \"new definition\"");
  lint_figure(finding, "targets", targets->len);
}

gboolean lint_changed(Lint *lint, GError **error) {
  for (guint i = 0; i < kpi_catalogue_n_kpis(lint->context->catalogue); i++) {
    const KpiDefinition *kpi = kpi_catalogue_kpi(lint->context->catalogue, i);
    for (guint v = 1; v < kpi->n_versions; v++) {
      BaseDay from = kpi->versions[v].from;
      g_autoptr(GPtrArray) hit = g_ptr_array_new_with_free_func(g_free);
      for (guint t = 0; t < lint->current->len; t++) {
        const Target *target = g_ptr_array_index(lint->current, t);
        const TargetTerms *terms = terms_of(lint, target);
        if (g_str_equal(terms->kpi, kpi->name) && from > terms->start && from < terms->end)
          g_ptr_array_add(hit, g_strdup_printf("%" G_GINT64_FORMAT, target->number));
      }
      CalendarPeriod period;
      const CalendarPeriod *cut = cut_by(lint, from, &period);
      if (hit->len > 0 || cut) tell_changed(lint, kpi, v, hit, cut);
    }
  }
  return TRUE;
}
