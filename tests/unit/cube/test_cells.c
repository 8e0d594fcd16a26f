/* Cells against keeping every contribution in a list and summing it: any span of slots, any roll-up, in dense, sparse
 * and kept tables, and after any changes of the kept ones. */
#include "cube/cells.h"
#include "unit.h"

#define N_SLOTS   12
#define N_REPS    7
#define N_REGIONS 3
#define N_ADDED   500

enum { SUMS, SETS, LEAST, N_COLUMNS };

typedef struct {
  gint64 members[2]; /* region, rep */
  guint slot;
  gint64 value;
  guint32 id;
} Added;

static const CubeColumnSpec specs[N_COLUMNS] = {
    [SUMS] = {CUBE_SUM, N_SLOTS, FALSE, TRUE},
    [SETS] = {CUBE_DISTINCT, N_SLOTS, FALSE, FALSE},
    [LEAST] = {CUBE_MIN, N_SLOTS, FALSE, FALSE},
};

static void make(GRand *random, Added *added) {
  for (int i = 0; i < N_ADDED; i++) {
    gint64 rep = g_rand_int_range(random, 0, N_REPS);
    added[i] = (Added){{g_rand_int_range(random, 0, N_REGIONS), rep == 0 ? -1 : rep + (rep % 2 ? 0 : 1000000)},
                       (guint)g_rand_int_range(random, 0, N_SLOTS),
                       g_rand_int_range(random, -1000, 1000),
                       (guint32)g_rand_int_range(random, 0, 40)};
  }
}

static CubeTable *fill(CubeTable *table, const Added *added, gboolean backwards) {
  for (int i = 0; i < N_ADDED; i++) {
    const Added *one = &added[backwards ? N_ADDED - 1 - i : i];
    gint32 group = cube_table_group(table, one->members);
    cube_add_sum(table, SUMS, group, one->slot, one->value, 1);
    cube_add_moment(table, SUMS, group, one->slot, one->value, 1, (BaseDay)one->slot * 10);
    cube_add_id(table, SETS, group, one->slot, one->id);
    cube_add_number(table, LEAST, group, one->slot, (double)one->value);
  }
  return table;
}

static guint32 seed_of(void) {
  const char *given = g_getenv("ATTAIN_SEED");
  guint32 seed = given != NULL ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
  print_message("ATTAIN_SEED=%u\n", seed);
  return seed;
}

/* What the list says of a span of slots; `region`, `rep`: NULL = any. */
typedef struct {
  gint64 sum, rows, moment, distinct, least;
} Expected;

static Expected expected_of(const Added *added, const gint64 *region, const gint64 *rep, guint from, guint to) {
  Expected expected = {.least = G_MAXINT64};
  gboolean seen[40] = {FALSE};
  for (int i = 0; i < N_ADDED; i++) {
    const Added *one = &added[i];
    if (one->slot < from || one->slot >= to || (region && one->members[0] != *region) ||
        (rep && one->members[1] != *rep))
      continue;
    expected.sum += one->value;
    expected.rows++;
    expected.moment += one->value * one->slot * 10;
    expected.distinct += !seen[one->id];
    seen[one->id] = TRUE;
    expected.least = MIN(expected.least, one->value);
  }
  return expected;
}

static void check_span(const CubeTable *table, gint32 group, const Expected *expected, guint from, guint to) {
  CubeSum sum = cube_read_sum(table, SUMS, group, from, to), moment = cube_read_moment(table, SUMS, group, from, to);
  assert_int_equal(sum.sum, expected->sum);
  assert_int_equal(sum.rows, expected->rows);
  assert_int_equal(moment.sum, expected->moment);
  assert_int_equal(cube_read_distinct(table, SETS, group, from, to), expected->distinct);
  double least;
  gint64 rows;
  gboolean has = cube_read_extreme(table, LEAST, group, from, to, &least, &rows);
  assert_int_equal(has, expected->rows > 0);
  if (has) assert_true(least == (double)expected->least);
}

