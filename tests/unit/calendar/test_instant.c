/* Dates and times as people write them. UTC seconds: date -u -d TEXT +%s; New York's offsets from the IANA database. */
#include "support.h"

#define SECOND G_GINT64_CONSTANT(1000000)

static void times_in_utc_and_with_offsets(void **state) {
  static const struct {
    const char *text;
    gint64 us;
  } cases[] = {
      {"2026-06-30T17:45Z", 1782841500 * SECOND},
      {"2026-06-30T17:45:10z", 1782841510 * SECOND},
      {"2026-06-30T17:45:10.5Z", 1782841510 * SECOND + 500000},
      {"2026-06-30T17:45:10,123456789Z", 1782841510 * SECOND + 123456},
      {"2026-06-30 19:45+02:00", 1782841500 * SECOND},
      {"2026-06-30T19:45+0200", 1782841500 * SECOND},
      {"2026-06-30T19:45+02", 1782841500 * SECOND},
      {"2026-06-30T12:15-05:30", 1782841500 * SECOND},
      {"2026-06-30T13:45", 1782841500 * SECOND}, /* New York, -04:00 */
      {"  2026-06-30 13:45:00 ", 1782841500 * SECOND},
      {"2026-01-15 12:00", 1768496400 * SECOND}, /* -05:00 */
      {"2026-03-08 02:30", 1772953200 * SECOND}, /* skipped: 03:00 -04:00 = 07:00 UTC */
      {"2026-11-01 01:30", 1793511000 * SECOND}, /* twice: the first, 01:30 -04:00 = 05:30 UTC */
      {"2026-06-30", 1782878400 * SECOND - 1},   /* until 1 July 00:00 -04:00 = 04:00 UTC */
  };
  g_autoptr(Calendar) calendar = make_in("America/New_York");
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    gint64 us = 0;
    g_autoptr(GError) error = NULL;
    if (!calendar_parse_instant(calendar, cases[i].text, &us, &error)) fail_msg("%s", error->message);
    if (us != cases[i].us) fail_msg("%s is %" G_GINT64_FORMAT, cases[i].text, us);
  }
}

static void what_is_no_time_is_an_error(void **state) {
  static const char *const wrong[] = {"",
                                      "now",
                                      "2026",
                                      "2026-06",
                                      "2026-02-30",
                                      "2026-06-30T",
                                      "2026-06-30T24:00",
                                      "2026-06-30T12:60",
                                      "2026-06-30T12:00:60",
                                      "2026-06-30T12",
                                      "2026-06-30T12:00+",
                                      "2026-06-30T12:00+2",
                                      "2026-06-30T12:00+19:00",
                                      "2026-06-30T12:00+02:",
                                      "2026-06-30T12:00.",
                                      "2026-06-30T12:00:00.",
                                      "2026-06-30T12:00ZZ",
                                      "30.06.2026",
                                      "2026-06-30T12:00:00.0000000000000000000000000000000000000000000000000Z"};
  g_autoptr(Calendar) calendar = make_in(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    gint64 us = 77;
    g_autoptr(GError) error = NULL;
    if (calendar_parse_instant(calendar, wrong[i], &us, &error)) fail_msg("'%s' was read", wrong[i]);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_INPUT));
    assert_int_equal(us, 77);
  }
  assert_false(calendar_parse_instant(calendar, NULL, &(gint64){0}, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(times_in_utc_and_with_offsets),
      cmocka_unit_test(what_is_no_time_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
