/* What all forms of a scorecard share: which KPIs are shown, and values, targets and pace in words. */
#include "answer/scorecard.h"

#include "target/members.h"

#include <math.h>

#define SHOWN_KPIS 6

/* --- which KPIs --- */

static gboolean is_shown(const Scorecard *scorecard, guint kpi) {
  for (guint r = 0; r < scorecard_n_rows(scorecard); r++) {
    const ScorecardCell *cell = &scorecard_row(scorecard, r)->cells[kpi];
    if (cell->has_target || cell->value.has_value) return TRUE;
    if (r == 0 && !(cell->value.flags & QUERY_FLAG_NO_DATA)) return TRUE;
  }
  return FALSE;
}

static void choose_kpis(ShownScorecard *shown) {
  g_autoptr(GPtrArray) without = g_ptr_array_new();
  shown->kpis = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint k = 0; k < scorecard_n_kpis(shown->scorecard); k++) {
    if (is_shown(shown->scorecard, k))
      g_array_append_val(shown->kpis, k);
    else
      g_ptr_array_add(without, (gpointer)scorecard_kpi(shown->scorecard, k)->title);
  }
  if (without->len == 0) return;
  g_ptr_array_set_size(without, (gint)MIN(without->len, SHOWN_KPIS));
  g_ptr_array_add(without, NULL);
  g_autofree char *names = g_strjoinv(", ", (char **)without->pdata);
  g_ptr_array_add(shown->notes, g_strdup_printf("not shown, for nothing is loaded for it: %s", names));
}

/* --- decimals --- */

static void add_amount(GArray *amounts, gboolean has, double value) {
  if (has) g_array_append_val(amounts, value);
}

static int decimals_of(const ShownScorecard *shown, guint kpi) {
  if (!answer_is_money(scorecard_kpi(shown->scorecard, kpi)->unit)) return -1;
  g_autoptr(GArray) amounts = g_array_new(FALSE, FALSE, sizeof(double));
  for (guint r = 0; r < scorecard_n_rows(shown->scorecard); r++) {
    const ScorecardCell *cell = &scorecard_row(shown->scorecard, r)->cells[kpi];
    add_amount(amounts, cell->value.has_value, cell->value.value);
    add_amount(amounts, cell->has_target && cell->standing->has_amount, cell->has_target ? cell->standing->amount : 0);
  }
  return cli_money_decimals((const double *)(gpointer)amounts->data, amounts->len,
                            shown->session->organisation->currency, FALSE);
}

/* --- life --- */

void shown_scorecard_init(ShownScorecard *shown, const Session *session, const Scorecard *scorecard, const char *role) {
  guint n_kpis = scorecard_n_kpis(scorecard), n_periods = scorecard_n_periods(scorecard);
  *shown = (ShownScorecard){.session = session, .scorecard = scorecard, .role = role};
  shown->notes = g_ptr_array_new_with_free_func(g_free);
  shown->load = scorecard_load(scorecard);
  if (shown->load.number < 0) query_last_load(session->store, &shown->load, NULL);
  while (shown->n_whole < n_periods && scorecard_period(scorecard, shown->n_whole)->end <= session->today + 1)
    shown->n_whole++;
  choose_kpis(shown);
  shown->decimals = g_new(int, n_kpis);
  for (guint k = 0; k < n_kpis; k++) shown->decimals[k] = decimals_of(shown, k);
  for (const char *const *note = scorecard_notes(scorecard); *note; note++)
    g_ptr_array_add(shown->notes, g_strdup(*note));
}

void shown_scorecard_clear(ShownScorecard *shown) {
  g_free(shown->decimals);
  g_clear_pointer(&shown->kpis, g_array_unref);
  g_clear_pointer(&shown->notes, g_ptr_array_unref);
}

/* --- whose, and when --- */

const CalendarPeriod *scorecard_asked(const ShownScorecard *shown) {
  return scorecard_period(shown->scorecard, scorecard_n_periods(shown->scorecard) - 1);
}

gboolean scorecard_is_running(const ShownScorecard *shown) {
  return shown->session->today < scorecard_asked(shown)->end - 1;
}

char *scorecard_row_who(const ShownScorecard *shown, const ScorecardRow *row) {
  const char *member =
      row->level > 0 ? answer_member(row->members[row->level - 1]) : scorecard_member(shown->scorecard);
  return target_who_write(row->dimension, member);
}

const char *scorecard_row_name(const ShownScorecard *shown, const ScorecardRow *row) {
  if (row->level > 0) return answer_member(row->members[row->level - 1]);
  const char *member = scorecard_member(shown->scorecard);
  return member ? member : shown->session->organisation->name;
}

char *scorecard_title(const ShownScorecard *shown, const ScorecardRow *row, gboolean as_of) {
  g_autofree char *today = base_day_format(shown->session->today);
  gboolean company = g_str_equal(row->dimension, TARGET_COMPANY);
  const char *name = scorecard_row_name(shown, row);
  g_autofree char *who = company ? g_strdup(name) : g_strdup_printf("%s %s", row->dimension, name);
  gboolean dated = as_of && scorecard_is_running(shown);
  return g_strdup_printf("Scorecard of %s · %s%s%s", who, scorecard_asked(shown)->name, dated ? ", as of " : "",
                         dated ? today : "");
}

