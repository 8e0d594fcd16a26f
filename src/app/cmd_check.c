/* attain check: everything that can be said against definitions, sources and records, before a number is believed.
 * Errors decide the exit code; warnings do not. */
#include "answer/check.h"
#include "app/commands.h"
#include "app/opening.h"

#define SHOWN_REJECTED 20
#define SHOWN_LOADS    10

/* --- as text --- */

static void print_finding(const CliContext *context, const AnswerFinding *finding) {
  static const char *const words[] = {"note", "warning", "error"};
  static const char *const colours[] = {"\033[2m", "\033[33m", "\033[31m"};
  fprintf(context->out, "  %s%-8s%s ", context->colour ? colours[finding->severity] : "", words[finding->severity],
          context->colour ? "\033[0m" : "");
  cli_print_text(context, finding->text, 11, 11);
}

static void print_verdict(const CliContext *context, const char *title, const char *colour, const char *verdict) {
  const char *bold = context->colour ? "\033[1m" : "", *plain = context->colour ? "\033[0m" : "";
  fprintf(context->out, "%s%s%s: %s%s%s\n", bold, title, plain, context->colour ? colour : "", verdict, plain);
}

/* `summary` NULL: there is nothing of it yet. */
static void print_section(const CliContext *context, const AnswerCheck *check, const char *section, const char *title,
                          const char *summary) {
  guint n_errors = answer_findings_count(&check->findings, section, ANSWER_ERROR);
  guint n_warnings = answer_findings_count(&check->findings, section, ANSWER_WARNING);
  g_autofree char *errors = g_strdup_printf("%u %s", n_errors, n_errors == 1 ? "error" : "errors");
  g_autofree char *warnings = g_strdup_printf("%u %s", n_warnings, n_warnings == 1 ? "warning" : "warnings");
  if (n_errors > 0)
    print_verdict(context, title, "\033[31m", errors);
  else if (n_warnings > 0)
    print_verdict(context, title, "\033[33m", warnings);
  else
    print_verdict(context, title, "\033[32m", summary ? "sound" : "none yet");
  if (summary) {
    fputs("  ", context->out);
    cli_print_text(context, summary, 2, 2);
  }
  for (int severity = ANSWER_ERROR; severity >= ANSWER_NOTE; severity--)
    for (guint i = 0; i < check->findings.all->len; i++) {
      const AnswerFinding *finding = g_ptr_array_index(check->findings.all, i);
      if ((int)finding->severity == severity && strcmp(finding->section, section) == 0) print_finding(context, finding);
    }
  fputc('\n', context->out);
}

