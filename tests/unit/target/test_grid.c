/* Grids of targets out and back. The clock is at the end of Friday, 20 November 2026. North has Ana and Ben; Cem left
 * in June; there are two people named Dee, told apart by their ids. */
#include "november.h"
#include "target/grid.h"

#include <string.h>

static const char *const people[] = {"Ana", "Ben", "Cem", "Dee", "Dee", "Bo \"Bobby\" Lund, jr.", "\xC5\x81ukasz"};

static World world_of_seven(void) {
  World world = world_empty(NOVEMBER_DEFINITIONS);
  for (guint p = 1; p <= G_N_ELEMENTS(people); p++)
    company_sql(world.store,
                "INSERT INTO person BY NAME SELECT %u AS key, 'p%u' AS id, '%s' AS name, true AS known, true AS "
                "quota_carrying%s",
                p, p, people[p - 1],
                p == 3 ? ", DATE '2026-06-30' AS left_at_day, TIMESTAMP '2026-06-30' AS left_at" : "");
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  return world;
}

static GPtrArray *read_targets(const World *world) {
  g_autoptr(GError) error = NULL;
  GPtrArray *targets = target_read_all(world->store, &error);
  if (!targets) fail_msg("%s", error->message);
  return targets;
}

static TargetGrid *grid_of(const World *world, const GPtrArray *targets, const char *csv, GPtrArray *problems) {
  g_autoptr(GError) error = NULL;
  g_autoptr(SheetTable) sheet = sheet_read_bytes(csv, strlen(csv), NULL, &error);
  if (!sheet) fail_msg("%s", error->message);
  TargetGrid *grid = target_grid_read(&world->context, targets, sheet, problems, &error);
  assert_true((grid == NULL) == (problems->len > 0));
  return grid;
}

/* All problems, one after the other with "; " between. */
static void assert_problems(const char *csv, const char *expected) {
  g_auto(World) world = world_of_seven();
  g_autoptr(GPtrArray) targets = read_targets(&world), problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(TargetGrid) grid = grid_of(&world, targets, csv, problems);
  assert_null(grid);
  g_ptr_array_add(problems, NULL);
  g_autofree char *found = g_strjoinv("; ", (char **)problems->pdata);
  assert_string_equal(found, expected);
}

static void assert_first_problem(const char *csv, const char *words) {
  g_auto(World) world = world_of_seven();
  g_autoptr(GPtrArray) targets = read_targets(&world), problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(TargetGrid) grid = grid_of(&world, targets, csv, problems);
  assert_null(grid);
  assert_has(g_ptr_array_index(problems, 0), words);
}

static gboolean keep(const World *world, GPtrArray *targets, TargetGrid *grid, const char *words, GError **error) {
  TargetEvent said = {.author = (char *)"Mia", .words = (char *)words, .said_at_us = world->context.now_us};
  return target_grid_keep(&world->context, targets, grid, &said, error);
}

static void load(const World *world, const char *csv, const char *words) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) targets = read_targets(world), problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(TargetGrid) grid = grid_of(world, targets, csv, problems);
  if (!grid) fail_msg("%s", (const char *)g_ptr_array_index(problems, 0));
  if (!keep(world, targets, grid, words, &error)) fail_msg("%s", error->message);
}

/* --- out --- */

/* Cem is gone by 2027; Dee and Dee are two rows. Every member is there once. */
static void members_of_a_new_grid(void **state) {
  g_auto(World) world = world_of_seven();
  g_autoptr(GPtrArray) targets = read_targets(&world);
  g_autoptr(GError) error = NULL;
  CalendarPeriod span = {CALENDAR_QUARTER, base_day_from_civil(2027, 1, 1), base_day_from_civil(2027, 4, 1), "2027-Q1"};
  g_autoptr(TargetGrid) grid =
      target_grid_new(&world.context, targets, "revenue", "rep", &span, CALENDAR_MONTH, &error);
  g_ptr_array_add(grid->members, NULL);
  g_autofree char *names = g_strjoinv("|", (char **)grid->members->pdata);
  assert_string_equal(names, "Ana|Ben|Bo \"Bobby\" Lund, jr.|Dee (p4)|Dee (p5)|\xC5\x81ukasz");
  assert_int_equal(grid->periods->len, 3);
}

/* --- back --- */