/* --- in words --- */

char *scorecard_number(const ShownScorecard *shown, guint kpi, gboolean has_value, double value) {
  return answer_number_to(shown->session, scorecard_kpi(shown->scorecard, kpi), shown->decimals[kpi], has_value, value);
}

char *scorecard_target_words(const ShownScorecard *shown, guint kpi, const ScorecardCell *cell) {
  if (!cell->has_target || !cell->standing->has_amount) return g_strdup("–");
  const TargetStanding *standing = cell->standing;
  const TargetTerms *terms = &standing->version->terms;
  g_autofree char *low = scorecard_number(shown, kpi, TRUE, standing->amount);
  if (terms->kind == TARGET_BETWEEN) {
    g_autofree char *high = scorecard_number(shown, kpi, TRUE, standing->amount_high);
    return g_strdup_printf("%s to %s", low, high);
  }
  gboolean less = target_is_lower_better(terms->kind, standing->kpi->better);
  return g_strconcat(cell->derived ? "Σ " : "", less ? "max " : "", low, NULL);
}

static char *days_words(const TargetStanding *standing) {
  if (standing->days_ahead == 0) return g_strdup("on time");
  g_autofree char *days = base_count_words(ABS(standing->days_ahead), "# {day|days}");
  return g_strconcat(days, standing->days_ahead > 0 ? " ahead" : " behind", NULL);
}

char *scorecard_pace_words(const ShownScorecard *shown, guint kpi, const ScorecardCell *cell, gboolean units) {
  if (!cell->has_target) return g_strdup("");
  const TargetStanding *standing = cell->standing;
  if (standing->phase == TARGET_NOT_BEGUN) return g_strdup("not begun");
  if (!standing->has_score) return g_strdup("no value");
  if (standing->phase == TARGET_ENDED) return g_strdup(standing->score.met ? "met" : "missed");
  if (!standing->has_due) return g_strdup(standing->score.met ? "met so far" : "not met so far");
  g_autofree char *ahead = scorecard_number(shown, kpi, TRUE, fabs(standing->ahead));
  if (!standing->has_days) return g_strdup_printf("%s %s", ahead, standing->ahead >= 0 ? "ahead" : "behind");
  g_autofree char *days = days_words(standing);
  return units && standing->days_ahead != 0 ? g_strdup_printf("%s, %s", ahead, days) : g_steal_pointer(&days);
}

/* In percentage points for shares, in percent otherwise. */
char *scorecard_change_words(const KpiDefinition *kpi, const ScorecardCell *cell) {
  if (!cell->has_compared || !cell->value.has_value || !cell->compared.has_value) return g_strdup("–");
  double change = cell->value.value - cell->compared.value;
  gboolean points = kpi->unit.kind == KPI_RATIO && (!kpi->display || g_str_equal(kpi->display, "percent"));
  if (points) return g_strdup_printf("%+.1f pt", change * 100);
  if (cell->compared.value <= 0) return g_strdup("–");
  return g_strdup_printf("%+.1f %%", 100 * change / cell->compared.value);
}

gboolean scorecard_has_attainment(const ScorecardCell *cell, double *attainment) {
  if (!cell->has_target || !cell->standing->has_score || !cell->standing->score.has_score) return FALSE;
  *attainment = cell->standing->score.score;
  return TRUE;
}

gboolean scorecard_weights_differ(const ShownScorecard *shown) {
  for (guint k = 1; k < scorecard_n_kpis(shown->scorecard); k++)
    if (scorecard_weight(shown->scorecard, k) != scorecard_weight(shown->scorecard, 0)) return TRUE;
  return FALSE;
}

char *scorecard_rule_words(const ShownScorecard *shown) {
  gboolean weighted = scorecard_weights_differ(shown);
  return g_strdup_printf(
      "Points: 100 is the target%s, counted from 0 to %g. The score is their %smean; KPIs without "
      "target do not count.",
      scorecard_is_running(shown) ? ", of what adds up as much of it as is due by now" : "",
      scorecard_cap(shown->scorecard), weighted ? "weighted " : "");
}

/* A flat line is in the middle of the steps. */
char *scorecard_trend_line(const ShownScorecard *shown, const ScorecardCell *cell, gboolean unicode) {
  static const char *const steps[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static const char ascii[] = "_.-~=+*#";
  double low = G_MAXDOUBLE, high = -G_MAXDOUBLE;
  for (guint p = 0; p < shown->n_whole; p++) {
    if (!cell->trend[p].has_value) continue;
    low = MIN(low, cell->trend[p].value);
    high = MAX(high, cell->trend[p].value);
  }
  if (low > high) return g_strdup("");
  GString *line = g_string_new(NULL);
  for (guint p = 0; p < shown->n_whole; p++) {
    const QueryValue *value = &cell->trend[p];
    if (!value->has_value) {
      g_string_append_c(line, ' ');
      continue;
    }
    guint step = high > low ? (guint)((value->value - low) / (high - low) * 7.999) : 3;
    if (unicode)
      g_string_append(line, steps[step]);
    else
      g_string_append_c(line, ascii[step]);
  }
  return g_string_free(line, FALSE);
}
