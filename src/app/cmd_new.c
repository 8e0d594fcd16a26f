/* attain new: a workspace to start from, empty or with a source proposed from files.
 *
 *   --from PATH ─► ingest_propose() ─► sources/NAME.yaml, currency, what was assumed, what to check
 *
 * Looking at the files comes first and writing last, so that files which cannot be read leave no half-made workspace.
 */
#include "app/commands.h"
#include "app/workspace_files.h"
#include "base/money.h"
#include "conf/conf.h"
#include "ingest/ingest.h"

#include <errno.h>
#include <glib/gstdio.h>

#define SHOWN_ENTRIES 5
#define FILE_WIDTH    21

/* "my-company" -> "My company" */
static char *name_of_folder(const char *folder) {
  g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
  g_autofree char *base = g_path_get_basename(absolute);
  g_autofree char *valid = g_utf8_make_valid(g_strdelimit(base, "-_", ' '), -1);
  char first[8] = {0};
  g_unichar_to_utf8(g_unichar_toupper(g_utf8_get_char(valid)), first);
  return g_strconcat(first, g_utf8_next_char(valid), NULL);
}

static char *machine_time_zone(void) {
  g_autoptr(GTimeZone) local = g_time_zone_new_local();
  const char *name = local ? g_time_zone_get_identifier(local) : NULL;
  g_autoptr(GTimeZone) known = name && g_ascii_isalpha(*name) ? g_time_zone_new_identifier(name) : NULL;
  return g_strdup(known && strcmp(name, "Etc/UTC") != 0 ? name : "UTC");
}

/* Refuses a folder with something in it, naming what is there. */
static gboolean check_folder(const char *folder, GError **error) {
  if (!g_file_test(folder, G_FILE_TEST_EXISTS)) return TRUE;
  if (!g_file_test(folder, G_FILE_TEST_IS_DIR)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is a file: name a new folder", folder);
    return FALSE;
  }
  g_autoptr(GError) cause = NULL;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, &cause);
  if (!dir) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", cause->message);
    return FALSE;
  }
  g_autoptr(GString) names = g_string_new(NULL);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name(dir)); n++)
    if (n < SHOWN_ENTRIES) g_string_append_printf(names, "%s%s", n ? ", " : "", name);
  if (n == 0) return TRUE;
  if (n > SHOWN_ENTRIES) g_string_append_printf(names, " and %u more", n - SHOWN_ENTRIES);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s is not empty (%s): name a new folder, or empty it first", folder,
              names->str);
  return FALSE;
}

static gboolean write_file(const char *folder, const char *name, const char *text, GError **error) {
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname(path);
  g_autoptr(GError) cause = NULL;
  if (g_mkdir_with_parents(parent, 0777) != 0) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "the folder %s cannot be made: %s", parent, g_strerror(errno));
    return FALSE;
  }
  if (g_file_set_contents(path, text, -1, &cause)) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s", cause->message);
  return FALSE;
}

/* --- a proposed source --- */

/* The folder of the files as the source should name it: from the workspace when it is in there, else absolute. */
static char *source_folder(const char *workspace, const char *from) {
  g_autofree char *inside = g_canonicalize_filename(workspace, NULL);
  g_autofree char *files = g_canonicalize_filename(from, NULL);
  g_autofree char *folder = g_file_test(files, G_FILE_TEST_IS_DIR) ? g_strdup(files) : g_path_get_dirname(files);
  gsize length = strlen(inside);
  gboolean below = strncmp(folder, inside, length) == 0 && folder[length] == '/';
  return g_strdup(below ? folder + length + 1 : folder);
}

static IngestProposal *propose(const char *from, GError **error) {
  g_autofree char *path = g_canonicalize_filename(from, NULL);
  if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_NOT_FOUND, "--from: there is no file or folder %s", path);
    return NULL;
  }
  g_autoptr(LedgerSchema) schema = ledger_schema_new(NULL, 0, error);
  g_autoptr(Store) scratch = schema ? store_open(NULL, NULL, STORE_CREATE, 0, error) : NULL;
  return scratch ? ingest_propose(scratch, path, schema, error) : NULL;
}

/* --- what is printed --- */

static void print_list(const CliContext *context, const char *head, char **items) {
  if (!items || !items[0]) return;
  fputc('\n', context->out);
  cli_print_heading(context, head);
  for (guint i = 0; items[i]; i++) {
    fputs("  - ", context->out);
    cli_print_text(context, items[i], 4, 4);
  }
}

static void print_step(const CliContext *context, int number, const char *text) {
  int at = fprintf(context->out, "  %d. ", number);
  cli_print_text(context, text, at, at);
}

