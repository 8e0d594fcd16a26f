/* Suppression: tables by hand, and random ones held against a check that knows nothing of blocks: whether a sum of the
 * published rows is of fewer people than it may be, by fraction-free elimination for each set of so few people. */
#include "access/suppress.h"
#include "unit.h"

#define MAX_ROWS   9
#define MAX_ATOMS  40
#define MAX_PEOPLE 13

/* One layer; `share` 0. */
typedef struct {
  guint n_rows, n_atoms, n_people; /* people are 1 to n_people */
  guint person[MAX_ATOMS];
  gboolean is_in[MAX_ATOMS][MAX_ROWS];
  double amount[MAX_ATOMS];
  guint level[MAX_ROWS];
} Table;

static void publish(const Table *table, guint least, double share, gboolean *published) {
  const gboolean is_sum = TRUE;
  g_autoptr(AccessCells) cells = access_cells_new(1, &is_sum);
  for (guint r = 0; r < table->n_rows; r++) assert_int_equal(access_cells_add_row(cells, table->level[r]), r);
  for (guint a = 0; a < table->n_atoms; a++) {
    guint rows[MAX_ROWS], n = 0;
    for (guint r = table->n_rows; r-- > 0;)
      if (table->is_in[a][r]) rows[n++] = r;
    access_cells_add(cells, table->person[a], rows, n, &table->amount[a]);
  }
  access_cells_publish(cells, &(AccessProtection){least, share}, published);
}

/* --- by hand: row 0 is the company, of level 0; the others are teams of so many people --- */

static void add_team(Table *table, guint row, guint n_people, double most) {
  for (guint i = 0; i < n_people; i++) {
    guint a = table->n_atoms++;
    table->person[a] = ++table->n_people;
    table->is_in[a][0] = table->is_in[a][row] = TRUE;
    table->amount[a] = i == 0 ? most : 10;
  }
  table->level[row] = 1;
  table->n_rows = MAX(table->n_rows, row + 1);
}

static void assert_published(const Table *table, guint least, double share, const char *wanted) {
  gboolean published[MAX_ROWS];
  char words[MAX_ROWS + 1] = {0};
  publish(table, least, share, published);
  for (guint r = 0; r < table->n_rows; r++) words[r] = published[r] ? 'y' : '-';
  assert_string_equal(words, wanted);
}

/* The company is 6 + 3; the three are hidden, and with them the six, who would leave three. */
static void test_complement(void **state) {
  Table two = {0};
  add_team(&two, 1, 6, 10);
  add_team(&two, 2, 3, 10);
  assert_published(&two, 5, 0, "y--");
  assert_published(&two, 3, 0, "yyy");
}

/* 12 + 8 + 7 + 3: the smallest that goes with the three is hidden, not the larger ones. */
static void test_smallest_complement(void **state) {
  Table four = {0};
  add_team(&four, 1, 3, 10);
  add_team(&four, 2, 12, 10);
  add_team(&four, 3, 7, 10);
  add_team(&four, 4, 8, 10);
  assert_published(&four, 5, 0, "y-y-y");
}

/* 3 + 3 + 6: the two of three are six together, so the six need not be hidden. */
static void test_two_small_hide_each_other(void **state) {
  Table three = {0};
  add_team(&three, 1, 3, 10);
  add_team(&three, 2, 3, 10);
  add_team(&three, 3, 6, 10);
  assert_published(&three, 5, 0, "y--y");
}

/* Of a team of six with 1,000 and five times 10, the 50 of the others are less than a fifth of the 1,000. The team of
 * eight (300, and 70 of the others) goes with it: what is left of the company is the first. With 250 it is a fifth. */
static void test_dominance(void **state) {
  Table two = {0}, even = {0};
  add_team(&two, 1, 6, 1000);
  add_team(&two, 2, 8, 300);
  assert_published(&two, 5, 0, "yyy");
  assert_published(&two, 5, 0.2, "y--");
  add_team(&even, 1, 6, 250);
  add_team(&even, 2, 8, 250);
  assert_published(&even, 5, 0.2, "yyy");
}

/* The first team's records are nobody's and need no protection. The six are hidden, who would leave one person with
 * them. */
static void test_nobodys(void **state) {
  Table table = {0};
  add_team(&table, 1, 1, 10);
  add_team(&table, 2, 1, 10);
  add_team(&table, 3, 6, 10);
  table.person[0] = 0;
  assert_published(&table, 5, 0, "yy--");
}

/* Two layers: of six people with deals only two have won one. */
static void test_layers(void **state) {
  const gboolean is_sum[] = {TRUE, TRUE, TRUE};
  g_autoptr(AccessCells) cells = access_cells_new(3, is_sum);
  gboolean published[2];
  for (guint row = 0; row < 2; row++) access_cells_add_row(cells, 0);
  for (guint i = 0; i < 12; i++)
    access_cells_add(cells, i + 1, &(guint){i % 2}, 1, (double[]){1, i % 2 == 0 || i < 4 ? 1 : 0, 0});
  access_cells_publish(cells, &(AccessProtection){5, 0}, published);
  assert_true(published[0]);
  assert_false(published[1]);
}

