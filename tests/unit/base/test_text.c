/* Places in error messages and suggestions for mistyped names. */
#include "../unit.h"
#include "base/text.h"

static void distances_by_hand(void **state) {
  assert_int_equal(base_edit_distance("", ""), 0);
  assert_int_equal(base_edit_distance("", "abc"), 3);
  assert_int_equal(base_edit_distance("kitten", "sitting"), 3);  /* Levenshtein's textbook pair: k→s, e→i, +g */
  assert_int_equal(base_edit_distance("revenue", "reveune"), 1); /* one transposition */
  assert_int_equal(base_edit_distance("ca", "abc"), 3); /* optimal string alignment; unrestricted Damerau gives 2 */
  assert_int_equal(base_edit_distance("Win_Rate", "win_rate"), 0);
  assert_int_equal(base_edit_distance("Müller", "Muller"), 1); /* one character, though two bytes */
  assert_int_equal(base_edit_distance("\xff\xfe", "ab"), 2);   /* not UTF-8: each bad byte is one character */
}

static void distance_is_symmetric_and_bounded(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int run = 0; run < 2000; run++) {
    char a[9] = "", b[9] = "";
    int n_a = g_rand_int_range(random, 0, 9), n_b = g_rand_int_range(random, 0, 9);
    for (int i = 0; i < n_a; i++) a[i] = (char)g_rand_int_range(random, 'a', 'e');
    for (int i = 0; i < n_b; i++) b[i] = (char)g_rand_int_range(random, 'a', 'e');
    guint distance = base_edit_distance(a, b);
    assert_int_equal(distance, base_edit_distance(b, a));
    assert_true(distance <= (guint)MAX(n_a, n_b));
    assert_true(distance >= (guint)ABS(n_a - n_b));
    assert_int_equal(distance == 0, strcmp(a, b) == 0);
  }
}

static void the_nearest_name_within_a_third(void **state) {
  static const char *const names[] = {"win_rate", "revenue", "quota_attainment", "mrr", NULL, "arr", "sales_cycle"};
  gsize n = G_N_ELEMENTS(names);
  assert_string_equal(base_nearest("winrate", names, n), "win_rate");
  assert_string_equal(base_nearest("Revenu", names, n), "revenue");
  assert_string_equal(base_nearest("quota_attainement", names, n), "quota_attainment");
  assert_string_equal(base_nearest("xrr", names, n), "mrr"); /* mrr and arr are both one away: the earlier */
  assert_string_equal(base_nearest("SALES-CYCLE", names, n), "sales_cycle");
  assert_null(base_nearest("margin", names, n));
  assert_null(base_nearest("xx", names, n));
  assert_null(base_nearest("", names, n));
  assert_null(base_nearest(NULL, names, n));
  assert_null(base_nearest("revenue", NULL, 0));
}

static void a_sentence_fits_its_number(void **state) {
  static const struct {
    gint64 n;
    const char *text, *told;
  } cases[] = {
      {1, "# {row was|rows were} rejected", "1 row was rejected"},
      {0, "# {row was|rows were} rejected", "0 rows were rejected"},
      {2, "# {row was|rows were} rejected", "2 rows were rejected"},
      {1200, "# {row|rows}", "1,200 rows"},
      {999, "#", "999"},
      {1234567, "#", "1,234,567"},
      {-1234, "#", "-1,234"},
      {3, "{It has|They have} no {date|dates}: #", "They have no dates: 3"},
      {3, "a { that is none", "a { that is none"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *told = base_count_words(cases[i].n, cases[i].text);
    assert_string_equal(told, cases[i].told);
  }
}

static void errors_say_what_is_known_of_the_place(void **state) {
  static const struct {
    BaseSpan span;
    const char *message;
  } cases[] = {{{"a.yaml", 3, 7, 2}, "a.yaml:3:7: bad x"},
               {{"a.yaml", 3, 0, 0}, "a.yaml:3: bad x"},
               {{"a.yaml", 0, 0, 0}, "a.yaml: bad x"},
               {{NULL, 3, 7, 2}, "line 3:7: bad x"},
               {{NULL, 0, 0, 0}, "bad x"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    base_error_at(&error, BASE_ERROR_LIMIT, cases[i].span, "bad %s", "x");
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_LIMIT));
    assert_string_equal(error->message, cases[i].message);
  }
  base_error_at(NULL, BASE_ERROR_INPUT, (BaseSpan){0}, "nobody listens");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(distances_by_hand),
      cmocka_unit_test(distance_is_symmetric_and_bounded),
      cmocka_unit_test(the_nearest_name_within_a_third),
      cmocka_unit_test(a_sentence_fits_its_number),
      cmocka_unit_test(errors_say_what_is_known_of_the_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
