/* The value of customers in cells: whatever was asked before it, in whatever order, an answer is what it is alone; and
 * the same customers are fitted once. */
#include "../unit.h"
#include "query/customers.h"

#define N_CUSTOMERS 150
#define N_SLOTS     6
#define SLOT_DAYS   60

enum { SALES, SAME_SALES, FEWER_SALES, N_COLUMNS };

static const CubeColumnSpec specs[N_COLUMNS] = {
    {.kind = CUBE_PURCHASES, .n_cells = N_SLOTS},
    {.kind = CUBE_PURCHASES, .n_cells = N_SLOTS},
    {.kind = CUBE_PURCHASES, .n_cells = N_SLOTS},
};

/* Two groups, the second with some of the first's customers; the third column lacks every tenth purchase. */
static CubeTable *made_cells(void) {
  CubeTable *cells = cube_table_new(1, specs, N_COLUMNS, 10);
  g_autoptr(GRand) rand = g_rand_new_with_seed(53);
  gint32 groups[2];
  for (gint64 i = 0; i < 2; i++) groups[i] = cube_table_group(cells, &i);
  for (int i = 0; i < 1500; i++) {
    BaseDay day = g_rand_int_range(rand, 0, N_SLOTS * SLOT_DAYS);
    gint64 who = g_rand_int_range(rand, 0, N_CUSTOMERS);
    if (who % 3 == 0 && day > 150) continue;
    StatsPurchase purchase = {who, day, g_rand_int_range(rand, 500, 5000)};
    for (guint g = 0; g < 2; g++)
      for (guint c = 0; c < N_COLUMNS; c++) {
        if ((g == 1 && who % 5 == 0) || (c == FEWER_SALES && i % 10 == 0)) continue;
        cube_add_purchase(cells, c, groups[g], (guint)(day / SLOT_DAYS), purchase);
      }
  }
  cube_table_finish(cells);
  return cells;
}

typedef struct {
  guint column;
  gint32 group;
  guint to;
  gboolean longer; /* two years, not one */
} Asked;

static double ask(QueryCustomers *customers, const CubeTable *cells, const Asked *asked) {
  KpiExpr days = {.op = KPI_OP_DURATION, .number = asked->longer ? 730 : 365};
  KpiMeasure measure = {.agg = KPI_AGG_CLV, .horizon = &days};
  StatsLifetimeValue value = query_customers_value(customers, &measure, cells, asked->column, asked->group, asked->to,
                                                   (BaseDay)asked->to * SLOT_DAYS - 1);
  return value.has_value ? value.value : -1;
}

static double ask_alone(const CubeTable *cells, const Asked *asked) {
  QueryCustomers *customers = query_customers_new();
  double value = ask(customers, cells, asked);
  query_customers_free(customers);
  return value;
}

static void answers_do_not_depend_on_what_was_asked_before(void **state) {
  g_autoptr(CubeTable) cells = made_cells();
  g_autoptr(GRand) rand = g_rand_new_with_seed(54);
  QueryCustomers *customers = query_customers_new();
  guint n_values = 0;
  for (int i = 0; i < 200; i++) {
    Asked asked = {(guint)g_rand_int_range(rand, 0, N_COLUMNS), g_rand_int_range(rand, -1, 2),
                   (guint)g_rand_int_range(rand, 0, N_SLOTS + 1), g_rand_boolean(rand)};
    double value = ask(customers, cells, &asked);
    assert_true(value == ask_alone(cells, &asked));
    n_values += value > 0;
  }
  assert_true(n_values > 50);
  query_customers_free(customers);
}

static void the_same_customers_are_fitted_once(void **state) {
  g_autoptr(CubeTable) cells = made_cells();
  QueryCustomers *customers = query_customers_new();
  double year = ask(customers, cells, &(Asked){SALES, 0, N_SLOTS, FALSE});
  assert_true(year > 0 && ask(customers, cells, &(Asked){SAME_SALES, 0, N_SLOTS, FALSE}) == year);
  assert_true(ask(customers, cells, &(Asked){SAME_SALES, 0, N_SLOTS, TRUE}) > year);
  assert_int_equal(query_customers_n_fits(customers), 1);
  ask(customers, cells, &(Asked){FEWER_SALES, 0, N_SLOTS, FALSE});
  ask(customers, cells, &(Asked){SALES, 1, N_SLOTS, FALSE});
  ask(customers, cells, &(Asked){SALES, 0, N_SLOTS - 1, FALSE});
  assert_int_equal(query_customers_n_fits(customers), 4);
  ask(customers, cells, &(Asked){SALES, 0, N_SLOTS, FALSE});
  assert_int_equal(query_customers_n_fits(customers), 4);
  query_customers_free(customers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(answers_do_not_depend_on_what_was_asked_before),
      cmocka_unit_test(the_same_customers_are_fitted_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