static void any_span_is_the_sum_of_its_rows(void **state) {
  Added added[N_ADDED];
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  make(random, added);
  for (int backwards = 0; backwards < 2; backwards++) {
    g_autoptr(CubeTable) table = fill(cube_table_new(2, specs, N_COLUMNS, 1000), added, backwards);
    cube_table_finish(table);
    assert_false(cube_table_overflowed(table));
    for (gint32 group = 0; group < cube_table_n_groups(table); group++) {
      const gint64 *members = cube_table_members(table, group);
      assert_int_equal(cube_table_find(table, members), group);
      for (guint from = 0; from <= N_SLOTS; from++)
        for (guint to = from; to <= N_SLOTS; to++) {
          Expected expected = expected_of(added, &members[0], &members[1], from, to);
          check_span(table, group, &expected, from, to);
        }
    }
  }
}

static void a_roll_up_is_the_whole_counted_again(void **state) {
  Added added[N_ADDED];
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  make(random, added);
  g_autoptr(CubeTable) table = fill(cube_table_new(2, specs, N_COLUMNS, 1000), added, FALSE);
  const guint by_region[] = {0};
  g_autoptr(CubeTable) regions = cube_table_roll_up(table, by_region, 1);
  g_autoptr(CubeTable) all = cube_table_roll_up(table, NULL, 0);
  cube_table_finish(regions);
  cube_table_finish(all);
  for (gint32 group = 0; group < cube_table_n_groups(regions); group++) {
    Expected expected = expected_of(added, cube_table_members(regions, group), NULL, 2, 9);
    check_span(regions, group, &expected, 2, 9);
  }
  Expected whole = expected_of(added, NULL, NULL, 0, N_SLOTS);
  assert_int_equal(cube_table_n_groups(all), 1);
  check_span(all, 0, &whole, 0, N_SLOTS);
}

static void sparse_tables_answer_alike(void **state) {
  Added added[N_ADDED];
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  make(random, added);
  g_autoptr(CubeTable) sparse = cube_table_new_sparse(2, specs, 2, 1000); /* SUM and DISTINCT */
  for (int i = 0; i < N_ADDED; i++) {
    gint32 group = cube_table_group(sparse, added[i].members);
    cube_add_sum(sparse, SUMS, group, added[i].slot, added[i].value, 1);
    cube_add_id(sparse, SETS, group, added[i].slot, added[i].id);
  }
  cube_table_finish(sparse);
  for (gint32 group = 0; group < cube_table_n_groups(sparse); group++) {
    const gint64 *members = cube_table_members(sparse, group);
    for (guint from = 0; from < N_SLOTS; from++) {
      Expected expected = expected_of(added, &members[0], &members[1], from, N_SLOTS);
      CubeSum sum = cube_read_sum(sparse, SUMS, group, from, N_SLOTS);
      assert_int_equal(sum.sum, expected.sum);
      assert_int_equal(sum.rows, expected.rows);
      assert_int_equal(cube_read_distinct(sparse, SETS, group, from, N_SLOTS), expected.distinct);
    }
  }
}

/* --- kept tables: changes after they are finished --- */

#define N_DAYS 300 /* several blocks */

static const CubeColumnSpec kept_specs[N_COLUMNS] = {
    [SUMS] = {CUBE_SUM, N_DAYS, FALSE, TRUE},
    [SETS] = {CUBE_DISTINCT, N_DAYS, FALSE, FALSE},
    [LEAST] = {CUBE_MIN, N_DAYS, FALSE, FALSE},
};

static void spread_over_days(Added *added) {
  for (int i = 0; i < N_ADDED; i++) added[i].slot = added[i].slot * 24 + added[i].slot;
}

/* The rows [from, to), into a table or a log. */
static CubeTable *fill_half(CubeTable *table, const Added *added, int from, int to) {
  for (int i = from; i < to; i++) {
    gint32 group = cube_table_group(table, added[i].members);
    cube_add_sum(table, SUMS, group, added[i].slot, added[i].value, 1);
    cube_add_moment(table, SUMS, group, added[i].slot, added[i].value, 1, (BaseDay)added[i].slot * 10);
    cube_add_id(table, SETS, group, added[i].slot, added[i].id);
    cube_add_number(table, LEAST, group, added[i].slot, (double)added[i].value);
  }
  return table;
}

