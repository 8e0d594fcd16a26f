/* Grids that come back from a spreadsheet: every cell read and checked before anything is kept, so that all that is
 * wrong is told at once, each by the name of its cell. */
#include "target/agree.h"
#include "target/amount.h"
#include "target/grid_private.h"
#include "target/members.h"
#include "target/names.h"

typedef struct {
  const QueryContext *context;
  const SheetTable *sheet;
  const GPtrArray *targets;
  GPtrArray *problems;
  GArray *rows, *columns; /* gsize: where each member and each period stands in the sheet */
  GArray *known;          /* gboolean: the member is one */
  TargetNames *people;    /* where the members are reps */
} Reading;

static void add_problem(Reading *reading, gsize row, gsize column, const char *format, ...) G_GNUC_PRINTF(4, 5);
static void add_problem(Reading *reading, gsize row, gsize column, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *cell = sheet_cell_name(row, column);
  g_ptr_array_add(reading->problems, g_strconcat(cell, ": ", text, NULL));
}

/* --- heads --- */

/* The corner: "revenue by rep". */
static TargetGrid *read_corner(Reading *reading) {
  const char *corner = sheet_text(reading->sheet, 0, 0);
  g_autofree char *lower = g_ascii_strdown(corner ? corner : "", -1);
  g_auto(GStrv) words = g_strsplit_set(lower, " \t\n", -1);
  g_autoptr(GPtrArray) said = g_ptr_array_new();
  for (char **word = words; *word; word++)
    if (**word) g_ptr_array_add(said, *word);
  g_autoptr(GError) error = NULL;
  if (said->len != 3 || !g_str_equal(g_ptr_array_index(said, 1), "by")) {
    add_problem(reading, 0, 0,
                "\"%s\" does not say what the grid is of: write a KPI's name, by, and a dimension: revenue by rep",
                corner ? corner : "");
    return NULL;
  }
  const KpiDefinition *kpi = kpi_catalogue_find(reading->context->catalogue, g_ptr_array_index(said, 0), &error);
  if (!kpi) add_problem(reading, 0, 0, "%s", error->message);
  return kpi ? target_grid_empty(kpi->name, g_ptr_array_index(said, 2)) : NULL;
}

static gboolean is_empty_column(const SheetTable *sheet, gsize column) {
  for (gsize r = 0; r < sheet->n_rows; r++)
    if (sheet_text(sheet, r, column)) return FALSE;
  return TRUE;
}

static gboolean is_empty_row(const SheetTable *sheet, gsize row) {
  for (gsize c = 0; c < sheet->n_columns; c++)
    if (sheet_text(sheet, row, c)) return FALSE;
  return TRUE;
}

/* Two columns may lie within one another, a month in its quarter; else none of their days may be the same. */
static void check_column(Reading *reading, const TargetGrid *grid, const CalendarPeriod *period, gsize column) {
  for (guint p = 0; p < grid->periods->len; p++) {
    const CalendarPeriod *other = &g_array_index(grid->periods, CalendarPeriod, p);
    if (other->end == 0 || other->end <= period->start || period->end <= other->start) continue;
    gboolean same = other->start == period->start && other->end == period->end;
    gboolean within = (other->start >= period->start && other->end <= period->end) ||
                      (period->start >= other->start && period->end <= other->end);
    if (within && !same) continue;
    g_autofree char *first = sheet_cell_name(0, g_array_index(reading->columns, gsize, p));
    add_problem(reading, 0, column, "%s %s the period of column %s, %s", period->name,
                same ? "is also" : "has some of the days of", first, other->name);
    return;
  }
}

/* "Jan-27" and "January 2027" are 2027-01: spreadsheets write so what was 2027-01 in a text file. Others are as they
 * are. The caller frees. */
static char *plain_period(const char *text) {
  static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
  gsize letters = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const char *year = text + letters + strspn(text + letters, "-/ .'");
  gsize digits = strspn(year, "0123456789");
  if (letters < 3 || (digits != 2 && digits != 4) || year[digits]) return g_strdup(text);
  for (guint m = 0; m < G_N_ELEMENTS(months); m++)
    if (letters <= strlen(months[m]) && g_ascii_strncasecmp(text, months[m], letters) == 0)
      return g_strdup_printf("%s%s-%02u", digits == 2 ? "20" : "", year, m + 1);
  return g_strdup(text);
}

static void read_periods(Reading *reading, TargetGrid *grid) {
  for (gsize c = 1; c < reading->sheet->n_columns; c++) {
    const char *text = sheet_text(reading->sheet, 0, c);
    g_autofree char *plain = text ? plain_period(text) : NULL;
    g_autoptr(GError) error = NULL;
    CalendarPeriod period = {0};
    if (!text && is_empty_column(reading->sheet, c)) continue;
    if (!text)
      add_problem(reading, 0, c, "the column has no period: write 2027-01, 2027-Q1 or 2027");
    else if (!calendar_parse_period(reading->context->calendar, plain, reading->context->today, BASE_DAY_NONE,
                                    BASE_DAY_NONE, &period, &error))
      add_problem(reading, 0, c, "%s", error->message);
    else
      check_column(reading, grid, &period, c);
    g_array_append_val(grid->periods, period);
    g_array_append_val(reading->columns, c);
  }
}

static GHashTable *fold_names(const GPtrArray *names) {
  GHashTable *folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_replace(folded, g_utf8_casefold(g_ptr_array_index(names, i), -1), g_ptr_array_index(names, i));
  return folded;
}

