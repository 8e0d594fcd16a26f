/* Numbers as they were reported beside what they are now.
 *
 *   snapshot's values of a KPI ──┐
 *   the answer of now ───────────┴──► by the member's name: reported, now, whether they differ
 *
 * Members are paired by their names, for a reported name stays even when nobody of that name is there any more. */
#include "snapshot/private.h"

#include <math.h>

#define TOLERANCE 1e-9 /* of the larger number: a sum of the same records never differs by so much */
#define NO_NAME   "\x01"

typedef struct {
  SnapshotComparison *comparison;
  const char *by;
  GArray *chosen; /* guint: KPIs of the snapshot */
} Comparing;

static const SnapshotKpi *kpi_at(const Snapshot *snapshot, guint index) {
  return &g_array_index(snapshot->kpis, SnapshotKpi, index);
}

static const KpiDefinition *definition_of(const KpiCatalogue *catalogue, const char *name) {
  for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++)
    if (g_str_equal(kpi_catalogue_kpi(catalogue, i)->name, name)) return kpi_catalogue_kpi(catalogue, i);
  return NULL;
}

/* --- what is compared --- */

static gboolean choose_named(const Snapshot *snapshot, const char *name, gboolean strict, GArray *chosen,
                             GError **error) {
  for (guint k = 0; k < snapshot->kpis->len; k++) {
    if (!g_str_equal(kpi_at(snapshot, k)->name, name)) continue;
    g_array_append_val(chosen, k);
    return TRUE;
  }
  if (!strict) return TRUE;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint k = 0; k < snapshot->kpis->len; k++) g_ptr_array_add(names, (gpointer)kpi_at(snapshot, k)->name);
  const char *nearest = base_nearest(name, (const char *const *)names->pdata, names->len);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s was not kept when %s was closed%s%s%s", name,
              snapshot->period.name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  return FALSE;
}

static gboolean choose(const Snapshot *snapshot, const char *const *kpis, gboolean strict, GArray *chosen,
                       GError **error) {
  for (guint k = 0; (!kpis || !*kpis) && k < snapshot->kpis->len; k++) g_array_append_val(chosen, k);
  for (; kpis && *kpis; kpis++)
    if (!choose_named(snapshot, *kpis, strict, chosen, error)) return FALSE;
  return TRUE;
}

static gboolean check_dimension(const Snapshot *snapshot, const char *by, GError **error) {
  g_auto(GStrv) kept = g_strsplit(snapshot->dimensions, " ", -1);
  if (!by || g_strv_contains((const char *const *)kept, by)) return TRUE;
  g_autofree char *names = g_strjoinv(", ", kept);
  g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "%s was not kept by %s when it was closed%s%s",
              snapshot->period.name, by, *names ? ", but by " : ": only the totals are there", names);
  return FALSE;
}

/* --- now --- */

/* By its days: the calendar may have other names for them now. */
static char *days_of(const CalendarPeriod *period) {
  g_autofree char *from = base_day_format(period->start), *to = base_day_format(period->end - 1);
  return g_strdup_printf("%s..%s", from, to);
}

static gboolean ask_now(const QueryContext *context, const Comparing *comparing, GError **error) {
  SnapshotComparison *comparison = comparing->comparison;
  const Snapshot *snapshot = comparison->snapshot;
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < comparing->chosen->len; i++) {
    guint k = g_array_index(comparing->chosen, guint, i);
    const SnapshotKpi *kpi = kpi_at(snapshot, k);
    const KpiDefinition *definition = definition_of(context->catalogue, kpi->name);
    if (!definition) {
      g_ptr_array_add(comparison->gone, (gpointer)kpi->name);
      continue;
    }
    g_autofree char *now = snapshot_definition(definition, snapshot->period.start);
    comparison->changes->pdata[k] = snapshot_definition_change(kpi->definition, now);
    g_ptr_array_add(names, (gpointer)kpi->name);
  }
  if (names->len == 0) return TRUE;
  g_ptr_array_add(names, NULL);
  g_autofree char *period = days_of(&snapshot->period);
  QueryRequest request = {.kpis = (const char *const *)names->pdata,
                          .by = comparing->by ? (const char *const[]){comparing->by, NULL} : NULL,
                          .period = period,
                          .rates_of = BASE_DAY_NONE};
  comparison->result = query_run(context, &request, error);
  return comparison->result != NULL;
}

