/* attain lint: the mistakes of the field, found in this workspace. */
#include "answer/lint.h"
#include "app/commands.h"
#include "app/opening.h"
#include "lint/usage.h"

#define OLD_DAYS 91

/* --- as text --- */

static char *verdict_of(const LintReport *report) {
  g_autofree char *rules = base_count_words(report->n_rules, "# {rule|rules}");
  g_autofree char *ignored = base_count_words(report->n_ignored, "; # {is|are} silenced in attain.yaml");
  g_autofree char *found = report->findings->len ? base_count_words(report->findings->len, "# {finding|findings}")
                                                 : g_strdup("nothing found");
  return g_strdup_printf("%s looked: %s%s.", rules, found, report->n_ignored ? ignored : "");
}

static void print_finding(const CliContext *context, const LintFinding *finding) {
  static const char *const colours[] = {"\033[2m", "\033[33m", "\033[31m"};
  fprintf(context->out, "%s%-8s%s %s: %s\n", context->colour ? colours[finding->severity] : "",
          lint_severity_name(finding->severity), context->colour ? "\033[0m" : "", finding->rule, finding->subject);
  fputs("  ", context->out);
  cli_print_text(context, finding->evidence, 2, 2);
  for (guint i = 0; i < finding->records->len; i++) {
    const LintRecord *record = g_ptr_array_index(finding->records, i);
    g_autofree char *line = g_strdup_printf("%s %s: %s", record->table, record->id, record->about);
    fputs("    ", context->out);
    cli_print_text(context, line, 6, 4);
  }
  fputs("  → ", context->out);
  cli_print_text(context, finding->remedy, 4, 4);
  fputc('\n', context->out);
}

/* A file of other years loaded to try it: NULL where records are of now. */
static char *old_words(const LintReport *report, BaseDay today) {
  if (report->latest == BASE_DAY_NONE || today - report->latest <= OLD_DAYS) return NULL;
  g_autofree char *latest = base_day_format(report->latest);
  return g_strdup_printf(
      "The last record is of %s, and rules about records look at the last year or two: `attain --now %s lint` looks "
      "from "
      "there.",
      latest, latest);
}

static void print_text(const CliContext *context, const LintReport *report, BaseDay today) {
  for (guint i = 0; i < report->findings->len; i++) print_finding(context, g_ptr_array_index(report->findings, i));
  g_autofree char *verdict = verdict_of(report);
  cli_print_text(context, verdict, 0, 0);
  g_autofree char *old = old_words(report, today);
  if (old) cli_print_text(context, old, 0, 0);
  if (report->findings->len == 0) return;
  const LintFinding *first = g_ptr_array_index(report->findings, 0);
  g_autofree char *how = g_strdup_printf(
      "To silence one, write into attain.yaml: lint: {ignore: [\"%s %s\"]}; the rule's name alone silences all of it.",
      first->rule, first->subject);
  cli_print_text(context, how, 0, 0);
}

static void print_markdown(const CliContext *context, const LintReport *report) {
  static const CliColumn heads[] = {
      {"Severity", CLI_LEFT}, {"Rule", CLI_LEFT}, {"What", CLI_LEFT}, {"Evidence", CLI_LEFT}, {"Remedy", CLI_LEFT}};
  g_autoptr(CliTable) table = cli_table_new("What is wrong with the KPIs");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < report->findings->len; i++) {
    const LintFinding *finding = g_ptr_array_index(report->findings, i);
    cli_table_add_row(table);
    cli_table_add_cell(table, lint_severity_name(finding->severity), CLI_STYLE_NONE);
    cli_table_add_cell(table, finding->rule, CLI_STYLE_NONE);
    cli_table_add_cell(table, finding->subject, CLI_STYLE_NONE);
    cli_table_add_cell(table, finding->evidence, CLI_STYLE_NONE);
    cli_table_add_cell(table, finding->remedy, CLI_STYLE_NONE);
  }
  g_autofree char *verdict = verdict_of(report);
  cli_table_add_note(table, verdict);
  cli_table_write(table, context, TRUE);
}

static int print_rules(const CliContext *context, const char *format) {
  guint n;
  const LintRule *rules = lint_rules(&n);
  if (g_strcmp0(format, "json") == 0) {
    answer_lint_rules_json(context->out);
    return 0;
  }
  static const CliColumn heads[] = {{"Rule", CLI_LEFT}, {"Severity", CLI_LEFT}, {"Looks for", CLI_LEFT}};
  g_autoptr(CliTable) table = cli_table_new("Rules");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < n; i++) {
    cli_table_add_row(table);
    cli_table_add_cell(table, rules[i].name, CLI_STYLE_NONE);
    cli_table_add_cell(table, lint_severity_name(rules[i].severity), CLI_STYLE_NONE);
    cli_table_add_cell(table, rules[i].about, CLI_STYLE_NONE);
  }
  cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  return 0;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *format = cli_option(arguments, "format");
  if (cli_flag(arguments, "rules")) return print_rules(context, format);
  g_autoptr(GPtrArray) only = g_ptr_array_new();
  for (guint i = 0; i < cli_n_operands(arguments); i++) g_ptr_array_add(only, (gpointer)cli_operand(arguments, i));
  g_ptr_array_add(only, NULL);
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (!session) return -1;
  QueryContext question = answer_context(session);
  g_autofree char *usage = lint_usage_file(session->organisation->database);
  LintDesk desk = {.context = &question, .usage_file = usage};
  g_auto(LintReport) report = {0};
  if (!lint_run(&desk, (const char *const *)only->pdata, &report, error)) return -1;
  if (g_strcmp0(format, "json") == 0)
    answer_lint_json(context->out, session, &report);
  else if (g_strcmp0(format, "md") == 0)
    print_markdown(context, &report);
  else
    print_text(context, &report, session->today);
  return cli_flag(arguments, "strict") && report.findings->len > 0 ? 1 : 0;
}

static const CliOption options[] = {
    {"rules", 0, CLI_FLAG, NULL, "list the rules, and what each looks for", NULL},
    {"strict", 0, CLI_FLAG, NULL, "exit with 1 when something is found", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_lint = {
    .name = "lint",
    .synopsis = "[RULE…]",
    .about = "point out mistakes in the set of KPIs, their targets, and what people do for the numbers' sake",
    .details =
        "Without a RULE all have a look: at the set of KPIs and targets (too many, none, nobody's, rates without their "
        "volume, averages of ratios …) and at the records (deals dated back, month ends, stale deals, padded "
        "activity). Each finding comes with its numbers, up to five records and a remedy.\n\n"
        "Rules about people only speak where chance would not: over a whole workspace a false word is said in at most "
        "one run of a thousand. Findings do not change the exit code, unless --strict is given. What is meant to be so "
        "is silenced in attain.yaml under `lint: ignore:`.",
    .examples =
        "attain lint\teverything\n"
        "attain lint backdated_deals month_end_jumps\tonly these\n"
        "attain lint --strict --format json\tfor a nightly check",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