static const char *find_name(GHashTable *folded, const char *text) {
  g_autofree char *wanted = g_utf8_casefold(text, -1);
  return g_hash_table_lookup(folded, wanted);
}

static void read_member(Reading *reading, TargetGrid *grid, GHashTable *seen, const char *text, const char *name,
                        gsize row) {
  gboolean known = name != NULL;
  gpointer before = g_hash_table_lookup(seen, name ? name : text);
  if (before) {
    g_autofree char *first = sheet_cell_name(GPOINTER_TO_SIZE(before) - 1, 0);
    add_problem(reading, row, 0, "%s is in the grid twice: also in %s", name ? name : text, first);
  }
  g_ptr_array_add(grid->members, g_strdup(name ? name : text));
  g_hash_table_replace(seen, g_ptr_array_index(grid->members, grid->members->len - 1), GSIZE_TO_POINTER(row + 1));
  g_array_append_val(reading->rows, row);
  g_array_append_val(reading->known, known);
}

static gboolean read_members(Reading *reading, TargetGrid *grid, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autoptr(GPtrArray) names = NULL;
  if (target_grid_may_be_by(reading->context, grid->dimension, &failed))
    names = target_members_of(reading->context, grid->dimension, &failed);
  if (g_error_matches(failed, BASE_ERROR, BASE_ERROR_NOT_FOUND)) {
    add_problem(reading, 0, 0, "%s", failed->message);
    return TRUE;
  }
  if (!names) {
    g_propagate_error(error, g_steal_pointer(&failed));
    return FALSE;
  }
  g_autoptr(GHashTable) folded = fold_names(names), seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize r = 1; r < reading->sheet->n_rows; r++) {
    const char *text = sheet_text(reading->sheet, r, 0);
    if (!text && is_empty_row(reading->sheet, r)) continue;
    if (!text) {
      add_problem(reading, r, 0, "the row has amounts and no name: write whose they are");
      continue;
    }
    const char *name = find_name(folded, text);
    g_autoptr(GError) missing = NULL;
    if (!name) {
      target_member_missing(grid->dimension, names, text, &missing);
      add_problem(reading, r, 0, "%s", missing->message);
    }
    read_member(reading, grid, seen, text, name, r);
  }
  return TRUE;
}

/* --- cells --- */

static void read_cell(Reading *reading, TargetGrid *grid, const GPtrArray *own, guint member, guint period) {
  gsize row = g_array_index(reading->rows, gsize, member), column = g_array_index(reading->columns, gsize, period);
  const char *text = sheet_text(reading->sheet, row, column);
  TargetCell *cell = target_grid_cell(grid, member, period);
  if (!text) return;
  g_autoptr(GError) error = NULL;
  if (!target_amount_read(text, target_amount_style(reading->sheet->separator),
                          reading->context->organisation->currency, &cell->amount, &error)) {
    add_problem(reading, row, column, "%s", error->message);
    return;
  }
  cell->has_amount = TRUE;
  cell->state = !cell->target ? TARGET_CELL_NEW : cell->amount == cell->before ? TARGET_CELL_SAME : TARGET_CELL_CHANGED;
  if (cell->state == TARGET_CELL_SAME || !g_array_index(reading->known, gboolean, member) ||
      g_array_index(grid->periods, CalendarPeriod, period).end == 0)
    return;
  g_autoptr(TargetVersion) version = target_grid_version(grid, member, period);
  const char *name = g_ptr_array_index(grid->members, member);
  BaseDay start = g_array_index(grid->periods, CalendarPeriod, period).start;
  if (cell->state == TARGET_CELL_NEW) start = MAX(start, reading->context->today);
  if (reading->people && !target_names_check_there(reading->people, name, start, &error))
    add_problem(reading, row, column, "%s", error->message);
  else if (!target_check_known(reading->context, own, cell->target, version, &error))
    add_problem(reading, row, column, "%s", error->message);
}

static gboolean read_cells(Reading *reading, TargetGrid *grid, GError **error) {
  if (!target_grid_make_cells(grid, error)) return FALSE;
  gboolean of_reps = g_str_equal(grid->dimension, "rep");
  g_autoptr(TargetNames) people = of_reps ? target_names_load(reading->context->store, "person", error) : NULL;
  if (of_reps && !people) return FALSE;
  reading->people = people;
  target_grid_place(grid, reading->targets, reading->context->today);
  for (guint m = 0; m < grid->members->len; m++) {
    g_autoptr(GPtrArray) own = target_grid_targets_of(grid, reading->targets, m);
    for (guint p = 0; p < grid->periods->len; p++) read_cell(reading, grid, own, m, p);
  }
  reading->people = NULL;
  return TRUE;
}

TargetGrid *target_grid_read(const QueryContext *context, const GPtrArray *targets, const SheetTable *sheet,
                             GPtrArray *problems, GError **error) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(gsize)), columns = g_array_new(FALSE, FALSE, sizeof(gsize)),
                    known = g_array_new(FALSE, FALSE, sizeof(gboolean));
  Reading reading = {context, sheet, targets, problems, rows, columns, known, NULL};
  g_autoptr(TargetGrid) grid = read_corner(&reading);
  if (grid) {
    read_periods(&reading, grid);
    if (!read_members(&reading, grid, error) || !read_cells(&reading, grid, error)) return NULL;
  }
  if (problems->len == 0) return g_steal_pointer(&grid);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s", (const char *)g_ptr_array_index(problems, 0));
  return NULL;
}
