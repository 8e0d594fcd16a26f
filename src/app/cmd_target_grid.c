/* attain target grid: targets as a table, members down and periods across, out and back. */
#include "app/commands.h"
#include "app/targets.h"
#include "cli/xlsx.h"
#include "target/grid.h"
#include "target/members.h"

#include <errno.h>

#define MAX_PROBLEMS 40 /* that are told, one a line */

typedef struct {
  Session *session;
  GPtrArray *targets;
  TargetGrid *grid;
} Gridding;

static void gridding_clear(Gridding *gridding) {
  target_grid_free(gridding->grid);
  g_clear_pointer(&gridding->targets, g_ptr_array_unref);
  session_free(gridding->session);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Gridding, gridding_clear)

/* --- writing --- */

static char *plain_number(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", value));
}

static void write_csv(const TargetGrid *grid, FILE *out) {
  g_autofree char *corner = g_strdup_printf("%s by %s", grid->kpi, grid->dimension);
  cli_csv_field(out, corner, TRUE);
  for (guint p = 0; p < grid->periods->len; p++)
    cli_csv_field(out, g_array_index(grid->periods, CalendarPeriod, p).name, FALSE);
  cli_csv_end(out);
  for (guint m = 0; m < grid->members->len; m++) {
    cli_csv_field(out, g_ptr_array_index(grid->members, m), TRUE);
    for (guint p = 0; p < grid->periods->len; p++) {
      const TargetCell *cell = target_grid_cell(grid, m, p);
      g_autofree char *amount = cell->has_amount ? plain_number(cell->amount) : NULL;
      cli_csv_field(out, amount, FALSE);
    }
    cli_csv_end(out);
  }
}

static const char *state_name(TargetCellState state) {
  static const char *const names[] = {"empty", "same", "new", "changed"};
  return names[state];
}

static void write_json(const TargetGrid *grid, gboolean kept, FILE *out) {
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", grid->kpi);
  cli_json_member_text(json, "dimension", grid->dimension);
  cli_json_member_bool(json, "kept", kept);
  cli_json_member_array(json, "cells");
  for (guint m = 0; m < grid->members->len; m++)
    for (guint p = 0; p < grid->periods->len; p++) {
      const TargetCell *cell = target_grid_cell(grid, m, p);
      if (cell->state == TARGET_CELL_EMPTY) continue;
      cli_json_begin_object(json);
      cli_json_member_text(json, "member", g_ptr_array_index(grid->members, m));
      cli_json_member_text(json, "period", g_array_index(grid->periods, CalendarPeriod, p).name);
      cli_json_member_number(json, "amount", cell->amount);
      cli_json_value(json, "before", cell->target != NULL, cell->before);
      cli_json_member_text(json, "state", state_name(cell->state));
      cli_json_end_object(json);
    }
  cli_json_end_array(json);
  cli_json_end_object(json);
}

/* What is new stands out, and what changes with what it was. */
static void add_cell(CliTable *table, const Session *session, const KpiDefinition *kpi, const TargetCell *cell) {
  g_autofree char *now = answer_number(session, kpi, TRUE, cell->amount),
                  *before = answer_number(session, kpi, TRUE, cell->before);
  g_autofree char *changed = g_strdup_printf("%s → %s", before, now);
  switch (cell->state) {
    case TARGET_CELL_EMPTY:
      cli_table_add_cell(table, "", CLI_STYLE_NONE);
      break;
    case TARGET_CELL_SAME:
      cli_table_add_cell(table, now, CLI_STYLE_NONE);
      break;
    case TARGET_CELL_NEW:
      cli_table_add_cell(table, now, CLI_STYLE_GOOD);
      break;
    case TARGET_CELL_CHANGED:
      cli_table_add_cell(table, changed, CLI_STYLE_GOOD);
      break;
  }
}

static void write_table(const CliContext *context, const Gridding *gridding, gboolean markdown, const char *note) {
  const TargetGrid *grid = gridding->grid;
  const KpiDefinition *kpi = kpi_catalogue_find(gridding->session->catalogue, grid->kpi, NULL);
  g_autofree char *title = g_strdup_printf("Targets · %s by %s", kpi->title, grid->dimension);
  g_autofree char *head = answer_dimension(grid->dimension);
  g_autoptr(CliTable) table = cli_table_new(title);
  cli_table_add_column(table, head, CLI_LEFT);
  for (guint p = 0; p < grid->periods->len; p++)
    cli_table_add_column(table, g_array_index(grid->periods, CalendarPeriod, p).name, CLI_RIGHT);
  for (guint m = 0; m < grid->members->len; m++) {
    cli_table_add_row(table);
    cli_table_add_cell(table, g_ptr_array_index(grid->members, m), CLI_STYLE_NONE);
    for (guint p = 0; p < grid->periods->len; p++)
      add_cell(table, gridding->session, kpi, target_grid_cell(grid, m, p));
  }
  if (note) cli_table_add_note(table, note);
  cli_table_write(table, context, markdown);
}

