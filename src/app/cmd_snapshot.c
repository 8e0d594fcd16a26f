/* attain snapshot: closes a period, or lists those closed. */
#include "answer/reported.h"
#include "app/commands.h"
#include "app/opening.h"

/* --- closing --- */

/* Computed from a database that is only read, then added to it: the database is held for writing as shortly as can be.
 */
static Snapshot *close_period(const CliContext *context, const CliArguments *arguments, GError **error) {
  const char *as_of = cli_option(arguments, "as-of");
  g_autoptr(Session) session = app_open_as_of(context, as_of, SESSION_DATABASE | SESSION_DEFINITIONS, error);
  if (!session) return NULL;
  g_autoptr(GPtrArray) kpis = g_ptr_array_new();
  for (guint i = 1; i < cli_n_operands(arguments); i++) g_ptr_array_add(kpis, (gpointer)cli_operand(arguments, i));
  g_ptr_array_add(kpis, NULL);
  AnswerClosing closing = {.period = cli_operand(arguments, 0),
                           .kpis = (const char *const *)kpis->pdata,
                           .by = cli_option_all(arguments, "by"),
                           .note = cli_option(arguments, "note")};
  g_autoptr(Snapshot) snapshot = answer_snapshot_take(session, &closing, error);
  if (!snapshot) return NULL;
  session_close_database(session);
  if (!session_open_database(session, SESSION_DATABASE | SESSION_WRITE, error) ||
      !snapshot_save(session->store, snapshot, cli_flag(arguments, "again"), error))
    return NULL;
  return g_steal_pointer(&snapshot);
}

static void print_closed(const Snapshot *snapshot, const CliContext *context) {
  g_autofree char *kpis = base_count_words(snapshot->n_kpis, "# {KPI|KPIs}");
  g_autofree char *values = base_count_words(snapshot->n_values, "# {number|numbers}");
  g_auto(GStrv) names = g_strsplit(snapshot->dimensions, " ", -1);
  g_autofree char *by = g_strjoinv(" and by ", names);
  fprintf(context->out, "%s is closed (revision %" G_GINT64_FORMAT "): %s of all and by %s, %s, kept as reported.\n",
          snapshot->period.name, snapshot->revision, kpis, by, values);
  fprintf(context->out, "What of them is otherwise later: attain show --reported --period %s\n", snapshot->period.name);
}

/* --- listing --- */

static GPtrArray *list(const CliContext *context, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DATABASE, error);
  return session ? snapshot_list(session->store, error) : NULL;
}

static void add_snapshot(CliTable *table, const Snapshot *snapshot) {
  g_autofree char *revision = g_strdup_printf("%" G_GINT64_FORMAT, snapshot->revision);
  g_autofree char *closed = answer_instant(snapshot->closed_at_us), *known = answer_instant(snapshot->known_at_us);
  g_autofree char *kpis = cli_format_number((double)snapshot->n_kpis, CLI_NUMBER_COUNT, NULL);
  g_autofree char *values = cli_format_number((double)snapshot->n_values, CLI_NUMBER_COUNT, NULL);
  g_auto(GStrv) names = g_strsplit(snapshot->dimensions, " ", -1);
  g_autofree char *by = g_strjoinv(", ", names);
  const char *cells[] = {
      snapshot->period.name, revision, closed, known, kpis, values, by, snapshot->note ? snapshot->note : ""};
  cli_table_add_row(table);
  for (guint c = 0; c < G_N_ELEMENTS(cells); c++) cli_table_add_cell(table, cells[c], CLI_STYLE_NONE);
}

static void print_list(const GPtrArray *snapshots, const CliContext *context, gboolean markdown) {
  static const CliColumn heads[] = {
      {"Period", CLI_LEFT}, {"Revision", CLI_RIGHT}, {"Closed at", CLI_LEFT}, {"Records as of", CLI_LEFT},
      {"KPIs", CLI_RIGHT},  {"Numbers", CLI_RIGHT},  {"By", CLI_LEFT},        {"Note", CLI_LEFT}};
  if (snapshots->len == 0) {
    fputs("No period was closed yet: `attain snapshot 2026-Q3` keeps a period's numbers as they are reported.\n",
          context->out);
    return;
  }
  g_autoptr(CliTable) table = cli_table_new("Closed periods");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < snapshots->len; i++) add_snapshot(table, g_ptr_array_index(snapshots, i));
  cli_table_write(table, context, markdown);
}

static int run_list(const CliContext *context, const CliArguments *arguments, GError **error) {
  static const char *const of_closing[] = {"by", "note", "as-of"};
  const char *format = cli_option(arguments, "format");
  for (guint i = 0; i < G_N_ELEMENTS(of_closing); i++) {
    if (!cli_option(arguments, of_closing[i])) continue;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "which period is to be closed? attain snapshot 2026-Q3 --%s …",
                of_closing[i]);
    return -1;
  }
  g_autoptr(GPtrArray) snapshots = list(context, error);
  if (!snapshots) return -1;
  if (g_strcmp0(format, "json") != 0) {
    print_list(snapshots, context, g_strcmp0(format, "md") == 0);
    return 0;
  }
  answer_snapshots_json(snapshots, context->out);
  return 0;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  if (cli_n_operands(arguments) == 0) return run_list(context, arguments, error);
  g_autoptr(Snapshot) snapshot = close_period(context, arguments, error);
  if (!snapshot) return -1;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0) {
    g_autoptr(CliJson) json = cli_json_new(context->out);
    answer_snapshot_json(json, snapshot);
  } else {
    print_closed(snapshot, context);
  }
  return 0;
}

static const CliOption options[] = {
    {"by", 'b', CLI_VALUES, "DIMENSION", "beside the totals, by each of these; several with commas (default: rep,team)",
     NULL},
    {"again", 0, CLI_FLAG, NULL, "the period was closed before: keep a new revision beside the old", NULL},
    {"note", 0, CLI_VALUE, "TEXT", "why, or for whom; kept with it", NULL},
    {"as-of", 0, CLI_VALUE, "TIME", "from the records as they were believed on a date (its end) or at a time", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_snapshot = {
    .name = "snapshot",
    .synopsis = "[PERIOD [KPI…]]",
    .about = "close a period: keep its numbers as they are reported",
    .details =
        "Without a KPI all that have data are kept, of all and by rep and by team, each with the definition by which "
        "it was computed. They stay as they are whatever is loaded, redefined or handed over afterwards. `attain show "
        "--reported` shows them beside what they are now.\n\n"
        "Without a PERIOD those closed are listed. A period that still runs cannot be closed.",
    .examples =
        "attain snapshot 2026-Q3\tclose the quarter\n"
        "attain snapshot\twhich periods are closed\n"
        "attain show --reported --period 2026-Q3\twhat of the reported numbers has changed since\n"
        "attain show revenue --reported --by rep\ta KPI as reported, beside what it is now\n"
        "attain snapshot 2026-Q3 --again --note 'after the audit'\ta new revision beside the old\n"
        "attain snapshot 2026-Q2 --as-of 2026-07-05\tas it would have been closed on 5 July",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
