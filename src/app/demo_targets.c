/* What the simulated company has agreed on: so much more than in the same quarter a year ago, handed down to its teams
 * by what each came to; rates for the company. Said on the first day of the quarter. */
#include "app/demo_targets.h"

#include "answer/answer.h"
#include "target/agree.h"
#include "target/cascade.h"
#include "target/members.h"

#define GROWTH_PCT 6
#define AUTHOR     "Sales management"

static const struct {
  const char *name, *about, *kpis;
} objectives[] = {
    {"Grow profitably", "More revenue, from new customers too, without giving it away in discounts.",
     "revenue new_customers pipeline_created open_pipeline win_rate average_deal_size average_discount gross_margin"},
    {"Keep our customers", "Those who are with us stay, and buy more.",
     "churn_rate retention_rate nrr grr repeat_purchase_rate csat nps resolution_in_sla"},
    {"Use our time for what sells", "Fast answers, real conversations, fewer deals that lie still.",
     "speed_to_lead speed_to_lead_in_sla meetings demos calls untouched_deals sales_cycle"},
};

static const struct {
  const char *kpi;
  TargetKind kind;
  double amount;
  guint objective; /* from 1 */
} of_company[] = {
    {"win_rate", TARGET_ABOVE, 0.3, 1},
    {"average_discount", TARGET_BELOW, 0.12, 1},
    {"resolution_in_sla", TARGET_ABOVE, 0.8, 2},
    {"sales_cycle", TARGET_BELOW, 60, 3},
};

static gboolean make_objectives(Session *session, gint64 said_at_us, GError **error) {
  for (guint i = 0; i < G_N_ELEMENTS(objectives); i++) {
    g_auto(GStrv) kpis = g_strsplit(objectives[i].kpis, " ", -1);
    TargetObjective objective = {.name = (char *)objectives[i].name,
                                 .about = (char *)objectives[i].about,
                                 .kpis = kpis,
                                 .author = (char *)AUTHOR,
                                 .said_at_us = said_at_us};
    if (!target_objective_save(session->store, &objective, error)) return FALSE;
  }
  return TRUE;
}

static Target *say(Session *session, const TargetTerms *terms, gint64 parent, guint objective, gint64 said_at_us,
                   GError **error) {
  g_autoptr(Target) target = target_new(parent, objective);
  TargetVersion *version = target_version_new(terms);
  if (target_adds_up(kpi_catalogue_find(session->catalogue, terms->kpi, NULL)))
    version->spread = TARGET_SPREAD_LAST_YEAR;
  TargetEvent event = {.act = TARGET_ACT_SET, .author = (char *)AUTHOR, .said_at_us = said_at_us};
  return target_say(session->store, target, version, &event, error) ? g_steal_pointer(&target) : NULL;
}

static TargetTerms terms_of(const char *kpi, TargetKind kind, double amount, const CalendarPeriod *quarter) {
  TargetTerms terms;
  target_terms_init(&terms);
  terms.kpi = (char *)kpi;
  terms.dimension = (char *)TARGET_COMPANY;
  terms.has_kind = terms.has_amount = TRUE;
  terms.kind = kind;
  terms.amount = amount;
  terms.start = quarter->start;
  terms.end = quarter->end;
  return terms;
}

/* By what each team came to; a company whose first year this is hands nothing down. */
static gboolean hand_down(Session *session, const Target *target, gint64 said_at_us, GError **error) {
  QueryContext context = answer_context(session);
  TargetDesk desk = {.context = &context};
  TargetCascadeRequest request = {.dimension = "team", .by = TARGET_BY_HISTORY};
  g_auto(TargetCascade) cascade = {0};
  g_autoptr(GPtrArray) one = g_ptr_array_new();
  g_ptr_array_add(one, (gpointer)target);
  g_autoptr(GArray) standings = target_standings(&desk, one, error);
  if (!standings) return FALSE;
  const TargetStanding *standing = &g_array_index(standings, TargetStanding, 0);
  g_autoptr(GError) none = NULL;
  if (!target_cascade(&desk, standing, &request, &cascade, &none)) {
    if (g_error_matches(none, BASE_ERROR, BASE_ERROR_INPUT)) return TRUE;
    g_propagate_error(error, g_steal_pointer(&none));
    return FALSE;
  }
  for (guint i = 0; i < cascade.shares->len; i++) {
    g_auto(TargetTerms) terms;
    target_cascade_terms(standing, &request, &cascade, i, &terms);
    g_autoptr(Target) part = say(session, &terms, target->number, 1, said_at_us, error);
    if (!part) return FALSE;
  }
  return TRUE;
}

static gboolean set_revenue(Session *session, const CalendarPeriod *quarter, gint64 said_at_us, GError **error) {
  CalendarPeriod before = calendar_year_ago(session->calendar, quarter);
  TargetTerms terms = terms_of("revenue", TARGET_GROW, GROWTH_PCT, quarter);
  terms.is_percent = TRUE;
  terms.baseline_start = before.start;
  terms.baseline_end = before.end;
  g_autoptr(Target) target = say(session, &terms, 0, 1, said_at_us, error);
  return target && hand_down(session, target, said_at_us, error);
}

gboolean demo_targets_set(Session *session, GError **error) {
  CalendarPeriod quarter = calendar_period_at(session->calendar, CALENDAR_QUARTER, session->today);
  gint64 said_at_us = calendar_start_of_day(session->calendar, quarter.start);
  if (!make_objectives(session, said_at_us, error) || !set_revenue(session, &quarter, said_at_us, error)) return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(of_company); i++) {
    TargetTerms terms = terms_of(of_company[i].kpi, of_company[i].kind, of_company[i].amount, &quarter);
    g_autoptr(Target) target = say(session, &terms, 0, of_company[i].objective, said_at_us, error);
    if (!target) return FALSE;
  }
  return TRUE;
}
