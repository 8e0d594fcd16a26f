/* Scorecards as a workbook.
 *
 *   Scorecard    whose it is: KPIs down, with target, attainment, pace, chance and trend
 *   Teams        members of the first level by KPIs, the group's own row below   (where there are two levels)
 *   People       all of the second level, to filter and sort                     (where there are two levels)
 *   North …      a tab for each member of the first level: its card, and below it its people by KPIs
 *
 * Numbers are numbers with the format of their unit, so that they can be counted on. What of a target was attained is
 * coloured by where it ought to be by now, so a quarter's begin is not red. */
#include "answer/scorecard.h"
#include "cli/xlsx.h"

#include <math.h>

#define NAME_WIDTH  26
#define VALUE_WIDTH 14
#define SHARE_WIDTH 10
#define PACE_WIDTH  24
#define TREND_WIDTH 18
#define LINE_COLOUR 0x2E5C8A
#define TEAM_COLOUR 0x2E5C8A
#define FAR_BELOW   0.5 /* from the middle of the scale to its red and green ends */
#define FAR_ABOVE   0.3

/* --- numbers --- */

typedef struct {
  const char *format;
  double times; /* what the spreadsheet's number is of the KPI's */
} Unit;

static Unit suffixed(const char *display) {
  static const struct {
    const char *display, *format;
  } known[] = {{"months", "#,##0.0\" months\""}, {"hours", "#,##0.0\" hours\""}, {"x", "#,##0.00\"×\""},
               {"times", "#,##0.00\"×\""},       {"points", "#,##0.0"},          {"score", "#,##0.00"}};
  for (guint i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_str_equal(known[i].display, display)) return (Unit){known[i].format, 1};
  return (Unit){g_str_equal(display, "percent") ? "0.0%" : "#,##0.00", 1};
}

static Unit quantity_unit(const ShownScorecard *shown, const KpiDefinition *kpi, int decimals) {
  const char *currency = shown->session->organisation->currency;
  if (answer_is_money(kpi->unit))
    return (Unit){cli_xlsx_format(CLI_NUMBER_MONEY, currency, (guint)MAX(decimals, 0)), 1};
  if (kpi->unit.money_power != 0 || kpi->unit.days_power != 1) return (Unit){"#,##0.00", 1};
  if (g_strcmp0(kpi->display, "hours") == 0) return (Unit){"#,##0.0\" hours\"", 24};
  return (Unit){"#,##0.0\" days\"", 1};
}

static Unit unit_of(const ShownScorecard *shown, guint index) {
  const KpiDefinition *kpi = scorecard_kpi(shown->scorecard, index);
  if (kpi->display && kpi->unit.kind != KPI_QUANTITY) return suffixed(kpi->display);
  switch (kpi->unit.kind) {
    case KPI_COUNT:
      return (Unit){"#,##0", 1};
    case KPI_RATIO:
      return (Unit){"0.0%", 1};
    case KPI_QUANTITY:
      return quantity_unit(shown, kpi, shown->decimals[index]);
    default:
      return (Unit){"#,##0.00", 1};
  }
}

static CliXlsxStyle with_format(CliXlsxStyle style, const char *format) {
  style.number = format;
  return style;
}

static void put(CliXlsxSheet *sheet, guint row, guint column, Unit unit, gboolean has, double value,
                const CliXlsxStyle *style) {
  CliXlsxStyle formatted = with_format(*style, unit.format);
  cli_xlsx_value(sheet, row, column, has, value * unit.times, &formatted);
}

/* --- colours --- */

/* Where attainment ought to be by now: at the share that is due, of what is to stay below a limit at what is left. */
static double attainment_due(const ScorecardCell *cell) {
  const TargetStanding *standing = cell->standing;
  if (!standing->has_due || standing->phase != TARGET_RUNNING) return 1;
  gboolean less = target_is_lower_better(standing->version->terms.kind, standing->kpi->better);
  return less ? 2 - standing->share : standing->share;
}

