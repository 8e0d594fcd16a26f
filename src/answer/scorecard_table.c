/* Scorecards on a terminal.
 *
 *   card     one row of the scorecard, its KPIs down: value, target, attainment, pace, points, chance, trend
 *   matrix   members down, KPIs across, in each cell the value and what of the target was attained
 *
 * A matrix that is wider than the terminal goes on in further tables with the members repeated; a card lets go first of
 * what can be read off its other columns. */
#include "answer/scorecard.h"

#define WIDE        120 /* columns of a terminal from which a card has all that it may have */
#define MAX_HEAD    14  /* of a KPI's title, which then goes on in the next line */
#define GAP         2
#define GOOD_POINTS 100
#define BAD_POINTS  80

static CliStyle style_of(gboolean has_points, double points) {
  if (!has_points) return CLI_STYLE_NONE;
  return points >= GOOD_POINTS ? CLI_STYLE_GOOD : points < BAD_POINTS ? CLI_STYLE_BAD : CLI_STYLE_NONE;
}

/* --- a card --- */

typedef struct {
  const ShownScorecard *shown;
  gboolean unicode, is_wide, any_target, any_chance, is_weighted;
} Card;

static const ScorecardCell *cell_at(const ShownScorecard *shown, const ScorecardRow *row, guint i) {
  return &row->cells[g_array_index(shown->kpis, guint, i)];
}

static void add_card_head(CliTable *table, const Card *card) {
  cli_table_add_column(table, "KPI", CLI_LEFT);
  cli_table_add_column(table, scorecard_is_running(card->shown) ? "So far" : "Value", CLI_RIGHT);
  if (card->is_wide) cli_table_add_column(table, "Change", CLI_RIGHT);
  if (card->any_target) {
    cli_table_add_column(table, "Target", CLI_RIGHT);
    cli_table_add_column(table, "Attained", CLI_RIGHT);
    cli_table_add_column(table, "Points", CLI_RIGHT);
    if (card->is_weighted) cli_table_add_column(table, "Weight", CLI_RIGHT);
    cli_table_add_column(table, "Pace", CLI_LEFT);
  }
  if (card->any_chance) cli_table_add_column(table, "Chance", CLI_RIGHT);
  cli_table_add_column(table, "Trend", CLI_LEFT);
}

static CliStyle change_style(const KpiDefinition *kpi, const ScorecardCell *cell) {
  double change = cell->value.value - cell->compared.value;
  if (!cell->has_compared || !cell->value.has_value || !cell->compared.has_value) return CLI_STYLE_DIM;
  if (change == 0 || kpi->better == KPI_NEUTRAL) return CLI_STYLE_NONE;
  return (change > 0) == (kpi->better == KPI_HIGHER) ? CLI_STYLE_GOOD : CLI_STYLE_BAD;
}

static char *percent(gboolean has, double share) {
  return has ? cli_format_number(share, CLI_NUMBER_PERCENT, NULL) : g_strdup("–");
}

static char *points_text(gboolean has, double points) {
  return has ? g_strdup_printf("%.0f", points) : g_strdup("–");
}

/* Nothing is quite certain. */
static char *chance_text(double chance) {
  if (chance < 0.005) return g_strdup("<1 %");
  return chance > 0.995 ? g_strdup(">99 %") : g_strdup_printf("%.0f %%", 100 * chance);
}

static gboolean is_marked(const QueryValue *value) {
  guint marks = QUERY_FLAG_IMMATURE | QUERY_FLAG_MISSING_RATES | QUERY_FLAG_CHANGED;
  return value->has_value && (value->flags & marks);
}

static void add_target_cells(CliTable *table, const Card *card, guint kpi, const ScorecardCell *cell) {
  double attainment = 0;
  gboolean has = scorecard_has_attainment(cell, &attainment);
  CliStyle style = cell->has_points ? style_of(TRUE, cell->points) : CLI_STYLE_DIM;
  g_autofree char *target = scorecard_target_words(card->shown, kpi, cell);
  g_autofree char *attained = percent(has, attainment), *points = points_text(cell->has_points, cell->points);
  g_autofree char *pace = scorecard_pace_words(card->shown, kpi, cell, card->is_wide);
  g_autofree char *weight =
      cell->has_points ? cli_format_number(scorecard_weight(card->shown->scorecard, kpi), CLI_NUMBER_PLAIN, NULL)
                       : g_strdup("–");
  cli_table_add_cell(table, target, cell->has_target ? CLI_STYLE_NONE : CLI_STYLE_DIM);
  cli_table_add_cell(table, attained, style);
  cli_table_add_cell(table, points, style);
  if (card->is_weighted) cli_table_add_cell(table, weight, CLI_STYLE_DIM);
  cli_table_add_cell(table, pace, style);
}

