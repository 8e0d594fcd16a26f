/* When things happen to a deal: stages, changes of the expected close, and the end.
 *
 *   created ──► Qualification ──► Discovery ──► … ──► closed         each stay is the sum of two exponentials
 *                   │  skipped now and then, or gone back to once
 *                   └─ each time the expected close passes and the deal is still open, it is moved out ("pushed")
 *
 * A win in the last three weeks of a quarter is often drawn to the quarter's last days. What lies after the end of the
 * history is cut off: such a deal is open, and its last step is the state it is in. Steps are in order and no two have
 * the same minute. */
#include "demo/deal.h"

#include <string.h>

#define MAX_VISITS 12
#define MAX_PUSHES 10

typedef struct {
  DemoStage stage;
  DemoTime at;
} Visit;

static guint draw_path(DemoDeal *deal, Visit *visits) {
  DemoStage last = deal->will_win ? DEMO_NEGOTIATION : deal->last_stage;
  guint n = 0;
  gboolean returned = FALSE;
  for (DemoStage stage = DEMO_QUALIFICATION; stage <= last; stage++) {
    gboolean may_skip = stage != DEMO_QUALIFICATION && stage != last;
    if (may_skip && demo_random_chance(&deal->random, DEMO_SKIP_CHANCE)) continue;
    visits[n++].stage = stage;
    if (!returned && n >= 2 && stage >= DEMO_SOLUTION && demo_random_chance(&deal->random, DEMO_RETURN_CHANCE)) {
      returned = TRUE;
      visits[n].stage = visits[n - 2].stage;
      n++;
      visits[n++].stage = stage;
    }
  }
  return n;
}

/* Days in each visit; the whole is scaled down where it would be longer than any deal is. */
static void draw_days(const DemoCompany *company, DemoDeal *deal, const Visit *visits, guint n, double *days) {
  const DemoSpell *spell = demo_person_spell(&company->people[deal->owner], demo_time_day(deal->created));
  double total = 0;
  for (guint i = 0; i < n; i++) {
    double mean = demo_stages[visits[i].stage].mean_days * demo_segments[deal->segment].speed;
    if (visits[i].stage == DEMO_PROPOSAL && spell->team == company->bottleneck_team) mean *= DEMO_BOTTLENECK_FACTOR;
    days[i] = 0.2 + demo_random_exponential(&deal->random, mean / 2) + demo_random_exponential(&deal->random, mean / 2);
    total += days[i];
  }
  if (total <= DEMO_LONGEST_DAYS - 20) return;
  for (guint i = 0; i < n; i++) days[i] *= (DEMO_LONGEST_DAYS - 20) / total;
}

/* The first working moment at or after a day, later than `after`. */
static DemoTime next_moment(DemoRandom *random, BaseDay day, DemoTime after) {
  DemoTime at = demo_office_time(random, demo_workday(day));
  if (at > after) return at;
  at = after + demo_random_between(random, 12, 90);
  if (at % DEMO_DAY_MINUTES < 19 * 60) return at;
  at = demo_office_time(random, demo_workday(demo_time_day(at) + 1));
  return MAX(at, after + 1);
}

static BaseDay quarter_end(BaseDay day) {
  BaseCivil civil = base_day_to_civil(day);
  int month = (civil.month + 2) / 3 * 3;
  return base_day_from_civil(civil.year, month, base_days_in_month(civil.year, month));
}

/* The last working days of the quarter pull wins to them. */
static BaseDay bunch(DemoDeal *deal, BaseDay day, BaseDay earliest) {
  BaseDay end = quarter_end(day);
  if (!deal->will_win || end - day > 21 || !demo_random_chance(&deal->random, 0.45)) return day;
  BaseDay moved = end - demo_random_between(&deal->random, 0, 4);
  while (base_day_weekday(moved) > 5) moved--;
  return MAX(moved, earliest);
}

/* --- steps --- */

static const char *forecast_of(DemoDeal *deal, DemoStage stage) {
  if (stage == DEMO_NEGOTIATION && deal->p < 0.5 && demo_random_chance(&deal->random, 0.4)) return "Best Case";
  if (stage == DEMO_PROPOSAL && deal->p > 0.5 && demo_random_chance(&deal->random, 0.3)) return "Commit";
  return demo_stages[stage].forecast;
}

static gint64 amount_of(const DemoDeal *deal, gint64 units, double discount) {
  gint64 list = units * deal->unit_list_minor;
  gint64 net = (gint64)((double)list * (1 - discount) / 100 + 0.5) * 100;
  return MAX(net, 100);
}

/* Estimated before the proposal, priced with it. */
static gint64 amount_at(const DemoDeal *deal, DemoStage stage) {
  return stage < DEMO_PROPOSAL ? amount_of(deal, deal->first_units, 0) : amount_of(deal, deal->units, deal->discount);
}

static DemoStep *add_step(const DemoCompany *company, DemoDeal *deal, DemoTime at, DemoStage stage, BaseDay expected) {
  DemoStep *step = &deal->steps[deal->n_steps++];
  const DemoPerson *opener = &company->people[deal->owner];
  step->at = at;
  step->stage = stage;
  step->expected_close = expected;
  step->amount_minor = amount_at(deal, stage);
  step->forecast = demo_stages[stage].forecast;
  step->by = demo_person_active(opener, demo_time_day(at)) ? deal->owner : deal->owner_now;
  return step;
}

