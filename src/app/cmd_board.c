/* attain board: shared boards, as users get them. */
#include "app/board_table.h"
#include "app/commands.h"
#include "app/failed.h"
#include "app/opening.h"
#include "app/people.h"

#include <string.h>

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

static const struct {
  const char *name;
  AttainFormat format;
} formats[] = {{"csv", ATTAIN_CSV}, {"xlsx", ATTAIN_XLSX}};

/* JSON for all but these, tables too. */
static AttainFormat format_of(const char *name) {
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
    if (g_strcmp0(name, formats[i].name) == 0) return formats[i].format;
  return ATTAIN_JSON;
}

static gboolean check_output(const CliContext *context, const CliArguments *arguments, GError **error) {
  gboolean is_book = g_strcmp0(cli_option(arguments, "format"), "xlsx") == 0,
           is_named = cli_option(arguments, "output") != NULL;
  if (is_named && !is_book)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE,
                "--output is for --format xlsx: write `> FILE` behind the command");
  else if (is_book && cli_n_operands(arguments) == 0)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--format xlsx is for a board: `attain board NAME --format xlsx`");
  else if (is_book && !is_named && context->terminal)
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a workbook goes into a file: --output board.xlsx");
  else
    return TRUE;
  return FALSE;
}

static gboolean print_tables(CliContext *context, const char *document, gboolean markdown, GError **error) {
  g_autoptr(Session) session = app_open(context, SESSION_DEFINITIONS, error);
  if (!session) return FALSE;
  g_autoptr(ApiBody) body = api_body_parse(document, strlen(document));
  g_autoptr(GPtrArray) tables = board_tables(session, body);
  for (guint i = 0; i < tables->len; i++) {
    if (i > 0) fputc('\n', context->out);
    cli_table_write(g_ptr_array_index(tables, i), context, markdown);
  }
  return TRUE;
}

static gboolean write_bytes(CliContext *context, const CliArguments *arguments, const char *bytes, size_t length,
                            GError **error) {
  const char *named = cli_option(arguments, "output");
  g_autofree char *path = named ? cli_path(context, named) : NULL;
  if (path) return g_file_set_contents(path, bytes, (gssize)length, error);
  fwrite(bytes, 1, length, context->out);
  return TRUE;
}

static int print(CliContext *context, const CliArguments *arguments, AttainWorkspace *handle, GError **error) {
  AttainError failed = {0};
  size_t length = 0;
  const char *format = cli_option(arguments, "format");
  if (cli_n_operands(arguments) == 0)
    return app_people_write(context, arguments, attain_boards(handle, &failed), "boards", columns,
                            G_N_ELEMENTS(columns), &failed, error);
  char *document = attain_board(handle, cli_operand(arguments, 0), format_of(format), &length, &failed);
  if (!document) return app_fail(&failed, error);
  gboolean is_table = !format || g_str_equal(format, "table") || g_str_equal(format, "md");
  gboolean ok = is_table ? print_tables(context, document, g_strcmp0(format, "md") == 0, error)
                         : write_bytes(context, arguments, document, length, error);
  attain_free(document);
  return ok ? 0 : -1;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(AppPeople) people = {0};
  if (!check_output(context, arguments, error)) return -1;
  if (!app_people_open_clock(context, &people, error)) return -1;
  AttainWorkspace *handle = enter(arguments, &people, error);
  int code = handle ? print(context, arguments, handle, error) : -1;
  attain_leave(handle);
  return code;
}

static const CliOption options[] = {
    {"as", 0, CLI_VALUE, "USER", "as this user gets it; otherwise as who sees everything does", NULL},
    {"format", 'f', CLI_VALUE, "FORM", "how to write it (csv and xlsx: a board)", "table|json|md|csv|xlsx"},
    {"output", 'o', CLI_VALUE, "FILE", "where a workbook goes", NULL},
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
        "attain board teams --format csv\tall of it, for a spreadsheet\n"
        "attain board teams --format xlsx --output teams.xlsx\tthe same as a workbook",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
