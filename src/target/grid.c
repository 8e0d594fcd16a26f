/* Grids of targets: out of what there is, and back with what is new and changed. */
#include "target/grid.h"

#include "store/values.h"
#include "target/agree.h"
#include "target/members.h"

#include <math.h>

#define MAX_CELLS 1000000

void target_grid_free(TargetGrid *grid) {
  if (!grid) return;
  g_free(grid->kpi);
  g_free(grid->dimension);
  g_ptr_array_unref(grid->members);
  g_array_unref(grid->periods);
  g_free(grid->cells);
  g_free(grid);
}

TargetCell *target_grid_cell(const TargetGrid *grid, guint member, guint period) {
  return &grid->cells[(gsize)member * grid->periods->len + period];
}

static TargetGrid *empty_grid(const char *kpi, const char *dimension) {
  TargetGrid *grid = g_new0(TargetGrid, 1);
  grid->kpi = g_strdup(kpi);
  grid->dimension = g_strdup(dimension);
  grid->members = g_ptr_array_new_with_free_func(g_free);
  grid->periods = g_array_new(FALSE, FALSE, sizeof(CalendarPeriod));
  return grid;
}

static gboolean make_cells(TargetGrid *grid, GError **error) {
  gsize n = (gsize)grid->members->len * grid->periods->len;
  if (n > MAX_CELLS) {
    g_set_error(error, BASE_ERROR, BASE_ERROR_LIMIT,
                "a grid of %" G_GSIZE_FORMAT " cells is more than %d (cap: cells of a grid)", n, MAX_CELLS);
    return FALSE;
  }
  grid->cells = g_new0(TargetCell, n);
  return TRUE;
}

/* --- what there is --- */

static gboolean is_of_grid(const TargetTerms *terms, const char *kpi, const char *dimension) {
  return terms->kind == TARGET_REACH && !terms->has_per && g_str_equal(terms->kpi, kpi) &&
         g_str_equal(terms->dimension, dimension);
}

/* Puts each target into the cell of its member and days. */
static void place_targets(TargetGrid *grid, const GPtrArray *targets, BaseDay today) {
  g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal), columns = g_hash_table_new(NULL, NULL);
  for (guint m = 0; m < grid->members->len; m++)
    g_hash_table_insert(rows, g_ptr_array_index(grid->members, m), GUINT_TO_POINTER(m + 1));
  for (guint p = 0; p < grid->periods->len; p++)
    g_hash_table_insert(columns, GINT_TO_POINTER(g_array_index(grid->periods, CalendarPeriod, p).start),
                        GUINT_TO_POINTER(p + 1));
  for (guint i = 0; i < targets->len; i++) {
    Target *target = g_ptr_array_index(targets, i);
    const TargetVersion *version = target_in_force(target, today);
    if (!version || !is_of_grid(&version->terms, grid->kpi, grid->dimension) || !version->terms.member) continue;
    guint row = GPOINTER_TO_UINT(g_hash_table_lookup(rows, version->terms.member));
    guint column = GPOINTER_TO_UINT(g_hash_table_lookup(columns, GINT_TO_POINTER(version->terms.start)));
    if (row == 0 || column == 0 || g_array_index(grid->periods, CalendarPeriod, column - 1).end != version->terms.end)
      continue;
    TargetCell *cell = target_grid_cell(grid, row - 1, column - 1);
    cell->target = target;
    cell->before = version->terms.amount;
  }
}

static void add_member(TargetGrid *grid, const char *name) {
  if (!g_ptr_array_find_with_equal_func(grid->members, name, g_str_equal, NULL))
    g_ptr_array_add(grid->members, g_strdup(name));
}

static gboolean add_members(const QueryContext *context, TargetGrid *grid, const GPtrArray *targets,
                            const CalendarPeriod *span, GError **error) {
  g_autoptr(GPtrArray) selling = target_members_selling(context, grid->dimension, span->start, span->end, error);
  if (!selling) return FALSE;
  for (guint i = 0; i < selling->len; i++) add_member(grid, g_ptr_array_index(selling, i));
  for (guint i = 0; i < targets->len; i++) {
    const TargetTerms *terms = &target_latest(g_ptr_array_index(targets, i))->terms;
    gboolean within = terms->start < span->end && span->start < terms->end;
    if (within && terms->member && is_of_grid(terms, grid->kpi, grid->dimension)) add_member(grid, terms->member);
  }
  return TRUE;
}

