/* Tables as they are printed: in a pipe, on a narrow terminal, as Markdown. */
#include "../unit.h"
#include "cli/cli.h"

#include <locale.h>

static CliTable *sample(void) {
  CliTable *table = cli_table_new("Win rate, 2026-Q3");
  cli_table_add_column(table, "rep", CLI_LEFT);
  cli_table_add_column(table, "won", CLI_RIGHT);
  cli_table_add_column(table, "comment", CLI_LEFT);
  cli_table_add_row(table);
  cli_table_add_cell(table, "Ana Silva", CLI_STYLE_NONE);
  cli_table_add_cell(table, "13", CLI_STYLE_GOOD);
  cli_table_add_cell(table, "a|b", CLI_STYLE_NONE);
  cli_table_add_row(table);
  cli_table_add_cell(table, "山田", CLI_STYLE_NONE);
  cli_table_add_cell(table, "1,234", CLI_STYLE_BAD);
  cli_table_add_row(table);
  cli_table_add_cell(table, "Total", CLI_STYLE_TOTAL);
  cli_table_add_cell(table, "1,247", CLI_STYLE_TOTAL);
  cli_table_add_note(table, "One rep left.");
  return table;
}

static char *printed(const CliTable *table, int width, gboolean unicode, gboolean colour) {
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  CliContext context = {.out = out, .width = width, .unicode = unicode, .colour = colour};
  cli_table_print(table, &context);
  fclose(out);
  return text;
}

static void in_a_pipe(void **state) {
  g_autoptr(CliTable) table = sample();
  g_autofree char *text = printed(table, 0, FALSE, FALSE);
  assert_string_equal(text,
                      "Win rate, 2026-Q3\n"
                      "\n"
                      "rep          won  comment\n"
                      "---------  -----  -------\n"
                      "Ana Silva     13  a|b\n"
                      "山田       1,234\n"
                      "Total      1,247\n"
                      "\n"
                      "One rep left.\n");
}

static void with_drawn_lines(void **state) {
  g_autoptr(CliTable) table = sample();
  g_autofree char *text = printed(table, 0, TRUE, FALSE);
  assert_non_null(strstr(text, "─────────  ─────  ───────\n"));
}

static void colours_only_when_asked(void **state) {
  g_autoptr(CliTable) table = sample();
  g_autofree char *plain = printed(table, 80, TRUE, FALSE);
  g_autofree char *coloured = printed(table, 80, TRUE, TRUE);
  assert_null(strchr(plain, '\033'));
  assert_non_null(strstr(coloured, "\033[1m"));
  assert_non_null(strstr(coloured, "\033[32m"));
  assert_non_null(strstr(coloured, "\033[31m"));
}

static void long_text_wraps_on_a_terminal(void **state) {
  g_autoptr(CliTable) table = cli_table_new(NULL);
  cli_table_add_column(table, "kpi", CLI_LEFT);
  cli_table_add_column(table, "question", CLI_LEFT);
  cli_table_add_row(table);
  cli_table_add_cell(table, "win_rate", CLI_STYLE_NONE);
  cli_table_add_cell(table, "Of the deals decided in the period, what share was won?", CLI_STYLE_NONE);
  g_autofree char *text = printed(table, 40, FALSE, FALSE);
  assert_string_equal(text,
                      "kpi       question\n"
                      "--------  ------------------------------\n"
                      "win_rate  Of the deals decided in the\n"
                      "          period, what share was won?\n");
}

static void columns_left_out_are_named(void **state) {
  g_autoptr(CliTable) table = cli_table_new(NULL);
  const char *const names[] = {"rep", "January", "February", "March"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) cli_table_add_column(table, names[i], i ? CLI_RIGHT : CLI_LEFT);
  cli_table_add_row(table);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) cli_table_add_cell(table, "12345678", CLI_STYLE_NONE);
  g_autofree char *text = printed(table, 20, FALSE, FALSE);
  assert_string_equal(text,
                      "rep        January\n"
                      "--------  --------\n"
                      "12345678  12345678\n"
                      "\n"
                      "Too narrow for:\n"
                      "February, March.\n"
                      "Widen the terminal,\n"
                      "or pipe the output,\n"
                      "to see all.\n");
}