/* The rows [from, to) are what is left of `added`; the table's groups may be whole tuples or all in one. */
static void check_kept(const CubeTable *table, const Added *added, int from, int to, GRand *random) {
  Added left[N_ADDED];
  for (int i = 0; i < N_ADDED; i++) {
    left[i] = added[i];
    if (i < from || i >= to) left[i].slot = G_MAXUINT; /* in no span */
  }
  for (gint32 group = 0; group < cube_table_n_groups(table); group++) {
    const gint64 *members = cube_table_n_members(table) == 0 ? NULL : cube_table_members(table, group);
    for (int i = 0; i < 30; i++) {
      guint first = (guint)g_rand_int_range(random, 0, N_DAYS), last = (guint)g_rand_int_range(random, 0, N_DAYS) + 1;
      Expected expected = expected_of(left, members, members ? members + 1 : NULL, MIN(first, last), last);
      check_span(table, group, &expected, MIN(first, last), last);
    }
  }
}

static void check_changes(CubeBlocks *blocks) {
  Added added[N_ADDED];
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  make(random, added);
  spread_over_days(added);
  int half = N_ADDED / 2, third = N_ADDED / 3;
  g_autoptr(CubeTable) table =
      fill_half(cube_table_new_kept(2, kept_specs, N_COLUMNS, 1000, FALSE, blocks), added, 0, half);
  g_autoptr(CubeTable) all = cube_table_roll_up(table, NULL, 0);
  cube_table_finish(table);
  cube_table_finish(all);
  check_kept(table, added, 0, half, random);
  g_autoptr(CubeTable) before = cube_table_copy(table);
  g_autoptr(CubeTable) come = fill_half(cube_table_new_log_of(table), added, half, N_ADDED);
  g_autoptr(CubeTable) gone = fill_half(cube_table_new_log_of(table), added, 0, third);
  CubeTable *const tables[] = {table, all};
  for (int t = 0; t < 2; t++) {
    assert_true(cube_table_apply(tables[t], come, &(CubeChange){1, FALSE, NULL}));
    check_kept(tables[t], added, 0, N_ADDED, random);
    assert_true(cube_table_apply(tables[t], gone, &(CubeChange){1, TRUE, NULL}));
    check_kept(tables[t], added, third, N_ADDED, random);
  }
  check_kept(before, added, 0, half, random);
  assert_false(cube_table_apply(table, gone, &(CubeChange){1, TRUE, NULL})); /* it is not there any more */
}

static void changes_leave_what_is_left(void **state) {
  check_changes(NULL);
}

/* Blocks of any sizes: spans begin and end within them and at their edges. */
static void changes_leave_what_is_left_in_months(void **state) {
  static const guint starts[] = {0, 1, 29, 60, 61, 92, 200};
  g_autoptr(CubeBlocks) months = cube_blocks_new(N_DAYS, starts, G_N_ELEMENTS(starts));
  check_changes(months);
}

/* Two groups: days 1, 1, 64 and 65 of one, day 65 of the other: four cells, then three, and none when all has gone. */
static void filled_cells_are_counted(void **state) {
  static const CubeColumnSpec one[] = {{.kind = CUBE_SUM, .n_cells = 130}, {.kind = CUBE_VALUES, .n_cells = 130}};
  static const struct {
    gint64 member;
    guint day;
  } rows[] = {{1, 1}, {1, 1}, {1, 64}, {1, 65}, {2, 65}};
  g_autoptr(CubeTable) table = cube_table_new_kept(1, one, 2, 10, FALSE, NULL);
  g_autoptr(CubeTable) gone = cube_table_new_log_of(table);
  g_autoptr(CubeTable) rest = cube_table_new_log_of(table);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    CubeTable *to[] = {table, i == 3 ? gone : rest};
    for (int t = 0; t < 2; t++) {
      gint32 group = cube_table_group(to[t], &rows[i].member);
      cube_add_sum(to[t], 0, group, rows[i].day, 7, 1);
      cube_add_number(to[t], 1, group, rows[i].day, 0.5);
    }
  }
  cube_table_finish(table);
  assert_int_equal(cube_table_n_filled(table), 2 * 4);
  assert_true(cube_table_apply(table, gone, &(CubeChange){1, TRUE, NULL}));
  assert_int_equal(cube_table_n_filled(table), 2 * 3);
  assert_true(cube_table_apply(table, rest, &(CubeChange){2, TRUE, NULL}));
  assert_int_equal(cube_table_n_filled(table), 0);
}

static void change_one(CubeTable *table, const Added *added, guint32 number, gboolean taken_away) {
  g_autoptr(CubeTable) log = fill_half(cube_table_new_log_of(table), added, 0, 1);
  assert_true(cube_table_apply(table, log, &(CubeChange){number, taken_away, NULL}));
}