TargetGrid *target_grid_new(const QueryContext *context, const GPtrArray *targets, const char *kpi,
                            const char *dimension, const CalendarPeriod *span, CalendarGrain grain, GError **error) {
  const KpiDefinition *found = kpi_catalogue_find(context->catalogue, kpi, error);
  g_autoptr(GArray) periods = found ? calendar_split(context->calendar, span, grain, error) : NULL;
  if (!periods) return NULL;
  g_autoptr(TargetGrid) grid = empty_grid(found->name, dimension);
  g_array_append_vals(grid->periods, periods->data, periods->len);
  if (!add_members(context, grid, targets, span, error) || !make_cells(grid, error)) return NULL;
  place_targets(grid, targets, context->today);
  for (gsize i = 0; i < (gsize)grid->members->len * periods->len; i++) {
    TargetCell *cell = &grid->cells[i];
    cell->has_amount = cell->target != NULL;
    cell->amount = cell->before;
    cell->state = cell->target ? TARGET_CELL_SAME : TARGET_CELL_EMPTY;
  }
  return g_steal_pointer(&grid);
}

/* --- keeping --- */

static TargetVersion *version_of(const TargetGrid *grid, guint member, guint period) {
  const CalendarPeriod *span = &g_array_index(grid->periods, CalendarPeriod, period);
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = grid->kpi;
  terms.dimension = grid->dimension;
  terms.member = g_ptr_array_index(grid->members, member);
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = TARGET_REACH;
  terms.amount = target_grid_cell(grid, member, period)->amount;
  terms.start = span->start;
  terms.end = span->end;
  return target_version_new(&terms);
}

static gboolean keep_cell(const QueryContext *context, GPtrArray *targets, TargetGrid *grid, guint member, guint period,
                          const TargetEvent *said, GError **error) {
  TargetCell *cell = target_grid_cell(grid, member, period);
  TargetEvent event = *said;
  event.act = cell->target ? TARGET_ACT_ADJUST : TARGET_ACT_SET;
  g_autoptr(TargetVersion) version = version_of(grid, member, period);
  if (cell->target) version->effective = MAX(context->today, version->terms.start);
  if (cell->target && !target_check_act(cell->target, event.act, event.author, event.words, error)) return FALSE;
  if (!target_check(context, targets, cell->target, version, error)) return FALSE;
  g_autoptr(Target) made = cell->target ? NULL : target_new(0, 0);
  if (!target_say_within(context->store, made ? made : cell->target, g_steal_pointer(&version), &event, error))
    return FALSE;
  if (made) g_ptr_array_add(targets, g_steal_pointer(&made));
  return TRUE;
}

gboolean target_grid_keep(const QueryContext *context, GPtrArray *targets, TargetGrid *grid, const TargetEvent *said,
                          GError **error) {
  if (!store_begin(context->store, error)) return FALSE;
  for (guint m = 0; m < grid->members->len; m++)
    for (guint p = 0; p < grid->periods->len; p++) {
      TargetCellState state = target_grid_cell(grid, m, p)->state;
      if (state != TARGET_CELL_NEW && state != TARGET_CELL_CHANGED) continue;
      if (keep_cell(context, targets, grid, m, p, said, error)) continue;
      store_rollback(context->store);
      return FALSE;
    }
  return store_commit(context->store, error);
}

/* --- coming back --- */

typedef struct {
  const QueryContext *context;
  const TargetSheet *sheet;
  GPtrArray *problems;
  GArray *rows;  /* guint: the sheet's row of each member */
  GArray *known; /* gboolean: the member is one */
} Reading;

