/* Amounts as people write them, and what must not be taken for one. */
#include "../unit.h"
#include "base/decimal.h"

static const BaseDecimalFormat english = {'.', ',', 2}, german = {',', '.', 2}, plain = {'.', 0, 2};

static void amounts_in_many_writings(void **state) {
  static const struct {
    const char *text;
    const BaseDecimalFormat *format;
    gint64 value;
    const char *currency;
  } cases[] = {{"1234.5", &english, 123450, ""},
               {"1,234.56", &english, 123456, ""},
               {"1.234,56", &german, 123456, ""},
               {"1.234.567", &german, 123456700, ""},
               {"12,34,567.89", &english, 123456789, ""},
               {"1,23,45,678", &english, 1234567800, ""},
               {"(1,234.50)", &english, -123450, ""},
               {"( 1,234.50 )", &english, -123450, ""},
               {"1234.50-", &english, -123450, ""},
               {"-1234", &plain, -123400, ""},
               {"+7", &plain, 700, ""},
               {"\u22125", &plain, -500, ""},
               {"- 5", &plain, -500, ""},
               {"€ 1.234,56", &german, 123456, "EUR"},
               {"-€5", &plain, -500, "EUR"},
               {"€-5", &plain, -500, "EUR"},
               {"1.234,56 €", &german, 123456, "EUR"},
               {"(€5)", &plain, -500, "EUR"},
               {"EUR 12.30", &plain, 1230, "EUR"},
               {"12.30USD", &plain, 1230, "USD"},
               {"CHF 1'234.50", &plain, 123450, "CHF"},
               {"$5.00", &plain, 500, ""},
               {"US$ 5", &plain, 500, "USD"},
               {"R$ 1.234,00", &german, 123400, "BRL"},
               {"5 kr", &plain, 500, ""},
               {"100 zł", &plain, 10000, "PLN"},
               {"£3", &plain, 300, "GBP"},
               {"1 234 567.89", &plain, 123456789, ""},
               {"1\u00a0234,5", &german, 123450, ""},
               {"1\u202f234", &plain, 123400, ""},
               {"1\u2019234", &plain, 123400, ""},
               {"  42\t", &plain, 4200, ""},
               {".5", &plain, 50, ""},
               {"5.", &plain, 500, ""},
               {"-0", &plain, 0, ""},
               {"0001.10", &plain, 110, ""},
               {"1.2300000", &plain, 123, ""}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDecimal decimal;
    if (base_decimal_parse(cases[i].text, cases[i].format, &decimal) != BASE_DECIMAL_OK || decimal.rounded ||
        decimal.percent)
      fail_msg("'%s' was not read", cases[i].text);
    if (decimal.value != cases[i].value) fail_msg("'%s' was read as %" G_GINT64_FORMAT, cases[i].text, decimal.value);
    assert_string_equal(decimal.currency, cases[i].currency);
  }
}

static void what_is_no_amount_is_refused(void **state) {
  static const struct {
    const char *text;
    const BaseDecimalFormat *format;
  } cases[] = {{"1,5", &english},    {"1,2345", &english},     {"1234,567", &english},  {"1,23,456,789", &english},
               {",123", &english},   {"1.234,56", &english},   {"1,234.56", &german},   {"1,234", &plain},
               {"1.2.3", &plain},    {"1 2", &plain},          {"1,234 567", &english}, {"--5", &plain},
               {"-5-", &plain},      {"(-5)", &plain},         {"-(5)", &plain},        {"(5", &plain},
               {"5)", &plain},       {"()", &plain},           {"-", &plain},           {"€", &plain},
               {".", &plain},        {"abc", &plain},          {"12abc", &plain},       {"eur 5", &plain},
               {"EURO 5", &plain},   {"EUR 5 USD", &plain},    {"1e5", &plain},         {"0x10", &plain},
               {"NaN", &plain},      {"inf", &plain},          {"%", &plain},           {"5 %%", &plain},
               {"\xff 5", &plain},   {"5\xff", &plain},        {"٥", &plain},           {"1,,234", &english},
               {"1,234,", &english}, {"123,45,678", &english}, {"2026-06-15", &plain}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDecimal decimal = {.value = 77};
    if (base_decimal_parse(cases[i].text, cases[i].format, &decimal) != BASE_DECIMAL_MALFORMED)
      fail_msg("'%s' was read as %" G_GINT64_FORMAT, cases[i].text, decimal.value);
    assert_int_equal(decimal.value, 77);
  }
  BaseDecimal decimal;
  assert_int_equal(base_decimal_parse(NULL, &plain, &decimal), BASE_DECIMAL_EMPTY);
  assert_int_equal(base_decimal_parse("", &plain, &decimal), BASE_DECIMAL_EMPTY);
  assert_int_equal(base_decimal_parse(" \t\u00a0", &plain, &decimal), BASE_DECIMAL_EMPTY);
}

