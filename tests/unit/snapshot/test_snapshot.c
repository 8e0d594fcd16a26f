/* Closed periods of a random company: what is read back is what was kept, to the last bit; what the records do
 * afterwards leaves it as it was; the difference of each member is that of a loop over the deals. */
#include "base/fault.h"
#include "company.h"
#include "snapshot/snapshot.h"

static const char definitions[] =
    "measures:\n"
    "  won: count(opportunity where outcome = 'won' on closed_at)\n"
    "  decided: count(opportunity where outcome in ('won', 'lost') on closed_at)\n"
    "  won_value: sum(opportunity.amount where outcome = 'won' on closed_at)\n"
    "  cycle: median(days(opportunity.created_at, opportunity.closed_at) where outcome = 'won' on closed_at)\n"
    "kpis:\n"
    "  deals: {name: Won deals, formula: won}\n"
    "  value: {formula: won_value}\n"
    "  rate: {formula: won / decided}\n"
    "  days: {formula: cycle}\n"
    "  sales: {formula: 'count(sale on at)'}\n";

static const char *const by_rep[] = {"rep", NULL};

static Snapshot *take(const World *world, const char *period) {
  SnapshotRequest request = {.period = period, .by = by_rep, .note = "it's kept", .as_of_us = G_MAXINT64};
  g_autoptr(GError) error = NULL;
  Snapshot *snapshot = snapshot_take(&world->context, &request, &error);
  if (snapshot == NULL) fail_msg("%s", error->message);
  return snapshot;
}

static void save(const World *world, Snapshot *snapshot, gboolean again) {
  g_autoptr(GError) error = NULL;
  if (!snapshot_save(world->store, snapshot, again, &error)) fail_msg("%s", error->message);
}

static Snapshot *read_back(const World *world, gint64 number) {
  g_autoptr(GError) error = NULL;
  Snapshot *snapshot = snapshot_read(world->store, number, &error);
  if (snapshot == NULL) fail_msg("%s", error->message);
  return snapshot;
}

static const SnapshotValue *find(const Snapshot *snapshot, const SnapshotValue *like) {
  for (guint i = 0; i < snapshot->values->len; i++) {
    const SnapshotValue *value = &g_array_index(snapshot->values, SnapshotValue, i);
    if (value->kpi == like->kpi && g_strcmp0(value->dimension, like->dimension) == 0 &&
        g_strcmp0(value->member, like->member) == 0)
      return value;
  }
  fail_msg("a value is lost");
  return NULL;
}

static void assert_same(const Snapshot *a, const Snapshot *b) {
  assert_int_equal(a->values->len, b->values->len);
  assert_int_equal(a->kpis->len, b->kpis->len);
  for (guint k = 0; k < a->kpis->len; k++) {
    const SnapshotKpi *x = &g_array_index(a->kpis, SnapshotKpi, k), *y = &g_array_index(b->kpis, SnapshotKpi, k);
    assert_string_equal(x->name, y->name);
    assert_string_equal(x->unit, y->unit);
    assert_string_equal(x->definition, y->definition);
    assert_int_equal(x->from, y->from);
  }
  for (guint i = 0; i < a->values->len; i++) {
    const SnapshotValue *value = &g_array_index(a->values, SnapshotValue, i);
    const QueryValue *x = &value->figures, *y = &find(b, value)->figures;
    assert_int_equal(x->has_value, y->has_value);
    assert_int_equal(x->n, y->n);
    assert_int_equal(x->has_parts, y->has_parts);
    assert_int_equal(x->has_interval, y->has_interval);
    assert_true(x->value == y->value && x->numerator == y->numerator && x->denominator == y->denominator);
    assert_true(x->low == y->low && x->high == y->high);
    assert_string_equal(value->flags, find(b, value)->flags);
  }
}

static World make_world(Company *company) {
  g_autoptr(GRand) random = g_rand_new_with_seed(company_seed());
  *company = company_new(random, base_day_from_civil(2024, 1, 1));
  return world_new(company, definitions, FALSE);
}

static void what_is_read_is_what_was_kept(void **state) {
  Company company;
  g_auto(World) world = make_world(&company);
  g_autoptr(Snapshot) snapshot = take(&world, "2024-Q4");
  assert_int_equal(snapshot->kpis->len, 4); /* nothing is loaded for `sales` */
  save(&world, snapshot, FALSE);
  assert_int_equal(snapshot->number, 1);
  g_autoptr(Snapshot) read = read_back(&world, 1);
  assert_same(snapshot, read);
  assert_string_equal(read->period.name, "2024-Q4");
  assert_string_equal(read->note, "it's kept");
  assert_true(read->closed_at_us == snapshot->closed_at_us && read->known_at_us == snapshot->known_at_us);
}

