/* JSON and CSV as written to a stream. */
#include "../unit.h"
#include "cli/cli.h"

#include <float.h>
#include <math.h>

typedef struct {
  char *text;
  size_t length;
  FILE *out;
} Capture;

static void capture_begin(Capture *capture) {
  capture->out = open_memstream(&capture->text, &capture->length);
}
static void capture_expect(Capture *capture, const char *text) {
  fclose(capture->out);
  assert_string_equal(capture->text, text);
  free(capture->text);
}

static void layout(void **state) {
  Capture capture;
  capture_begin(&capture);
  CliJson *json = cli_json_new(capture.out);
  cli_json_begin_object(json);
  cli_json_key(json, "rows");
  cli_json_begin_array(json);
  for (int i = 0; i < 2; i++) {
    cli_json_begin_object(json);
    cli_json_key(json, "kpi");
    cli_json_text(json, "win_rate");
    cli_json_key(json, "members");
    cli_json_begin_object(json);
    cli_json_key(json, "rep");
    cli_json_text(json, "Ana");
    cli_json_end_object(json);
    cli_json_key(json, "flags");
    cli_json_begin_array(json);
    cli_json_end_array(json);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
  cli_json_key(json, "empty");
  cli_json_begin_array(json);
  cli_json_end_array(json);
  cli_json_key(json, "n");
  cli_json_integer(json, G_MININT64);
  cli_json_key(json, "yes");
  cli_json_bool(json, TRUE);
  cli_json_key(json, "none");
  cli_json_text(json, NULL);
  cli_json_end_object(json);
  cli_json_free(json);
  capture_expect(&capture,
                 "{\n"
                 "  \"rows\": [\n"
                 "    {\"kpi\": \"win_rate\", \"members\": {\"rep\": \"Ana\"}, \"flags\": []},\n"
                 "    {\"kpi\": \"win_rate\", \"members\": {\"rep\": \"Ana\"}, \"flags\": []}\n"
                 "  ],\n"
                 "  \"empty\": [],\n"
                 "  \"n\": -9223372036854775808,\n"
                 "  \"yes\": true,\n"
                 "  \"none\": null\n"
                 "}\n");
}

static void expect_text(const char *text, const char *expected) {
  Capture capture;
  capture_begin(&capture);
  CliJson *json = cli_json_new(capture.out);
  cli_json_text(json, text);
  cli_json_free(json);
  capture_expect(&capture, expected);
}

static void escapes(void **state) {
  expect_text("a\"b\\c/d", "\"a\\\"b\\\\c/d\"\n");
  expect_text("\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"\n");
  expect_text("größe 山 😀", "\"größe 山 😀\"\n");
  expect_text("bad \xff\xc3 end", "\"bad \xef\xbf\xbd\xef\xbf\xbd end\"\n"); /* U+FFFD for each byte that is none */
  expect_text("", "\"\"\n");
}

static void expect_number(double value, const char *expected) {
  Capture capture;
  capture_begin(&capture);
  CliJson *json = cli_json_new(capture.out);
  cli_json_number(json, value);
  cli_json_free(json);
  g_autofree char *line = g_strconcat(expected, "\n", NULL);
  capture_expect(&capture, line);
}

/* Shortest texts as Python's repr() and JavaScript give them. */
static void shortest_numbers(void **state) {
  expect_number(0, "0");
  expect_number(-0.0, "0");
  expect_number(13, "13");
  expect_number(0.1, "0.1");
  expect_number(0.1 + 0.2, "0.30000000000000004");
  expect_number(1.0 / 3, "0.3333333333333333");
  expect_number(5e-324, "5e-324");
  expect_number(DBL_MAX, "1.7976931348623157e+308");
  expect_number(123456789012345680.0, "1.2345678901234568e+17");
  expect_number(NAN, "null");
  expect_number(-INFINITY, "null");
}

static void numbers_read_back(void **state) {
  guint32 seed = g_random_int();
  g_autoptr(GRand) random = g_rand_new_with_seed(seed);
  print_message("seed %u\n", seed);
  for (int i = 0; i < 20000; i++) {
    guint64 bits = (guint64)g_rand_int(random) << 32 | g_rand_int(random);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) continue;
    Capture capture;
    capture_begin(&capture);
    CliJson *json = cli_json_new(capture.out);
    cli_json_number(json, value);
    cli_json_free(json);
    fclose(capture.out);
    assert_true(g_ascii_strtod(capture.text, NULL) == value);
    free(capture.text);
  }
}

static void csv(void **state) {
  Capture capture;
  capture_begin(&capture);
  const char *const fields[] = {"plain", "a,b", "say \"hi\"", "two\nlines", " padded", "", NULL, "größe"};
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) cli_csv_field(capture.out, fields[i], i == 0);
  cli_csv_end(capture.out);
  capture_expect(&capture, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" padded\",,,größe\r\n");
}

/* Nothing in a file is calculated when a spreadsheet opens it; numbers stay numbers. */
static void csv_formulas(void **state) {
  static const char *const cases[][2] = {
      {"=1+1", "'=1+1"}, {"+1+1", "'+1+1"},     {"-1-1", "'-1-1"},  {"@SUM(A1)", "'@SUM(A1)"},
      {"\tx", "'\tx"},   {"=a,b", "\"'=a,b\""}, {"-12.5", "-12.5"}, {"-1.5e-07", "-1.5e-07"},
      {"-", "'-"},       {"+49 30", "'+49 30"}, {"a=1", "a=1"},     {"\rx", "\"'\rx\""},
      {"-e5", "'-e5"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Capture capture;
    capture_begin(&capture);
    cli_csv_field(capture.out, cases[i][0], TRUE);
    capture_expect(&capture, cases[i][1]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layout),
      cmocka_unit_test(escapes),
      cmocka_unit_test(shortest_numbers),
      cmocka_unit_test(numbers_read_back),
      cmocka_unit_test(csv),
      cmocka_unit_test(csv_formulas),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
