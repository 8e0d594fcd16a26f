/* Targets brought to a period. What is made here is a target like any other, so where it stands and what will become of
 * it is computed by the same code as for targets that people made. */
#include "scorecard/aims.h"

#include "target/members.h"

#include <math.h>

/* A target that bears on the period, with its amount. */
typedef struct {
  const Target *target;
  const TargetVersion *version;
  const KpiDefinition *kpi;
  gboolean has_amount;
  double amount, amount_high;
} Source;

typedef struct {
  const Target *target; /* one of `targets`, of `derived` or of `made` */
  GArray *numbers;
  TargetDerived *derived;
} Aim;

struct ScorecardAims {
  TargetDesk desk;
  CalendarPeriod period;
  GArray *sources;     /* Source, by number of target */
  GHashTable *by_whom; /* "kpi\ndimension\nmember" -> GArray of guint into `sources` */
  GHashTable *wanted;  /* the same key -> GINT of its aim + 1 */
  GArray *aims;        /* Aim */
  GPtrArray *made;     /* Target */
  GPtrArray *derived;  /* TargetDerived */
  GArray *standings, *forecasts;
};

/* --- life --- */

static void clear_aim(gpointer data) {
  g_array_unref(((Aim *)data)->numbers);
  target_derived_free(((Aim *)data)->derived);
}

static void free_target(gpointer data) {
  target_free(data);
}

void scorecard_aims_free(ScorecardAims *aims) {
  if (!aims) return;
  g_array_unref(aims->sources);
  g_hash_table_unref(aims->by_whom);
  g_hash_table_unref(aims->wanted);
  g_array_unref(aims->aims);
  g_ptr_array_unref(aims->made);
  g_ptr_array_unref(aims->derived);
  g_clear_pointer(&aims->standings, g_array_unref);
  g_clear_pointer(&aims->forecasts, g_array_unref);
  g_free(aims);
}

static char *folded_name(const char *name) {
  return name ? g_utf8_casefold(name, -1) : g_strdup("");
}

static char *key_of(const char *kpi, const char *dimension, const char *member) {
  g_autofree char *folded = folded_name(member);
  return g_strconcat(kpi, "\n", dimension, "\n", folded, NULL);
}

/* --- which targets there are --- */

static gboolean is_of_period(const TargetTerms *terms, const CalendarPeriod *period) {
  return terms->start == period->start && terms->end == period->end;
}

static gboolean has_ended_by(const TargetTerms *terms, const CalendarPeriod *period) {
  return terms->end <= period->start || terms->start >= period->end;
}

static void add_source(ScorecardAims *aims, const Target *target) {
  const TargetVersion *version = target_in_force(target, aims->desk.context->today);
  if (!version || target_state(target) != TARGET_AGREED || has_ended_by(&version->terms, &aims->period)) return;
  Source source = {.target = target, .version = version};
  source.kpi = kpi_catalogue_find(aims->desk.context->catalogue, version->terms.kpi, NULL);
  if (!source.kpi) return;
  char *key = key_of(version->terms.kpi, version->terms.dimension, version->terms.member);
  GArray *list = g_hash_table_lookup(aims->by_whom, key);
  if (!list) {
    list = g_array_new(FALSE, FALSE, sizeof(guint));
    g_hash_table_insert(aims->by_whom, key, list);
  } else {
    g_free(key);
  }
  g_array_append_val(list, aims->sources->len);
  g_array_append_val(aims->sources, source);
}

/* What targets of other days come to: a change against a baseline has to be asked for. */
static gboolean find_amounts(ScorecardAims *aims, GError **error) {
  g_autoptr(GPtrArray) others = g_ptr_array_new();
  g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < aims->sources->len; i++) {
    Source *source = &g_array_index(aims->sources, Source, i);
    if (is_of_period(&source->version->terms, &aims->period)) continue;
    g_ptr_array_add(others, (gpointer)source->target);
    g_array_append_val(places, i);
  }
  if (others->len == 0) return TRUE;
  g_autoptr(GArray) standings = target_standings(&aims->desk, others, error);
  for (guint i = 0; standings && i < standings->len; i++) {
    const TargetStanding *standing = &g_array_index(standings, TargetStanding, i);
    Source *source = &g_array_index(aims->sources, Source, g_array_index(places, guint, i));
    source->has_amount = standing->has_amount;
    source->amount = standing->amount;
    source->amount_high = standing->amount_high;
  }
  return standings != NULL;
}