static void add_card_row(CliTable *table, const Card *card, guint kpi, const ScorecardCell *cell) {
  const KpiDefinition *definition = scorecard_kpi(card->shown->scorecard, kpi);
  g_autofree char *plain = scorecard_number(card->shown, kpi, cell->value.has_value, cell->value.value);
  g_autofree char *value = g_strconcat(plain, is_marked(&cell->value) ? " *" : "", NULL);
  g_autofree char *change = scorecard_change_words(definition, cell);
  g_autofree char *line = scorecard_trend_line(card->shown, cell, card->unicode);
  cli_table_add_row(table);
  cli_table_add_cell(table, definition->title, CLI_STYLE_NONE);
  cli_table_add_cell(table, value, cell->value.has_value ? CLI_STYLE_NONE : CLI_STYLE_DIM);
  if (card->is_wide) cli_table_add_cell(table, change, change_style(definition, cell));
  if (card->any_target) add_target_cells(table, card, kpi, cell);
  if (card->any_chance) {
    gboolean has = cell->forecast && cell->forecast->has_chance && cell->standing->phase != TARGET_ENDED;
    g_autofree char *chance = has ? chance_text(cell->forecast->chance) : g_strdup("–");
    cli_table_add_cell(table, chance, has ? CLI_STYLE_NONE : CLI_STYLE_DIM);
  }
  cli_table_add_cell(table, line, CLI_STYLE_NONE);
}

static void add_score(CliTable *table, const Card *card, const ScorecardRow *row) {
  if (!row->has_score) return;
  g_autofree char *score = points_text(TRUE, row->score);
  g_autofree char *of = base_count_words(row->n_scored, "of # {KPI|KPIs}");
  cli_table_add_row(table);
  cli_table_add_cell(table, "Score", CLI_STYLE_TOTAL);
  for (guint skip = card->is_wide ? 4 : 3; skip > 0; skip--) cli_table_add_cell(table, "", CLI_STYLE_NONE);
  cli_table_add_cell(table, score, CLI_STYLE_TOTAL);
  if (card->is_weighted) cli_table_add_cell(table, "", CLI_STYLE_NONE);
  cli_table_add_cell(table, of, CLI_STYLE_DIM);
}

static void add_notes(CliTable *table, const ShownScorecard *shown, gboolean scored) {
  g_autofree char *rule = scored ? scorecard_rule_words(shown) : NULL;
  if (rule) cli_table_add_note(table, rule);
  for (guint i = 0; i < shown->notes->len; i++) cli_table_add_note(table, g_ptr_array_index(shown->notes, i));
}

static void note_trend(CliTable *table, const Card *card) {
  if (card->shown->n_whole == 0) return;
  const CalendarPeriod *first = scorecard_period(card->shown->scorecard, 0);
  const CalendarPeriod *last = scorecard_period(card->shown->scorecard, card->shown->n_whole - 1);
  g_autofree char *note = g_strdup_printf(
      "Trend: %s to %s.%s", first->name, last->name,
      card->is_wide ? scorecard_is_running(card->shown) ? " Change: since the same working days of the period before."
                                                        : " Change: since the period before."
                    : "");
  cli_table_add_note(table, note);
}

CliTable *scorecard_card(const ShownScorecard *shown, guint index, gboolean unicode, int width) {
  const ScorecardRow *row = scorecard_row(shown->scorecard, index);
  Card card = {.shown = shown, .unicode = unicode, .is_wide = width == 0 || width >= WIDE};
  for (guint i = 0; i < shown->kpis->len; i++) {
    const ScorecardCell *cell = cell_at(shown, row, i);
    card.any_target |= cell->has_target;
    card.any_chance |= cell->forecast && cell->forecast->has_chance && cell->standing->phase != TARGET_ENDED;
  }
  card.is_weighted = card.any_target && scorecard_weights_differ(shown);
  g_autofree char *title = scorecard_title(shown, row, TRUE);
  CliTable *table = cli_table_new(title);
  add_card_head(table, &card);
  for (guint i = 0; i < shown->kpis->len; i++)
    add_card_row(table, &card, g_array_index(shown->kpis, guint, i), cell_at(shown, row, i));
  add_score(table, &card, row);
  note_trend(table, &card);
  add_notes(table, shown, row->has_score);
  return table;
}

