/* attain demo: a simulated company as a workspace, loaded.
 *
 * Makes the files (src/demo), then loads them as `attain load` would, so that what is shown afterwards has gone through
 * the same door as anybody's records. */
#include "app/commands.h"
#include "app/demo_targets.h"
#include "app/demo_users.h"
#include "demo/demo.h"
#include "session/sources.h"

#include <unistd.h>

#define TIME_ZONE      "Europe/Berlin" /* of the company: demo/attain.yaml */
#define DEFAULT_PEOPLE 60
#define DEFAULT_DEALS  40000
#define DEFAULT_SEED   1

/* --- options --- */

static gboolean read_number(const CliArguments *arguments, const char *name, guint64 low, guint64 high,
                            guint64 otherwise, guint64 *number, GError **error) {
  const char *text = cli_option(arguments, name);
  *number = otherwise;
  if (text == NULL || g_ascii_string_to_unsigned(text, 10, low, high, number, NULL)) return TRUE;
  g_autofree char *from = cli_format_number((double)low, CLI_NUMBER_COUNT, NULL);
  g_autofree char *to = cli_format_number((double)high, CLI_NUMBER_COUNT, NULL);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--%s must be a whole number from %s to %s, not \"%s\"", name, from,
              to, text);
  return FALSE;
}

/* The last day of the history: --until, or the day before the clock's. */
static gboolean read_until(const CliContext *context, const CliArguments *arguments, BaseDay *until, GError **error) {
  const char *text = cli_option(arguments, "until");
  if (text != NULL) {
    if (base_day_parse_iso(text, until)) return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--until must be a date such as 2026-10-31, not \"%s\"", text);
    return FALSE;
  }
  CalendarConfig config = {.first_month = 1, .time_zone = TIME_ZONE};
  g_autoptr(Calendar) calendar = calendar_new(&config, error);
  if (calendar == NULL) return FALSE;
  gint64 now_us = g_get_real_time();
  if (context->now != NULL && !calendar_parse_instant(calendar, context->now, &now_us, error)) return FALSE;
  *until = calendar_day_of(calendar, now_us) - 1;
  return TRUE;
}

static gboolean read_options(const CliContext *context, const CliArguments *arguments, DemoOptions *options,
                             GError **error) {
  guint64 people, deals, seed;
  if (cli_flag(arguments, "no-load") && cli_flag(arguments, "users")) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "--users needs the records that --no-load leaves out: write one of them");
    return FALSE;
  }
  if (!read_number(arguments, "people", DEMO_MIN_PEOPLE, DEMO_MAX_PEOPLE, DEFAULT_PEOPLE, &people, error) ||
      !read_number(arguments, "deals", DEMO_MIN_DEALS, DEMO_MAX_DEALS, DEFAULT_DEALS, &deals, error) ||
      !read_number(arguments, "seed", 0, G_MAXINT64, DEFAULT_SEED, &seed, error) ||
      !read_until(context, arguments, &options->until, error))
    return FALSE;
  options->people = (guint)people;
  options->deals = (gint64)deals;
  options->seed = seed;
  return TRUE;
}

/* --- progress --- */

typedef struct {
  FILE *err;
  const char *what;
  int percent;
} Progress;

static void draw(Progress *progress, const char *what, double share) {
  int percent = share < 0 ? -1 : (int)(share * 100);
  if (percent == progress->percent && percent >= 0) return;
  progress->percent = percent;
  if (percent >= 0)
    fprintf(progress->err, "\r\033[K%s  %d %%", what, percent);
  else
    fprintf(progress->err, "\r\033[K%s", what);
  fflush(progress->err);
}

static void on_simulated(double share, gpointer user_data) {
  draw(user_data, "simulating", share);
}

static void on_loaded(const char *what, double share, gpointer user_data) {
  Progress *progress = user_data;
  draw(progress, what != NULL ? what : progress->what, share);
}

static void clear(Progress *progress) {
  if (progress == NULL || progress->percent == G_MININT) return;
  fputs("\r\033[K", progress->err);
  fflush(progress->err);
  progress->percent = G_MININT;
}

/* --- loading --- */

typedef struct {
  gint64 read, rejected;
  double seconds;
} Totals;

static void add_report(CliTable *table, const IngestReport *report, Totals *totals) {
  gint64 read = 0, rejected = 0;
  for (gsize i = 0; i < report->n_counts; i++) {
    read += report->counts[i].n_read;
    rejected += report->counts[i].n_rejected;
  }
  g_autofree char *read_text = cli_format_number((double)read, CLI_NUMBER_COUNT, NULL);
  g_autofree char *rejected_text = cli_format_number((double)rejected, CLI_NUMBER_COUNT, NULL);
  g_autofree char *seconds = g_strdup_printf("%.1f", report->seconds);
  cli_table_add_row(table);
  cli_table_add_cell(table, report->source, CLI_STYLE_NONE);
  cli_table_add_cell(table, read_text, CLI_STYLE_NONE);
  cli_table_add_cell(table, rejected_text, rejected > 0 ? CLI_STYLE_BAD : CLI_STYLE_DIM);
  cli_table_add_cell(table, seconds, CLI_STYLE_NONE);
  totals->read += read;
  totals->rejected += rejected;
  totals->seconds += report->seconds;
}

static gboolean load_source(Session *session, const SessionSource *source, Progress *progress, CliTable *table,
                            Totals *totals, GError **error) {
  if (source->source == NULL) {
    g_propagate_error(error, g_error_copy(source->error));
    return FALSE;
  }
  g_autoptr(IngestReport) report = NULL;
  IngestOptions options = {
      .now_us = session->now_us, .progress = progress != NULL ? on_loaded : NULL, .user_data = progress};
  if (progress != NULL) progress->what = source->name;
  if (!ingest_load(session->store, source->source, session->schema, session->organisation, session->calendar, &options,
                   &report, error)) {
    g_prefix_error(error, "%s was not loaded: ", source->name);
    return FALSE;
  }
  add_report(table, report, totals);
  return TRUE;
}