static void colour_attained(CliXlsxSheet *sheet, CliXlsxRange range, const ScorecardCell *cell) {
  CliXlsxScale scale = cli_xlsx_red_to_green;
  double due = attainment_due(cell), size = MAX(fabs(due), 0.1);
  scale.has_points = TRUE;
  scale.low_at = due - FAR_BELOW * size;
  scale.middle_at = due;
  scale.high_at = due + FAR_ABOVE * size;
  cli_xlsx_scale(sheet, range, &scale);
}

static void colour_points(CliXlsxSheet *sheet, guint first, guint last, guint column) {
  CliXlsxScale scale = cli_xlsx_red_to_green;
  scale.has_points = TRUE;
  scale.low_at = 50;
  scale.middle_at = 100;
  scale.high_at = 130;
  cli_xlsx_scale(sheet, (CliXlsxRange){first, column, last, column}, &scale);
}

/* --- the head of a sheet --- */

static char *as_of_words(const ShownScorecard *shown) {
  const Session *session = shown->session;
  const CalendarPeriod *period = scorecard_asked(shown);
  g_autofree char *today = base_day_format(session->today), *first = base_day_format(period->start);
  g_autofree char *last = base_day_format(period->end - 1);
  if (!scorecard_is_running(shown))
    return g_strdup_printf("%s · %s to %s · as of %s", session->organisation->name, first, last, today);
  int all = calendar_working_days(session->calendar, period->start, period->end);
  int over = calendar_working_days(session->calendar, period->start, session->today + 1);
  return g_strdup_printf("%s · %s to %s · as of %s, after %d of %d working days", session->organisation->name, first,
                         last, today, over, all);
}

/* Title and as-of line; returns the row below them. */
static guint add_title(CliXlsxSheet *sheet, const ShownScorecard *shown, const char *title) {
  g_autofree char *as_of = as_of_words(shown);
  cli_xlsx_text(sheet, 0, 0, title, &cli_xlsx_title);
  cli_xlsx_text(sheet, 1, 0, as_of, &cli_xlsx_note);
  return 3;
}

static CliXlsxStyle head_style(CliXlsxAlign align) {
  CliXlsxStyle style = cli_xlsx_head;
  style.align = align;
  return style;
}

/* --- a card --- */

static const struct {
  const char *head;
  double width;
  CliXlsxAlign align;
} card_columns[] = {
    {"KPI", NAME_WIDTH, CLI_XLSX_LEFT},        {"Value", VALUE_WIDTH, CLI_XLSX_RIGHT},
    {"Before", VALUE_WIDTH, CLI_XLSX_RIGHT},   {"Target", VALUE_WIDTH, CLI_XLSX_RIGHT},
    {"Attained", SHARE_WIDTH, CLI_XLSX_RIGHT}, {"Points", SHARE_WIDTH, CLI_XLSX_RIGHT},
    {"Weight", SHARE_WIDTH, CLI_XLSX_RIGHT},   {"Ahead or behind", VALUE_WIDTH, CLI_XLSX_RIGHT},
    {"Pace", PACE_WIDTH, CLI_XLSX_LEFT},       {"Chance", SHARE_WIDTH, CLI_XLSX_RIGHT},
    {"Expected", VALUE_WIDTH, CLI_XLSX_RIGHT}, {"Trend", TREND_WIDTH, CLI_XLSX_LEFT},
};
enum {
  CARD_KPI,
  CARD_VALUE,
  CARD_BEFORE,
  CARD_TARGET,
  CARD_ATTAINED,
  CARD_POINTS,
  CARD_WEIGHT,
  CARD_AHEAD,
  CARD_PACE,
  CARD_CHANCE,
  CARD_EXPECTED,
  CARD_TREND
};