/* --- members by KPIs --- */

typedef struct {
  guint kpi;
  char *head;        /* its title, in lines of at most MAX_HEAD */
  gboolean attained; /* some member has a target of it */
  gsize value_width, attained_width, width;
} MatrixColumn;

typedef struct {
  const ShownScorecard *shown;
  GArray *columns; /* MatrixColumn */
  gsize name_width;
  gboolean scored;
} Matrix;

static void clear_column(gpointer data) {
  g_free(((MatrixColumn *)data)->head);
}

static gsize text_width(const char *text) {
  return (gsize)g_utf8_strlen(text, -1);
}

static void free_line(GString *line) {
  g_string_free(line, TRUE);
}

/* "Average discount" in two lines, which end under one another; `*width` is what they have at least, and then are. */
static char *in_lines(const char *title, gsize *width) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)(gpointer)free_line);
  g_auto(GStrv) words = g_strsplit(title, " ", -1);
  for (char **word = words; *word; word++) {
    GString *line = lines->len > 0 ? g_ptr_array_index(lines, lines->len - 1) : NULL;
    if (!line || text_width(line->str) + 1 + text_width(*word) > MAX_HEAD)
      g_ptr_array_add(lines, line = g_string_new(*word));
    else
      g_string_append_printf(line, " %s", *word);
    *width = MAX(*width, text_width(line->str));
  }
  if (lines->len <= 1) return g_strdup(title);
  GString *text = g_string_new(NULL);
  for (guint i = 0; i < lines->len; i++) {
    const GString *line = g_ptr_array_index(lines, i);
    g_string_append_printf(text, "%s%*s%s", i > 0 ? "\n" : "", (int)(*width - text_width(line->str)), "", line->str);
  }
  return g_string_free(text, FALSE);
}

static char *value_text(const ShownScorecard *shown, guint kpi, const ScorecardCell *cell) {
  g_autofree char *plain = scorecard_number(shown, kpi, cell->value.has_value, cell->value.value);
  return g_strconcat(plain, is_marked(&cell->value) ? " *" : "", NULL);
}

static char *attained_text(const ScorecardCell *cell) {
  double attainment;
  return scorecard_has_attainment(cell, &attainment) ? g_strdup_printf("%.0f %%", 100 * attainment) : g_strdup("");
}

static void measure_column(const ShownScorecard *shown, MatrixColumn *column) {
  for (guint r = 0; r < scorecard_n_rows(shown->scorecard); r++) {
    const ScorecardCell *cell = &scorecard_row(shown->scorecard, r)->cells[column->kpi];
    g_autofree char *value = value_text(shown, column->kpi, cell), *attained = attained_text(cell);
    column->value_width = MAX(column->value_width, text_width(value));
    column->attained_width = MAX(column->attained_width, text_width(attained));
  }
  column->attained = column->attained_width > 0;
  column->width = column->value_width + (column->attained ? column->attained_width + GAP : 0);
  column->head = in_lines(scorecard_kpi(shown->scorecard, column->kpi)->title, &column->width);
}

static char *member_text(const ShownScorecard *shown, const ScorecardRow *row, gboolean nested) {
  return g_strdup_printf("%s%s", nested && row->level > 1 ? "  " : "", scorecard_row_name(shown, row));
}

static void matrix_init(Matrix *matrix, const ShownScorecard *shown) {
  *matrix = (Matrix){.shown = shown, .columns = g_array_new(FALSE, TRUE, sizeof(MatrixColumn))};
  g_array_set_clear_func(matrix->columns, clear_column);
  for (guint i = 0; i < shown->kpis->len; i++) {
    MatrixColumn column = {.kpi = g_array_index(shown->kpis, guint, i)};
    measure_column(shown, &column);
    g_array_append_val(matrix->columns, column);
  }
  for (guint r = 0; r < scorecard_n_rows(shown->scorecard); r++) {
    const ScorecardRow *row = scorecard_row(shown->scorecard, r);
    g_autofree char *name = member_text(shown, row, TRUE);
    matrix->name_width = MAX(matrix->name_width, text_width(name));
    matrix->scored |= row->has_score;
  }
}

