/* attain show as a table.
 *
 *   one KPI, one period        members down; value, n, interval (and the comparison) across
 *   one KPI, several periods   members down, periods across
 *   several KPIs, one period   members down, KPIs across; without members: KPIs down
 *   several of both            members and KPIs down, periods across
 *   a view cut into periods    members and periods down, KPIs across
 *
 * Subtotals stand below the members they sum up, the total of all at the end. */
#include "answer/show.h"

#include <math.h>

#define SHOWN_NAMES 8

typedef enum { ACROSS_FIGURES, ACROSS_PERIODS, ACROSS_KPIS, ACROSS_KPIS_BY_PERIOD } Across;

typedef struct {
  const Shown *shown;
  const QueryResult *result;
  Across across;
  gboolean intervals; /* some row has one */
} Layout;

static char *number(const Layout *layout, const QueryRow *row, gboolean has_value, double value) {
  const KpiDefinition *kpi = query_result_kpi(layout->result, row->kpi);
  return answer_number_to(layout->shown->session, kpi, layout->shown->decimals[row->kpi], has_value, value);
}

static CliStyle change_style(const KpiDefinition *kpi, double change) {
  if (change == 0 || kpi->better == KPI_NEUTRAL) return CLI_STYLE_NONE;
  return (change > 0) == (kpi->better == KPI_HIGHER) ? CLI_STYLE_GOOD : CLI_STYLE_BAD;
}

/* The change: in percentage points for shares, in percent otherwise. */
static char *change_words(const KpiDefinition *kpi, const QueryRow *row, CliStyle *style) {
  *style = CLI_STYLE_DIM;
  if (!row->value.has_value || !row->compared.has_value) return g_strdup("–");
  double change = row->value.value - row->compared.value;
  *style = change_style(kpi, change);
  gboolean points = kpi->unit.kind == KPI_RATIO && (kpi->display == NULL || g_str_equal(kpi->display, "percent"));
  if (points) return g_strdup_printf("%+.1f pt", change * 100);
  if (row->compared.value <= 0) return g_strdup("–");
  return g_strdup_printf("%+.1f %%", 100 * change / row->compared.value);
}

static void add_value(CliTable *table, const Layout *layout, const QueryRow *row, CliStyle style) {
  g_autofree char *plain = number(layout, row, row->value.has_value, row->value.value);
  guint marked = QUERY_FLAG_IMMATURE | QUERY_FLAG_MISSING_RATES | QUERY_FLAG_CHANGED;
  g_autofree char *text = g_strconcat(plain, (row->value.flags & marked) && row->value.has_value ? " *" : "", NULL);
  cli_table_add_cell(table, text, row->value.has_value ? style : CLI_STYLE_DIM);
}

static void add_figures(CliTable *table, const Layout *layout, const QueryRow *row, CliStyle style) {
  const KpiDefinition *kpi = query_result_kpi(layout->result, row->kpi);
  add_value(table, layout, row, style);
  g_autofree char *n = cli_format_number((double)row->value.n, CLI_NUMBER_COUNT, NULL);
  cli_table_add_cell(table, n, style);
  if (row->value.has_interval) {
    g_autofree char *low = number(layout, row, TRUE, row->value.low);
    g_autofree char *high = number(layout, row, isfinite(row->value.high), row->value.high);
    g_autofree char *interval = g_strdup_printf("%s to %s", low, high);
    cli_table_add_cell(table, interval, CLI_STYLE_DIM);
  } else if (layout->intervals) {
    cli_table_add_cell(table, "", CLI_STYLE_DIM);
  }
  if (!layout->shown->compared) return;
  CliStyle change_is;
  g_autofree char *compared = number(layout, row, row->compared.has_value, row->compared.value);
  gboolean unlike = row->compared.has_value && (row->compared.flags & QUERY_FLAG_CHANGED) != 0;
  g_autofree char *before = g_strconcat(compared, unlike ? " *" : "", NULL);
  g_autofree char *change = change_words(kpi, row, &change_is);
  g_autofree char *whole =
      number(layout, row, row->has_compared_whole && row->compared_whole.has_value, row->compared_whole.value);
  cli_table_add_cell(table, before, style);
  cli_table_add_cell(table, change, change_is);
  cli_table_add_cell(table, row->has_compared_whole ? whole : "", CLI_STYLE_DIM);
}

static void add_members(CliTable *table, const Layout *layout, const QueryRow *row, CliStyle style) {
  guint n_dims = query_result_n_dims(layout->result);
  for (guint d = 0; d < n_dims; d++) {
    const char *name = d < row->n_members    ? answer_member(row->members[d])
                       : d == row->n_members ? (row->n_members == 0 ? "All" : "all")
                                             : "";
    cli_table_add_cell(table, name, style);
  }
}

