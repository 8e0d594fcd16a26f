/* Numbers as people read them; each expected text is what one would write by hand. */
#include "../unit.h"
#include "cli/cli.h"

#include <math.h>

typedef struct {
  double value;
  CliNumberStyle style;
  const char *currency;
  const char *text;
} Case;

static const Case cases[] = {
    {0.3095, CLI_NUMBER_PERCENT, NULL, "31.0 %"}, /* 30.95: half goes up, though the nearest double is a hair below */
    {13.0 / 42.0, CLI_NUMBER_PERCENT, NULL, "31.0 %"},
    {1, CLI_NUMBER_PERCENT, NULL, "100.0 %"},
    {0, CLI_NUMBER_PERCENT, NULL, "0.0 %"},
    {-0.0, CLI_NUMBER_PERCENT, NULL, "0.0 %"},
    {-0.051, CLI_NUMBER_PERCENT, NULL, "-5.1 %"},
    {12.345, CLI_NUMBER_PERCENT, NULL, "1,234.5 %"},
    {0.0001234, CLI_NUMBER_PERCENT, NULL, "0.012 %"}, /* not zero, so not shown as zero */
    {0, CLI_NUMBER_COUNT, NULL, "0"},
    {999, CLI_NUMBER_COUNT, NULL, "999"},
    {1000, CLI_NUMBER_COUNT, NULL, "1,000"},
    {1234567, CLI_NUMBER_COUNT, NULL, "1,234,567"},
    {-1234567, CLI_NUMBER_COUNT, NULL, "-1,234,567"},
    {12.5, CLI_NUMBER_COUNT, NULL, "12.5"},
    {12345, CLI_NUMBER_MONEY, "EUR", "EUR 12,345"},
    {12345.67, CLI_NUMBER_MONEY, "EUR", "EUR 12,346"},
    {1234567, CLI_NUMBER_MONEY, "EUR", "EUR 1,234,567"},
    {123.4, CLI_NUMBER_MONEY, "USD", "USD 123.40"},
    {0.005, CLI_NUMBER_MONEY, "USD", "USD 0.01"},
    {-0.001, CLI_NUMBER_MONEY, "USD", "USD 0.00"}, /* never a negative zero */
    {-42, CLI_NUMBER_MONEY, "USD", "USD -42.00"},
    {999.994, CLI_NUMBER_MONEY, "EUR", "EUR 999.99"},
    {999.995, CLI_NUMBER_MONEY, "EUR", "EUR 1,000"},
    {123.4, CLI_NUMBER_MONEY, "JPY", "JPY 123"},
    {12.5, CLI_NUMBER_MONEY, NULL, "12.50"},
    {51.8, CLI_NUMBER_DAYS, NULL, "51.8 days"},
    {1234.56, CLI_NUMBER_DAYS, NULL, "1,234.6 days"},
    {0, CLI_NUMBER_DAYS, NULL, "0.0 days"},
    {8.4, CLI_NUMBER_SCORE, NULL, "8.40"},
    {42.36, CLI_NUMBER_SCORE, NULL, "42.4"},
    {9.996, CLI_NUMBER_SCORE, NULL, "10.0"},
    {-42.36, CLI_NUMBER_SCORE, NULL, "-42.4"},
    {3, CLI_NUMBER_PLAIN, NULL, "3"},
    {3.14159, CLI_NUMBER_PLAIN, NULL, "3.14"},
    {2777.777777, CLI_NUMBER_PLAIN, NULL, "2,777.8"},
    {0.000123, CLI_NUMBER_PLAIN, NULL, "0.00012"},
    {-0.0, CLI_NUMBER_PLAIN, NULL, "0"},
    {9007199254740992.0, CLI_NUMBER_COUNT, NULL, "9,007,199,254,740,992"}, /* 2^53 */
    {NAN, CLI_NUMBER_PLAIN, NULL, "no value"},
    {INFINITY, CLI_NUMBER_MONEY, "EUR", "no value"},
};

static void written_by_hand(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = cli_format_number(cases[i].value, cases[i].style, cases[i].currency);
    assert_string_equal(text, cases[i].text);
  }
}

/* A column of amounts has one precision: that of its largest, unless a small one would then look like nothing. */
static void columns_of_money(void **state) {
  static const struct {
    double values[3];
    const char *currency;
    gboolean exact;
    int decimals;
  } columns[] = {
      {{0, 1580, 20}, "EUR", FALSE, 0},         /* all whole */
      {{1200, 500, 1700}, "EUR", TRUE, 0},      /* the same where a sum is shown */
      {{1580.4, 0, 12.25}, "EUR", FALSE, 0},    /* cents beside thousands are noise */
      {{1580.4, 0, 12.25}, "EUR", TRUE, 2},     /* … but not where they must add up */
      {{12.5, 999.99, 3}, "EUR", FALSE, 2},     /* below a thousand they are read */
      {{0.37, 1580, 20}, "EUR", FALSE, 2},      /* 0.37 is not 0 */
      {{0.5, 1580, 20}, "EUR", FALSE, 0},       /* 0.50 shows as 1 */
      {{999.995, 1.5, 0}, "EUR", FALSE, 0},     /* rounds to 1,000 */
      {{123.4, 5, 6}, "JPY", FALSE, 0},         /* yen have none */
      {{-2500.5, 0, 0.001}, "EUR", FALSE, 0},   /* below half a cent is nothing in any case */
      {{INFINITY, 12.5, NAN}, "USD", FALSE, 2}, /* what is no number has no say */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
    assert_int_equal(cli_money_decimals(columns[i].values, 3, columns[i].currency, columns[i].exact),
                     columns[i].decimals);
  g_autofree char *nothing = cli_format_money(0, "EUR", 0), *half = cli_format_money(12.25, "EUR", 2),
                  *whole = cli_format_money(1580.4, "EUR", 0);
  assert_string_equal(nothing, "EUR 0");
  assert_string_equal(half, "EUR 12.25");
  assert_string_equal(whole, "EUR 1,580");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(written_by_hand), cmocka_unit_test(columns_of_money)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