static void add_matrix_cell(CliTable *table, const Matrix *matrix, const MatrixColumn *column, const ScorecardRow *row,
                            CliStyle plain) {
  const ScorecardCell *cell = &row->cells[column->kpi];
  g_autofree char *value = value_text(matrix->shown, column->kpi, cell), *attained = attained_text(cell);
  CliStyle style = cell->has_points ? style_of(TRUE, cell->points) : plain;
  if (style == CLI_STYLE_NONE) style = plain;
  if (!column->attained) {
    cli_table_add_cell(table, value, style);
    return;
  }
  gsize blanks = column->attained_width + GAP - text_width(attained);
  g_autofree char *space = g_strnfill(blanks, ' ');
  g_autofree char *both = g_strconcat(value, space, attained, NULL);
  cli_table_add_cell(table, both, style);
}

static void add_matrix_row(CliTable *table, const Matrix *matrix, const ScorecardRow *row, guint first, guint until) {
  gboolean nested = scorecard_by(matrix->shown->scorecard)[1] != NULL;
  CliStyle plain = row->level == 0 || (nested && row->level == 1) ? CLI_STYLE_TOTAL : CLI_STYLE_NONE;
  g_autofree char *name = member_text(matrix->shown, row, nested);
  cli_table_add_row(table);
  cli_table_add_cell(table, name, plain);
  if (first == 0 && matrix->scored) {
    g_autofree char *score = points_text(row->has_score, row->score);
    cli_table_add_cell(table, score, row->has_score ? style_of(TRUE, row->score) : CLI_STYLE_DIM);
  }
  for (guint c = first; c < until; c++)
    add_matrix_cell(table, matrix, &g_array_index(matrix->columns, MatrixColumn, c), row, plain);
}

static CliTable *part_of(const Matrix *matrix, const char *title, guint first, guint until) {
  const ShownScorecard *shown = matrix->shown;
  const char *const *by = scorecard_by(shown->scorecard);
  g_autofree char *outer = answer_dimension(by[0]);
  g_autofree char *head = by[1] ? g_strdup_printf("%s, %s", outer, by[1]) : g_strdup(outer);
  CliTable *table = cli_table_new(title);
  cli_table_add_column(table, head, CLI_LEFT);
  if (first == 0 && matrix->scored) cli_table_add_column(table, "Score", CLI_RIGHT);
  for (guint c = first; c < until; c++)
    cli_table_add_column(table, g_array_index(matrix->columns, MatrixColumn, c).head, CLI_RIGHT);
  for (guint r = 1; r < scorecard_n_rows(shown->scorecard); r++)
    add_matrix_row(table, matrix, scorecard_row(shown->scorecard, r), first, until);
  add_matrix_row(table, matrix, scorecard_row(shown->scorecard, 0), first, until);
  return table;
}

GPtrArray *scorecard_matrix(const ShownScorecard *shown, int width) {
  Matrix matrix;
  matrix_init(&matrix, shown);
  GPtrArray *tables = g_ptr_array_new_with_free_func((GDestroyNotify)(gpointer)cli_table_free);
  g_autofree char *title = scorecard_title(shown, scorecard_row(shown->scorecard, 0), TRUE);
  for (guint first = 0, until; first < matrix.columns->len || first == 0; first = until) {
    gsize used = matrix.name_width + (first == 0 && matrix.scored ? GAP + strlen("Score") : 0);
    for (until = first; until < matrix.columns->len; until++) {
      used += GAP + g_array_index(matrix.columns, MatrixColumn, until).width;
      if (width > 0 && used > (gsize)width && until > first) break;
    }
    g_ptr_array_add(tables, part_of(&matrix, first == 0 ? title : NULL, first, until));
    if (until == matrix.columns->len) break;
  }
  CliTable *last = g_ptr_array_index(tables, tables->len - 1);
  cli_table_add_note(last,
                     "Beside each value what of the target was attained. The last row is computed from its "
                     "parts; it is no mean of the others.");
  add_notes(last, shown, matrix.scored);
  g_array_unref(matrix.columns);
  return tables;
}