static CliTable *load_all(const char *folder, const CliContext *context, Progress *progress, Totals *totals,
                          GError **error) {
  g_autoptr(Session) session = session_open(folder, context->now, SESSION_DEFINITIONS | SESSION_WRITE, error);
  if (session == NULL) return NULL;
  g_autoptr(GPtrArray) sources = session_sources(session);
  static const CliColumn heads[] = {
      {"source", CLI_LEFT}, {"rows", CLI_RIGHT}, {"rejected", CLI_RIGHT}, {"seconds", CLI_RIGHT}};
  g_autoptr(CliTable) table = cli_table_new("loaded");
  cli_table_add_columns(table, heads, G_N_ELEMENTS(heads));
  for (guint i = 0; i < sources->len; i++) {
    gboolean ok = load_source(session, g_ptr_array_index(sources, i), progress, table, totals, error);
    clear(progress);
    if (!ok) return NULL;
  }
  if (!demo_targets_set(session, error)) return NULL;
  return g_steal_pointer(&table);
}

/* --- the command --- */

static void print_made(const CliContext *context, const char *folder, const DemoSummary *summary,
                       const DemoOptions *options) {
  g_autofree char *from = base_day_format(summary->from);
  g_autofree char *until = base_day_format(options->until);
  g_autofree char *deals = cli_format_number((double)summary->deals, CLI_NUMBER_COUNT, NULL);
  g_autofree char *won = cli_format_number((double)summary->won, CLI_NUMBER_COUNT, NULL);
  g_autofree char *open = cli_format_number((double)summary->open, CLI_NUMBER_COUNT, NULL);
  g_autofree char *accounts = cli_format_number((double)summary->accounts, CLI_NUMBER_COUNT, NULL);
  fprintf(context->out,
          "Nordwind Telematics, a simulated company, is in %s: %s to %s, %u people, %s accounts,\n%s deals of which %s "
          "won and %s open. What it was drawn from is in truth.json.\n\n",
          folder, from, until, summary->people, accounts, deals, won, open);
  fflush(context->out);
}

static void print_next_steps(const CliContext *context, const char *folder, const Totals *totals) {
  fprintf(context->out,
          "\nNext, with -C %s:\n  attain show win_rate --by team --period 'last-12-months'\n  attain target\n  attain "
          "kpis\n",
          folder);
  if (totals->rejected > 0)
    fputs("  attain check        (some rows were rejected, as in real exports: it says which and why)\n", context->out);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  DemoOptions options = {0};
  DemoSummary summary;
  Totals totals = {0};
  if (!read_options(context, arguments, &options, error)) return -1;
  const char *operand = cli_operand(arguments, 0);
  g_autofree char *folder =
      g_path_is_absolute(operand) ? g_strdup(operand) : g_build_filename(context->folder, operand, NULL);
  Progress bar = {.err = context->err, .percent = G_MININT};
  Progress *progress = context->shows_progress ? &bar : NULL;
  if (progress != NULL) {
    options.progress = on_simulated;
    options.user_data = progress;
  }
  gboolean made = demo_make(folder, &options, &summary, error);
  clear(progress);
  if (!made) return -1;
  print_made(context, folder, &summary, &options);
  if (cli_flag(arguments, "no-load")) return 0;
  g_autoptr(CliTable) table = load_all(folder, context, progress, &totals, error);
  if (table == NULL) return -1;
  cli_table_print(table, context);
  print_next_steps(context, folder, &totals);
  return cli_flag(arguments, "users") && !demo_users_add(context, folder, &summary, error) ? -1 : 0;
}

static const CliOption options_of_demo[] = {
    {"people", 0, CLI_VALUE, "N", "how many people work there at some time in three years, 10 to 2,000 (default 60)"},
    {"deals", 0, CLI_VALUE, "N", "how many deals are opened, 1,000 to 20 million (default 40,000)"},
    {"seed", 0, CLI_VALUE, "S", "another number makes another company, the same number the same one (default 1)"},
    {"until", 0, CLI_VALUE, "DATE", "the last day of the history (default: yesterday)"},
    {"no-load", 0, CLI_FLAG, NULL, "only write the files"},
    {"users", 0, CLI_FLAG, NULL, "a user of each role to sign in as, with one new password, which is printed"},
};

const CliCommand cmd_demo = {
    .name = "demo",
    .synopsis = "DIR",
    .about = "make a simulated company as a workspace, and load it",
    .details =
        "Simulates three years of a company that sells fleet telematics: people who are hired, ramp, move and leave, "
        "accounts, leads, "
        "deals with their history, activities, invoices, subscriptions, support, surveys, marketing and training. "
        "Writes them as the "
        "exports of its systems into a new folder, with the mapping files, and loads them.\n"
        "What it was drawn from is written to truth.json: who truly wins how often, which activities matter and which "
        "do not, what each "
        "source is worth. The same options make the same files on every machine.",
    .examples =
        "attain demo nordwind\tthe company in a folder nordwind\n"
        "attain demo big --people 400 --deals 2000000\ta larger one\n"
        "attain demo test --seed 7 --until 2026-10-31\talways the same one",
    .options = options_of_demo,
    .n_options = G_N_ELEMENTS(options_of_demo),
    .min_operands = 1,
    .max_operands = 1,
    .place = CLI_HERE,
    .run = run,
};