static void print_next_empty(const CliContext *context, const char *folder) {
  g_autofree char *edit =
      g_strdup_printf("Look through %s/attain.yaml: currency, time zone and fiscal year decide every number.", folder);
  g_autofree char *source = g_strdup_printf(
      "Say where records come from: edit %s/sources/example.yaml, or begin again with `attain new DIR --from FILES`.",
      folder);
  g_autofree char *load = g_strdup_printf("attain -C %s load", folder);
  g_autofree char *show =
      g_strdup_printf("attain -C %s kpis, then attain -C %s show win_rate --by rep", folder, folder);
  print_step(context, 1, edit);
  print_step(context, 2, source);
  print_step(context, 3, load);
  print_step(context, 4, show);
}

/* Whether the proposal makes records of `table`, and of a `column` of theirs where one is named. */
static gboolean maps(const char *yaml, const char *table, const char *column) {
  g_autofree char *head = g_strconcat("\n  - to: ", table, NULL);
  for (const char *at = strstr(yaml, head); at != NULL; at = strstr(at + 1, head)) {
    const char *from = at + strlen(head), *end = strstr(from, "\n  - to: ");
    if (*from != '\n' && *from != ' ' && *from != '\0') continue;
    if (column == NULL) return TRUE;
    g_autofree char *entry = end != NULL ? g_strndup(from, (gsize)(end - from)) : g_strdup(from);
    g_autofree char *line = g_strconcat("\n      ", column, ":", NULL);
    if (strstr(entry, line) != NULL) return TRUE;
  }
  return FALSE;
}