/* What groups are to reach by their members. */
static gboolean derive(ScorecardAims *aims, const GPtrArray *targets, const char *group, GError **error) {
  TargetDeriveRequest request = {.dimension = group, .ends_after = aims->period.start - 1};
  GPtrArray *found = target_derive(&aims->desk, targets, &request, error);
  for (guint i = 0; found && i < found->len; i++)
    add_source(aims, ((const TargetDerived *)g_ptr_array_index(found, i))->target);
  if (found) g_ptr_array_extend_and_steal(aims->derived, found);
  return found != NULL;
}

ScorecardAims *scorecard_aims_new(const TargetDesk *desk, const GPtrArray *targets, const CalendarPeriod *period,
                                  const char *const *groups, GError **error) {
  g_autoptr(ScorecardAims) aims = g_new0(ScorecardAims, 1);
  aims->desk = *desk;
  aims->period = *period;
  aims->sources = g_array_new(FALSE, FALSE, sizeof(Source));
  aims->by_whom = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
  aims->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  aims->aims = g_array_new(FALSE, FALSE, sizeof(Aim));
  g_array_set_clear_func(aims->aims, clear_aim);
  aims->made = g_ptr_array_new_with_free_func(free_target);
  aims->derived = target_derived_array();
  for (guint i = 0; i < targets->len; i++) add_source(aims, g_ptr_array_index(targets, i));
  for (; *groups; groups++)
    if (!derive(aims, targets, *groups, error)) return NULL;
  return find_amounts(aims, error) ? g_steal_pointer(&aims) : NULL;
}

void scorecard_aims_kpis(const ScorecardAims *aims, const char *dimension, const GPtrArray *members, GPtrArray *kpis) {
  g_autoptr(GHashTable) wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < members->len; i++) g_hash_table_add(wanted, folded_name(g_ptr_array_index(members, i)));
  for (guint i = 0; i < aims->sources->len; i++) {
    const Source *source = &g_array_index(aims->sources, Source, i);
    g_autofree char *member = folded_name(source->version->terms.member);
    if (g_str_equal(source->version->terms.dimension, dimension) && g_hash_table_contains(wanted, member) &&
        !g_ptr_array_find_with_equal_func(kpis, source->kpi->name, g_str_equal, NULL))
      g_ptr_array_add(kpis, (gpointer)source->kpi->name);
  }
}

void scorecard_aims_members(const ScorecardAims *aims, const char *dimension, GPtrArray *members) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < aims->sources->len; i++) {
    const TargetTerms *terms = &g_array_index(aims->sources, Source, i).version->terms;
    if (terms->member && g_str_equal(terms->dimension, dimension) && g_hash_table_add(seen, folded_name(terms->member)))
      g_ptr_array_add(members, terms->member);
  }
}

/* --- which of them count --- */

static const Source *source_at(const ScorecardAims *aims, const GArray *list, guint i) {
  return &g_array_index(aims->sources, Source, g_array_index(list, guint, i));
}

static const Source *of_period(const ScorecardAims *aims, const GArray *list) {
  for (guint i = 0; i < list->len; i++)
    if (is_of_period(&source_at(aims, list, i)->version->terms, &aims->period)) return source_at(aims, list, i);
  return NULL;
}

/* The narrowest that has all of the period in it. */
static const Source *around_period(const ScorecardAims *aims, const GArray *list) {
  const Source *found = NULL;
  for (guint i = 0; i < list->len; i++) {
    const Source *one = source_at(aims, list, i);
    const TargetTerms *terms = &one->version->terms;
    if (!one->has_amount || terms->start > aims->period.start || terms->end < aims->period.end) continue;
    if (!found || terms->end - terms->start < found->version->terms.end - found->version->terms.start) found = one;
  }
  return found;
}

/* The one that began last, as seen today. */
static const Source *last_begun(const ScorecardAims *aims, const GArray *list) {
  const Source *found = NULL;
  for (guint i = 0; i < list->len; i++) {
    const Source *one = source_at(aims, list, i);
    const TargetTerms *terms = &one->version->terms;
    if (!one->has_amount || (found && terms->start > aims->desk.context->today)) continue;
    if (!found || terms->start > found->version->terms.start) found = one;
  }
  return found;
}

static gint by_start(gconstpointer a, gconstpointer b) {
  const TargetTerms *x = &(*(const Source *const *)a)->version->terms,
                    *y = &(*(const Source *const *)b)->version->terms;
  if (x->start != y->start) return x->start < y->start ? -1 : 1;
  return x->end > y->end ? -1 : x->end < y->end;
}