static void nothing_is_lost_in_a_pipe(void **state) {
  g_autoptr(CliTable) table = cli_table_new(NULL);
  cli_table_add_column(table, "a", CLI_LEFT);
  cli_table_add_row(table);
  g_autofree char *wide = g_strnfill(5000, 'x');
  cli_table_add_cell(table, wide, CLI_STYLE_NONE);
  g_autofree char *text = printed(table, 0, FALSE, FALSE);
  assert_non_null(strstr(text, wide));
}

static void control_characters_do_not_reach_the_terminal(void **state) {
  g_autoptr(CliTable) table = cli_table_new(NULL);
  cli_table_add_column(table, "a", CLI_LEFT);
  cli_table_add_row(table);
  cli_table_add_cell(table, "x\033[31my\tz\xff", CLI_STYLE_NONE);
  g_autofree char *text = printed(table, 80, FALSE, FALSE);
  assert_null(strchr(text, '\033'));
  assert_true(g_utf8_validate(text, -1, NULL));
}

static void no_rows(void **state) {
  g_autoptr(CliTable) table = cli_table_new(NULL);
  cli_table_add_column(table, "kpi", CLI_LEFT);
  g_autofree char *text = printed(table, 80, FALSE, FALSE);
  assert_string_equal(text, "kpi\n---\n");
}

static void markdown(void **state) {
  g_autoptr(CliTable) table = sample();
  char *text;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  cli_table_print_markdown(table, out);
  fclose(out);
  assert_string_equal(text,
                      "**Win rate, 2026-Q3**\n"
                      "\n"
                      "| rep | won | comment |\n"
                      "| --- | ---: | --- |\n"
                      "| Ana Silva | 13 | a\\|b |\n"
                      "| 山田 | 1,234 |  |\n"
                      "| **Total** | **1,247** |  |\n"
                      "\n"
                      "One rep left.\n");
  free(text);
}

/* A star behind a total would otherwise end its bold too early, and a name could become a tag, a link or code. */
static void markdown_signs_are_text(void **state) {
  static const struct {
    const char *text, *written;
    CliStyle style;
  } cases[] = {
      {"12 *", "| **12 \\*** |\n", CLI_STYLE_TOTAL},        {"<b>Ana</b>", "| \\<b>Ana\\</b> |\n", CLI_STYLE_NONE},
      {"[Q3](x)", "| \\[Q3](x) |\n", CLI_STYLE_NONE},       {"`x` \\ y", "| \\`x\\` \\\\ y |\n", CLI_STYLE_NONE},
      {"two\nlines", "| two<br>lines |\n", CLI_STYLE_NONE}, {"win_rate", "| win_rate |\n", CLI_STYLE_NONE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(CliTable) table = cli_table_new(NULL);
    cli_table_add_column(table, "x", CLI_LEFT);
    cli_table_add_row(table);
    cli_table_add_cell(table, cases[i].text, cases[i].style);
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    CliContext context = {.out = out};
    cli_table_write(table, &context, TRUE);
    fclose(out);
    assert_string_equal(text + strlen("| x |\n| --- |\n"), cases[i].written);
    free(text);
  }
}

static int use_utf8(void **state) {
  return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(in_a_pipe),
      cmocka_unit_test(with_drawn_lines),
      cmocka_unit_test(colours_only_when_asked),
      cmocka_unit_test(long_text_wraps_on_a_terminal),
      cmocka_unit_test(columns_left_out_are_named),
      cmocka_unit_test(nothing_is_lost_in_a_pipe),
      cmocka_unit_test(control_characters_do_not_reach_the_terminal),
      cmocka_unit_test(no_rows),
      cmocka_unit_test(markdown),
      cmocka_unit_test(markdown_signs_are_text),
  };
  return cmocka_run_group_tests(tests, use_utf8, NULL);
}
