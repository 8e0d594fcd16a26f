/* Targets as a table, members down and periods across, out and back. */
#include "answer/target_grid.h"

#include "answer/members.h"
#include "cli/xlsx.h"

#define MAX_PROBLEMS 40 /* that are told, one a line */

void answer_grid_clear(AnswerGrid *answer) {
  target_grid_free(answer->grid);
  g_clear_pointer(&answer->targets, g_ptr_array_unref);
  g_free(answer->note);
}

/* --- out --- */

static gboolean read_span(const Session *session, const AnswerGridQuestion *question, CalendarPeriod *span,
                          CalendarGrain *cut, GError **error) {
  const char *period = question->period ? question->period : "this-year", *grain = question->grain;
  *cut = CALENDAR_MONTH;
  if (grain && (!calendar_grain_parse(grain, cut) || *cut == CALENDAR_DAY)) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%sgrain takes week, month, quarter or year, not '%s'",
                question->is_command ? "--" : "", grain);
    return FALSE;
  }
  return calendar_parse_period(session->calendar, period, session->today, BASE_DAY_NONE, BASE_DAY_NONE, span, error);
}

gboolean answer_grid_out(const Session *session, const AnswerGridQuestion *question, AnswerGrid *answer,
                         GError **error) {
  CalendarPeriod span;
  CalendarGrain cut;
  if (!question->kpi) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "of which KPI?%s",
                question->is_command ? " attain target grid revenue --by rep --period 2027" : "");
    return FALSE;
  }
  answer->session = session;
  if (!answer->targets) answer->targets = target_read_all(session->store, error);
  if (!answer->targets || !read_span(session, question, &span, &cut, error)) return FALSE;
  QueryContext context = answer_context(session);
  answer->grid =
      target_grid_new(&context, answer->targets, question->kpi, question->by ? question->by : "rep", &span, cut, error);
  return answer->grid != NULL;
}

/* --- back --- */

static void set_problems(GError **error, const char *file, GPtrArray *problems) {
  guint n_more = problems->len > MAX_PROBLEMS ? problems->len - MAX_PROBLEMS : 0;
  if (n_more > 0) {
    g_ptr_array_set_size(problems, MAX_PROBLEMS);
    g_ptr_array_add(problems, base_count_words(n_more, "and # more {cell|cells}"));
  }
  g_ptr_array_add(problems, NULL);
  g_autofree char *all = g_strjoinv("\n  ", (char **)problems->pdata);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s%snothing was changed. Mend these cells:\n  %s", file ? file : "",
              file ? ": " : "", all);
}

static gboolean read_back(const AnswerGridBack *back, AnswerGrid *answer, GError **error) {
  QueryContext context = answer_context(answer->session);
  g_autoptr(SheetTable) sheet = back->bytes ? sheet_read_bytes(back->bytes, back->length, back->sheet, error)
                                            : sheet_read_file(back->file, back->sheet, error);
  if (!sheet) return FALSE;
  g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) first = NULL;
  answer->grid = target_grid_read(&context, answer->targets, sheet, problems, &first);
  if (answer->grid) return TRUE;
  if (problems->len == 0)
    g_propagate_error(error, g_steal_pointer(&first));
  else
    set_problems(error, back->bytes ? NULL : back->file, problems);
  return FALSE;
}

static guint count_cells(const TargetGrid *grid, TargetCellState state) {
  guint n = 0;
  for (gsize i = 0; i < (gsize)grid->members->len * grid->periods->len; i++) n += grid->cells[i].state == state;
  return n;
}

gboolean answer_grid_back(const Session *session, const AnswerGridBack *back, AnswerGrid *answer, GError **error) {
  answer->session = session;
  if (!answer->targets) answer->targets = target_read_all(session->store, error);
  if (!answer->targets || !read_back(back, answer, error)) return FALSE;
  if (back->may_take && !back->may_take(back->asker, answer->grid, error)) return FALSE;
  QueryContext context = answer_context(session);
  TargetEvent said = {.author = (char *)back->author, .words = (char *)back->reason, .said_at_us = session->now_us};
  if (!back->is_dry && !target_grid_keep(&context, answer->targets, answer->grid, &said, error)) return FALSE;
  answer->kept = !back->is_dry;
  g_autofree char *made = base_count_words(count_cells(answer->grid, TARGET_CELL_NEW), "# {target is|targets are} new");
  answer->note =
      g_strdup_printf("%s, %u changed, %u as they were%s.", made, count_cells(answer->grid, TARGET_CELL_CHANGED),
                      count_cells(answer->grid, TARGET_CELL_SAME), back->is_dry ? "; nothing was kept (dry run)" : "");
  return TRUE;
}

/* --- writing --- */

static char *plain_number(double value) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strdup(g_ascii_formatd(text, sizeof text, "%.15g", value));
}

