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

#define NAME_WIDTH    27
#define FIGURE_WIDTH  15
#define SHARE_WIDTH   10
#define ROW_HEIGHT    18
#define HEAD_HEIGHT   33
#define TITLE_HEIGHT  26
#define LINE_COLOUR   0x2E5C8A
#define TEAM_COLOUR   0x2E5C8A
#define SCORE_SIZE    13
#define CHANCE_FORMAT "[<0.005]\"<1%\";[>0.995]\">99%\";0%"
#define FAR_BELOW     0.5 /* from the middle of the scale to its red and green ends */
#define FAR_ABOVE     0.3

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

/* --- a sheet: which rows and KPIs are on it --- */

typedef struct {
  CliXlsxSheet *sheet;
  const ShownScorecard *shown;
  guint from, until;          /* rows of the scorecard */
  guint min_level, max_level; /* of them, those of these levels */
  GArray *kpis;               /* guint: with a value or target in those rows */
  GArray *attained;           /* gboolean, by place in `kpis`: some of the rows has a target */
  guint n_columns;            /* of the widest table on it */
} Page;

static gboolean is_on(const Page *page, guint index) {
  guint level = scorecard_row(page->shown->scorecard, index)->level;
  return index >= page->from && index < page->until && level >= page->min_level && level <= page->max_level;
}

static void page_init(Page *page, CliXlsx *book, const ShownScorecard *shown, const char *name) {
  page->shown = shown;
  page->sheet = cli_xlsx_add_sheet(book, name);
  page->kpis = g_array_new(FALSE, FALSE, sizeof(guint));
  page->attained = g_array_new(FALSE, FALSE, sizeof(gboolean));
  for (guint i = 0; i < shown->kpis->len; i++) {
    guint kpi = g_array_index(shown->kpis, guint, i);
    gboolean any = FALSE, attained = FALSE;
    for (guint r = page->from; r < page->until; r++) {
      const ScorecardCell *cell = &scorecard_row(shown->scorecard, r)->cells[kpi];
      if (!is_on(page, r)) continue;
      any |= cell->value.has_value || cell->has_target;
      attained |= cell->has_target;
    }
    if (!any) continue;
    g_array_append_val(page->kpis, kpi);
    g_array_append_val(page->attained, attained);
  }
}

static void page_clear(Page *page) {
  g_array_unref(page->kpis);
  g_array_unref(page->attained);
}