/* --- pairs --- */

static gboolean numbers_differ(const QueryValue *a, const QueryValue *b) {
  if (a->has_value != b->has_value) return TRUE;
  return a->has_value && fabs(a->value - b->value) > TOLERANCE * fmax(fabs(a->value), fabs(b->value));
}

/* Whether a formula is 0 where there are no records: sums and counts are, a rate or a median of nothing is not. */
static gboolean is_0_of_nothing(const KpiExpr *expr, BaseDay day) {
  switch (expr->op) {
    case KPI_OP_MEASURE:
      return expr->measure->agg == KPI_AGG_COUNT || expr->measure->agg == KPI_AGG_SUM ||
             expr->measure->agg == KPI_AGG_DISTINCT;
    case KPI_OP_KPI:
      return is_0_of_nothing(query_version_in_force(expr->kpi, day)->expr, day);
    case KPI_OP_ADD:
    case KPI_OP_SUB:
      return is_0_of_nothing(expr->args[0], day) && is_0_of_nothing(expr->args[1], day);
    case KPI_OP_START:
    case KPI_OP_PREVIOUS:
    case KPI_OP_YEAR_AGO:
    case KPI_OP_SHIFT:
    case KPI_OP_TRAILING:
    case KPI_OP_TO_DATE:
    case KPI_OP_WITHIN:
      return is_0_of_nothing(expr->args[0], day);
    default:
      return FALSE;
  }
}

static SnapshotPair pair_of(const SnapshotValue *value) {
  return (SnapshotPair){
      .member = value->member, .reported = value->figures, .was_immature = strstr(value->flags, "immature") != NULL};
}

/* The members' pairs of one KPI, while they are being made. */
typedef struct {
  GArray *pairs;
  guint first, n_reported; /* of `pairs` */
  gboolean *taken;         /* by pair: an answer of now was put to it */
  GHashTable *by_name;     /* member -> index of its first pair + 1 */
  QueryValue nothing;
} Members;

/* People of one name are taken in their order. */
static SnapshotPair *find_member(Members *members, const char *member) {
  guint at = GPOINTER_TO_UINT(g_hash_table_lookup(members->by_name, member ? member : NO_NAME));
  for (; at > 0 && at <= members->n_reported; at++) {
    SnapshotPair *pair = &g_array_index(members->pairs, SnapshotPair, at - 1);
    if (g_strcmp0(pair->member, member) != 0) return NULL;
    if (members->taken[at - 1 - members->first]) continue;
    members->taken[at - 1 - members->first] = TRUE;
    return pair;
  }
  return NULL;
}

static void add_now(const Comparing *comparing, Members *members, const char *name) {
  const QueryResult *result = comparing->comparison->result;
  for (guint r = 0; result && r < query_result_n_rows(result); r++) {
    const QueryRow *row = query_result_row(result, r);
    if (!g_str_equal(query_result_kpi(result, row->kpi)->name, name)) continue;
    SnapshotPair *pair = find_member(members, row->members[0]);
    if (!pair && snapshot_is_nothing(&row->value)) continue;
    if (!pair) {
      SnapshotPair fresh = {.member = row->members[0], .reported = members->nothing};
      g_array_append_val(members->pairs, fresh);
      pair = &g_array_index(members->pairs, SnapshotPair, members->pairs->len - 1);
    }
    pair->now = row->value;
  }
}