void answer_grid_csv(const AnswerGrid *answer, FILE *out) {
  const TargetGrid *grid = answer->grid;
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

/* Rows and columns in their order: cells that say nothing are not in the list of cells. */
static void json_axes(CliJson *json, const TargetGrid *grid) {
  cli_json_member_array(json, "members");
  for (guint m = 0; m < grid->members->len; m++) cli_json_text(json, g_ptr_array_index(grid->members, m));
  cli_json_end_array(json);
  cli_json_member_array(json, "periods");
  for (guint p = 0; p < grid->periods->len; p++) {
    const CalendarPeriod *period = &g_array_index(grid->periods, CalendarPeriod, p);
    g_autofree char *start = base_day_format(period->start), *end = base_day_format(period->end);
    cli_json_begin_object(json);
    cli_json_member_text(json, "name", period->name);
    cli_json_member_text(json, "start", start);
    cli_json_member_text(json, "end", end);
    cli_json_end_object(json);
  }
  cli_json_end_array(json);
}

void answer_grid_json(const AnswerGrid *answer, FILE *out) {
  const TargetGrid *grid = answer->grid;
  g_autoptr(CliJson) json = cli_json_new(out);
  cli_json_begin_object(json);
  cli_json_member_text(json, "kpi", grid->kpi);
  cli_json_member_text(json, "dimension", grid->dimension);
  cli_json_member_bool(json, "kept", answer->kept);
  json_axes(json, grid);
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
  answer_moment_members(json, answer->session);
  cli_json_end_object(json);
}

/* Amounts to the cent, unless all are whole: they are what was agreed. -1: no money. */
static int decimals_of(const AnswerGrid *answer, const KpiDefinition *kpi) {
  const TargetGrid *grid = answer->grid;
  gsize n = (gsize)grid->members->len * grid->periods->len;
  if (!answer_is_money(kpi->unit)) return -1;
  g_autofree double *amounts = g_new0(double, 2 * n + 1);
  for (gsize i = 0; i < n; i++) {
    amounts[2 * i] = grid->cells[i].amount;
    amounts[2 * i + 1] = grid->cells[i].before;
  }
  return cli_money_decimals(amounts, 2 * n, answer->session->organisation->currency, TRUE);
}

/* What is new stands out, and what changes with what it was. */
static void add_cell(CliTable *table, const Session *session, const KpiDefinition *kpi, int decimals,
                     const TargetCell *cell) {
  g_autofree char *now = answer_number_to(session, kpi, decimals, TRUE, cell->amount),
                  *before = answer_number_to(session, kpi, decimals, TRUE, cell->before);
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

CliTable *answer_grid_table(const AnswerGrid *answer) {
  const TargetGrid *grid = answer->grid;
  const KpiDefinition *kpi = kpi_catalogue_find(answer->session->catalogue, grid->kpi, NULL);
  g_autofree char *title = g_strdup_printf("Targets · %s by %s", kpi->title, grid->dimension);
  g_autofree char *head = answer_dimension(grid->dimension);
  int decimals = decimals_of(answer, kpi);
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, head, CLI_LEFT);
  for (guint p = 0; p < grid->periods->len; p++)
    cli_table_add_column(table, g_array_index(grid->periods, CalendarPeriod, p).name, CLI_RIGHT);
  for (guint m = 0; m < grid->members->len; m++) {
    cli_table_add_row(table);
    cli_table_add_cell(table, g_ptr_array_index(grid->members, m), CLI_STYLE_NONE);
    for (guint p = 0; p < grid->periods->len; p++)
      add_cell(table, answer->session, kpi, decimals, target_grid_cell(grid, m, p));
  }
  if (answer->note) cli_table_add_note(table, answer->note);
  return table;
}

static void add_amount(CliXlsxSheet *sheet, guint row, guint column, const TargetCell *cell, const char *format) {
  static const guint32 fills[] = {0, 0, 0xDDF0DE, 0xFDF3C8}; /* by state: new is green, changed yellow */
  CliXlsxStyle style = {.number = format, .fill = fills[cell->state]};
  cli_xlsx_value(sheet, row, column, cell->has_amount, cell->amount, &style);
}

/* The sheet is what --load takes; what else there is to say stands on one of its own. */
static CliXlsx *make_book(const AnswerGrid *answer) {
  const TargetGrid *grid = answer->grid;
  const KpiDefinition *kpi = kpi_catalogue_find(answer->session->catalogue, grid->kpi, NULL);
  const char *format = answer_xlsx_format(answer->session, kpi, TRUE);
  g_autofree char *corner = g_strdup_printf("%s by %s", grid->kpi, grid->dimension);
  g_autofree char *title = g_strdup_printf("Targets · %s by %s", kpi->title, grid->dimension);
  CliXlsx *book = cli_xlsx_new(title, answer->session->now_us);
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
  if (answer->note) cli_xlsx_text(words, 5, 0, answer->note, &cli_xlsx_note);
  return book;
}

gboolean answer_grid_xlsx(const AnswerGrid *answer, const char *path, FILE *out, GError **error) {
  g_autoptr(CliXlsx) book = make_book(answer);
  return path ? cli_xlsx_save(book, path, error) : cli_xlsx_write(book, out, error);
}