static gboolean same_direction(const Source *a, const Source *b) {
  TargetKind x = a->version->terms.kind, y = b->version->terms.kind;
  return (x == TARGET_BETWEEN) == (y == TARGET_BETWEEN) &&
         target_is_lower_better(x, a->kpi->better) == target_is_lower_better(y, b->kpi->better);
}

/* The widest ones, one after the other; caller frees the array of const Source *. */
static GPtrArray *within_period(const ScorecardAims *aims, const GArray *list) {
  GPtrArray *found = g_ptr_array_new();
  g_autoptr(GPtrArray) all = g_ptr_array_new();
  for (guint i = 0; i < list->len; i++)
    if (source_at(aims, list, i)->has_amount) g_ptr_array_add(all, (gpointer)source_at(aims, list, i));
  g_ptr_array_sort(all, by_start);
  for (guint i = 0; i < all->len; i++) {
    const Source *one = g_ptr_array_index(all, i), *last = found->len ? found->pdata[found->len - 1] : NULL;
    if (!last || (one->version->terms.start >= last->version->terms.end && same_direction(one, last)))
      g_ptr_array_add(found, (gpointer)one);
  }
  return found;
}

/* --- making one of them --- */

static TargetKind settled(TargetKind kind) {
  return kind == TARGET_GROW ? TARGET_ABOVE : kind == TARGET_REDUCE ? TARGET_BELOW : kind;
}

static void add_part(TargetVersion *version, BaseDay start, BaseDay end, double weight) {
  TargetPart part = {.start = start, .end = end, .weight = weight};
  if (start < end) g_array_append_val(version->parts, part);
}

/* What a source's spread puts on the days [from, until), as parts of `version`; days without any before them. */
static gboolean add_days(const ScorecardAims *aims, TargetVersion *version, const Source *source, BaseDay from,
                         BaseDay until, GError **error) {
  g_auto(TargetSpread) spread = {0};
  gboolean fell_back;
  const Calendar *calendar = aims->desk.context->calendar;
  if (!target_version_spread(&aims->desk, source->version, &spread, &fell_back, error)) return FALSE;
  BaseDay covered = version->terms.end == BASE_DAY_NONE ? from : version->terms.end;
  add_part(version, covered, from, 0);
  for (guint p = 0; p < spread.parts->len; p++) {
    const TargetPart *part = &g_array_index(spread.parts, TargetPart, p);
    BaseDay last = MIN(part->end, until);
    for (BaseDay day = MAX(part->start, from); day < last;) {
      BaseDay next = spread.all_days ? day + 1 : last;
      double share = target_spread_share(&spread, calendar, next) - target_spread_share(&spread, calendar, day);
      add_part(version, day, next, source->amount * share);
      version->terms.amount += source->amount * share;
      version->terms.amount_high += source->amount_high * share;
      day = next;
    }
  }
  version->terms.end = until;
  return TRUE;
}

/* By hand only where that spreads something. */
static void settle_spread(TargetVersion *version) {
  double sum = 0;
  gboolean below = FALSE;
  for (guint i = 0; i < version->parts->len; i++) {
    double weight = g_array_index(version->parts, TargetPart, i).weight;
    sum += weight;
    below |= weight < 0;
  }
  version->spread = sum > 0 && !below ? TARGET_SPREAD_BY_HAND : TARGET_SPREAD_WORKING_DAYS;
}

static TargetVersion *new_version(const Source *source, BaseDay start, BaseDay end) {
  TargetTerms terms = source->version->terms;
  terms.kind = settled(terms.kind);
  terms.has_per = terms.is_percent = FALSE;
  terms.baseline_start = terms.baseline_end = BASE_DAY_NONE;
  terms.amount = source->amount;
  terms.amount_high = source->amount_high;
  terms.start = start;
  terms.end = end;
  return target_version_new(&terms);
}

static const Target *make_target(ScorecardAims *aims, TargetVersion *version) {
  Target *made = target_new_made(version);
  g_ptr_array_add(aims->made, made);
  return made;
}

/* Of a KPI that stands by itself: the same amount, of the days that both have. */
static const Target *same_amount(ScorecardAims *aims, const Source *source) {
  const TargetTerms *terms = &source->version->terms;
  BaseDay start = MAX(terms->start, aims->period.start), end = MIN(terms->end, aims->period.end);
  if (start == terms->start && end == terms->end) return source->target;
  return make_target(aims, new_version(source, start, end));
}