static const char *text_at(const TargetSheet *sheet, gsize row, gsize column) {
  const char *text =
      column < sheet->n_columns && row < sheet->n_rows ? sheet->texts[row * sheet->n_columns + column] : NULL;
  while (text && g_ascii_isspace(*text)) text++;
  return text && *text ? text : NULL;
}

/* "B3" of the second column's third row. */
static char *cell_name(gsize row, gsize column) {
  g_autofree char *letters = g_strdup("");
  for (gsize c = column + 1; c > 0; c = (c - 1) / 26) {
    char *longer = g_strdup_printf("%c%s", (char)('A' + (c - 1) % 26), letters);
    g_free(letters);
    letters = longer;
  }
  return g_strdup_printf("%s%" G_GSIZE_FORMAT, letters, row + 1);
}

static void add_problem(Reading *reading, gsize row, gsize column, const char *format, ...) G_GNUC_PRINTF(4, 5);
static void add_problem(Reading *reading, gsize row, gsize column, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_autofree char *cell = cell_name(row, column);
  g_ptr_array_add(reading->problems, g_strconcat(cell, ": ", text, NULL));
}

/* The corner: "revenue by rep". */
static TargetGrid *read_corner(Reading *reading) {
  const char *corner = text_at(reading->sheet, 0, 0);
  g_auto(GStrv) words = g_strsplit_set(corner ? corner : "", " ", -1);
  g_autoptr(GError) error = NULL;
  if (g_strv_length(words) != 3 || !g_str_equal(words[1], "by")) {
    add_problem(reading, 0, 0,
                "\"%s\" does not say what the grid is of: write a KPI's name, by, and a dimension: revenue by rep",
                corner ? corner : "");
    return NULL;
  }
  const KpiDefinition *kpi = kpi_catalogue_find(reading->context->catalogue, words[0], &error);
  if (!kpi) add_problem(reading, 0, 0, "%s", error->message);
  return kpi ? empty_grid(kpi->name, words[2]) : NULL;
}

static void read_periods(Reading *reading, TargetGrid *grid) {
  for (gsize c = 1; c < reading->sheet->n_columns; c++) {
    const char *text = text_at(reading->sheet, 0, c);
    g_autoptr(GError) error = NULL;
    CalendarPeriod period = {0};
    if (!text)
      add_problem(reading, 0, c, "the column has no period: write 2027-01, 2027-Q1 or 2027");
    else if (!calendar_parse_period(reading->context->calendar, text, reading->context->today, BASE_DAY_NONE,
                                    BASE_DAY_NONE, &period, &error))
      add_problem(reading, 0, c, "%s", error->message);
    g_array_append_val(grid->periods, period);
  }
}

static const char *find_name(const GPtrArray *names, const char *text) {
  g_autofree char *wanted = g_utf8_casefold(text, -1);
  g_strstrip(wanted);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *folded = g_utf8_casefold(g_ptr_array_index(names, i), -1);
    if (g_str_equal(folded, wanted)) return g_ptr_array_index(names, i);
  }
  return NULL;
}

static gboolean read_members(Reading *reading, TargetGrid *grid, GError **error) {
  g_autoptr(GPtrArray) names = target_members_of(reading->context, grid->dimension, error);
  if (!names) return FALSE;
  for (gsize r = 1; r < reading->sheet->n_rows; r++) {
    const char *text = text_at(reading->sheet, r, 0);
    if (!text) continue;
    const char *name = find_name(names, text);
    const char *nearest = name ? NULL : base_nearest(text, (const char *const *)names->pdata, names->len);
    if (!name)
      add_problem(reading, r, 0, "there is no %s \"%s\"%s%s%s", grid->dimension, text,
                  nearest ? ": did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    else if (g_ptr_array_find_with_equal_func(grid->members, name, g_str_equal, NULL))
      add_problem(reading, r, 0, "%s is in the grid twice", name);
    g_ptr_array_add(grid->members, g_strdup(name ? name : text));
    guint row = (guint)r;
    gboolean known = name != NULL;
    g_array_append_val(reading->rows, row);
    g_array_append_val(reading->known, known);
  }
  return TRUE;
}

/* An amount in either way of writing decimals; with both signs in it the last one is the decimal's. */
static gboolean parse_amount(const char *text, double *amount) {
  const char *comma = strrchr(text, ','), *point = strrchr(text, '.');
  gboolean continental = comma && (point ? comma > point : strlen(comma) != 4);
  g_autoptr(GString) plain = g_string_new(NULL);
  gboolean percent = FALSE;
  for (const char *at = text; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c == (continental ? '.' : ',') || g_unichar_isspace(c) || c == '\'') continue;
    if (c == '%' && !at[strspn(at, "% ")])
      percent = TRUE;
    else if (c < 0x80)
      g_string_append_c(plain, c == ',' ? '.' : (char)c);
    else
      return FALSE;
  }
  char *end;
  *amount = g_ascii_strtod(plain->str, &end) / (percent ? 100 : 1);
  return plain->len > 0 && *end == 0 && isfinite(*amount);
}

