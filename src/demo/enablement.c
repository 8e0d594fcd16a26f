/* Quotas, courses, coaching and promises: what leaders do with their reps.
 *
 * Quotas are set from what the region's reps win in a mean quarter of the year, shaped by the season, ramped for
 * newcomers, leaning a little to who opens much, and rounded to thousands, as people do. */
#include "demo/company.h"

static gboolean write_trainings(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "trainings.csv",
                    "Enrolment ID,User ID,Course,Assigned,Due,Started,Completed,Score,Certified Until", error);
  if (csv == NULL) return FALSE;
  gint64 next = 1;
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    DemoRandom random;
    demo_random_init(&random, company->options->seed, DEMO_STREAM_ENABLEMENT, i);
    if (person->role != DEMO_REP) continue;
    for (guint c = 0; c < DEMO_COURSES; c++) {
      BaseDay done = person->completed[c];
      BaseDay assigned = done == BASE_DAY_NONE
                             ? MAX(person->hired, company->start) + demo_random_between(&random, 20, 500)
                             : done - demo_random_between(&random, 20, 55);
      gboolean wanted = done != BASE_DAY_NONE || demo_random_chance(&random, 0.35);
      if (!wanted || !demo_person_active(person, assigned) || assigned >= company->end) continue;
      BaseDay started = done == BASE_DAY_NONE ? BASE_DAY_NONE : done - demo_random_between(&random, 1, 12);
      demo_csv_id(csv, "EN-", next++);
      demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)i);
      demo_csv_text(csv, demo_courses[c].name);
      demo_csv_day(csv, assigned);
      demo_csv_day(csv, assigned + 45);
      demo_csv_day(csv, started);
      demo_csv_day(csv, done);
      if (done == BASE_DAY_NONE)
        demo_csv_empty(csv);
      else
        demo_csv_int(csv, demo_random_between(&random, 62, 100));
      demo_csv_day(csv, done == BASE_DAY_NONE ? BASE_DAY_NONE : done + 730);
      demo_csv_end(csv);
    }
  }
  return demo_company_close(company, csv, error);
}

/* Every second week a leader and a rep should sit together; three times of four they do. */
static void write_coaching(DemoCsv *csv, const DemoCompany *company, guint person, gint64 *next, DemoRandom *random) {
  const DemoPerson *rep = &company->people[person];
  for (BaseDay due = company->start + (BaseDay)(person % 14); due < company->end + 14; due += 14) {
    BaseDay day = demo_workday(due);
    if (!demo_person_active(rep, MIN(day, company->end - 1)) || day < rep->hired) continue;
    guint leader = demo_person_spell(rep, day)->manager;
    BaseDay held = demo_workday(day + demo_random_between(random, 0, 3));
    demo_csv_id(csv, "CO-", (*next)++);
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)person);
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)leader);
    demo_csv_day(csv, day);
    demo_csv_day(csv, held < company->end && demo_random_chance(random, 0.74) ? held : BASE_DAY_NONE);
    demo_csv_end(csv);
  }
}

static void write_actions(DemoCsv *csv, const DemoCompany *company, guint person, gint64 *next, DemoRandom *random) {
  const DemoPerson *rep = &company->people[person];
  for (BaseDay day = company->start + demo_random_between(random, 5, 30); day < company->end;
       day += demo_random_between(random, 12, 45)) {
    if (!demo_person_active(rep, day)) continue;
    BaseDay due = demo_workday(day + demo_random_between(random, 7, 21));
    BaseDay done = demo_workday(due + demo_random_between(random, -6, 5) - 1);
    demo_csv_id(csv, "PR-", (*next)++);
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)person);
    demo_csv_text(csv, demo_list_pick(company->words->actions, random));
    demo_csv_day(csv, due);
    demo_csv_day(csv, done < company->end && demo_random_chance(random, 0.82) ? done : BASE_DAY_NONE);
    demo_csv_end(csv);
  }
}

