/* attain target grid: targets as a table, members down and periods across, out and back. */
#include "answer/target_grid.h"
#include "app/commands.h"
#include "app/opening.h"
#include "app/targets.h"

#include <errno.h>

/* --- writing --- */

static gboolean write_book(const CliContext *context, const AnswerGrid *grid, const char *path, GError **error) {
  if (path || !context->terminal) return answer_grid_xlsx(grid, path, context->out, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a workbook is no text for a terminal: --output FILE.xlsx");
  return FALSE;
}

static void write_text(const CliContext *context, const char *format, const AnswerGrid *grid) {
  if (g_strcmp0(format, "csv") == 0) {
    answer_grid_csv(grid, context->out);
  } else if (g_strcmp0(format, "json") == 0) {
    answer_grid_json(grid, context->out);
  } else {
    g_autoptr(CliTable) table = answer_grid_table(grid);
    cli_table_write(table, context, g_strcmp0(format, "md") == 0);
  }
}

/* The form that is asked for, else the one that the file's name says. */
static const char *form_of(const CliArguments *arguments) {
  const char *format = cli_option(arguments, "format"), *path = cli_option(arguments, "output");
  g_autofree char *lower = path ? g_ascii_strdown(path, -1) : NULL;
  if (format || !path) return format;
  return g_str_has_suffix(lower, ".xlsx") ? "xlsx" : g_str_has_suffix(lower, ".csv") ? "csv" : NULL;
}

static gboolean write_grid(const CliContext *context, const CliArguments *arguments, const AnswerGrid *grid,
                           GError **error) {
  const char *format = form_of(arguments), *named = cli_option(arguments, "output");
  g_autofree char *path = named ? cli_path(context, named) : NULL;
  if (g_strcmp0(format, "xlsx") == 0) return write_book(context, grid, path, error);
  if (!path) {
    write_text(context, format, grid);
    return TRUE;
  }
  CliContext file = *context;
  file.out = fopen(path, "wb");
  file.terminal = file.colour = FALSE;
  file.width = 0;
  if (file.out) write_text(&file, format, grid);
  if (file.out && fclose(file.out) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be written: %s", named, g_strerror(errno));
  return FALSE;
}

/* --- the command --- */

static gboolean make_grid(const CliContext *context, const Session *session, const CliArguments *arguments,
                          AnswerGrid *grid, GError **error) {
  const char *named = cli_option(arguments, "load");
  g_autofree char *file = named ? cli_path(context, named) : NULL;
  g_autofree char *author = targets_author(arguments);
  AnswerGridBack back = {.file = file,
                         .sheet = cli_option(arguments, "sheet"),
                         .author = author,
                         .reason = cli_option(arguments, "reason"),
                         .is_dry = cli_flag(arguments, "dry-run")};
  AnswerGridQuestion out = {.kpi = cli_operand(arguments, 0),
                            .by = cli_option(arguments, "by"),
                            .period = cli_option(arguments, "period"),
                            .grain = cli_option(arguments, "grain"),
                            .is_command = TRUE};
  return back.file ? answer_grid_back(session, &back, grid, error) : answer_grid_out(session, &out, grid, error);
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  gboolean writes = cli_option(arguments, "load") && !cli_flag(arguments, "dry-run");
  g_autoptr(Session) session =
      app_open(context, SESSION_DEFINITIONS | (writes ? SESSION_WRITE : SESSION_DATABASE), error);
  g_auto(AnswerGrid) grid = {0};
  if (!session || !make_grid(context, session, arguments, &grid, error) ||
      !write_grid(context, arguments, &grid, error))
    return -1;
  if (grid.note && cli_option(arguments, "output")) fprintf(context->out, "%s\n", grid.note);
  return 0;
}

static const CliOption options[] = {
    {"by", 'b', CLI_VALUE, "DIMENSION", "members down: rep, team, region, product … (default: rep)", NULL},
    {"period", 'p', CLI_VALUE, "PERIOD", "2027, 2027-Q1, 2027-01..2027-06 … (default: this-year)", NULL},
    {"grain", 'g', CLI_VALUE, "GRAIN", "its columns (default: month)", "week|month|quarter|year"},
    {"load", 0, CLI_VALUE, "FILE",
     "take the targets of an xlsx or CSV file in this form: what is new is set, what is other is adjusted", NULL},
    {"sheet", 0, CLI_VALUE, "NAME", "with --load: the workbook's sheet (default: its first)", NULL},
    {"dry-run", 0, CLI_FLAG, NULL, "with --load: only show what would change", NULL},
    TARGETS_SAY_OPTIONS,
    {"format", 'f', CLI_VALUE, "FORM", "how to write the grid", "table|csv|xlsx|json|md"},
    {"output", 'o', CLI_VALUE, "FILE", "write it to a file; its name says the form where --format does not", NULL},
};

const CliCommand cmd_target_grid = {
    .name = "target grid",
    .synopsis = "[KPI]",
    .about = "targets as a table for a spreadsheet, out and back",
    .details =
        "Rows are members, columns are periods, cells are amounts to reach. The first cell says what it is of: "
        "\"revenue by rep\". An empty cell says nothing: a target that is there stays.\n\n"
        "A file with a wrong cell changes nothing, and every wrong cell is named. Of a workbook the first sheet is "
        "taken, with what its formulas came to when it was saved. In CSV files amounts may be written as 12,000.50 or "
        "12.000,50; shares as 0.3 or 30 %. Adjusting targets that are there takes a --reason.",
    .examples =
        "attain target grid revenue --period 2027 --output targets.xlsx\tfor a spreadsheet\n"
        "attain target grid --load targets.xlsx --dry-run\twhat it would change\n"
        "attain target grid --load targets.xlsx --reason \"after the kick-off\"\ttake it",
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