/* A moment of the database (UTC) in the organisation's own time. */
static char *local_time(const Session *session, gint64 utc_us) {
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(session->organisation->time_zone);
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(utc_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc && zone ? g_date_time_to_timezone(utc, zone) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d %H:%M") : g_strdup("");
}

static void print_loads(const CliContext *context, const AnswerCheck *check) {
  static const char *const heads[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  gsize n = check->loads ? store_rows_count(check->loads) : 0;
  if (n == 0) return;
  g_autoptr(CliTable) table = cli_table_new("Loads, newest first");
  static const CliColumn first[] = {{"load", CLI_RIGHT}, {"source", CLI_LEFT}, {"at", CLI_LEFT}};
  cli_table_add_columns(table, first, G_N_ELEMENTS(first));
  for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) cli_table_add_column(table, heads[i], CLI_RIGHT);
  for (gsize r = 0; r < MIN(n, SHOWN_LOADS); r++) {
    g_autofree char *load = g_strdup_printf("%" G_GINT64_FORMAT, store_rows_value(check->loads, r, 0).integer);
    g_autofree char *at = local_time(check->session, store_rows_value(check->loads, r, 2).integer);
    cli_table_add_row(table);
    cli_table_add_cell(table, load, CLI_STYLE_NONE);
    cli_table_add_cell(table, store_rows_value(check->loads, r, 1).text, CLI_STYLE_NONE);
    cli_table_add_cell(table, at, CLI_STYLE_NONE);
    for (guint i = 0; i < G_N_ELEMENTS(heads); i++) {
      StoreValue value = store_rows_value(check->loads, r, 4 + i);
      gint64 count = value.type == STORE_NULL ? 0 : value.integer;
      g_autofree char *text = cli_format_number((double)count, CLI_NUMBER_COUNT, NULL);
      cli_table_add_cell(table, count ? text : "-", count && i == 4 ? CLI_STYLE_BAD : CLI_STYLE_NONE);
    }
  }
  g_autofree char *more =
      n > SHOWN_LOADS ? g_strdup_printf("%zu earlier loads are not shown.", (size_t)n - SHOWN_LOADS) : NULL;
  if (more) cli_table_add_note(table, more);
  cli_table_print(table, context);
  fputc('\n', context->out);
}

static void print_rejected(const CliContext *context, const AnswerCheck *check) {
  if (!check->rejected || check->rejected->len == 0) return;
  g_autoptr(CliTable) table = cli_table_new("Rejected rows, newest first");
  static const CliColumn heads[] = {{"table", CLI_LEFT}, {"file", CLI_LEFT}, {"line", CLI_RIGHT}, {"reason", CLI_LEFT}};
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < check->rejected->len; i++) {
    const IngestRejected *row = g_ptr_array_index(check->rejected, i);
    g_autofree char *file = row->file ? g_path_get_basename(row->file) : g_strdup("");
    g_autofree char *line = row->line > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, row->line) : g_strdup("");
    cli_table_add_row(table);
    cli_table_add_cell(table, row->table, CLI_STYLE_NONE);
    cli_table_add_cell(table, file, CLI_STYLE_NONE);
    cli_table_add_cell(table, line, CLI_STYLE_NONE);
    cli_table_add_cell(table, row->reason, CLI_STYLE_NONE);
  }
  g_autofree char *number = cli_format_number((double)check->n_rejected, CLI_NUMBER_COUNT, NULL);
  g_autofree char *note =
      check->n_rejected > (gint64)check->rejected->len
          ? g_strdup_printf("The first %u of %s; `attain check --format json` has the rows themselves.",
                            check->rejected->len, number)
          : NULL;
  if (note) cli_table_add_note(table, note);
  cli_table_print(table, context);
  fputc('\n', context->out);
}

static void print_text(const CliContext *context, const AnswerCheck *check) {
  print_section(context, check, "definitions", "Definitions", check->definitions);
  print_section(context, check, "sources", "Sources", check->sources);
  if (check->alerts || answer_findings_count(&check->findings, "alerts", ANSWER_ERROR) > 0)
    print_section(context, check, "alerts", "Alerts", check->alerts);
  print_section(context, check, "data", "Data", check->data);
  print_loads(context, check);
  print_rejected(context, check);
  guint n_errors = answer_findings_count(&check->findings, NULL, ANSWER_ERROR);
  guint n_warnings = answer_findings_count(&check->findings, NULL, ANSWER_WARNING);
  gboolean is_loaded = check->loads && store_rows_count(check->loads) > 0;
  if (n_errors + n_warnings == 0)
    fputs(is_loaded ? "All is sound.\n" : "Nothing is wrong so far, but nothing was loaded yet: run `attain load`.\n",
          context->out);
  else
    fprintf(context->out, "%u %s, %u %s.\n", n_errors, n_errors == 1 ? "error" : "errors", n_warnings,
            n_warnings == 1 ? "warning" : "warnings");
}

/* --- the command --- */

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_autoptr(Session) session = app_open(context, 0, error);
  if (!session) return -1;
  gboolean as_json = g_strcmp0(cli_option(arguments, "format"), "json") == 0;
  g_auto(AnswerCheck) check = {0};
  answer_check(session, as_json ? ANSWER_MAX_REJECTED : SHOWN_REJECTED, &check);
  if (as_json)
    answer_check_json(&check, context->out);
  else
    print_text(context, &check);
  return answer_findings_count(&check.findings, NULL, ANSWER_ERROR) > 0 ? 1 : 0;
}

static const CliOption options[] = {
    {"format", 0, CLI_VALUE, "FORMAT", "how to print what was found", "table|json"},
};

const CliCommand cmd_check = {
    .name = "check",
    .synopsis = "",
    .about = "check definitions, sources and the records loaded",
    .details =
        "Says what is wrong in the definitions and sources, with file, line and column, and what is odd in the "
        "records: rejected "
        "rows and why, deals without owner or dates, currencies without a rate, names written in two ways, circles of "
        "managers.\n"
        "Errors are to be corrected, and the exit code is then 1. Warnings tell which records KPIs pass over.",
    .examples =
        "attain check\teverything\n"
        "attain check --format json\tfor a script; holds the rejected rows themselves",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};