/* A first question that the files can answer. */
static const char *first_question(const char *yaml) {
  static const struct {
    const char *table, *column, *question;
  } questions[] = {
      {"opportunity", "owner", "show win_rate --by rep"},
      {"opportunity", NULL, "show win_rate"},
      {"subscription_change", "product", "show mrr --by product"},
      {"subscription_change", NULL, "show mrr"},
      {"sale", "product", "show revenue --by product"},
      {"sale", "owner", "show revenue --by rep"},
      {"sale", NULL, "show revenue"},
      {"lead", "source", "show leads --by source"},
      {"lead", NULL, "show leads"},
      {"activity", "owner", "show activities --by rep"},
      {"activity", NULL, "show activities"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(questions); i++)
    if (maps(yaml, questions[i].table, questions[i].column)) return questions[i].question;
  return NULL;
}

/* `currency` NULL: the files say one, or the command does. */
static void print_next_proposed(const CliContext *context, const char *folder, const IngestProposal *proposal,
                                const char *currency) {
  g_autofree char *look =
      g_strdup_printf("Look through %s/sources/%s.yaml and correct what was assumed wrongly.", folder, proposal->name);
  g_autofree char *unsaid =
      currency ? g_strdup_printf(" No file says a currency, so amounts count as %s.", currency) : g_strdup("");
  g_autofree char *edit = g_strdup_printf(
      "Look through %s/attain.yaml: currency, time zone and fiscal year decide every number.%s", folder, unsaid);
  g_autofree char *load = g_strdup_printf("attain -C %s load", folder);
  const char *question = first_question(proposal->yaml);
  g_autofree char *kpis = g_strdup_printf("attain -C %s kpis", folder);
  g_autofree char *show =
      question != NULL ? g_strdup_printf("%s, then attain -C %s %s", kpis, folder, question) : g_strdup(kpis);
  print_step(context, 1, look);
  print_step(context, 2, edit);
  print_step(context, 3, load);
  print_step(context, 4, show);
}

static void print_file(const CliContext *context, int width, const char *file, const char *about) {
  fprintf(context->out, "  %s%*s  ", file, width - (int)g_utf8_strlen(file, -1), "");
  cli_print_text(context, about, width + 4, width + 4);
}

static void print_result(const CliContext *context, const char *folder, const WorkspaceAnswers *answers,
                         const IngestProposal *proposal, gboolean has_currency) {
  g_autofree char *source = g_strdup_printf("sources/%s.yaml", proposal ? proposal->name : "example");
  int width = MAX(FILE_WIDTH, (int)g_utf8_strlen(source, -1));
  g_autofree char *organisation = g_strdup_printf("%s, %s, %s, fiscal year from %s", answers->name, answers->currency,
                                                  answers->time_zone, answers->year_starts);
  g_autofree char *records = proposal && proposal->system
                                 ? g_strdup_printf("how an export of %s becomes records", proposal->system)
                             : proposal ? g_strdup("how its files become records")
                                        : g_strdup("how files become records: an example, commented out");
  fprintf(context->out, "%s is a workspace now.\n\n", folder);
  print_file(context, width, "attain.yaml", organisation);
  print_file(context, width, source, records);
  print_file(context, width, "kpis/my-kpis.yaml", "KPIs of your own: an example, commented out");
  print_file(context, width, "alerts/my-alerts.yaml", "alerts: examples, commented out");
  print_file(context, width, "data/", "the database will be here; git ignores it");
  if (proposal) {
    print_list(context, "Assumed", proposal->assumed);
    print_list(context, "To check", proposal->to_check);
  }
  fputc('\n', context->out);
  cli_print_heading(context, "Next");
  if (proposal)
    print_next_proposed(context, folder, proposal, has_currency ? NULL : answers->currency);
  else
    print_next_empty(context, folder);
}

/* --- the command --- */

static gboolean write_workspace(const char *folder, const WorkspaceAnswers *answers, const IngestProposal *proposal,
                                const char *from, GError **error) {
  g_autofree char *attain_yaml = workspace_attain_yaml(answers);
  g_autoptr(ConfOrganisation) checked =
      conf_organisation_parse("attain.yaml", attain_yaml, strlen(attain_yaml), folder, error);
  if (!checked) {
    const char *words = strstr((*error)->message, ": "); /* past the place in a file that is not there yet */
    g_autofree char *message = g_strdup(words ? words + 2 : (*error)->message);
    g_clear_error(error);
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_USAGE, message);
    return FALSE;
  }
  if (!write_file(folder, "attain.yaml", attain_yaml, error)) return FALSE;
  if (!write_file(folder, "kpis/my-kpis.yaml", workspace_my_kpis, error)) return FALSE;
  if (!write_file(folder, "alerts/my-alerts.yaml", workspace_my_alerts, error)) return FALSE;
  if (!write_file(folder, "data/.gitignore", "*\n", error)) return FALSE;
  if (!proposal) return write_file(folder, "sources/example.yaml", workspace_example_source, error);
  g_autofree char *name = g_strdup_printf("sources/%s.yaml", proposal->name);
  g_autofree char *files = source_folder(folder, from);
  g_autofree char *yaml = ingest_proposal_in(proposal, files);
  return write_file(folder, name, yaml, error);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  const char *folder = cli_operand(arguments, 0);
  const char *from = cli_option(arguments, "from");
  if (!check_folder(folder, error)) return -1;
  g_autoptr(IngestProposal) proposal = NULL;
  if (from && !(proposal = propose(from, error))) return -1;

  g_autofree char *default_name = name_of_folder(folder);
  g_autofree char *default_zone = machine_time_zone();
  const char *found_currency = proposal && proposal->currency ? proposal->currency : "EUR";
  WorkspaceAnswers answers = {
      .name = cli_option(arguments, "name") ? cli_option(arguments, "name") : default_name,
      .currency = cli_option(arguments, "currency") ? cli_option(arguments, "currency") : found_currency,
      .time_zone = cli_option(arguments, "time-zone") ? cli_option(arguments, "time-zone") : default_zone,
      .year_starts = cli_option(arguments, "year-starts") ? cli_option(arguments, "year-starts") : "january",
  };
  g_autoptr(GError) cause = NULL;
  if (!write_workspace(folder, &answers, proposal, from, &cause)) {
    g_propagate_error(error, g_steal_pointer(&cause));
    return -1;
  }
  print_result(context, folder, &answers, proposal,
               cli_option(arguments, "currency") || (proposal && proposal->currency));
  return 0;
}

static const CliOption options[] = {
    {"from", 0, CLI_VALUE, "PATH",
     "a file, or a folder of files, to propose a source from: exports of a CRM, CSV, JSON, Parquet"},
    {"name", 0, CLI_VALUE, "NAME", "the organisation's name (default: the folder's)"},
    {"currency", 0, CLI_VALUE, "CODE", "its currency, such as EUR (default: what the files say, else EUR)"},
    {"time-zone", 0, CLI_VALUE, "ZONE", "its time zone, such as Europe/Paris (default: this machine's)"},
    {"year-starts", 0, CLI_VALUE, "MONTH", "first month of its fiscal year (default: january)"},
};

const CliCommand cmd_new = {
    .name = "new",
    .synopsis = "DIR",
    .about = "make a workspace, empty or from files",
    .details =
        "Makes the folder DIR with attain.yaml, a source, an example KPI, and a place for the database. A folder that "
        "has "
        "something in it is left alone.\n"
        "With --from, looks at the files, recognises the CRM they come from or proposes a mapping from their columns, "
        "and says what "
        "it assumed and what to check.",
    .examples =
        "attain new my-company\tan empty workspace\n"
        "attain new my-company --from exports/\ta workspace with a source proposed from a folder of files\n"
        "attain new my-company --currency USD --time-zone America/New_York --year-starts april\twith these answers",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .place = CLI_HERE,
    .run = run,
};