static void percent_is_said_and_not_applied(void **state) {
  BaseDecimal decimal;
  assert_int_equal(base_decimal_parse("12 %", &plain, &decimal), BASE_DECIMAL_OK);
  assert_int_equal(decimal.value, 1200);
  assert_true(decimal.percent);
  assert_int_equal(base_decimal_parse("-12,5%", &german, &decimal), BASE_DECIMAL_OK);
  assert_int_equal(decimal.value, -1250);
  assert_true(decimal.percent);
}

static void lost_places_are_rounded_and_said(void **state) {
  static const struct {
    const char *text;
    gint64 value;
  } cases[] = {{"0.005", 1}, {"-0.005", -1}, {"0.0049999", 0}, {"1.999", 200}, {"9.995", 1000}, {"1.001", 100}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    BaseDecimal decimal;
    assert_int_equal(base_decimal_parse(cases[i].text, &plain, &decimal), BASE_DECIMAL_OK);
    assert_int_equal(decimal.value, cases[i].value);
    assert_true(decimal.rounded);
  }
}

static void the_limits_of_64_bits(void **state) {
  BaseDecimal decimal;
  const BaseDecimalFormat whole = {'.', ',', 0}, fine = {'.', ',', 18};
  assert_int_equal(base_decimal_parse("9223372036854775807", &whole, &decimal), BASE_DECIMAL_OK);
  assert_true(decimal.value == G_MAXINT64);
  assert_int_equal(base_decimal_parse("9223372036854775808", &whole, &decimal), BASE_DECIMAL_OVERFLOW);
  assert_int_equal(base_decimal_parse("9223372036854775807.5", &whole, &decimal), BASE_DECIMAL_OVERFLOW);
  assert_int_equal(base_decimal_parse("18446744073709551616", &whole, &decimal), BASE_DECIMAL_OVERFLOW);
  assert_int_equal(base_decimal_parse("99999999999999999999999999999999", &whole, &decimal), BASE_DECIMAL_OVERFLOW);
  assert_int_equal(base_decimal_parse("10", &fine, &decimal), BASE_DECIMAL_OVERFLOW); /* 10^19 */
  assert_int_equal(base_decimal_parse("9.223372036854775807", &fine, &decimal), BASE_DECIMAL_OK);
  assert_true(decimal.value == G_MAXINT64);
}

/* Writes a random number in a random writing; it must be read back. */
static void any_writing_of_a_number_is_that_number(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  static const char *const separators[] = {"", ",", " ", "\u00a0", "'", "\u202f"};
  for (int run = 0; run < 20000; run++) {
    gint64 value = g_rand_int_range(random, 0, G_MAXINT32);
    if (g_rand_boolean(random)) value *= g_rand_int_range(random, 1, 1000);
    gboolean negative = g_rand_boolean(random);
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, value / 100);
    const char *separator = separators[g_rand_int_range(random, 0, G_N_ELEMENTS(separators))];
    g_autoptr(GString) number = g_string_new(NULL);
    for (gsize i = 0, n = strlen(digits); i < n; i++) {
      if (i > 0 && (n - i) % 3 == 0) g_string_append(number, separator);
      g_string_append_c(number, digits[i]);
    }
    g_string_append_printf(number, ".%02d", (int)(value % 100));
    g_autofree char *text = NULL;
    switch (g_rand_int_range(random, 0, 6)) {
      case 0:
        text = g_strdup_printf("%s%s", negative ? "-" : "", number->str);
        break;
      case 1:
        text = g_strdup_printf("%s$%s", negative ? "-" : "", number->str);
        break;
      case 2:
        text = g_strdup_printf("%s%s%s", negative ? "(" : "", number->str, negative ? ")" : "");
        break;
      case 3:
        text = g_strdup_printf("EUR %s%s", number->str, negative ? "-" : "");
        break;
      case 4:
        text = g_strdup_printf("%s %s €", negative ? "\u2212" : "", number->str);
        break;
      default:
        text = g_strdup_printf(" GBP%s%s ", negative ? "-" : "+", number->str);
        break;
    }
    BaseDecimal decimal;
    if (base_decimal_parse(text, &english, &decimal) != BASE_DECIMAL_OK || decimal.value != (negative ? -value : value))
      fail_msg("'%s' was not read as %" G_GINT64_FORMAT, text, value);
  }
}

static void numbers_are_written_plainly(void **state) {
  static const struct {
    gint64 value;
    int digits;
    const char *text;
  } cases[] = {
      {123450, 2, "1234.50"}, {-5, 2, "-0.05"}, {0, 0, "0"}, {7, 0, "7"}, {G_MININT64, 4, "-922337203685477.5808"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = base_decimal_to_string(cases[i].value, cases[i].digits);
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(amounts_in_many_writings),        cmocka_unit_test(what_is_no_amount_is_refused),
      cmocka_unit_test(percent_is_said_and_not_applied), cmocka_unit_test(lost_places_are_rounded_and_said),
      cmocka_unit_test(the_limits_of_64_bits),           cmocka_unit_test(any_writing_of_a_number_is_that_number),
      cmocka_unit_test(numbers_are_written_plainly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