static void read_amount(Reading *reading, TargetGrid *grid, guint member, guint period, const GPtrArray *targets) {
  gsize row = g_array_index(reading->rows, guint, member), column = period + 1;
  const char *text = text_at(reading->sheet, row, column);
  TargetCell *cell = target_grid_cell(grid, member, period);
  if (!text) return;
  if (!parse_amount(text, &cell->amount)) {
    add_problem(reading, row, column, "\"%s\" is no amount", text);
    return;
  }
  cell->has_amount = TRUE;
  cell->state = !cell->target ? TARGET_CELL_NEW : cell->amount == cell->before ? TARGET_CELL_SAME : TARGET_CELL_CHANGED;
  if (cell->state == TARGET_CELL_SAME || !g_array_index(reading->known, gboolean, member) ||
      g_array_index(grid->periods, CalendarPeriod, period).end == 0)
    return;
  g_autoptr(TargetVersion) version = version_of(grid, member, period);
  g_autoptr(GError) error = NULL;
  if (!target_check(reading->context, targets, cell->target, version, &error))
    add_problem(reading, row, column, "%s", error->message);
}

TargetGrid *target_grid_read(const QueryContext *context, const GPtrArray *targets, const TargetSheet *sheet,
                             GPtrArray *problems, GError **error) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(gboolean));
  Reading reading = {.context = context, .sheet = sheet, .problems = problems, .rows = rows, .known = known};
  g_autoptr(TargetGrid) grid = read_corner(&reading);
  if (grid) {
    read_periods(&reading, grid);
    if (!read_members(&reading, grid, error) || !make_cells(grid, error)) return NULL;
    place_targets(grid, targets, context->today);
    for (guint m = 0; m < grid->members->len; m++)
      for (guint p = 0; p < grid->periods->len; p++) read_amount(&reading, grid, m, p, targets);
  }
  if (problems->len == 0) return g_steal_pointer(&grid);
  g_set_error(error, BASE_ERROR, BASE_ERROR_INPUT, "%s", (const char *)g_ptr_array_index(problems, 0));
  return NULL;
}

void target_sheet_clear(TargetSheet *sheet) {
  g_clear_pointer(&sheet->texts, g_free);
  g_clear_pointer(&sheet->rows, store_rows_free);
}

gboolean target_sheet_read_csv(Store *store, const char *path, TargetSheet *sheet, GError **error) {
  g_autofree char *quoted = store_quote_text(path);
  g_autofree char *sql = g_strdup_printf(
      "SELECT * FROM read_csv(%s, header = false, all_varchar = true, null_padding = true, strict_mode = false)",
      quoted);
  StoreRows *rows = store_query(store, sql, NULL, 0, MAX_CELLS, error);
  if (!rows) return FALSE;
  *sheet = (TargetSheet){.n_rows = store_rows_count(rows), .n_columns = store_rows_n_columns(rows), .rows = rows};
  sheet->texts = g_new0(const char *, sheet->n_rows * sheet->n_columns + 1);
  for (gsize r = 0; r < sheet->n_rows; r++)
    for (guint c = 0; c < sheet->n_columns; c++) sheet->texts[r * sheet->n_columns + c] = store_text_at(rows, r, c);
  return TRUE;
}