/* "6 · 2026-W32": which week of its quarter it is. */
static char *period_name(const Layout *layout, const CalendarPeriod *span) {
  if (span->grain != CALENDAR_WEEK) return g_strdup(span->name);
  const Calendar *calendar = layout->shown->session->calendar;
  BaseDay quarter = calendar_start_of(calendar, CALENDAR_QUARTER, span->end - 1);
  BaseDay first = calendar_start_of(calendar, CALENDAR_WEEK, quarter);
  return g_strdup_printf("%d · %s", (calendar_start_of(calendar, CALENDAR_WEEK, span->end - 1) - first) / 7 + 1,
                         span->name);
}

/* One period of a member, the KPIs beside one another. Of what is still to come nothing was believed yet. */
static void add_period(CliTable *table, const Layout *layout, const QueryRow *rows, guint period, CliStyle style) {
  guint n_periods = query_result_n_periods(layout->result);
  const CalendarPeriod *span = query_result_period(layout->result, period);
  if (span->start > layout->shown->session->today) return;
  g_autofree char *name = period_name(layout, span);
  cli_table_add_row(table);
  add_members(table, layout, rows, style);
  cli_table_add_cell(table, name, style);
  for (guint k = 0; k < query_result_n_kpis(layout->result); k++)
    add_value(table, layout, &rows[k * n_periods + period], style);
}

/* One member's rows of the answer, KPI by KPI and period by period. */
static void add_member(CliTable *table, const Layout *layout, const QueryRow *rows, CliStyle style) {
  guint n_periods = query_result_n_periods(layout->result), n_kpis = query_result_n_kpis(layout->result);
  if (layout->across == ACROSS_KPIS) {
    cli_table_add_row(table);
    add_members(table, layout, rows, style);
    for (guint k = 0; k < n_kpis; k++) add_value(table, layout, &rows[k], style);
    return;
  }
  if (layout->across == ACROSS_KPIS_BY_PERIOD) {
    for (guint p = 0; p < n_periods; p++) add_period(table, layout, rows, p, style);
    return;
  }
  for (guint k = 0; k < n_kpis; k++) {
    const QueryRow *of_kpi = &rows[k * n_periods];
    cli_table_add_row(table);
    add_members(table, layout, of_kpi, style);
    g_autofree char *title = show_view_title(layout->shown, k);
    if (n_kpis > 1) cli_table_add_cell(table, title, style);
    if (layout->across == ACROSS_FIGURES)
      add_figures(table, layout, of_kpi, style);
    else
      for (guint p = 0; p < n_periods; p++) add_value(table, layout, &of_kpi[p], style);
  }
}

static void add_head(CliTable *table, const Layout *layout) {
  const QueryResult *result = layout->result;
  for (guint d = 0; d < query_result_n_dims(result); d++) {
    g_autofree char *name = answer_dimension(query_result_dim(result, d));
    cli_table_add_column(table, name, CLI_LEFT);
  }
  if (layout->across == ACROSS_KPIS_BY_PERIOD) {
    g_autofree char *name = answer_dimension(calendar_grain_name(query_result_period(result, 0)->grain));
    cli_table_add_column(table, name, CLI_LEFT);
  }
  if (layout->across == ACROSS_KPIS || layout->across == ACROSS_KPIS_BY_PERIOD) {
    for (guint k = 0; k < query_result_n_kpis(result); k++) {
      g_autofree char *title = show_view_title(layout->shown, k);
      cli_table_add_column(table, title, CLI_RIGHT);
    }
    return;
  }
  if (query_result_n_kpis(result) > 1) cli_table_add_column(table, "KPI", CLI_LEFT);
  if (layout->across == ACROSS_PERIODS) {
    for (guint p = 0; p < query_result_n_periods(result); p++)
      cli_table_add_column(table, query_result_period(result, p)->name, CLI_RIGHT);
    return;
  }
  gboolean one = query_result_n_kpis(result) == 1;
  cli_table_add_column(table, one ? query_result_kpi(result, 0)->title : "Value", CLI_RIGHT);
  cli_table_add_column(table, "n", CLI_RIGHT);
  if (layout->intervals) cli_table_add_column(table, "95 % interval", CLI_RIGHT);
  if (!layout->shown->compared) return;
  const QueryRow *first = query_result_n_rows(result) > 0 ? query_result_row(result, 0) : NULL;
  g_autofree char *before = first == NULL               ? g_strdup("Before")
                            : first->has_compared_whole ? g_strdup_printf("%s so far", first->compared_period.name)
                                                        : g_strdup(first->compared_period.name);
  cli_table_add_column(table, before, CLI_RIGHT);
  cli_table_add_column(table, "Change", CLI_RIGHT);
  cli_table_add_column(table, first != NULL && first->has_compared_whole ? "Whole period" : "", CLI_RIGHT);
}

/* --- subtotals and notes --- */

static gboolean same_head(const QueryRow *a, const QueryRow *b, guint n) {
  for (guint d = 0; d < n; d++)
    if (g_strcmp0(a->members[d], b->members[d]) != 0) return FALSE;
  return TRUE;
}

