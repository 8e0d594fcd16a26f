/* attain board: shared boards, as users get them. */
#include "app/commands.h"
#include "app/failed.h"
#include "app/people.h"

static const PeopleColumn columns[] = {
    {"board", PEOPLE_TEXT}, {"title", PEOPLE_TEXT}, {"kpis", PEOPLE_TEXTS}, {"by", PEOPLE_TEXTS},
    {"grain", PEOPLE_TEXT}, {"names", PEOPLE_TEXT}, {"to", PEOPLE_TEXTS},
};

/* The workspace as the user of --as sees it, or the operator's. NULL with `error`. */
static AttainWorkspace *enter(const CliArguments *arguments, const AppPeople *people, GError **error) {
  const char *user = cli_option(arguments, "as");
  AttainError failed = {0};
  AttainWorkspace *handle = user ? attain_as_user(people->workspace, user, &failed) : people->workspace;
  if (!handle) app_fail(&failed, error);
  return handle;
}

static int print(CliContext *context, const CliArguments *arguments, AttainWorkspace *handle, GError **error) {
  AttainError failed = {0};
  size_t length = 0;
  if (cli_n_operands(arguments) == 0)
    return app_people_write(context, arguments, attain_boards(handle, &failed), "boards", columns,
                            G_N_ELEMENTS(columns), &failed, error);
  gboolean is_csv = g_strcmp0(cli_option(arguments, "format"), "csv") == 0;
  char *document = attain_board(handle, cli_operand(arguments, 0), is_csv ? ATTAIN_CSV : ATTAIN_JSON, &length, &failed);
  if (!document) return app_fail(&failed, error);
  fwrite(document, 1, length, context->out);
  attain_free(document);
  return 0;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  if (!app_people_open(context, &people, error)) return -1;
  AttainWorkspace *handle = enter(arguments, &people, error);
  int code = handle ? print(context, arguments, handle, error) : -1;
  attain_leave(handle);
  return code;
}

static const CliOption options[] = {
    {"as", 0, CLI_VALUE, "USER", "as this user gets it; otherwise as who sees everything does", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write it (a board: JSON unless csv)", "table|json|md|csv"},
};

const CliCommand cmd_board = {
    .name = "board",
    .synopsis = "[BOARD]",
    .about = "list the boards that policy.yaml shares, or show one as a user gets it",
    .details =
        "A board has the last periods that have settled, of the records as they were believed then. Where people are "
        "hidden it has only groups from which nobody's number follows: docs/security.md says by which rule.",
    .examples =
        "attain board\tthe boards there are\n"
        "attain board teams --as ana@example.com\twhat Ana gets of one\n"
        "attain board teams --format csv\tall of it, for a spreadsheet",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