static gboolean write_meetings_with_reps(DemoCompany *company, GError **error) {
  DemoCsv *coaching = demo_csv_open(company->exports, "coaching.csv", "Session ID,User ID,Coach ID,Due,Held", error);
  if (coaching == NULL) return FALSE;
  DemoCsv *actions = demo_csv_open(company->exports, "actions.csv", "Action ID,User ID,What,Due,Done", error);
  if (actions == NULL) {
    demo_csv_discard(coaching);
    return FALSE;
  }
  gint64 next_session = 1, next_action = 1;
  for (guint i = 0; i < company->n_people; i++) {
    if (company->people[i].role != DEMO_REP) continue;
    DemoRandom random;
    demo_random_init(&random, company->options->seed, DEMO_STREAM_ENABLEMENT, G_GUINT64_CONSTANT(1000000000) + i);
    write_coaching(coaching, company, i, &next_session, &random);
    write_actions(actions, company, i, &next_action, &random);
  }
  gboolean ok = demo_company_close(company, coaching, error);
  return demo_company_close(company, actions, ok ? error : NULL) && ok;
}

/* --- quotas --- */

static BaseDay quarter_start(const DemoCompany *company, guint quarter) {
  return base_day_from_civil(company->first_year + (int)quarter / 4, (int)quarter % 4 * 3 + 1, 1);
}

/* EUR won by a full rep of a region in a quarter: all that was won by all the quarters' worth of reps. */
static double mean_won(const DemoCompany *company, guint region) {
  double won = 0, quarters = 0;
  guint last = demo_quarter_index(company, company->end - 1);
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    if (person->role != DEMO_REP || person->region != region) continue;
    for (guint q = demo_quarter_index(company, company->start) + 1; q < last; q++) {
      BaseDay middle = quarter_start(company, q) + 45;
      if (!demo_person_active(person, middle)) continue;
      won += company->won_eur[i * DEMO_QUARTERS + q];
      quarters += demo_person_ramp(person, middle);
    }
  }
  return quarters > 0 ? won / quarters : 25000;
}

static void write_quota(DemoCsv *csv, const DemoCompany *company, guint person, guint quarter, double mean,
                        gint64 *next) {
  const DemoPerson *rep = &company->people[person];
  BaseDay start = quarter_start(company, quarter), end = base_day_add_months(start, 3);
  BaseDay from = MAX(start, rep->hired), until = rep->left == BASE_DAY_NONE ? end : MIN(end, rep->left);
  if (from >= until) return;
  double season = 0, share = (double)(until - from) / (double)(end - start);
  for (int m = 0; m < 3; m++) season += demo_season[(int)quarter % 4 * 3 + m] / 3;
  double growth = 1 + DEMO_GROWTH_PER_YEAR * ((double)(start - company->start) / 365 - 1.5);
  double amount = mean * season * growth * (0.75 + 0.3 * rep->volume) * MAX(0.2, demo_person_ramp(rep, until)) * share;
  demo_csv_id(csv, "Q-", (*next)++);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)person);
  demo_csv_day(csv, from);
  demo_csv_day(csv, until);
  demo_csv_money(csv, MAX(1, (gint64)(amount / 1000 + 0.5)) * 100000);
  demo_csv_text(csv, "EUR");
  demo_csv_end(csv);
}

static gboolean write_quotas(DemoCompany *company, GError **error) {
  DemoCsv *csv = demo_csv_open(company->exports, "quotas.csv", "Quota ID,User ID,From,Until,Amount,Currency", error);
  if (csv == NULL) return FALSE;
  double mean[DEMO_REGIONS];
  for (guint r = 0; r < company->n_regions; r++) mean[r] = mean_won(company, r);
  gint64 next = 1;
  guint first = demo_quarter_index(company, company->start), last = demo_quarter_index(company, company->end - 1);
  for (guint i = 0; i < company->n_people; i++)
    for (guint q = first; q <= last && company->people[i].role == DEMO_REP; q++)
      write_quota(csv, company, i, q, mean[company->people[i].region], &next);
  return demo_company_close(company, csv, error);
}

gboolean demo_enablement_write(DemoCompany *company, GError **error) {
  return write_trainings(company, error) && write_meetings_with_reps(company, error) && write_quotas(company, error);
}