/* What was found is forgotten by a change within its span, of its group and column, and by no other. */
static void findings_hold_until_their_span_changes(void **state) {
  Added here = {.members = {1, 1}, .slot = 100, .value = 5, .id = 3}, other = {.members = {2, 2}, .slot = 100};
  g_autoptr(CubeTable) table = fill_half(cube_table_new_kept(2, kept_specs, N_COLUMNS, 1000, FALSE, NULL), &here, 0, 1);
  fill_half(table, &other, 0, 1);
  cube_table_finish(table);
  gint32 group = cube_table_find(table, here.members);
  CubeFinding found = {.has_value = TRUE, .value = 2.5, .n = 7, .interval = {TRUE, 1, 4}}, read = {FALSE};
  assert_false(cube_recall(table, SETS, group, 90, 101, &read));
  static const guint spans[][2] = {{90, 101}, {100, 101}, {90, 100}, {101, 120}};
  for (guint i = 0; i < G_N_ELEMENTS(spans); i++) cube_remember(table, SETS, group, spans[i][0], spans[i][1], &found);
  assert_true(cube_recall(table, SETS, group, 90, 101, &read));
  assert_true(read.has_value && read.value == 2.5 && read.n == 7 && read.interval.high == 4);
  assert_false(cube_recall(table, LEAST, group, 90, 101, &read));
  assert_false(cube_recall(table, SETS, group, 90, 102, &read));
  change_one(table, &other, 1, TRUE);
  assert_true(cube_recall(table, SETS, group, 90, 101, &read));
  for (guint taken_away = 0; taken_away < 2; taken_away++) {
    cube_remember(table, SETS, group, 90, 101, &found);
    change_one(table, &here, 2, taken_away);
    assert_false(cube_recall(table, SETS, group, 90, 101, &read));
    assert_false(cube_recall(table, SETS, group, 100, 101, &read));
    assert_true(cube_recall(table, SETS, group, 90, 100, &read)); /* `to` is exclusive */
    assert_true(cube_recall(table, SETS, group, 101, 120, &read));
  }
  g_autoptr(CubeTable) copy = cube_table_copy(table);
  assert_false(cube_recall(copy, SETS, group, 90, 100, &read));
}

/* Many spans of one group take no more than some memory, and the last ones are there. */
static void findings_are_not_kept_for_ever(void **state) {
  Added here = {.members = {1, 1}, .slot = 100};
  g_autoptr(CubeTable) table = fill_half(cube_table_new_kept(2, kept_specs, N_COLUMNS, 1000, FALSE, NULL), &here, 0, 1);
  cube_table_finish(table);
  CubeFinding found = {.has_value = TRUE};
  gsize bytes = 0;
  for (guint day = 0; day < 290; day++) {
    found.value = day;
    cube_remember(table, SETS, 0, day, 295, &found);
    if (day == 150) bytes = cube_table_bytes(table);
  }
  assert_int_equal(cube_table_bytes(table), bytes);
  assert_true(cube_recall(table, SETS, 0, 289, 295, &found));
  assert_true(found.value == 289);
  assert_false(cube_recall(table, SETS, 0, 0, 295, &found));
}

static CubeTable *sparse_of(const Added *added, int n) {
  CubeTable *sparse = cube_table_new_kept(2, specs, 2, 1000, TRUE, NULL);
  for (int i = 0; i < n; i++) {
    gint32 group = cube_table_group(sparse, added[i].members);
    cube_add_sum(sparse, SUMS, group, added[i].slot, added[i].value, 1);
  }
  cube_table_finish(sparse);
  return sparse;
}

static void change_sparse(CubeTable *table, const Added *added, guint32 number) {
  g_autoptr(CubeTable) log = cube_table_new_log_of(table);
  cube_add_sum(log, SUMS, cube_table_group(log, added->members), added->slot, added->value, 1);
  assert_true(cube_table_apply(table, log, &(CubeChange){number, FALSE, NULL}));
}

static gboolean knows(const CubeTable *const *tables, guint n_members, const gint64 *members, GBytes *asked) {
  gint64 found = 0;
  CubeHead head = {tables, 2, members, n_members};
  gboolean has = cube_recall_head(&head, asked, &found, sizeof found);
  if (has) assert_int_equal(found, 7);
  return has;
}