static void what_is_new_same_and_changed(void **state) {
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,2027-01,2027-02\nana,100,200\nBen,,300\n", NULL);
  g_autoptr(GPtrArray) targets = read_targets(&world), problems = g_ptr_array_new_with_free_func(g_free);
  assert_int_equal(targets->len, 3);
  g_autoptr(TargetGrid) grid =
      grid_of(&world, targets, "Revenue  BY rep,2027-01,2027-02\nBen,7,300\nANA,,250\n", problems);
  static const TargetCellState states[] = {TARGET_CELL_NEW, TARGET_CELL_SAME, TARGET_CELL_EMPTY, TARGET_CELL_CHANGED};
  for (guint i = 0; i < 4; i++) assert_int_equal(grid->cells[i].state, states[i]);
  assert_near(200, grid->cells[3].before);
  /* A change needs words, and without them nothing of the grid is kept. */
  g_autoptr(GError) error = NULL;
  assert_false(keep(&world, targets, grid, NULL, &error));
  g_autoptr(GPtrArray) still = read_targets(&world);
  assert_int_equal(still->len, 3);
  load(&world, "revenue by rep,2027-01,2027-02\nBen,7,300\nANA,,250\n", "the plant closes");
  g_autoptr(GPtrArray) after = read_targets(&world);
  assert_int_equal(after->len, 4);
  const Target *second = g_ptr_array_index(after, 1);
  assert_int_equal(second->versions->len, 2);
  assert_near(250, target_latest(second)->terms.amount);
}

static void names_are_found(void **state) {
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep;2027-01\n\"bo \"\"bobby\"\" lund, jr.\";1\ndee (P5);2\n\xC5\x81UKASZ;3,5\n", NULL);
  g_autoptr(GPtrArray) targets = read_targets(&world);
  static const char *const names[] = {"Bo \"Bobby\" Lund, jr.", "Dee (p5)", "\xC5\x81ukasz"};
  static const double amounts[] = {1, 2, 3.5};
  for (guint i = 0; i < 3; i++) {
    const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, i))->terms;
    assert_string_equal(terms->member, names[i]);
    assert_near(amounts[i], terms->amount);
  }
}

/* Other words for a rep are the same dimension: "by owner" finds what was set "by rep". */
static void other_words_for_a_dimension(void **state) {
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,2027-01\nAna,5\n", NULL);
  load(&world, "revenue by Owner,2027-01\nAna,5\n", NULL);
  g_autoptr(GPtrArray) targets = read_targets(&world);
  assert_int_equal(targets->len, 1);
}

/* What a spreadsheet leaves behind: empty rows and columns at the ends and between. */
static void empty_rows_and_columns(void **state) {
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,,2027-01,,\nAna,,5,,\n,,,,\nBen,,6,,\n", NULL);
  g_autoptr(GPtrArray) targets = read_targets(&world);
  assert_int_equal(targets->len, 2);
}

static void every_wrong_cell_is_named(void **state) {
  assert_problems(
      "revenue by rep,2027-01,2027-02\nAna,x,5\nAnna,5,\n,6,\nBen,\"1,2,3\",\n",
      "A3: there is no rep \"Anna\": did you mean \"Ana\"?; A4: the row has amounts and no name: write "
      "whose they are; B2: \"x\" is no amount: write 12000, 12,000.50 or 30 %, money in EUR; B5: \"1,2,3\" is "
      "no amount: thousands have three digits each");
  assert_problems("revenue by rep,2027-01,\nAna,1,2\n", "C1: the column has no period: write 2027-01, 2027-Q1 or 2027");
  assert_problems("rate by rep,2027-01\nAna,30\n", "B2: Rate is a share of its cases and cannot be more than 100 %");
  assert_problems("wins by rep,2027-01\nAna,-3\n",
                  "B2: Wins cannot be negative, such as -3: write an amount above 0, or a change, \"reduce by 3\"");
}

static void corners(void **state) {
  assert_first_problem("", "A1: \"\" does not say what the grid is of");
  assert_first_problem("revenue,2027-01\n", "A1: \"revenue\" does not say");
  assert_first_problem("revenue by tame,2027-01\n", "A1: there is no dimension 'tame'");
  assert_first_problem("revenu by rep,2027-01\n", "A1: there is no KPI 'revenu'");
}

/* Ana as a row twice, in whatever letters; a month twice, and half of two months. */
static void members_and_periods_twice(void **state) {
  assert_problems("revenue by rep,2027-01\nAna,1\nBen,2\nANA,3\n", "A4: Ana is in the grid twice: also in A2");
  assert_problems("revenue by rep,2027-01,2027-01\nAna,1,2\n", "C1: 2027-01 is also the period of column B1, 2027-01");
  assert_problems("revenue by rep,2027-01..2027-02,2027-02..2027-03\nAna,1,2\n",
                  "C1: 2027-02..2027-03 has some of the days of the period of column B1, 2027-01..2027-02");
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,2027-Q1,2027-01,2027-02,2027-03\nAna,6,1,2,3\n", NULL); /* months within their quarter */
}