static void add_amount(CliXlsxSheet *sheet, guint row, guint column, const TargetCell *cell, const char *format) {
  static const guint32 fills[] = {0, 0, 0xDDF0DE, 0xFDF3C8}; /* by state: new is green, changed yellow */
  CliXlsxStyle style = {.number = format, .fill = fills[cell->state]};
  cli_xlsx_value(sheet, row, column, cell->has_amount, cell->amount, &style);
}

/* The sheet is what --load takes; what else there is to say stands on one of its own. */
static CliXlsx *make_book(const Gridding *gridding, const char *note) {
  const TargetGrid *grid = gridding->grid;
  const KpiDefinition *kpi = kpi_catalogue_find(gridding->session->catalogue, grid->kpi, NULL);
  const char *format = answer_xlsx_format(gridding->session, kpi, TRUE);
  g_autofree char *corner = g_strdup_printf("%s by %s", grid->kpi, grid->dimension);
  g_autofree char *title = g_strdup_printf("Targets · %s by %s", kpi->title, grid->dimension);
  CliXlsx *book = cli_xlsx_new(title, gridding->session->now_us);
  CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, "Targets");
  CliXlsxStyle head = cli_xlsx_head;
  head.align = CLI_XLSX_RIGHT;
  cli_xlsx_text(sheet, 0, 0, corner, &cli_xlsx_head);
  for (guint p = 0; p < grid->periods->len; p++) {
    cli_xlsx_text(sheet, 0, p + 1, g_array_index(grid->periods, CalendarPeriod, p).name, &head);
    cli_xlsx_width(sheet, p + 1, p + 1, 15);
  }
  for (guint m = 0; m < grid->members->len; m++) {
    cli_xlsx_text(sheet, m + 1, 0, g_ptr_array_index(grid->members, m), NULL);
    for (guint p = 0; p < grid->periods->len; p++)
      add_amount(sheet, m + 1, p + 1, target_grid_cell(grid, m, p), format);
  }
  cli_xlsx_freeze(sheet, 1, 1);
  CliXlsxSheet *words = cli_xlsx_add_sheet(book, "How to");
  cli_xlsx_text(words, 0, 0, title, &cli_xlsx_title);
  cli_xlsx_text(words, 2, 0, "Write amounts to reach into the cells of the sheet Targets. An empty cell says nothing.",
                NULL);
  cli_xlsx_text(words, 3, 0,
                "attain target grid --load FILE.xlsx --dry-run shows what would change, without --dry-run it is kept.",
                NULL);
  if (note) cli_xlsx_text(words, 5, 0, note, &cli_xlsx_note);
  return book;
}

static gboolean write_book(const CliContext *context, const Gridding *gridding, const char *path, const char *note,
                           GError **error) {
  g_autoptr(CliXlsx) book = make_book(gridding, note);
  if (path) return cli_xlsx_save(book, path, error);
  if (!context->terminal) return cli_xlsx_write(book, context->out, error);
  g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "a workbook is no text for a terminal: --output FILE.xlsx");
  return FALSE;
}

static void write_text(const CliContext *context, const char *format, const Gridding *gridding, gboolean kept,
                       const char *note) {
  if (g_strcmp0(format, "csv") == 0)
    write_csv(gridding->grid, context->out);
  else if (g_strcmp0(format, "json") == 0)
    write_json(gridding->grid, kept, context->out);
  else
    write_table(context, gridding, g_strcmp0(format, "md") == 0, note);
}

/* The form that is asked for, else the one that the file's name says. */
static const char *form_of(const CliArguments *arguments) {
  const char *format = cli_option(arguments, "format"), *path = cli_option(arguments, "output");
  g_autofree char *lower = path ? g_ascii_strdown(path, -1) : NULL;
  if (format || !path) return format;
  return g_str_has_suffix(lower, ".xlsx") ? "xlsx" : g_str_has_suffix(lower, ".csv") ? "csv" : NULL;
}

static gboolean write_grid(const CliContext *context, const CliArguments *arguments, const Gridding *gridding,
                           gboolean kept, const char *note, GError **error) {
  const char *format = form_of(arguments), *path = cli_option(arguments, "output");
  if (g_strcmp0(format, "xlsx") == 0) return write_book(context, gridding, path, note, error);
  if (!path) {
    write_text(context, format, gridding, kept, note);
    return TRUE;
  }
  CliContext file = *context;
  file.out = fopen(path, "wb");
  file.terminal = file.colour = FALSE;
  file.width = 0;
  if (file.out) write_text(&file, format, gridding, kept, note);
  if (file.out && fclose(file.out) == 0) return TRUE;
  g_set_error(error, BASE_ERROR, BASE_ERROR_IO, "%s cannot be written: %s", path, g_strerror(errno));
  return FALSE;
}