/* Moves the expected close out as often as it passes before `until`. */
static BaseDay push(const DemoCompany *company, DemoDeal *deal, BaseDay expected, DemoTime until, guint *n_pushes) {
  static const int moves[] = {14, 21, 30, 30, 45, 61, 92};
  while (expected < demo_time_day(until) && *n_pushes < MAX_PUSHES) {
    const DemoStep *last = &deal->steps[deal->n_steps - 1];
    DemoTime at = next_moment(&deal->random, expected - demo_random_between(&deal->random, -1, 3), last->at);
    if (at >= until) break;
    expected = MAX(demo_time_day(at) + 5, expected) + moves[demo_random_below(&deal->random, G_N_ELEMENTS(moves))];
    const char *forecast = last->forecast;
    add_step(company, deal, at, last->stage, expected)->forecast = forecast;
    (*n_pushes)++;
  }
  return expected;
}

static BaseDay first_expectation(DemoDeal *deal) {
  double cycle = 80 * demo_segments[deal->segment].speed;
  BaseDay day = demo_time_day(deal->created) + (BaseDay)(cycle * (0.45 + 0.7 * demo_random_unit(&deal->random)));
  if (!demo_random_chance(&deal->random, 0.45)) return demo_workday(day);
  BaseCivil civil = base_day_to_civil(day);
  return base_day_from_civil(civil.year, civil.month, base_days_in_month(civil.year, civil.month));
}

/* A win that is near is dated close to its day. */
static BaseDay near_end(DemoDeal *deal, DemoTime now, DemoTime end) {
  BaseDay day = demo_time_day(end) + demo_random_between(&deal->random, -4, 8);
  return MAX(demo_time_day(now), day);
}

static void draw_steps(const DemoCompany *company, DemoDeal *deal, const Visit *visits, guint n, DemoTime end) {
  BaseDay expected = first_expectation(deal);
  guint n_pushes = 0;
  for (guint i = 0; i < n; i++) {
    if (i > 0) expected = push(company, deal, expected, visits[i].at, &n_pushes);
    if (visits[i].stage == DEMO_NEGOTIATION && deal->will_win && demo_random_chance(&deal->random, 0.6))
      expected = near_end(deal, visits[i].at, end);
    const char *forecast = forecast_of(deal, visits[i].stage);
    add_step(company, deal, visits[i].at, visits[i].stage, expected)->forecast = forecast;
    if (visits[i].stage >= DEMO_PROPOSAL && deal->quoted == DEMO_TIME_NONE) deal->quoted = visits[i].at;
  }
  push(company, deal, expected, MIN(end, demo_time(company->end, 0)), &n_pushes);
}

/* What lies beyond the end of the history has not happened. */
static void cut(const DemoCompany *company, DemoDeal *deal) {
  DemoTime now = demo_time(company->end, 0);
  while (deal->n_steps > 1 && deal->steps[deal->n_steps - 1].at >= now) deal->n_steps--;
  if (deal->quoted >= now) deal->quoted = DEMO_TIME_NONE;
  const DemoStep *last = &deal->steps[deal->n_steps - 1];
  deal->outcome = last->stage;
  deal->amount_minor = last->amount_minor;
  deal->list_minor = (last->stage < DEMO_PROPOSAL ? deal->first_units : deal->units) * deal->unit_list_minor;
}

/* Who has the deal at the end: the opener, or a colleague from when the opener left. */
static void hand_over(const DemoCompany *company, DemoDeal *deal, DemoTime end) {
  const DemoPerson *opener = &company->people[deal->owner];
  BaseDay day = MIN(demo_time_day(end), company->end - 1);
  deal->owner_now = deal->owner;
  if (demo_person_active(opener, day)) return;
  guint team = demo_person_spell(opener, day)->team;
  guint heir = demo_person_any(company, DEMO_REP, team, opener->left, &deal->random);
  if (heir == DEMO_NOBODY || !demo_person_active(&company->people[heir], day)) heir = company->teams[team].lead;
  deal->owner_now = heir;
}

void demo_history_draw(const DemoCompany *company, DemoDeal *deal) {
  Visit visits[MAX_VISITS];
  double days[MAX_VISITS];
  guint n = draw_path(deal, visits);
  draw_days(company, deal, visits, n, days);
  double elapsed = 0;
  visits[0].at = deal->created;
  for (guint i = 1; i < n; i++) {
    elapsed += days[i - 1];
    visits[i].at = next_moment(&deal->random, demo_time_day(deal->created) + (BaseDay)elapsed, visits[i - 1].at);
  }
  elapsed += days[n - 1];
  BaseDay day = MAX(demo_time_day(visits[n - 1].at), demo_time_day(deal->created) + (BaseDay)elapsed);
  DemoTime end = next_moment(&deal->random, bunch(deal, day, demo_time_day(visits[n - 1].at)), visits[n - 1].at);
  deal->decided = deal->stale ? demo_time(company->end + 1, 0) : end;
  hand_over(company, deal, deal->decided);
  deal->n_steps = 0;
  deal->quoted = DEMO_TIME_NONE;
  draw_steps(company, deal, visits, n, end);
  deal->closed = DEMO_TIME_NONE;
  cut(company, deal);
  if (deal->decided >= demo_time(company->end, 0)) return;
  deal->closed = end;
  deal->outcome = deal->will_win ? DEMO_WON : deal->outcome;
  if (!deal->will_win)
    deal->outcome = demo_random_chance(&deal->random, DEMO_ABANDONED_SHARE) ? DEMO_ABANDONED : DEMO_LOST;
  gint64 amount = deal->amount_minor;
  add_step(company, deal, end, deal->outcome, demo_time_day(end))->amount_minor = amount;
}