static void a_period_is_closed_once(void **state) {
  Company company;
  g_auto(World) world = make_world(&company);
  g_autoptr(Snapshot) first = take(&world, "2024-Q4"), second = take(&world, "2024-10..2024-12");
  save(&world, first, FALSE);
  g_autoptr(GError) error = NULL;
  assert_false(snapshot_save(world.store, second, FALSE, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
  save(&world, second, TRUE);
  assert_int_equal(second->revision, 2);
  g_autoptr(GPtrArray) list = snapshot_list(world.store, NULL);
  assert_int_equal(list->len, 2);
  assert_int_equal(((const Snapshot *)list->pdata[0])->n_values, first->values->len);
}

static void records_loaded_meanwhile_are_told(void **state) {
  Company company;
  g_auto(World) world = make_world(&company);
  g_autoptr(Snapshot) snapshot = take(&world, "2024-Q4");
  assert_true(store_run(world.store,
                        "INSERT INTO load BY NAME SELECT 7 AS load, 'crm' AS source, now()::TIMESTAMP AS \"at\"", NULL,
                        0, NULL, NULL));
  g_autoptr(GError) error = NULL;
  assert_false(snapshot_save(world.store, snapshot, FALSE, &error));
  assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_BUSY));
}

/* Whatever call fails, nothing of it is left. */
static void all_or_nothing(void **state) {
  Company company;
  g_auto(World) world = make_world(&company);
  g_autoptr(Snapshot) snapshot = take(&world, "2024-Q4");
  guint n_failed = 0;
  for (guint nth = 1;; nth++) {
    base_fault_arm("*", nth);
    gboolean saved = snapshot_save(world.store, snapshot, FALSE, NULL);
    base_fault_disarm();
    if (saved) break;
    n_failed++;
    g_autoptr(StoreRows) rows =
        store_query(world.store, "SELECT (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM snapshot_value)", NULL,
                    0, 0, NULL);
    assert_int_equal(store_rows_value(rows, 0, 0).integer, 0);
  }
  assert_true(n_failed > 5);
  g_autoptr(Snapshot) read = read_back(&world, 1);
  assert_same(snapshot, read);
}

/* --- beside what they are now --- */

static double won_by(const Company *company, int person, const CalendarPeriod *period, gboolean without_large) {
  double sum = 0;
  for (int d = 0; d < N_DEALS; d++) {
    const Deal *deal = &company->deals[d];
    gboolean counts = deal->won && deal->closed >= period->start && deal->closed < period->end;
    if (counts && (person < 0 || deal->owner == person) && !(without_large && deal->amount > 5000)) sum += deal->amount;
  }
  return sum;
}

static void the_difference_is_that_of_the_records(void **state) {
  Company company;
  g_auto(World) world = make_world(&company);
  g_autoptr(Snapshot) snapshot = take(&world, "2024-Q4");
  save(&world, snapshot, FALSE);
  assert_true(store_run(world.store, "DELETE FROM opportunity WHERE amount > 500000", NULL, 0, NULL, NULL));
  g_autoptr(Snapshot) kept = read_back(&world, 1);
  const char *kpis[] = {"value", NULL};
  g_autoptr(GError) error = NULL;
  g_autoptr(SnapshotComparison) comparison = snapshot_compare(&world.context, kept, kpis, "rep", TRUE, &error);
  if (comparison == NULL) fail_msg("%s", error->message);
  assert_true(comparison->pairs->len > 1);
  for (guint i = 0; i < comparison->pairs->len; i++) {
    const SnapshotPair *pair = &g_array_index(comparison->pairs, SnapshotPair, i);
    int person = pair->is_total ? -1 : pair->member[strlen("Person ")] - '0';
    double before = won_by(&company, person, &kept->period, FALSE),
           after = won_by(&company, person, &kept->period, TRUE);
    assert_near(before, pair->reported.value);
    assert_near(after, pair->now.value);
    assert_int_equal(pair->differs, before != after);
    assert_true(pair->reported.has_value && pair->now.has_value);
  }
}

static void another_definition_is_told(void **state) {
  assert_null(snapshot_definition_change("a = won / all_\n", "a = won / all_\n"));
  g_autofree char *part = snapshot_definition_change("a = b\nb = count(x on y)\n", "a = b\nb = count(x on z)\n");
  assert_string_equal(part, "b was count(x on y) and is now count(x on z)");
  g_autofree char *own = snapshot_definition_change("a = b / c\nb = 1\n", "a = b / d\nb = 1\n");
  assert_string_equal(own, "a was b / c and is now b / d");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_read_is_what_was_kept),         cmocka_unit_test(a_period_is_closed_once),
      cmocka_unit_test(records_loaded_meanwhile_are_told),     cmocka_unit_test(all_or_nothing),
      cmocka_unit_test(the_difference_is_that_of_the_records), cmocka_unit_test(another_definition_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