/* What was found in all groups of region 1, or in all: until something of them changes in one of the tables. */
static void findings_of_a_head_hold_until_something_of_it_changes(void **state) {
  static const Added here = {{1, 10}, 3, 5, 0}, elsewhere = {{2, 10}, 3, 5, 0};
  g_autoptr(CubeTable) deals = sparse_of(&here, 1), sales = sparse_of(&elsewhere, 1);
  const CubeTable *both[] = {deals, sales};
  g_autoptr(GBytes) asked = g_bytes_new_static("customers", 9), other = g_bytes_new_static("churn", 5);
  CubeHead region = {both, 2, here.members, 1}, all = {both, 2, here.members, 0};
  gint64 found = 7;
  assert_false(knows(both, 1, here.members, asked));
  cube_remember_head(&region, asked, &found, sizeof found);
  cube_remember_head(&all, asked, &found, sizeof found);
  assert_true(knows(both, 1, here.members, asked) && knows(both, 0, NULL, asked));
  assert_false(knows(both, 1, here.members, other) || knows(both, 1, elsewhere.members, asked));
  change_sparse(deals, &elsewhere, 1);
  change_sparse(sales, &elsewhere, 1);
  assert_true(knows(both, 1, here.members, asked)); /* of another region */
  assert_false(knows(both, 0, NULL, asked));
  change_sparse(sales, &here, 2);
  assert_false(knows(both, 1, here.members, asked));
  cube_remember_head(&region, asked, &found, sizeof found);
  assert_true(knows(both, 1, here.members, asked));
}

/* Two copies that take the same changes one after the other share what they find, and neither is told what it cannot
 * know yet. */
static void findings_are_shared_by_copies(void **state) {
  static const Added here = {{1, 10}, 3, 5, 0};
  g_autoptr(CubeTable) one = sparse_of(&here, 1), copy = cube_table_copy(one);
  const CubeTable *first[] = {one, one}, *second[] = {copy, copy};
  g_autoptr(GBytes) asked = g_bytes_new_static("customers", 9);
  CubeHead region = {first, 2, here.members, 1}, same = {second, 2, here.members, 1};
  gint64 found = 7;
  cube_remember_head(&region, asked, &found, sizeof found);
  assert_true(knows(second, 1, here.members, asked));
  change_sparse(one, &here, 1);
  assert_false(knows(first, 1, here.members, asked));
  assert_true(knows(second, 1, here.members, asked));
  cube_remember_head(&region, asked, &found, sizeof found);
  assert_false(knows(second, 1, here.members, asked)); /* of a change that it has not */
  change_sparse(copy, &here, 1);
  assert_true(knows(second, 1, here.members, asked));
  change_sparse(copy, &here, 2);
  cube_remember_head(&region, asked, &found, sizeof found);
  assert_false(knows(second, 1, here.members, asked)); /* of before a change that it has */
  cube_remember_head(&same, asked, &found, sizeof found);
  assert_true(knows(second, 1, here.members, asked));
}

static void sparse_tables_change_alike(void **state) {
  Added added[N_ADDED];
  g_autoptr(GRand) random = g_rand_new_with_seed(seed_of());
  make(random, added);
  int half = N_ADDED / 2;
  g_autoptr(CubeTable) sparse = cube_table_new_kept(2, specs, 2, 1000, TRUE, NULL);
  g_autoptr(CubeTable) log = cube_table_new_log_of(sparse);
  for (int i = 0; i < N_ADDED; i++) {
    CubeTable *to = i < half ? sparse : log;
    gint32 group = cube_table_group(to, added[i].members);
    cube_add_sum(to, SUMS, group, added[i].slot, added[i].value, 1);
    cube_add_id(to, SETS, group, added[i].slot, added[i].id);
  }
  cube_table_finish(sparse);
  g_autoptr(CubeTable) before = cube_table_copy(sparse);
  assert_true(cube_table_apply(sparse, log, &(CubeChange){1, FALSE, NULL}));
  for (int taken = 0; taken < 2; taken++) {
    for (gint32 group = 0; group < cube_table_n_groups(sparse); group++) {
      const gint64 *members = cube_table_members(sparse, group);
      Expected expected = expected_of(added, &members[0], &members[1], 3, 10);
      assert_int_equal(cube_read_sum(sparse, SUMS, group, 3, 10).sum, expected.sum);
      assert_int_equal(cube_read_distinct(sparse, SETS, group, 3, 10), expected.distinct);
    }
    for (int i = half; i < N_ADDED; i++) added[i].slot = G_MAXUINT;
    if (taken == 0) assert_true(cube_table_apply(sparse, log, &(CubeChange){1, TRUE, NULL}));
  }
  assert_int_equal(cube_table_n_groups(before) <= cube_table_n_groups(sparse), TRUE);
}

