/* attain load: the sources' files into the ledger, one transaction a source.
 *
 * A source that fails changes nothing and keeps none of the others from loading; the exit code then says that not all
 * was done. */
#include "app/alerting.h"
#include "app/commands.h"
#include "app/follow.h"
#include "app/opening.h"
#include "session/sources.h"

#define BAR_WIDTH       24
#define REDRAW_EVERY_US 100000

typedef struct {
  const SessionSource *source;
  IngestReport *report; /* NULL when it failed */
  GError *error;
} Load;

static void free_load(gpointer data) {
  Load *load = data;
  g_clear_pointer(&load->report, ingest_report_free);
  g_clear_error(&load->error);
  g_free(load);
}

/* --- the progress bar --- */

typedef struct {
  const CliContext *context;
  const char *source;
  gint64 drawn_at;
} Bar;

static void draw_bar(const char *what, double share, gpointer user_data) {
  Bar *bar = user_data;
  gint64 now = g_get_monotonic_time();
  if (bar->drawn_at && now - bar->drawn_at < REDRAW_EVERY_US) return;
  bar->drawn_at = now;
  g_autoptr(GString) line = g_string_new("\r\033[K");
  g_string_append_printf(line, "%s  ", bar->source);
  if (share >= 0) {
    int filled = (int)(CLAMP(share, 0, 1) * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++)
      g_string_append(line, bar->context->unicode ? (i < filled ? "━" : "─") : (i < filled ? "#" : "."));
    g_string_append_printf(line, " %3d %%  ", (int)(CLAMP(share, 0, 1) * 100));
  }
  g_string_append(line, what ? what : "");
  fputs(line->str, bar->context->err);
  fflush(bar->context->err);
}

static void erase_bar(const Bar *bar) {
  if (!bar->drawn_at) return;
  fputs("\r\033[K", bar->context->err);
  fflush(bar->context->err);
}

/* --- loading --- */

static Load *load_one(Session *session, const SessionSource *source, gboolean full, const CliContext *context) {
  Load *load = g_new0(Load, 1);
  load->source = source;
  if (!source->source) {
    load->error = g_error_copy(source->error);
    return load;
  }
  Bar bar = {.context = context, .source = source->name};
  IngestOptions options = {.now_us = session->now_us,
                           .full = full,
                           .progress = context->shows_progress ? draw_bar : NULL,
                           .user_data = &bar};
  ingest_load(session->store, source->source, session->schema, session->organisation, session->calendar, &options,
              &load->report, &load->error);
  erase_bar(&bar);
  session_tell_load(session, source->name, load->report);
  return load;
}

/* --- as text --- */

static void add_count(CliTable *table, gint64 count, CliStyle style) {
  g_autofree char *text = cli_format_number((double)count, CLI_NUMBER_COUNT, NULL);
  cli_table_add_cell(table, count ? text : "-", count ? style : CLI_STYLE_DIM);
}

/* Skipped and closed rows are the exception; their columns are shown when there are any. */
static gboolean is_shown(const IngestCount *sum, gsize column) {
  return (column != 5 || sum->n_skipped > 0) && (column != 6 || sum->n_closed > 0);
}

static void add_count_row(CliTable *table, const IngestCount *count, const IngestCount *sum) {
  CliStyle style = count == sum ? CLI_STYLE_TOTAL : CLI_STYLE_NONE;
  cli_table_add_row(table);
  cli_table_add_cell(table, count->table, style);
  cli_table_add_cell(table, count->from ? count->from : "", style);
  const gint64 counts[] = {count->n_read,     count->n_new,     count->n_changed, count->n_unchanged,
                           count->n_rejected, count->n_skipped, count->n_closed};
  for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
    if (is_shown(sum, i)) add_count(table, counts[i], i == 4 ? CLI_STYLE_BAD : style);
}

static IngestCount sum_of(const IngestReport *report) {
  IngestCount sum = {.table = "all"};
  for (gsize i = 0; i < report->n_counts; i++) ingest_count_add(&sum, &report->counts[i]);
  return sum;
}

static void print_report(const CliContext *context, const IngestReport *report) {
  static const char *const counts[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  g_autofree char *title =
      report->load
          ? g_strdup_printf("%s: load %" G_GINT64_FORMAT ", %.1f s", report->source, report->load, report->seconds)
          : g_strdup_printf("%s: nothing has changed, %.1f s", report->source, report->seconds);
  g_autoptr(CliTable) table = cli_table_new(title);
  cli_table_add_column(table, "table", CLI_LEFT);
  cli_table_add_column(table, "from", CLI_LEFT);
  IngestCount sum = sum_of(report);
  for (gsize i = 0; i < G_N_ELEMENTS(counts); i++)
    if (is_shown(&sum, i)) cli_table_add_column(table, counts[i], CLI_RIGHT);
  for (gsize i = 0; i < report->n_counts; i++) add_count_row(table, &report->counts[i], &sum);
  if (report->n_counts > 1) add_count_row(table, &sum, &sum);
  cli_table_print(table, context);
  if (report->notes && report->notes[0]) fputc('\n', context->out);
  for (guint i = 0; report->notes && report->notes[i]; i++) {
    fputs("- ", context->out);
    cli_print_text(context, report->notes[i], 2, 2);
  }
  if (sum.n_rejected > 0)
    fputs("\nRejected rows are kept: `attain check` shows them with their reasons.\n", context->out);
}

static void print_loads(const CliContext *context, const GPtrArray *loads) {
  for (guint i = 0; i < loads->len; i++) {
    const Load *load = g_ptr_array_index(loads, i);
    if (i > 0) fputc('\n', context->out);
    fflush(context->out);
    if (load->report)
      print_report(context, load->report);
    else
      fprintf(context->err, "attain: %s was not loaded, nothing of it has changed: %s\n", load->source->name,
              load->error->message);
  }
}

/* --- as JSON --- */

static void json_count(CliJson *json, const IngestCount *count) {
  static const char *const names[] = {"read", "new", "changed", "unchanged", "rejected", "skipped", "closed"};
  const gint64 counts[] = {count->n_read,     count->n_new,     count->n_changed, count->n_unchanged,
                           count->n_rejected, count->n_skipped, count->n_closed};
  cli_json_begin_object(json);
  cli_json_member_text(json, "table", count->table);
  cli_json_member_text(json, "from", count->from);
  for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) cli_json_member_integer(json, names[i], counts[i]);
  cli_json_end_object(json);
}