/* The row after `index` that is no part of it. */
static guint end_of(const Scorecard *scorecard, guint index) {
  guint end = index + 1;
  while (end < scorecard_n_rows(scorecard) &&
         scorecard_row(scorecard, end)->level > scorecard_row(scorecard, index)->level)
    end++;
  return end;
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
static guint add_title(const Page *page, const ScorecardRow *row) {
  g_autofree char *as_of = as_of_words(page->shown), *title = scorecard_title(page->shown, row, FALSE);
  cli_xlsx_text(page->sheet, 0, 0, title, &cli_xlsx_title);
  cli_xlsx_height(page->sheet, 0, TITLE_HEIGHT);
  cli_xlsx_text(page->sheet, 1, 0, as_of, &cli_xlsx_note);
  cli_xlsx_hide_grid(page->sheet);
  cli_xlsx_footer(page->sheet, title);
  return 3;
}

static const CliXlsxStyle indented = {.align = CLI_XLSX_LEFT, .indent = 1};

static CliXlsxStyle head_style(CliXlsxAlign align) {
  CliXlsxStyle style = cli_xlsx_head;
  style.align = align;
  return style;
}

/* --- a card --- */

static const struct {
  const char *head;
  CliXlsxAlign align;
} card_columns[] = {
    {"KPI", CLI_XLSX_LEFT},
    {"Value", CLI_XLSX_RIGHT},
    {"Before", CLI_XLSX_RIGHT},
    {"Target", CLI_XLSX_RIGHT},
    {"Attained", CLI_XLSX_RIGHT},
    {"Points", CLI_XLSX_RIGHT},
    {"Weight", CLI_XLSX_RIGHT},
    {"Ahead", CLI_XLSX_RIGHT},
    {"Pace", CLI_XLSX_LEFT},
    {"Chance", CLI_XLSX_RIGHT},
    {"Expected at the end", CLI_XLSX_RIGHT},
    {"Trend", CLI_XLSX_LEFT},
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

static void put_target(const Page *page, guint at, guint kpi, const ScorecardCell *cell) {
  static const CliXlsxStyle plain = {0}, right = {.align = CLI_XLSX_RIGHT};
  const ShownScorecard *shown = page->shown;
  const TargetStanding *standing = cell->standing;
  Unit unit = unit_of(shown, kpi);
  double attainment = 0;
  gboolean has_attainment = scorecard_has_attainment(cell, &attainment);
  g_autofree char *words = scorecard_target_words(shown, kpi, cell);
  g_autofree char *pace = scorecard_pace_words(shown, kpi, cell, FALSE);
  if (standing->version->terms.kind == TARGET_BETWEEN)
    cli_xlsx_text(page->sheet, at, CARD_TARGET, words, &right);
  else
    put(page->sheet, at, CARD_TARGET, unit, standing->has_amount, standing->amount, &plain);
  put(page->sheet, at, CARD_ATTAINED, (Unit){"0.0%", 1}, has_attainment, attainment, &plain);
  if (has_attainment) colour_attained(page->sheet, (CliXlsxRange){at, CARD_ATTAINED, at, CARD_ATTAINED}, cell);
  put(page->sheet, at, CARD_POINTS, (Unit){"0", 1}, cell->has_points, cell->points, &plain);
  put(page->sheet, at, CARD_WEIGHT, (Unit){"General", 1}, cell->has_points, scorecard_weight(shown->scorecard, kpi),
      &plain);
  put(page->sheet, at, CARD_AHEAD, unit, standing->has_due, standing->ahead, &plain);
  cli_xlsx_text(page->sheet, at, CARD_PACE, pace, &indented);
}

static void put_forecast(const Page *page, guint at, guint kpi, const ScorecardCell *cell) {
  static const CliXlsxStyle plain = {0};
  const PaceForecast *forecast = cell->forecast;
  if (!forecast || cell->standing->phase == TARGET_ENDED) return;
  put(page->sheet, at, CARD_CHANCE, (Unit){CHANCE_FORMAT, 1}, forecast->has_chance, forecast->chance, &plain);
  put(page->sheet, at, CARD_EXPECTED, unit_of(page->shown, kpi), forecast->has_finish, forecast->finish, &plain);
}

static void put_kpi(const Page *page, guint at, guint kpi, const ScorecardCell *cell) {
  static const CliXlsxStyle plain = {0}, bold = {.bold = TRUE}, line = {.colour = LINE_COLOUR, .indent = 1};
  Unit unit = unit_of(page->shown, kpi);
  cli_xlsx_height(page->sheet, at, ROW_HEIGHT);
  cli_xlsx_text(page->sheet, at, CARD_KPI, scorecard_kpi(page->shown->scorecard, kpi)->title, &plain);
  put(page->sheet, at, CARD_VALUE, unit, cell->value.has_value, cell->value.value, &bold);
  put(page->sheet, at, CARD_BEFORE, unit, cell->has_compared && cell->compared.has_value, cell->compared.value, &plain);
  if (cell->has_target) {
    put_target(page, at, kpi, cell);
    put_forecast(page, at, kpi, cell);
  }
  g_autofree char *trend = scorecard_trend_line(page->shown, cell, TRUE);
  cli_xlsx_text(page->sheet, at, CARD_TREND, trend, &line);
}

static void put_score(const Page *page, guint at, const ScorecardRow *row) {
  CliXlsxStyle large = cli_xlsx_total, left = cli_xlsx_total;
  large.size = SCORE_SIZE;
  left.indent = 1;
  g_autofree char *of = base_count_words(row->n_scored, "of # {KPI|KPIs}");
  for (guint c = 0; c < G_N_ELEMENTS(card_columns); c++) cli_xlsx_blank(page->sheet, at, c, &cli_xlsx_total);
  cli_xlsx_height(page->sheet, at, HEAD_HEIGHT * 2 / 3);
  cli_xlsx_text(page->sheet, at, CARD_KPI, "Score", &large);
  put(page->sheet, at, CARD_POINTS, (Unit){"0", 1}, row->has_score, row->score, &large);
  cli_xlsx_text(page->sheet, at, CARD_PACE, row->has_score ? of : "no target", &left);
}

/* Returns the row below it. */
static guint add_card(Page *page, guint at, const ScorecardRow *row) {
  cli_xlsx_height(page->sheet, at, HEAD_HEIGHT);
  for (guint c = 0; c < G_N_ELEMENTS(card_columns); c++) {
    CliXlsxStyle style = head_style(card_columns[c].align);
    style.indent = c == CARD_PACE || c == CARD_TREND;
    gboolean so_far = c == CARD_VALUE && scorecard_is_running(page->shown);
    cli_xlsx_text(page->sheet, at, c, so_far ? "So far" : card_columns[c].head, &style);
  }
  guint first = at + 1;
  for (guint i = 0; i < page->kpis->len; i++) {
    guint kpi = g_array_index(page->kpis, guint, i);
    put_kpi(page, ++at, kpi, &row->cells[kpi]);
  }
  put_score(page, ++at, row);
  if (at > first) colour_points(page->sheet, first, at, CARD_POINTS);
  page->n_columns = MAX(page->n_columns, G_N_ELEMENTS(card_columns));
  return at + 1;
}

/* --- members by KPIs --- */

static void put_grid_head(Page *page, guint at, const char *const *names, guint n_names) {
  CliXlsxStyle left = head_style(CLI_XLSX_LEFT), right = head_style(CLI_XLSX_RIGHT);
  guint c = 0;
  cli_xlsx_height(page->sheet, at, HEAD_HEIGHT);
  for (; c < n_names; c++) {
    g_autofree char *name = answer_dimension(names[c]);
    cli_xlsx_text(page->sheet, at, c, name, &left);
  }
  cli_xlsx_text(page->sheet, at, c++, "Score", &right);
  for (guint i = 0; i < page->kpis->len; i++) {
    guint kpi = g_array_index(page->kpis, guint, i);
    cli_xlsx_text(page->sheet, at, c++, scorecard_kpi(page->shown->scorecard, kpi)->title, &right);
    if (g_array_index(page->attained, gboolean, i)) cli_xlsx_text(page->sheet, at, c++, "attained", &right);
  }
  page->n_columns = MAX(page->n_columns, c);
}

static void put_names(const Page *page, guint at, const ScorecardRow *row, guint n_names, const CliXlsxStyle *style) {
  for (guint c = 0; c < n_names; c++) {
    gboolean is_last = c + 1 == n_names;
    const char *name = is_last || row->level == 0 ? scorecard_row_name(page->shown, row) : row->members[c];
    cli_xlsx_text(page->sheet, at, c, row->level == 0 && c > 0 ? "" : answer_member(name), style);
  }
}

static void put_grid_row(const Page *page, guint at, const ScorecardRow *row, guint n_names,
                         const CliXlsxStyle *style) {
  guint c = n_names;
  cli_xlsx_height(page->sheet, at, ROW_HEIGHT);
  put_names(page, at, row, n_names, style);
  put(page->sheet, at, c++, (Unit){"0", 1}, row->has_score, row->score, style);
  for (guint i = 0; i < page->kpis->len; i++) {
    guint kpi = g_array_index(page->kpis, guint, i);
    const ScorecardCell *cell = &row->cells[kpi];
    double attainment = 0;
    gboolean has = scorecard_has_attainment(cell, &attainment);
    put(page->sheet, at, c++, unit_of(page->shown, kpi), cell->value.has_value, cell->value.value, style);
    if (!g_array_index(page->attained, gboolean, i)) continue;
    put(page->sheet, at, c, (Unit){"0%", 1}, has, attainment, style);
    if (has) colour_attained(page->sheet, (CliXlsxRange){at, c, at, c}, cell);
    c++;
  }
}

/* The page's rows of a level, with `n_names` columns of names ahead; then the row that they are parts of (or NULL).
 * Returns the row below. */
static guint add_grid(Page *page, guint at, const char *const *names, guint n_names, guint level,
                      const ScorecardRow *whole) {
  static const CliXlsxStyle plain = {0};
  put_grid_head(page, at, names, n_names);
  guint first = at + 1;
  for (guint r = page->from; r < page->until; r++) {
    const ScorecardRow *row = scorecard_row(page->shown->scorecard, r);
    if (row->level == level) put_grid_row(page, ++at, row, n_names, &plain);
  }
  if (whole) put_grid_row(page, ++at, whole, n_names, &cli_xlsx_total);
  if (at >= first) colour_points(page->sheet, first, at, n_names);
  return at + 1;
}

/* --- sheets --- */

static guint add_notes(const Page *page, guint at) {
  const ShownScorecard *shown = page->shown;
  g_autofree char *rule = scorecard_rule_words(shown);
  cli_xlsx_text(page->sheet, ++at, 0, rule, &cli_xlsx_note);
  if (shown->n_whole > 0) {
    g_autofree char *trend = g_strdup_printf(
        "Trend: %s to %s. Before: %s%s.", scorecard_period(shown->scorecard, 0)->name,
        scorecard_period(shown->scorecard, shown->n_whole - 1)->name, scorecard_compared_period(shown->scorecard)->name,
        scorecard_is_running(shown) ? ", up to the same working day" : "");
    cli_xlsx_text(page->sheet, ++at, 0, trend, &cli_xlsx_note);
  }
  for (guint i = 0; i < shown->notes->len; i++)
    cli_xlsx_text(page->sheet, ++at, 0, g_ptr_array_index(shown->notes, i), &cli_xlsx_note);
  return at + 1;
}

/* A card, with what lies on the level below it by KPIs. */
static void add_card_sheet(CliXlsx *book, const ShownScorecard *shown, guint index, const char *name,
                           gboolean with_below) {
  const ScorecardRow *row = scorecard_row(shown->scorecard, index);
  const char *const *by = scorecard_by(shown->scorecard) + row->level;
  gboolean below = with_below && *by;
  Page page = {.from = index,
               .until = below ? end_of(shown->scorecard, index) : index + 1,
               .min_level = row->level,
               .max_level = row->level + 1};
  page_init(&page, book, shown, name);
  guint at = add_card(&page, add_title(&page, row), row);
  if (below) at = add_grid(&page, at + 2, by, 1, row->level + 1, row);
  add_notes(&page, at);
  cli_xlsx_width(page.sheet, 0, 0, NAME_WIDTH);
  cli_xlsx_width(page.sheet, 1, page.n_columns - 1, FIGURE_WIDTH);
  cli_xlsx_freeze(page.sheet, 2, 1);
  if (index > 0) cli_xlsx_tab_colour(page.sheet, TEAM_COLOUR);
  page_clear(&page);
}

static void set_grid_widths(const Page *page, guint n_names) {
  guint c = n_names;
  cli_xlsx_width(page->sheet, c, c, SHARE_WIDTH);
  c++;
  for (guint i = 0; i < page->kpis->len; i++) {
    cli_xlsx_width(page->sheet, c, c, FIGURE_WIDTH);
    c++;
    if (!g_array_index(page->attained, gboolean, i)) continue;
    cli_xlsx_width(page->sheet, c, c, SHARE_WIDTH);
    c++;
  }
}

/* All of a level in one table that can be filtered. */
static void add_level_sheet(CliXlsx *book, const ShownScorecard *shown, guint level) {
  const char *const *by = scorecard_by(shown->scorecard);
  g_autofree char *dimension = answer_dimension(by[level - 1]), *name = g_strconcat(dimension, "s", NULL);
  Page page = {.until = scorecard_n_rows(shown->scorecard), .min_level = level == 1 ? 0 : level, .max_level = level};
  page_init(&page, book, shown, name);
  const ScorecardRow *whole = scorecard_row(shown->scorecard, 0);
  guint head = add_title(&page, whole);
  guint end = add_grid(&page, head, by, level, level, level == 1 ? whole : NULL);
  if (end > head + 2) cli_xlsx_filter(page.sheet, (CliXlsxRange){head, 0, end - 1 - (level == 1), page.n_columns - 1});
  cli_xlsx_width(page.sheet, 0, level - 1, NAME_WIDTH);
  set_grid_widths(&page, level);
  cli_xlsx_freeze(page.sheet, head + 1, level);
  add_notes(&page, end);
  page_clear(&page);
}

static CliXlsx *make_book(const ShownScorecard *shown) {
  const Scorecard *scorecard = shown->scorecard;
  const char *const *by = scorecard_by(scorecard);
  g_autofree char *title = scorecard_title(shown, scorecard_row(scorecard, 0), TRUE);
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