static void a_sum_beyond_64_bits_is_told(void **state) {
  g_autoptr(CubeTable) table = cube_table_new(0, specs, 1, 1);
  gint32 group = cube_table_group(table, NULL);
  cube_add_sum(table, SUMS, group, 0, G_MAXINT64, 1);
  assert_false(cube_table_overflowed(table));
  cube_add_sum(table, SUMS, group, 0, 1, 1);
  assert_true(cube_table_overflowed(table));
}

/* Days in two blocks whose sums and rows end just within and just beyond 8, 16, 32 and 64 bits. */
static const struct {
  guint day;
  gint64 value;
  gint64 rows;
  guint times;
  gint64 sum, n_rows; /* of the day, when all have come */
} extremes[] = {
    {3, 1, 1, 127, 127, 127},
    {4, 1, 1, 128, 128, 128},
    {5, -1, -1, 128, -128, -128},
    {6, -1, -1, 129, -129, -129},
    {7, 0, 1, 32768, 0, 32768},
    {8, 0, -1, 32769, 0, -32769},
    {9, G_MAXINT32, 1, 1, G_MAXINT32, 1},
    {10, 1073741824, 1, 2, 2147483648, 2},
    {11, -1073741824, 1, 2, -2147483648, 2},
    {12, -2147483647, 2, 2, -4294967294, 4},
    {40, 4611686018427387904, 3, 1, 4611686018427387904, 3},
    {41, -4611686018427387904, 1, 2, G_MININT64, 2},
    {42, 4611686018427387904, 1, 1, 4611686018427387904, 1},
};

static CubeTable *add_extremes(CubeTable *table, guint first, guint step) {
  gint32 group = cube_table_group(table, NULL);
  for (guint e = 0; e < G_N_ELEMENTS(extremes); e++)
    for (guint i = first; i < extremes[e].times; i += step) {
      cube_add_sum(table, 0, group, extremes[e].day, extremes[e].value, extremes[e].rows);
      cube_add_sum(table, 1, group, extremes[e].day, extremes[e].rows, extremes[e].rows);
    }
  return table;
}

static void check_extremes(const CubeTable *table, gboolean all) {
  gint64 n_rows = 0;
  for (guint e = 0; e < G_N_ELEMENTS(extremes); e++) {
    guint day = extremes[e].day;
    CubeSum sum = cube_read_sum(table, 0, 0, day, day + 1), count = cube_read_sum(table, 1, 0, day, day + 1);
    assert_true(sum.sum == (all ? extremes[e].sum : 0) && sum.rows == (all ? extremes[e].n_rows : 0));
    assert_true(count.sum == sum.rows && count.rows == sum.rows);
    n_rows += sum.rows;
    assert_true(cube_read_sum(table, 0, 0, 0, day + 1).rows == n_rows);
  }
  /* up to day 12: -1 - 1 + 2^31 - 1 + 2^31 - 2^31 - 2^32 + 2; then 2^62 - 2^63 + 2^62 */
  assert_true(cube_read_sum(table, 0, 0, 0, 30).sum == (all ? -2147483649 : 0));
  assert_true(cube_read_sum(table, 0, 0, 0, 64).sum == (all ? -2147483649 : 0));
  assert_int_equal(cube_table_n_filled(table), all ? 2 * G_N_ELEMENTS(extremes) : 0);
}