/* People in teams (rows 1, 2) and regions (rows 3, 4), three in each crossing: no sum of them is of one crossing. With
 * a crossing as row 5, the other three follow, and six are needed. */
static void test_crossing(void **state) {
  Table table = {.n_rows = 5};
  for (guint i = 0; i < 12; i++) {
    table.person[i] = i + 1;
    table.amount[i] = 1;
    table.is_in[i][0] = table.is_in[i][1 + i % 2] = table.is_in[i][3 + i / 2 % 2] = TRUE;
    table.is_in[i][5] = i % 4 == 0;
  }
  table.n_atoms = table.n_people = 12;
  for (guint r = 1; r < 6; r++) table.level[r] = r;
  assert_published(&table, 5, 0, "yyyyy");
  table.n_rows = 6;
  assert_published(&table, 5, 0, "yyyyy-");
  assert_published(&table, 3, 0, "yyyyyy");
}

/* --- at random --- */

/* Rank of the published rows in the columns of the atoms whose person is not in `set`, or, with all, in all. */
static guint rank_outside(const Table *table, const gboolean *published, guint set, gboolean all) {
  __int128 at[MAX_ROWS][MAX_ATOMS], divisor = 1;
  guint n = 0, width = 0, rank = 0;
  for (guint r = 0; r < table->n_rows; r++) {
    width = 0;
    for (guint a = 0; a < table->n_atoms; a++)
      if (all || (table->person[a] > 0 && !(set >> table->person[a] & 1))) at[n][width++] = table->is_in[a][r];
    n += published[r] ? 1 : 0;
  }
  for (guint c = 0; c < width && rank < n; c++) {
    guint pivot = rank;
    while (pivot < n && at[pivot][c] == 0) pivot++;
    if (pivot == n) continue;
    for (guint i = 0; i < width; i++) {
      __int128 kept = at[rank][i];
      at[rank][i] = at[pivot][i];
      at[pivot][i] = kept;
    }
    for (guint r = rank + 1; r < n; r++) {
      __int128 factor = at[r][c];
      for (guint i = 0; i < width; i++) at[r][i] = (at[r][i] * at[rank][c] - at[rank][i] * factor) / divisor;
    }
    divisor = at[rank++][c];
  }
  return rank;
}

/* Whether a sum of the published rows is of some of fewer than `least` people, and of nobody else's but nobody's. */
static gboolean is_told(const Table *table, const gboolean *published, guint least) {
  guint of_people = rank_outside(table, published, 0, FALSE);
  for (guint set = 2; set < 2u << table->n_people; set += 2)
    if (__builtin_popcount(set) < (int)least && rank_outside(table, published, set, FALSE) < of_people) return TRUE;
  return FALSE;
}

/* A person is in a team, the team in a region; some rows are of neither; some atoms are nobody's. */
static void fill(Table *table, GRand *rand) {
  *table = (Table){.n_rows = (guint)g_rand_int_range(rand, 2, MAX_ROWS),
                   .n_people = (guint)g_rand_int_range(rand, 3, MAX_PEOPLE)};
  gboolean is_nested = g_rand_boolean(rand);
  table->n_atoms = MIN(table->n_people * (g_rand_boolean(rand) ? 1 : 2), MAX_ATOMS);
  for (guint a = 0; a < table->n_atoms; a++) {
    guint team = (guint)g_rand_int_range(rand, 0, 5);
    table->person[a] = g_rand_int_range(rand, 0, 12) == 0 ? 0 : 1 + a % table->n_people;
    table->amount[a] = 1;
    for (guint r = 0; r < table->n_rows; r++)
      table->is_in[a][r] = !is_nested ? g_rand_int_range(rand, 0, 3) == 0
                           : r == 0   ? TRUE
                           : r < 3    ? team / 3 == r - 1
                                      : team == r - 3;
  }
  for (guint r = 0; r < table->n_rows; r++) table->level[r] = is_nested ? (r > 0) + (r > 2) : 0;
}

static void test_nothing_follows(void **state) {
  guint n_published = 0, n_hidden = 0;
  g_autoptr(GRand) rand = g_rand_new_with_seed(20261122);
  for (guint i = 0; i < 300; i++) {
    Table table;
    gboolean published[MAX_ROWS];
    guint least = (guint)g_rand_int_range(rand, 2, 6);
    fill(&table, rand);
    publish(&table, least, 0, published);
    if (is_told(&table, published, least)) fail_msg("table %u tells of fewer than %u people", i, least);
    for (guint r = 0; r < table.n_rows; r++) {
      n_published += published[r];
      n_hidden += !published[r];
      if (published[r]) continue;
      published[r] = TRUE;
      if (!is_told(&table, published, least)) fail_msg("table %u: row %u is hidden without need", i, r);
      published[r] = FALSE;
    }
  }
  assert_true(n_published > 300 && n_hidden > 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_complement),
      cmocka_unit_test(test_smallest_complement),
      cmocka_unit_test(test_two_small_hide_each_other),
      cmocka_unit_test(test_dominance),
      cmocka_unit_test(test_nobodys),
      cmocka_unit_test(test_layers),
      cmocka_unit_test(test_crossing),
      cmocka_unit_test(test_nothing_follows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