static const Target *sum_of(ScorecardAims *aims, const GPtrArray *sources, GError **error) {
  const Source *first = g_ptr_array_index(sources, 0);
  if (sources->len == 1 && first->version->terms.start >= aims->period.start &&
      first->version->terms.end <= aims->period.end)
    return first->target;
  BaseDay start = MAX(first->version->terms.start, aims->period.start);
  g_autoptr(TargetVersion) version = new_version(first, start, BASE_DAY_NONE);
  version->terms.amount = version->terms.amount_high = 0;
  for (guint i = 0; i < sources->len; i++) {
    const Source *source = g_ptr_array_index(sources, i);
    BaseDay from = MAX(source->version->terms.start, aims->period.start);
    BaseDay until = MIN(source->version->terms.end, aims->period.end);
    if (!add_days(aims, version, source, from, until, error)) return NULL;
  }
  settle_spread(version);
  return make_target(aims, g_steal_pointer(&version));
}

static void add_aim(ScorecardAims *aims, const Target *target, const GPtrArray *sources) {
  Aim aim = {target, g_array_new(FALSE, FALSE, sizeof(gint64)), NULL};
  g_autoptr(GPtrArray) derived = g_ptr_array_new();
  for (guint i = 0; i < sources->len; i++) {
    const Target *source = ((const Source *)g_ptr_array_index(sources, i))->target;
    const TargetDerived *of_members = target_derived_of(aims->derived, source);
    if (of_members)
      g_ptr_array_add(derived, (gpointer)of_members);
    else
      g_array_append_val(aim.numbers, source->number);
  }
  if (derived->len > 0) {
    aim.derived = target_derived_together(derived);
    g_array_append_vals(aim.numbers, aim.derived->numbers->data, aim.derived->numbers->len);
  }
  g_array_append_val(aims->aims, aim);
}

static gboolean find_aim(ScorecardAims *aims, const GArray *list, GError **error) {
  const Source *one = of_period(aims, list);
  gboolean adds_up = target_adds_up(source_at(aims, list, 0)->kpi);
  g_autoptr(GPtrArray) sources = NULL;
  const Target *target = one ? one->target : NULL;
  if (!one) one = around_period(aims, list);
  if (!one && !adds_up) one = last_begun(aims, list);
  if (one) {
    sources = g_ptr_array_new();
    g_ptr_array_add(sources, (gpointer)one);
  } else {
    sources = within_period(aims, list);
  }
  if (sources->len == 0) return TRUE;
  if (!target) target = adds_up ? sum_of(aims, sources, error) : same_amount(aims, one);
  if (target) add_aim(aims, target, sources);
  return target != NULL;
}

gboolean scorecard_aims_want(ScorecardAims *aims, const char *kpi, const char *dimension, const char *member,
                             int *index, GError **error) {
  g_autofree char *key = key_of(kpi, dimension, member);
  gpointer known = g_hash_table_lookup(aims->wanted, key);
  const GArray *list = g_hash_table_lookup(aims->by_whom, key);
  *index = -1;
  if (known) *index = GPOINTER_TO_INT(known) - 1;
  if (known || !list) return TRUE;
  guint n_before = aims->aims->len;
  if (!find_aim(aims, list, error)) return FALSE;
  if (aims->aims->len == n_before) return TRUE;
  *index = (int)n_before;
  g_hash_table_insert(aims->wanted, g_steal_pointer(&key), GINT_TO_POINTER(*index + 1));
  return TRUE;
}

gboolean scorecard_aims_resolve(ScorecardAims *aims, GError **error) {
  g_autoptr(GPtrArray) targets = g_ptr_array_new();
  for (guint i = 0; i < aims->aims->len; i++)
    g_ptr_array_add(targets, (gpointer)g_array_index(aims->aims, Aim, i).target);
  aims->standings = target_standings(&aims->desk, targets, error);
  if (!aims->standings) return FALSE;
  aims->forecasts = pace_forecasts(&aims->desk, aims->standings, error);
  return aims->forecasts != NULL;
}

ScorecardAim scorecard_aims_get(const ScorecardAims *aims, int index) {
  return (ScorecardAim){&g_array_index(aims->standings, TargetStanding, index),
                        &g_array_index(aims->forecasts, PaceForecast, index),
                        g_array_index(aims->aims, Aim, index).numbers, g_array_index(aims->aims, Aim, index).derived};
}