static void put_target(CliXlsxSheet *sheet, guint at, const ShownScorecard *shown, guint kpi, const ScorecardCell *cell,
                       const CliXlsxStyle *plain) {
  const TargetStanding *standing = cell->standing;
  Unit unit = unit_of(shown, kpi), share = {"0.0%", 1}, whole = {"0", 1};
  double attainment = 0;
  gboolean has_attainment = scorecard_has_attainment(cell, &attainment);
  gboolean is_band = standing->version->terms.kind == TARGET_BETWEEN;
  g_autofree char *words = scorecard_target_words(shown, kpi, cell);
  g_autofree char *pace = scorecard_pace_words(shown, kpi, cell, FALSE);
  CliXlsxStyle right = *plain;
  right.align = CLI_XLSX_RIGHT;
  if (is_band)
    cli_xlsx_text(sheet, at, CARD_TARGET, words, &right);
  else
    put(sheet, at, CARD_TARGET, unit, standing->has_amount, standing->amount, plain);
  put(sheet, at, CARD_ATTAINED, share, has_attainment, attainment, plain);
  if (has_attainment) colour_attained(sheet, (CliXlsxRange){at, CARD_ATTAINED, at, CARD_ATTAINED}, cell);
  put(sheet, at, CARD_POINTS, whole, cell->has_points, cell->points, plain);
  put(sheet, at, CARD_WEIGHT, (Unit){"0.##", 1}, cell->has_points, scorecard_weight(shown->scorecard, kpi), plain);
  put(sheet, at, CARD_AHEAD, unit, standing->has_due, standing->ahead, plain);
  cli_xlsx_text(sheet, at, CARD_PACE, pace, plain);
  const PaceForecast *forecast = cell->forecast;
  gboolean runs = standing->phase != TARGET_ENDED;
  put(sheet, at, CARD_CHANCE, (Unit){"0%", 1}, runs && forecast && forecast->has_chance,
      forecast ? forecast->chance : 0, plain);
  put(sheet, at, CARD_EXPECTED, unit, runs && forecast && forecast->has_finish, forecast ? forecast->finish : 0, plain);
}

static void put_kpi(CliXlsxSheet *sheet, guint at, const ShownScorecard *shown, guint kpi, const ScorecardCell *cell) {
  static const CliXlsxStyle plain = {0};
  Unit unit = unit_of(shown, kpi);
  cli_xlsx_text(sheet, at, CARD_KPI, scorecard_kpi(shown->scorecard, kpi)->title, &plain);
  put(sheet, at, CARD_VALUE, unit, cell->value.has_value, cell->value.value, &(CliXlsxStyle){.bold = TRUE});
  put(sheet, at, CARD_BEFORE, unit, cell->has_compared && cell->compared.has_value, cell->compared.value, &plain);
  if (cell->has_target) put_target(sheet, at, shown, kpi, cell, &plain);
  g_autofree char *line = scorecard_trend_line(shown, cell, TRUE);
  cli_xlsx_text(sheet, at, CARD_TREND, line, &(CliXlsxStyle){.colour = LINE_COLOUR});
}

static void put_score(CliXlsxSheet *sheet, guint at, const ScorecardRow *row) {
  g_autofree char *of = base_count_words(row->n_scored, "of # {KPI|KPIs}");
  for (guint c = 0; c < G_N_ELEMENTS(card_columns); c++) cli_xlsx_blank(sheet, at, c, &cli_xlsx_total);
  cli_xlsx_text(sheet, at, CARD_KPI, "Score", &cli_xlsx_total);
  put(sheet, at, CARD_POINTS, (Unit){"0", 1}, row->has_score, row->score, &cli_xlsx_total);
  cli_xlsx_text(sheet, at, CARD_PACE, row->has_score ? of : "no KPI has a target", &cli_xlsx_total);
}

/* Returns the row below it. */
static guint add_card(CliXlsxSheet *sheet, guint at, const ShownScorecard *shown, const ScorecardRow *row) {
  for (guint c = 0; c < G_N_ELEMENTS(card_columns); c++) {
    CliXlsxStyle style = head_style(card_columns[c].align);
    gboolean so_far = c == CARD_VALUE && scorecard_is_running(shown);
    cli_xlsx_text(sheet, at, c, so_far ? "So far" : card_columns[c].head, &style);
  }
  guint first = at + 1;
  for (guint i = 0; i < shown->kpis->len; i++) {
    guint kpi = g_array_index(shown->kpis, guint, i);
    put_kpi(sheet, ++at, shown, kpi, &row->cells[kpi]);
  }
  put_score(sheet, ++at, row);
  if (at > first) colour_points(sheet, first, at, CARD_POINTS);
  return at + 1;
}

/* --- members by KPIs --- */

typedef struct {
  CliXlsxSheet *sheet;
  const ShownScorecard *shown;
  guint n_names; /* columns of names ahead of the score */
  guint first_row, last_row;
} Grid;

