/* attain audit: who did what. */
#include "app/api_body.h"
#include "app/commands.h"
#include "app/failed.h"
#include "app/people.h"

#include <string.h>

#define ENTRIES 10000 /* of one answer; --after goes on */

static const PeopleColumn columns[] = {
    {"entry", PEOPLE_NUMBER}, {"at", PEOPLE_TEXT},   {"who", PEOPLE_TEXT},
    {"address", PEOPLE_TEXT}, {"what", PEOPLE_TEXT}, {"about", PEOPLE_TEXT},
};

/* What the policy's retention took out is no cut: the log itself says so. */
static void print_whole(CliContext *context, ApiBody *proof) {
  gint64 n_gone = api_body_number(proof, "gone");
  g_autofree char *gone = base_count_words(n_gone, "# {entry|entries} before them went");
  fprintf(context->out, "All %" G_GINT64_FORMAT " entries follow from one another.", api_body_number(proof, "entries"));
  if (n_gone > 0) fprintf(context->out, " %s by the retention of policy.yaml.", gone);
  fprintf(context->out, " The last one's hash:\n  %s\n", api_body_text(proof, "last_chain"));
}

/* Exit code 1 where an entry does not follow from the one before it. */
static int verify(CliContext *context, const CliArguments *arguments, AttainWorkspace *workspace, GError **error) {
  AttainError failed = {0};
  char *document = attain_audit_verify(workspace, &failed);
  if (!document) return app_fail(&failed, error);
  g_autoptr(ApiBody) proof = api_body_parse(document, strlen(document));
  gint64 first_wrong = api_body_number(proof, "first_wrong");
  gboolean is_whole = first_wrong == 0;
  if (g_strcmp0(cli_option(arguments, "format"), "json") == 0)
    fputs(document, context->out);
  else if (is_whole)
    print_whole(context, proof);
  else
    fprintf(context->out, "Entry %" G_GINT64_FORMAT " does not follow from the one before it: the log was changed.\n",
            first_wrong);
  attain_free(document);
  return is_whole ? 0 : 1;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  AttainError failed = {0};
  gint64 after = 0;
  const char *text = cli_option(arguments, "after");
  if (text && !g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, &after, NULL)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--after: the number of an entry, not \"%s\"", text);
    return -1;
  }
  if (!app_people_open(context, &people, error)) return -1;
  if (cli_flag(arguments, "verify")) return verify(context, arguments, people.workspace, error);
  char *document = attain_audit(people.workspace, after, ENTRIES, &failed);
  return app_people_write(context, arguments, document, "entries", columns, G_N_ELEMENTS(columns), &failed, error);
}

static const CliOption options[] = {
    {"after", 0, CLI_VALUE, "N", "the entries after the one of this number", NULL},
    {"verify", 0, CLI_FLAG, NULL, "whether each entry still follows from the one before it; exit code 1 if not", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write the answer", "table|json|md"},
};

const CliCommand cmd_audit = {
    .name = "audit",
    .synopsis = "",
    .about = "list who did what, when and from where",
    .details =
        "Entries are only ever added. Each has a hash of the one before it, so that a change shows; note the last "
        "one's elsewhere, and it shows too when the end was cut off.",
    .examples = "attain audit --after 1200\twhat came since\nattain audit --verify\twhether somebody changed it",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};