/* October 2026 is over: nothing is set in it, and what was set before is not changed. */
static void periods_that_have_ended(void **state) {
  assert_first_problem("revenue by rep,2026-10\nAna,1\n", "B2: the span ended on 2026-10-31");
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,2026-11\nAna,1\n", NULL);
  world_set_clock(&world, base_day_from_civil(2026, 12, 5));
  g_autoptr(GPtrArray) targets = read_targets(&world), problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(TargetGrid) same = grid_of(&world, targets, "revenue by rep,2026-11\nAna,1\n", problems);
  assert_non_null(same);
  g_autoptr(TargetGrid) changed = grid_of(&world, targets, "revenue by rep,2026-11\nAna,2\n", problems);
  assert_null(changed);
  assert_has(g_ptr_array_index(problems, 0), "B2: the span ended on 2026-11-30");
}

/* A workbook's heads: a day that shows only its month, and a year as a number. */
/* What a spreadsheet makes of 2027-01 in a text file. */
static void months_as_spreadsheets_write_them(void **state) {
  static const char *const heads[] = {"Jan-27", "jan 2027", "January 2027", "JAN/27", "Jan '27"};
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
    g_auto(World) world = world_of_seven();
    g_autofree char *csv = g_strdup_printf("revenue by rep,%s\nAna,1\n", heads[i]);
    load(&world, csv, NULL);
    g_autoptr(GPtrArray) targets = read_targets(&world);
    const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, 0))->terms;
    assert_int_equal(terms->start, base_day_from_civil(2027, 1, 1));
    assert_int_equal(terms->end, base_day_from_civil(2027, 2, 1));
  }
  assert_first_problem("revenue by rep,Jax-27\nAna,1\n", "B1: 'Jax-27': not a period");
  assert_first_problem("revenue by rep,Ja-27\nAna,1\n", "B1: 'Ja-27': not a period");
  assert_first_problem("revenue by rep,Jan-127\nAna,1\n", "B1: 'Jan-127': not a period");
}

/* Cem's last day was the 29th of June. */
static void who_has_left(void **state) {
  assert_first_problem("revenue by rep,2027-01\nAna,1\nCem,2\n",
                       "B3: Cem has left (2026-06-30): nobody would carry it");
  g_auto(World) world = world_of_seven();
  company_sql(world.store, "UPDATE person SET left_at_day = DATE '2027-01-15' WHERE key = 3");
  load(&world, "revenue by rep,2027-01\nCem,2\n", NULL);
}

static void leap_day_and_years(void **state) {
  g_auto(World) world = world_of_seven();
  load(&world, "revenue by rep,2028-02-29,2029\nAna,1,2\n", NULL);
  g_autoptr(GPtrArray) targets = read_targets(&world);
  const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, 0))->terms;
  assert_int_equal(terms->start, base_day_from_civil(2028, 2, 29));
  assert_int_equal(terms->end, base_day_from_civil(2028, 3, 1));
}

static void too_many_cells(void **state) {
  g_auto(World) world = world_of_seven();
  g_autoptr(GPtrArray) targets = read_targets(&world);
  g_autoptr(GError) error = NULL;
  /* Seven people by 2027 to 2426 in days are 6 * 146,097 cells: below the cap; by the clock's own limits either way. */
  CalendarPeriod span = {CALENDAR_YEAR, base_day_from_civil(2027, 1, 1), base_day_from_civil(9027, 1, 1), ""};
  g_autoptr(TargetGrid) grid = target_grid_new(&world.context, targets, "revenue", "rep", &span, CALENDAR_DAY, &error);
  assert_null(grid);
  assert_int_equal(error->code, BASE_ERROR_LIMIT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(members_of_a_new_grid),
      cmocka_unit_test(what_is_new_same_and_changed),
      cmocka_unit_test(names_are_found),
      cmocka_unit_test(other_words_for_a_dimension),
      cmocka_unit_test(empty_rows_and_columns),
      cmocka_unit_test(every_wrong_cell_is_named),
      cmocka_unit_test(corners),
      cmocka_unit_test(members_and_periods_twice),
      cmocka_unit_test(periods_that_have_ended),
      cmocka_unit_test(leap_day_and_years),
      cmocka_unit_test(months_as_spreadsheets_write_them),
      cmocka_unit_test(who_has_left),
      cmocka_unit_test(too_many_cells),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