static gboolean has_attained(const ShownScorecard *shown, guint kpi) {
  double attainment;
  for (guint r = 0; r < scorecard_n_rows(shown->scorecard); r++)
    if (scorecard_has_attainment(&scorecard_row(shown->scorecard, r)->cells[kpi], &attainment)) return TRUE;
  return FALSE;
}

static void put_grid_head(const Grid *grid, guint at, const char *const *names) {
  CliXlsxStyle left = head_style(CLI_XLSX_LEFT), right = head_style(CLI_XLSX_RIGHT);
  guint c = 0;
  for (; c < grid->n_names; c++) {
    g_autofree char *name = answer_dimension(names[c]);
    cli_xlsx_text(grid->sheet, at, c, name, &left);
  }
  cli_xlsx_text(grid->sheet, at, c++, "Score", &right);
  for (guint i = 0; i < grid->shown->kpis->len; i++) {
    guint kpi = g_array_index(grid->shown->kpis, guint, i);
    cli_xlsx_text(grid->sheet, at, c++, scorecard_kpi(grid->shown->scorecard, kpi)->title, &right);
    if (has_attained(grid->shown, kpi)) cli_xlsx_text(grid->sheet, at, c++, "attained", &right);
  }
}

static void put_grid_row(const Grid *grid, guint at, const ScorecardRow *row, const CliXlsxStyle *style) {
  const ShownScorecard *shown = grid->shown;
  guint c = 0;
  for (; c < grid->n_names; c++) {
    gboolean own = c + 1 == grid->n_names || row->level == 0;
    const char *name = row->level == 0 && c > 0 ? "" : own ? scorecard_row_name(shown, row) : row->members[c];
    cli_xlsx_text(grid->sheet, at, c, answer_member(name), style);
  }
  put(grid->sheet, at, c++, (Unit){"0", 1}, row->has_score, row->score, style);
  for (guint i = 0; i < shown->kpis->len; i++) {
    guint kpi = g_array_index(shown->kpis, guint, i);
    const ScorecardCell *cell = &row->cells[kpi];
    double attainment = 0;
    gboolean has = scorecard_has_attainment(cell, &attainment);
    put(grid->sheet, at, c++, unit_of(shown, kpi), cell->value.has_value, cell->value.value, style);
    if (!has_attained(shown, kpi)) continue;
    put(grid->sheet, at, c, (Unit){"0%", 1}, has, attainment, style);
    if (has) colour_attained(grid->sheet, (CliXlsxRange){at, c, at, c}, cell);
    c++;
  }
}

static guint grid_columns(const Grid *grid) {
  guint n = grid->n_names + 1;
  for (guint i = 0; i < grid->shown->kpis->len; i++)
    n += has_attained(grid->shown, g_array_index(grid->shown->kpis, guint, i)) ? 2 : 1;
  return n;
}

/* Rows from `from` on of a level, up to the next of a level above it; then the row that they are parts of. Returns the
 * row below. */
static guint add_grid(Grid *grid, guint at, const char *const *names, guint from, guint level,
                      const ScorecardRow *whole) {
  static const CliXlsxStyle plain = {0};
  const Scorecard *scorecard = grid->shown->scorecard;
  put_grid_head(grid, at, names);
  grid->first_row = at + 1;
  for (guint r = from; r < scorecard_n_rows(scorecard); r++) {
    const ScorecardRow *row = scorecard_row(scorecard, r);
    if (whole && row->level <= whole->level) break;
    if (row->level == level) put_grid_row(grid, ++at, row, &plain);
  }
  grid->last_row = at;
  if (at >= grid->first_row) colour_points(grid->sheet, grid->first_row, at, grid->n_names);
  if (whole) put_grid_row(grid, ++at, whole, &cli_xlsx_total);
  return at + 1;
}

/* --- sheets --- */

static void set_card_widths(CliXlsxSheet *sheet) {
  for (guint c = 0; c < G_N_ELEMENTS(card_columns); c++) cli_xlsx_width(sheet, c, c, card_columns[c].width);
}