static void json_load(CliJson *json, const Load *load) {
  const IngestReport *report = load->report;
  cli_json_begin_object(json);
  cli_json_member_text(json, "source", load->source->name);
  cli_json_member_bool(json, "done", report != NULL);
  cli_json_member_text(json, "error", load->error ? load->error->message : NULL);
  cli_json_value(json, "load", report && report->load, report ? (double)report->load : 0);
  cli_json_member_number(json, "seconds", report ? report->seconds : 0);
  cli_json_member_array(json, "tables");
  for (gsize i = 0; report && i < report->n_counts; i++) json_count(json, &report->counts[i]);
  cli_json_end_array(json);
  cli_json_member_texts(json, "notes", report ? (const char *const *)report->notes : NULL);
  cli_json_end_object(json);
}

static void print_json(const CliContext *context, const GPtrArray *loads) {
  g_autoptr(CliJson) json = cli_json_new(context->out);
  cli_json_begin_object(json);
  cli_json_member_array(json, "loads");
  for (guint i = 0; i < loads->len; i++) json_load(json, g_ptr_array_index(loads, i));
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* --- the command --- */

static char **names_of(const CliArguments *arguments) {
  guint n = cli_n_operands(arguments);
  char **names = g_new0(char *, n + 1);
  for (guint i = 0; i < n; i++) names[i] = g_strdup(cli_operand(arguments, i));
  return names;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(GStrv) operands = names_of(arguments);
  const char *const *names = (const char *const *)operands;
  gboolean full = cli_flag(arguments, "full"), as_json = g_strcmp0(cli_option(arguments, "format"), "json") == 0;
  if (cli_flag(arguments, "follow")) return app_follow(context, names, full, as_json, error);
  g_autoptr(Session) session = app_open(context, 0, error);
  if (!session) return -1;
  g_autoptr(GPtrArray) sources = session_sources(session);
  g_autoptr(GPtrArray) chosen = session_choose_sources(session, sources, names, error);
  if (!chosen || !session_open_database(session, SESSION_DATABASE | SESSION_WRITE, error)) return -1;

  g_autoptr(GPtrArray) loads = g_ptr_array_new_with_free_func(free_load);
  g_autoptr(AlertingChanges) changes = alerting_changes_new();
  gboolean all_done = TRUE;
  for (guint i = 0; i < chosen->len; i++) {
    Load *load = load_one(session, g_ptr_array_index(chosen, i), full, context);
    all_done = all_done && load->report;
    alerting_changes_add(changes, load->report);
    g_ptr_array_add(loads, load);
  }
  if (as_json)
    print_json(context, loads);
  else
    print_loads(context, loads);
  fflush(context->out);
  alerting_after_load(session, changes, context->err);
  return all_done ? 0 : 1;
}

static const CliOption options[] = {
    {"follow", 'f', CLI_FLAG, NULL, "stay, and load what the sources' files become", NULL},
    {"full", 0, CLI_FLAG, NULL, "read all rows of sources with a cursor, also those before it", NULL},
    {"format", 0, CLI_VALUE, "FORMAT", "how to print the counts", "table|json"},
};

const CliCommand cmd_load = {
    .name = "load",
    .synopsis = "[SOURCE…]",
    .about = "load the records of all sources, or of those named",
    .details =
        "Reads the files of each source and brings the ledger up to date: new rows are added, changed ones become a "
        "new version, "
        "rows that vanished from a full extract are closed. The same files again change nothing.\n"
        "A bad row is kept with its reason and never stops the others; more bad rows than the source allows stop its "
        "load with "
        "nothing changed. Each source is loaded whole or not at all. Where there are alert rules, those that the new "
        "records concern are judged then, and what is due is sent.\n"
        "With --follow it stays, and loads a source whenever its files have become something new and are whole; other "
        "commands work meanwhile. A line tells of each batch. SIGINT (Ctrl-C) and SIGTERM end it after the batch under "
        "way; killed at any moment, it loses and doubles nothing when it is started again.",
    .examples =
        "attain load\tall sources\n"
        "attain load crm\tone of them\n"
        "attain load --follow\tall sources, and all that comes\n"
        "attain load crm --full\tone of them, its rows before the cursor too\n"
        "attain load --format json\tthe counts for a script",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .max_operands = -1,
    .run = run,
};