/* --- out --- */

static gboolean make_grid(const CliArguments *arguments, Gridding *gridding, GError **error) {
  Session *session = gridding->session;
  const char *kpi = cli_operand(arguments, 0), *by = cli_option(arguments, "by"),
             *grain = cli_option(arguments, "grain");
  const char *period = cli_option(arguments, "period");
  CalendarPeriod span;
  CalendarGrain cut = CALENDAR_MONTH;
  if (!kpi) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "of which KPI? attain target grid revenue --by rep --period 2027");
    return FALSE;
  }
  if (!calendar_parse_period(session->calendar, period ? period : "this-year", session->today, BASE_DAY_NONE,
                             BASE_DAY_NONE, &span, error) ||
      (grain && !calendar_grain_parse(grain, &cut)))
    return FALSE;
  QueryContext context = answer_context(session);
  gridding->grid = target_grid_new(&context, gridding->targets, kpi, by ? by : "rep", &span, cut, error);
  return gridding->grid != NULL;
}

/* --- back --- */

static gboolean read_back(const char *path, const char *sheet_name, Gridding *gridding, GError **error) {
  QueryContext context = answer_context(gridding->session);
  g_autoptr(SheetTable) sheet = sheet_read_file(path, sheet_name, error);
  if (!sheet) return FALSE;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) first = NULL;
  gridding->grid = target_grid_read(&context, gridding->targets, sheet, problems, &first);
  if (gridding->grid) return TRUE;
  if (problems->len == 0) {
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
  }
  guint n_more = problems->len > MAX_PROBLEMS ? problems->len - MAX_PROBLEMS : 0;
  if (n_more > 0) {
    g_ptr_array_set_size(problems, MAX_PROBLEMS);
    g_ptr_array_add(problems, base_count_words(n_more, "and # more {cell|cells}"));
  }
  g_ptr_array_add(problems, NULL);
  g_autofree char *all = g_strjoinv("\n  ", (char **)problems->pdata);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s: nothing was changed. Mend these cells:\n  %s", path, all);
  return FALSE;
}

static guint count_cells(const TargetGrid *grid, TargetCellState state) {
  guint n = 0;
  for (gsize i = 0; i < (gsize)grid->members->len * grid->periods->len; i++) n += grid->cells[i].state == state;
  return n;
}

static int run_back(CliContext *context, const CliArguments *arguments, Gridding *gridding, GError **error) {
  gboolean dry = cli_flag(arguments, "dry-run");
  g_autofree char *author = targets_author(arguments);
  if (!read_back(cli_option(arguments, "load"), cli_option(arguments, "sheet"), gridding, error)) return -1;
  QueryContext question = answer_context(gridding->session);
  TargetEvent said = {
      .author = author, .words = (char *)cli_option(arguments, "reason"), .said_at_us = gridding->session->now_us};
  if (!dry && !target_grid_keep(&question, gridding->targets, gridding->grid, &said, error)) return -1;
  g_autofree char *made =
      base_count_words(count_cells(gridding->grid, TARGET_CELL_NEW), "# {target is|targets are} new");
  g_autofree char *note =
      g_strdup_printf("%s, %u changed, %u as they were%s.", made, count_cells(gridding->grid, TARGET_CELL_CHANGED),
                      count_cells(gridding->grid, TARGET_CELL_SAME), dry ? "; nothing was kept (dry run)" : "");
  if (!write_grid(context, arguments, gridding, !dry, note, error)) return -1;
  if (cli_option(arguments, "output")) fprintf(context->out, "%s\n", note);
  return 0;
}

static int run(CliContext *context, const CliArguments *arguments, GError **error) {
  g_auto(Gridding) gridding = {0};
  gboolean back = cli_option(arguments, "load") != NULL, writes = back && !cli_flag(arguments, "dry-run");
  gridding.session = session_open(context->folder, context->now,
                                  SESSION_DEFINITIONS | (writes ? SESSION_WRITE : SESSION_DATABASE), error);
  gridding.targets = gridding.session ? target_read_all(gridding.session->store, error) : NULL;
  if (!gridding.targets) return -1;
  if (back) return run_back(context, arguments, &gridding, error);
  if (!make_grid(arguments, &gridding, error)) return -1;
  return write_grid(context, arguments, &gridding, FALSE, NULL, error) ? 0 : -1;
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