static guint add_notes(CliXlsxSheet *sheet, guint at, const ShownScorecard *shown) {
  g_autofree char *rule = scorecard_rule_words(shown);
  cli_xlsx_text(sheet, ++at, 0, rule, &cli_xlsx_note);
  if (shown->n_whole > 0) {
    g_autofree char *trend = g_strdup_printf(
        "Trend: %s to %s. Before: %s, %s.", scorecard_period(shown->scorecard, 0)->name,
        scorecard_period(shown->scorecard, shown->n_whole - 1)->name, scorecard_compared_period(shown->scorecard)->name,
        scorecard_is_running(shown) ? "to the same working day" : "the whole of it");
    cli_xlsx_text(sheet, ++at, 0, trend, &cli_xlsx_note);
  }
  for (guint i = 0; i < shown->notes->len; i++)
    cli_xlsx_text(sheet, ++at, 0, g_ptr_array_index(shown->notes, i), &cli_xlsx_note);
  return at + 1;
}

/* A card, with what lies on the level below it by KPIs. */
static void add_card_sheet(CliXlsx *book, const ShownScorecard *shown, guint index, const char *name,
                           gboolean with_below) {
  const ScorecardRow *row = scorecard_row(shown->scorecard, index);
  CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, name);
  g_autofree char *title = scorecard_title(shown, row);
  guint at = add_title(sheet, shown, title);
  set_card_widths(sheet);
  at = add_card(sheet, at, shown, row);
  const char *const *by = scorecard_by(shown->scorecard);
  if (with_below && by[row->level]) {
    Grid grid = {.sheet = sheet, .shown = shown, .n_names = 1};
    at = add_grid(&grid, at + 2, by + row->level, index + 1, row->level + 1, row);
  }
  add_notes(sheet, at, shown);
  cli_xlsx_freeze(sheet, 2, 1);
  if (index == 0) return;
  cli_xlsx_tab_colour(sheet, TEAM_COLOUR);
}

/* All of a level in one table that can be filtered. */
static void add_level_sheet(CliXlsx *book, const ShownScorecard *shown, guint level) {
  const char *const *by = scorecard_by(shown->scorecard);
  g_autofree char *dimension = answer_dimension(by[level - 1]), *name = g_strconcat(dimension, "s", NULL);
  g_autofree char *title = scorecard_title(shown, scorecard_row(shown->scorecard, 0));
  CliXlsxSheet *sheet = cli_xlsx_add_sheet(book, name);
  guint at = add_title(sheet, shown, title);
  Grid grid = {.sheet = sheet, .shown = shown, .n_names = level};
  guint head = at;
  add_grid(&grid, at, by, 1, level, level == 1 ? scorecard_row(shown->scorecard, 0) : NULL);
  if (grid.last_row >= grid.first_row)
    cli_xlsx_filter(sheet, (CliXlsxRange){head, 0, grid.last_row, grid_columns(&grid) - 1});
  cli_xlsx_freeze(sheet, head + 1, level);
}

static CliXlsx *make_book(const ShownScorecard *shown) {
  const Scorecard *scorecard = shown->scorecard;
  const char *const *by = scorecard_by(scorecard);
  g_autofree char *title = scorecard_title(shown, scorecard_row(scorecard, 0));
  CliXlsx *book = cli_xlsx_new(title, shown->session->now_us);
  gboolean two_levels = by[0] && by[1];
  add_card_sheet(book, shown, 0, "Scorecard", !two_levels);
  if (!two_levels) return book;
  add_level_sheet(book, shown, 1);
  add_level_sheet(book, shown, 2);
  for (guint r = 1; r < scorecard_n_rows(scorecard); r++) {
    const ScorecardRow *row = scorecard_row(scorecard, r);
    if (row->level == 1) add_card_sheet(book, shown, r, scorecard_row_name(shown, row), TRUE);
  }
  return book;
}

gboolean scorecard_xlsx(const ShownScorecard *shown, FILE *out, GError **error) {
  g_autoptr(CliXlsx) book = make_book(shown);
  return cli_xlsx_write(book, out, error);
}

gboolean scorecard_xlsx_save(const ShownScorecard *shown, const char *path, GError **error) {
  g_autoptr(CliXlsx) book = make_book(shown);
  return cli_xlsx_save(book, path, error);
}