/* Filled at once, or empty and changed afterwards, in two halves, then taken away again. */
static void cells_are_as_wide_as_what_falls_into_them(void **state) {
  static const CubeColumnSpec columns[] = {{.kind = CUBE_SUM, .n_cells = 64},
                                           {.kind = CUBE_SUM, .n_cells = 64, .counts = TRUE}};
  for (guint empty = 0; empty < 2; empty++) {
    g_autoptr(CubeTable) table = cube_table_new_kept(0, columns, 2, 1, FALSE, NULL);
    if (!empty) add_extremes(table, 0, 1);
    g_autoptr(CubeTable) rolled = cube_table_roll_up(table, NULL, 0);
    CubeTable *const tables[] = {table, rolled};
    for (guint t = 0; t < 2; t++) {
      cube_table_finish(tables[t]);
      for (guint half = 0; half < 2; half++) {
        g_autoptr(CubeTable) log = add_extremes(cube_table_new_log_of(table), half, 2);
        if (empty) assert_true(cube_table_apply(tables[t], log, &(CubeChange){1, FALSE, NULL}));
      }
      check_extremes(tables[t], TRUE);
      g_autoptr(CubeTable) copy = cube_table_copy(tables[t]);
      g_autoptr(CubeTable) log = add_extremes(cube_table_new_log_of(table), 0, 1);
      assert_true(cube_table_apply(copy, log, &(CubeChange){2, TRUE, NULL}));
      check_extremes(copy, FALSE);
      check_extremes(tables[t], TRUE);
      assert_false(cube_table_overflowed(tables[t]) || cube_table_overflowed(copy));
    }
  }
}

/* Each cell is within 64 bits, and so is the sum of both days, but not the running sum between them. */
static void a_running_sum_beyond_64_bits_is_told(void **state) {
  static const CubeColumnSpec one = {.kind = CUBE_SUM, .n_cells = 64};
  static const gint64 values[] = {G_MAXINT64, 1, -2};
  for (guint n_changed = 0; n_changed < 3; n_changed++) {
    g_autoptr(CubeTable) table = cube_table_new_kept(0, &one, 1, 1, FALSE, NULL);
    g_autoptr(CubeTable) log = cube_table_new_log_of(table);
    for (guint i = 0; i < 3; i++) {
      CubeTable *to = i < 3 - n_changed ? table : log;
      cube_add_sum(to, 0, cube_table_group(to, NULL), 40 + (i + 2) % 3, values[(i + 2) % 3], 1);
    }
    cube_table_finish(table);
    assert_true(cube_table_overflowed(table) == (n_changed == 0));
    cube_table_apply(table, log, &(CubeChange){1, FALSE, NULL});
    assert_true(cube_table_overflowed(table));
  }
}

static void groups_have_a_cap(void **state) {
  g_autoptr(CubeTable) table = cube_table_new(1, specs, 1, 2);
  const gint64 members[] = {5, 6, 7};
  assert_int_equal(cube_table_group(table, &members[0]), 0);
  assert_int_equal(cube_table_group(table, &members[1]), 1);
  assert_int_equal(cube_table_group(table, &members[2]), -1);
  assert_int_equal(cube_table_group(table, &members[0]), 0);
}

static void members_can_be_renamed(void **state) {
  g_autoptr(CubeTable) table = cube_table_new(1, specs, 1, 10);
  const gint64 before[] = {0, 1, -1}, after[] = {70000, 3}, none = -1;
  for (int i = 0; i < 3; i++) cube_add_sum(table, SUMS, cube_table_group(table, &before[i]), 0, i + 1, 1);
  cube_table_remap(table, 0, after, 2);
  cube_table_finish(table);
  assert_int_equal(cube_read_sum(table, SUMS, cube_table_find(table, &after[0]), 0, 1).sum, 1);
  assert_int_equal(cube_read_sum(table, SUMS, cube_table_find(table, &after[1]), 0, 1).sum, 2);
  assert_int_equal(cube_read_sum(table, SUMS, cube_table_find(table, &none), 0, 1).sum, 3);
  assert_int_equal(cube_table_find(table, &before[1]), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_span_is_the_sum_of_its_rows),
      cmocka_unit_test(a_roll_up_is_the_whole_counted_again),
      cmocka_unit_test(sparse_tables_answer_alike),
      cmocka_unit_test(changes_leave_what_is_left),
      cmocka_unit_test(filled_cells_are_counted),
      cmocka_unit_test(findings_hold_until_their_span_changes),
      cmocka_unit_test(changes_leave_what_is_left_in_months),
      cmocka_unit_test(findings_are_not_kept_for_ever),
      cmocka_unit_test(findings_of_a_head_hold_until_something_of_it_changes),
      cmocka_unit_test(findings_are_shared_by_copies),
      cmocka_unit_test(sparse_tables_change_alike),
      cmocka_unit_test(a_sum_beyond_64_bits_is_told),
      cmocka_unit_test(cells_are_as_wide_as_what_falls_into_them),
      cmocka_unit_test(a_running_sum_beyond_64_bits_is_told),
      cmocka_unit_test(groups_have_a_cap),
      cmocka_unit_test(members_can_be_renamed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
