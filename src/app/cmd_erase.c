/* attain erase: somebody's names go, the sums stay. */
#include "app/commands.h"
#include "app/people.h"

#define MAX_COUNTS 10000 /* columns of texts that a database may have */

static void print_counts(CliContext *context, ApiBody *report) {
  const GPtrArray *counts = api_body_objects(report, "texts", MAX_COUNTS);
  for (guint i = 0; i < counts->len; i++) {
    ApiBody *count = counts->pdata[i];
    g_autofree char *rows = base_count_words((guint)api_body_number(count, "rows"), "# {value|values}");
    fprintf(context->out, "  %s of %s.%s\n", rows, api_body_text(count, "table"), api_body_text(count, "column"));
  }
}

static void print_list(CliContext *context, const char *head, const char *const *texts) {
  if (!texts || !*texts) return;
  fprintf(context->out, "%s\n", head);
  for (; *texts; texts++) fprintf(context->out, "  %s\n", *texts);
}

static void print(CliContext *context, ApiBody *report, gboolean is_dry) {
  fprintf(context->out, "%s as \"%s\":\n", is_dry ? "Would be shown" : "Is shown from now on",
          api_body_text(report, "shown"));
  print_counts(context, report);
  g_autofree char *users = base_count_words((guint)api_body_number(report, "users"), "# {user|users}");
  g_autofree char *entries =
      base_count_words((guint)api_body_number(report, "audit_entries"), "# {entry|entries} of the audit log");
  fprintf(context->out, "  %s, %s\n", users, entries);
  print_list(context, "These files name them still; edit them:", api_body_texts(report, "files"));
  print_list(context, "Note:", api_body_texts(report, "notes"));
  fputs(is_dry ? "Nothing is changed: say it again with --yes. There is no way back.\n"
               : "Backups made before hold the name: docs/operations.md says what to do with them.\n",
        context->out);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  gboolean is_dry = !cli_flag(arguments, "yes");
  AttainErasure erasure = {.who = cli_operand(arguments, 0),
                           .table = cli_option(arguments, "in"),
                           .also = cli_option_all(arguments, "also"),
                           .dry_run = is_dry};
  if (!app_people_open(context, &people, error)) return -1;
  return app_people_report(context, arguments, attain_erase(people.workspace, &erasure, &failed), print, is_dry,
                           &failed, error);
}

static const CliOption options[] = {
    {"yes", 0, CLI_FLAG, NULL, "do it; without it, what would change is only said", NULL},
    {"in", 0, CLI_VALUE, "TABLE", "who they are: one of ours, a customer, or a lead", "person|account|lead"},
    {"also", 0, CLI_VALUES, "TEXT", "more that texts call them: a nickname, an earlier name, a number", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json"},
};

const CliCommand cmd_erase = {
    .name = "erase",
    .synopsis = "WHO",
    .about = "take somebody's names out of everything; sums stay as they are",
    .details =
        "WHO is a name, an e-mail address, an id, or SOURCE/ID where that is several. Names, addresses and ids go from "
        "the records of all times, from texts that name them, from targets, alerts, closed periods and the audit log; "
        "their sign-in ends. They are \"Erased person 7\" from then on, and no load brings the name back. Without "
        "--yes nothing is changed.\n"
        "Names of one word are looked for only where texts say who did something; --also names what else to look for. "
        "Export files and backups are yours to see to: docs/operations.md.",
    .examples =
        "attain erase \"Ana Silva\"\twhat would change\n"
        "attain erase ana@example.com --also Anita --yes\tdo it\n"
        "attain erase \"Rosa Lima\" --in lead --yes\ta customer's contact",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
