/* Money: currencies, conversion, splitting and writing, with the arithmetic beside each case. */
#include "../unit.h"
#include "base/money.h"

static void currencies(void **state) {
  assert_int_equal(base_currency_digits("EUR"), 2);
  assert_int_equal(base_currency_digits("JPY"), 0);
  assert_int_equal(base_currency_digits("KWD"), 3);
  assert_int_equal(base_currency_digits("CLF"), 4);
  assert_int_equal(base_currency_digits("XYZ"), 2);
  assert_int_equal(base_currency_digits(NULL), 2);
  assert_true(base_currency_is_valid("EUR"));
  assert_false(base_currency_is_valid("eur"));
  assert_false(base_currency_is_valid("EU"));
  assert_false(base_currency_is_valid("EURO"));
  assert_false(base_currency_is_valid(NULL));
}

#define RATE(x) ((gint64)(x * 10000000000))

static void conversion_rounds_once_half_away_from_zero(void **state) {
  assert_int_equal(base_money_convert(10000, 2, RATE(1.25L), 2), 12500); /* 100.00 * 1.25 */
  assert_int_equal(base_money_convert(100000, 2, RATE(160), 0), 160000); /* 1,000.00 EUR * 160 = 160,000 JPY */
  assert_int_equal(base_money_convert(160000, 0, 62500000, 2), 100000);  /* 160,000 JPY * 0.00625 = 1,000.00 */
  assert_int_equal(base_money_convert(100, 2, RATE(0.3L), 3), 300);      /* 1.00 * 0.3 = 0.300 KWD */
  assert_int_equal(base_money_convert(1, 2, RATE(0.5L), 2), 1);          /* 0.005 -> 0.01 */
  assert_int_equal(base_money_convert(-1, 2, RATE(0.5L), 2), -1);        /* -0.005 -> -0.01 */
  assert_int_equal(base_money_convert(1, 2, 4999999999, 2), 0);          /* 0.004999... -> 0.00 */
  assert_int_equal(base_money_convert(5, 1, RATE(1), 0), 1);             /* 0.5 -> 1 */
  assert_int_equal(base_money_convert(G_MAXINT64, 2, RATE(1), 2), G_MAXINT64);
  assert_int_equal(base_money_convert(G_MININT64, 2, RATE(1), 2), G_MININT64);
  assert_int_equal(base_money_convert(G_MAXINT64, 2, RATE(2), 2), G_MAXINT64); /* too large: the largest that fits */
  assert_int_equal(base_money_convert(G_MININT64, 0, G_MAXINT64, 18), G_MININT64);
  assert_int_equal(base_money_convert(1, 0, 1, 30), G_MAXINT64); /* 10^20 */
  assert_int_equal(base_money_convert(5, 60, RATE(1), 0), 0);
}

static void splits_go_to_the_largest_remainder(void **state) {
  gint64 parts[4];
  base_money_split(100, (gint64[]){1, 1, 1}, 3, parts); /* 33.3 each: the spare cent to the first */
  assert_int_equal(parts[0], 34);
  assert_int_equal(parts[1], 33);
  assert_int_equal(parts[2], 33);
  base_money_split(10, (gint64[]){1, 2, 4}, 3, parts); /* 1.43, 2.86, 5.71: the spare two to .86 and .71 */
  assert_int_equal(parts[0], 1);
  assert_int_equal(parts[1], 3);
  assert_int_equal(parts[2], 6);
  base_money_split(-100, (gint64[]){1, 1, 1}, 3, parts);
  assert_int_equal(parts[0], -34);
  assert_int_equal(parts[1], -33);
  base_money_split(7, (gint64[]){0, 0}, 2, parts); /* no weights: evenly */
  assert_int_equal(parts[0], 4);
  assert_int_equal(parts[1], 3);
  base_money_split(7, (gint64[]){-5, 1}, 2, parts); /* a negative weight is none */
  assert_int_equal(parts[0], 0);
  assert_int_equal(parts[1], 7);
  base_money_split(7, NULL, 0, NULL);
}

static void parts_sum_to_the_total_within_one_unit_of_their_share(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int run = 0; run < 5000; run++) {
    gint64 weights[12], parts[12], total = g_rand_int_range(random, -100000, 100000), sum = 0, weight = 0;
    gsize n = (gsize)g_rand_int_range(random, 1, 13);
    for (gsize i = 0; i < n; i++) weight += weights[i] = g_rand_int_range(random, 0, 1000);
    base_money_split(total, weights, n, parts);
    for (gsize i = 0; i < n; i++) {
      sum += parts[i];
      if (weight > 0) assert_true(ABS(parts[i] * weight - total * weights[i]) <= weight);
    }
    assert_int_equal(sum, total);
  }
  gint64 parts[2];
  base_money_split(G_MININT64, (gint64[]){G_MAXINT64, G_MAXINT64}, 2, parts);
  assert_int_equal(parts[0], G_MININT64 / 2);
  assert_int_equal(parts[1], G_MININT64 / 2);
}

static void amounts_are_written_with_thousands(void **state) {
  static const struct {
    gint64 amount;
    int digits;
    const char *text;
  } cases[] = {{1234567, 2, "12,345.67"},
               {0, 2, "0.00"},
               {5, 2, "0.05"},
               {-5, 2, "-0.05"},
               {100000, 2, "1,000.00"},
               {999, 0, "999"},
               {1000, 0, "1,000"},
               {-1234567, 0, "-1,234,567"},
               {1234, 3, "1.234"},
               {G_MAXINT64, 2, "92,233,720,368,547,758.07"},
               {G_MININT64, 2, "-92,233,720,368,547,758.08"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = base_money_format(cases[i].amount, cases[i].digits);
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(currencies),
      cmocka_unit_test(conversion_rounds_once_half_away_from_zero),
      cmocka_unit_test(splits_go_to_the_largest_remainder),
      cmocka_unit_test(parts_sum_to_the_total_within_one_unit_of_their_share),
      cmocka_unit_test(amounts_are_written_with_thousands),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