/* The subtotal rows that end with this member: those whose head the next member does not share. */
static void add_subtotals(CliTable *table, const Layout *layout, const QueryRow *rows, const QueryRow *next) {
  guint n_dims = query_result_n_dims(layout->result);
  for (guint keep = n_dims; keep-- > 1;) {
    if (next != NULL && same_head(rows, next, keep)) continue;
    for (guint t = 0; t < query_result_n_totals(layout->result); t += layout->shown->per_member) {
      const QueryRow *total = query_result_total(layout->result, t);
      if (total->n_members == keep && same_head(total, rows, keep)) {
        add_member(table, layout, total, CLI_STYLE_TOTAL);
        break;
      }
    }
  }
}

static void add_notes(CliTable *table, const Layout *layout) {
  const Shown *shown = layout->shown;
  const QueryResult *result = layout->result;
  if (shown->n_left_out > 0) {
    g_autofree char *text = base_count_words(
        shown->n_left_out, "# more {member is|members are} not shown (--top); the totals hold {it|them}");
    cli_table_add_note(table, text);
  }
  if (shown->compared && layout->across == ACROSS_PERIODS)
    cli_table_add_note(
        table, "the comparison is not shown for several periods: leave out --grain, or take --format csv or json");
  const CalendarPeriod *last = query_result_period(result, query_result_n_periods(result) - 1);
  if (last->start <= shown->session->today && shown->session->today < last->end - 1) {
    g_autofree char *today = base_day_format(shown->session->today);
    g_autofree char *text = g_strdup_printf("%s has not ended: as of %s", last->name, today);
    cli_table_add_note(table, text);
  }
  for (guint i = 0; i < shown->notes->len; i++) cli_table_add_note(table, g_ptr_array_index(shown->notes, i));
  const char *const *without = query_result_without_records(result);
  guint n = g_strv_length((char **)(gpointer)without);
  if (n == 0) return;
  g_autoptr(GPtrArray) few = g_ptr_array_new();
  for (guint i = 0; i < n && i < SHOWN_NAMES; i++) g_ptr_array_add(few, (gpointer)without[i]);
  g_ptr_array_add(few, NULL);
  g_autofree char *names = g_strjoinv(", ", (char **)few->pdata);
  g_autofree char *more = n > SHOWN_NAMES ? g_strdup_printf(" and %u more", n - SHOWN_NAMES) : g_strdup("");
  g_autofree char *text = g_strdup_printf("without records: %s%s", names, more);
  cli_table_add_note(table, text);
}

static gboolean has_intervals(const Shown *shown) {
  for (guint m = 0; m < shown->n_members; m++)
    for (guint r = 0; r < shown->per_member; r++)
      if (query_result_row(shown->result, shown->members[m] + r)->value.has_interval) return TRUE;
  for (guint t = 0; t < query_result_n_totals(shown->result); t++)
    if (query_result_total(shown->result, t)->value.has_interval) return TRUE;
  return FALSE;
}

static Across across_of(const Shown *shown) {
  const QueryResult *result = shown->result;
  gboolean cut = shown->view != NULL && shown->view->has_grain;
  if (query_result_n_periods(result) > 1) return cut ? ACROSS_KPIS_BY_PERIOD : ACROSS_PERIODS;
  gboolean several = query_result_n_kpis(result) > 1 && query_result_n_dims(result) > 0;
  return several && !shown->compared ? ACROSS_KPIS : ACROSS_FIGURES;
}

static char *table_title(const Shown *shown) {
  const QueryResult *result = shown->result;
  guint n_kpis = query_result_n_kpis(result), n_periods = query_result_n_periods(result);
  const CalendarPeriod *first = query_result_period(result, 0), *last = query_result_period(result, n_periods - 1);
  g_autofree char *what = shown->view != NULL ? g_strdup(shown->view->title)
                          : n_kpis == 1       ? g_strdup(query_result_kpi(result, 0)->title)
                                              : g_strdup_printf("%u KPIs", n_kpis);
  g_autofree char *span = n_periods == 1 ? g_strdup(first->name) : g_strdup_printf("%s to %s", first->name, last->name);
  return g_strdup_printf("%s · %s · %s", shown->session->organisation->name, what, span);
}

CliTable *show_table(const Shown *shown) {
  const QueryResult *result = shown->result;
  Layout layout = {shown, result, across_of(shown), has_intervals(shown)};
  g_autofree char *title = table_title(shown);
  CliTable *table = cli_table_new(title);
  add_head(table, &layout);
  for (guint i = 0; i < shown->n_members; i++) {
    const QueryRow *rows = query_result_row(result, shown->members[i]);
    add_member(table, &layout, rows, CLI_STYLE_NONE);
    if (!shown->sorted)
      add_subtotals(table, &layout, rows,
                    i + 1 < shown->n_members ? query_result_row(result, shown->members[i + 1]) : NULL);
  }
  for (guint t = 0; t < query_result_n_totals(result); t += shown->per_member)
    if (query_result_total(result, t)->n_members == 0)
      add_member(table, &layout, query_result_total(result, t), CLI_STYLE_TOTAL);
  add_notes(table, &layout);
  return table;
}
