/* Amounts of cells: what each way of writing means in each kind of file. NAN: refused, with these words. */
#include "../unit.h"
#include "target/amount.h"

#include <math.h>
#include <string.h>

typedef struct {
  const char *text;
  double point, comma, either; /* by style */
} Case;

static const Case cases[] = {
    {"12000", 12000, 12000, 12000},
    {"12,000", 12000, NAN, NAN},
    {"12.000", 12, 12000, NAN},
    {"1,234,567", 1234567, 1234567, 1234567},
    {"1.234.567", 1234567, 1234567, 1234567},
    {"12,000.50", 12000.5, 12000.5, 12000.5},
    {"12.000,50", 12000.5, 12000.5, 12000.5},
    {"1.234.567,8", 1234567.8, 1234567.8, 1234567.8},
    {"12,5", 12.5, 12.5, 12.5},
    {"12.5", 12.5, 12.5, 12.5},
    {"12,50", 12.5, 12.5, 12.5},
    {"1234.567", 1234.567, 1234.567, 1234.567}, /* four digits before it: no thousands */
    {"0.125", 0.125, 0.125, 0.125},
    {"0,125", 0.125, 0.125, 0.125},
    {".5", 0.5, 0.5, 0.5},
    {"12 000", 12000, 12000, 12000},
    {"12\xC2\xA0"
     "000,5",
     12000.5, 12000.5, 12000.5},
    {"12\xE2\x80\xAF"
     "000",
     12000, 12000, 12000},
    {"1'200.50", 1200.5, 1200.5, 1200.5},
    {"1\xE2\x80\x99"
     "200",
     1200, 1200, 1200},
    {"30 %", 0.3, 0.3, 0.3},
    {"30%", 0.3, 0.3, 0.3},
    {"12,5 %", 0.125, 0.125, 0.125},
    {"-5", -5, -5, -5},
    {"\xE2\x88\x92"
     "5",
     -5, -5, -5},
    {"+5", 5, 5, 5},
    {"1e6", 1000000, 1000000, 1000000},
    {"1.5E+3", 1500, 1500, 1500},
    {"EUR 500", 500, 500, 500},
    {"500 eur", 500, 500, 500},
    {"\xE2\x82\xAC"
     "1,234.50",
     1234.5, 1234.5, 1234.5},
    {"-\xE2\x82\xAC"
     "5",
     -5, -5, -5},
    {"1,2,3", NAN, NAN, NAN},
    {"1,2345,678", NAN, NAN, NAN},
    {"1.2.3", NAN, NAN, NAN},
    {"1,23.4", NAN, NAN, NAN},
    {"1.000,000,5", NAN, NAN, NAN},
    {"$500", NAN, NAN, NAN},
    {"12k", NAN, NAN, NAN},
    {"ten", NAN, NAN, NAN},
    {"0x10", NAN, NAN, NAN},
    {"inf", NAN, NAN, NAN},
    {"nan", NAN, NAN, NAN},
    {"1e999", NAN, NAN, NAN},
    {"1e", NAN, NAN, NAN},
    {"--5", NAN, NAN, NAN},
    {"5-", NAN, NAN, NAN},
    {"(500)", NAN, NAN, NAN},
    {"%", NAN, NAN, NAN},
    {",", NAN, NAN, NAN},
    {"-", NAN, NAN, NAN},
    {"#N/A", NAN, NAN, NAN},
    {"2027-01-01", NAN, NAN, NAN},
    {"99999999999999999999999999999999999999999999999999", NAN, NAN, NAN},
};

static void check(const char *text, TargetAmountStyle style, double expected) {
  double amount = NAN;
  g_autoptr(GError) error = NULL;
  gboolean read = target_amount_read(text, style, "EUR", &amount, &error);
  if (read == isnan(expected) || (read && fabs(amount - expected) > 1e-9))
    fail_msg("\"%s\" in style %d: %g, not %g", text, style, read ? amount : NAN, expected);
  if (!read) assert_has(error->message, text);
}

static void test_amounts(void **state) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    check(cases[i].text, TARGET_AMOUNT_POINT, cases[i].point);
    check(cases[i].text, TARGET_AMOUNT_COMMA, cases[i].comma);
    check(cases[i].text, TARGET_AMOUNT_EITHER, cases[i].either);
  }
}

static void assert_says(const char *text, TargetAmountStyle style, const char *message) {
  double amount;
  g_autoptr(GError) error = NULL;
  assert_false(target_amount_read(text, style, "EUR", &amount, &error));
  assert_string_equal(error->message, message);
}

static void test_what_to_write(void **state) {
  assert_says("12.000", TARGET_AMOUNT_EITHER,
              "\"12.000\" may be 12 or 12000: write 12000 without a sign between its digits, or 12.0");
  assert_says("12k", TARGET_AMOUNT_POINT, "\"12k\" is no amount: write 12000, 12,000.50 or 30 %, money in EUR");
  assert_says("1,2,3", TARGET_AMOUNT_POINT, "\"1,2,3\" is no amount: thousands have three digits each");
  assert_says("=B2*2", TARGET_AMOUNT_POINT,
              "\"=B2*2\" is a formula whose value is not in the file: open it in a spreadsheet program and save it");
}

static void test_styles(void **state) {
  assert_int_equal(target_amount_style(0), TARGET_AMOUNT_POINT);
  assert_int_equal(target_amount_style(','), TARGET_AMOUNT_POINT);
  assert_int_equal(target_amount_style(';'), TARGET_AMOUNT_COMMA);
  assert_int_equal(target_amount_style('\t'), TARGET_AMOUNT_EITHER);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_amounts),
      cmocka_unit_test(test_what_to_write),
      cmocka_unit_test(test_styles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
