/* Sums over entities by window: whole numbers exactly, fractions in any order and parts to the same last digit, and
 * what is said beside them. */
#include "query/each_private.h"
#include "unit.h"

#define N_WINDOWS 5
#define N_VALUES  3000

typedef struct {
  Value value;
  guint from, until;
} Added;

static const Value of_none[N_WINDOWS];

static Value number(double value) {
  return (Value){.has = TRUE, .value = value, .flags = VALUE_HAS_DATA};
}

static void add_all(EachSums *sums, const Added *added, const guint *order, guint first, guint end) {
  for (guint i = first; i < end; i++) {
    const Added *one = &added[order[i]];
    each_sums_add(sums, &one->value, one->from, one->until);
  }
}

static void shuffle(GRand *random, guint *order) {
  for (guint i = N_VALUES; i > 1; i--) {
    guint j = (guint)g_rand_int_range(random, 0, (gint32)i), swapped = order[i - 1];
    order[i - 1] = order[j];
    order[j] = swapped;
  }
}

/* 1e15 and a tenth a thousand times and 1e15 again: summed one after the other in doubles the tenths are rounded to
 * eighths; together they are 100. */
static void small_parts_are_not_lost_beside_large_ones(void **state) {
  EachSums *sums = each_sums_new(1);
  Value values[1], large = number(1e15 + 0.5), less = number(-1e15 - 0.5), tenth = number(0.1);
  each_sums_add(sums, &large, 0, 1);
  for (int i = 0; i < 1000; i++) each_sums_add(sums, &tenth, 0, 1);
  each_sums_add(sums, &less, 0, 1);
  each_sums_read(sums, of_none, values);
  assert_true(values[0].value > 100 - 1e-12 && values[0].value < 100 + 1e-12);
  assert_int_equal(values[0].n, 1002);
  each_sums_free(sums);
}

/* 2^53 + 1 + 1 = 9,007,199,254,740,994; doubles added one by one stay at 2^53. */
static void whole_numbers_are_exact(void **state) {
  EachSums *sums = each_sums_new(3);
  Value values[3], one = number(1), large = number(9007199254740991.0);
  each_sums_add(sums, &large, 0, 2);
  for (int i = 0; i < 3; i++) each_sums_add(sums, &one, 1, 3);
  each_sums_read(sums, of_none, values);
  assert_true(values[0].value == 9007199254740991.0);
  assert_true(values[1].value == 9007199254740994.0);
  assert_true(values[2].value == 3);
  assert_int_equal(values[1].n, 4);
  assert_int_equal(values[2].n, 3);
  each_sums_free(sums);
}

static void order_and_parts_change_nothing(void **state) {
  g_autoptr(GRand) random = g_rand_new_with_seed(20261122);
  g_autofree Added *added = g_new(Added, N_VALUES);
  guint order[N_VALUES];
  for (guint i = 0; i < N_VALUES; i++) {
    double value = g_rand_double_range(random, -1e9, 1e9);
    guint from = (guint)g_rand_int_range(random, 0, N_WINDOWS);
    added[i] = (Added){number(i % 3 == 0 ? (double)(gint64)value : value / 7), from,
                       (guint)g_rand_int_range(random, (gint32)from + 1, N_WINDOWS + 1)};
    order[i] = i;
  }
  Value first[N_WINDOWS], values[N_WINDOWS];
  for (guint round = 0; round < 20; round++) {
    EachSums *sums = each_sums_new(N_WINDOWS), *rest = each_sums_new(N_WINDOWS);
    guint cut = round * N_VALUES / 20;
    add_all(sums, added, order, 0, cut);
    add_all(rest, added, order, cut, N_VALUES);
    each_sums_merge(sums, rest);
    each_sums_read(sums, of_none, round == 0 ? first : values);
    for (guint p = 0; p < N_WINDOWS && round > 0; p++) {
      assert_true(values[p].value == first[p].value);
      assert_int_equal(values[p].n, first[p].n);
    }
    each_sums_free(sums);
    each_sums_free(rest);
    shuffle(random, order);
  }
}

/* Of nobody the flags are those of nothing; what lacks its data has no value. */
static void what_is_said_beside_is_kept_by_window(void **state) {
  EachSums *sums = each_sums_new(2);
  Value values[2], none[2] = {{.flags = VALUE_NO_DATA}, {.flags = VALUE_HAS_DATA}};
  Value missing = {.has = TRUE, .value = 0, .n_missing = 2, .flags = VALUE_HAS_DATA | VALUE_MISSING_RATES};
  each_sums_add(sums, &missing, 1, 2);
  each_sums_read(sums, none, values);
  assert_false(values[0].has);
  assert_int_equal(values[0].n_missing, 0);
  assert_true(values[1].has && values[1].value == 0);
  assert_int_equal(values[1].n, 0);
  assert_int_equal(values[1].n_missing, 2);
  assert_true(values[1].flags & VALUE_MISSING_RATES);
  each_sums_free(sums);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_parts_are_not_lost_beside_large_ones),
      cmocka_unit_test(whole_numbers_are_exact),
      cmocka_unit_test(order_and_parts_change_nothing),
      cmocka_unit_test(what_is_said_beside_is_kept_by_window),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