static void add_members(const Comparing *comparing, guint kpi, const KpiDefinition *definition) {
  SnapshotComparison *comparison = comparing->comparison;
  const Snapshot *snapshot = comparison->snapshot;
  Members members = {.pairs = comparison->pairs, .first = comparison->pairs->len};
  members.nothing.has_value =
      definition &&
      is_0_of_nothing(query_version_in_force(definition, snapshot->period.start)->expr, snapshot->period.start);
  for (guint v = 0; v < snapshot->values->len; v++) {
    const SnapshotValue *value = &g_array_index(snapshot->values, SnapshotValue, v);
    if (value->kpi != kpi || g_strcmp0(value->dimension, comparing->by) != 0) continue;
    SnapshotPair pair = pair_of(value);
    pair.now = members.nothing;
    g_array_append_val(comparison->pairs, pair);
  }
  members.n_reported = members.pairs->len;
  g_autofree gboolean *taken = g_new0(gboolean, members.n_reported - members.first + 1);
  g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
  members.taken = taken;
  members.by_name = by_name;
  for (guint i = members.n_reported; i-- > members.first;) {
    const char *member = g_array_index(members.pairs, SnapshotPair, i).member;
    g_hash_table_insert(by_name, (gpointer)(member ? member : NO_NAME), GUINT_TO_POINTER(i + 1));
  }
  if (definition) add_now(comparing, &members, definition->name);
}

static const QueryValue *total_of(const QueryResult *result, const char *name, gboolean grouped) {
  guint n = !result ? 0 : grouped ? query_result_n_totals(result) : query_result_n_rows(result);
  for (guint i = 0; i < n; i++) {
    const QueryRow *row = grouped ? query_result_total(result, i) : query_result_row(result, i);
    if (row->n_members == 0 && g_str_equal(query_result_kpi(result, row->kpi)->name, name)) return &row->value;
  }
  return NULL;
}

static void add_total(const Comparing *comparing, guint kpi) {
  SnapshotComparison *comparison = comparing->comparison;
  const Snapshot *snapshot = comparison->snapshot;
  SnapshotPair total = {0};
  for (guint v = 0; v < snapshot->values->len; v++) {
    const SnapshotValue *value = &g_array_index(snapshot->values, SnapshotValue, v);
    if (value->kpi == kpi && !value->dimension) total = pair_of(value);
  }
  const QueryValue *now = total_of(comparison->result, kpi_at(snapshot, kpi)->name, comparing->by != NULL);
  if (now) total.now = *now;
  total.is_total = TRUE;
  g_array_append_val(comparison->pairs, total);
}

static void add_pairs(const Comparing *comparing, const KpiCatalogue *catalogue, guint kpi) {
  SnapshotComparison *comparison = comparing->comparison;
  guint first = comparison->pairs->len;
  if (comparing->by) add_members(comparing, kpi, definition_of(catalogue, kpi_at(comparison->snapshot, kpi)->name));
  add_total(comparing, kpi);
  for (guint i = first; i < comparison->pairs->len; i++) {
    SnapshotPair *pair = &g_array_index(comparison->pairs, SnapshotPair, i);
    pair->kpi = kpi;
    pair->differs = numbers_differ(&pair->reported, &pair->now);
  }
}

static gboolean has_money(const Snapshot *snapshot) {
  for (guint k = 0; k < snapshot->kpis->len; k++)
    if (strstr(kpi_at(snapshot, k)->unit, "money")) return TRUE;
  return FALSE;
}

SnapshotComparison *snapshot_compare(const QueryContext *context, const Snapshot *snapshot, const char *const *kpis,
                                     const char *by, gboolean strict, GError **error) {
  g_autoptr(SnapshotComparison) comparison = g_new0(SnapshotComparison, 1);
  g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(guint));
  comparison->snapshot = snapshot;
  comparison->pairs = g_array_new(FALSE, TRUE, sizeof(SnapshotPair));
  comparison->gone = g_ptr_array_new();
  comparison->changes = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_set_size(comparison->changes, (gint)snapshot->kpis->len);
  comparison->other_money = has_money(snapshot) && !g_str_equal(snapshot->currency, context->organisation->currency);
  Comparing comparing = {comparison, by, chosen};
  if (!check_dimension(snapshot, by, error) || !choose(snapshot, kpis, strict, chosen, error) ||
      !ask_now(context, &comparing, error))
    return NULL;
  for (guint i = 0; i < chosen->len; i++) add_pairs(&comparing, context->catalogue, g_array_index(chosen, guint, i));
  return g_steal_pointer(&comparison);
}

void snapshot_comparison_free(SnapshotComparison *comparison) {
  if (!comparison) return;
  g_array_unref(comparison->pairs);
  g_ptr_array_unref(comparison->changes);
  g_ptr_array_unref(comparison->gone);
  g_clear_pointer(&comparison->result, query_result_free);
  g_free(comparison);
}
