/* Support cases of customers, and what customers say in surveys and notes.
 *
 * Cases come with the segment's rate from the first win on. Urgent ones are answered sooner; an agent has a courtesy of
 * their own, which together with a late answer moves the satisfaction that follows. */
#include "demo/company.h"

typedef struct {
  DemoCompany *company;
  DemoCsv *cases, *surveys, *feedback;
  gint64 next_case, next_survey, next_feedback;
  DemoRandom random;
} Service;

static const struct {
  const char *name;
  double share;
  int response_minutes, resolution_minutes; /* medians */
} priorities[] = {
    {"Urgent", 0.06, 25, 360}, {"High", 0.20, 70, 1100}, {"Normal", 0.52, 190, 2900}, {"Low", 0.22, 420, 6400}};

static void write_survey(Service *service, gint64 account, guint person, guint owner, DemoTime at, const char *kind,
                         int score, int scale) {
  DemoCsv *csv = service->surveys;
  if (at >= demo_time(service->company->end, 0)) return;
  demo_csv_id(csv, "SV-", service->next_survey++);
  demo_csv_time(csv, at);
  if (account < 0)
    demo_csv_empty(csv);
  else
    demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + account);
  if (person == DEMO_NOBODY)
    demo_csv_empty(csv);
  else
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)person);
  if (owner == DEMO_NOBODY)
    demo_csv_empty(csv);
  else
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)owner);
  demo_csv_text(csv, kind);
  demo_csv_int(csv, score);
  demo_csv_int(csv, scale);
  demo_csv_end(csv);
}

static int score_between(double value, int low, int high) {
  int score = (int)(value + 0.5);
  return CLAMP(score, low, high);
}

static void write_case(Service *service, gint64 account, BaseDay day) {
  DemoCompany *company = service->company;
  DemoRandom *random = &service->random;
  double shares[G_N_ELEMENTS(priorities)];
  for (guint i = 0; i < G_N_ELEMENTS(priorities); i++) shares[i] = priorities[i].share;
  guint priority = demo_random_pick(random, shares, G_N_ELEMENTS(priorities));
  guint agent = demo_person_any(company, DEMO_SERVICE, DEMO_NOBODY, day, random);
  DemoTime now = demo_time(company->end, 0);
  DemoTime opened = demo_office_time(random, day);
  double lateness = demo_random_lognormal(random, 1, 0.8);
  int response = (int)(priorities[priority].response_minutes * lateness) + 2;
  int resolution = response + (int)demo_random_lognormal(random, priorities[priority].resolution_minutes, 0.7);
  gboolean reopened = demo_random_chance(random, 0.07);
  DemoTime answered = opened + MIN(response, 20000), resolved = opened + MIN(resolution, 60000);
  DemoCsv *csv = service->cases;
  demo_csv_id(csv, "CS-", service->next_case++);
  demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + account);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)agent);
  demo_csv_time(csv, opened);
  demo_csv_time(csv, answered < now ? answered : DEMO_TIME_NONE);
  demo_csv_time(csv, resolved < now ? resolved : DEMO_TIME_NONE);
  demo_csv_text(csv, reopened ? "yes" : "no");
  demo_csv_text(csv, priorities[priority].name);
  demo_csv_int(csv, 1 + (gint64)demo_random_poisson(random, reopened ? 2.5 : 0.8));
  demo_csv_text(csv, demo_list_pick(company->words->case_subjects, random));
  demo_csv_end(csv);
  if (resolved >= now) return;
  double mood =
      company->people[agent].courtesy - 0.35 * (lateness > 2) - 0.8 * reopened + 0.8 * demo_random_normal(random);
  DemoTime later = resolved + demo_random_between(random, 60, 2880);
  if (demo_random_chance(random, 0.35))
    write_survey(service, account, DEMO_NOBODY, agent, later, "csat", score_between(4.2 + mood, 1, 5), 5);
  if (demo_random_chance(random, 0.15))
    write_survey(service, account, DEMO_NOBODY, agent, later, "ces", score_between(5.4 + mood, 1, 7), 7);
}

static void write_note(Service *service, gint64 account, DemoTime at, int nps) {
  DemoCompany *company = service->company;
  DemoRandom *random = &service->random;
  gboolean good = nps >= 7;
  guint owner = demo_person_any(company, DEMO_REP, DEMO_NOBODY, demo_time_day(at), random);
  if (at >= demo_time(company->end, 0) || owner == DEMO_NOBODY) return;
  DemoCsv *csv = service->feedback;
  demo_csv_id(csv, "FB-", service->next_feedback++);
  demo_csv_time(csv, at);
  demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + account);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)owner);
  demo_csv_text(csv, demo_list_pick(good ? company->words->praise : company->words->blame, random));
  demo_csv_text(csv, demo_list_pick(company->words->tags, random));
  demo_csv_scaled(csv, good ? demo_random_between(random, 3, 10) : -demo_random_between(random, 2, 9), 1);
  demo_csv_end(csv);
}

static void serve_account(Service *service, gint64 index) {
  DemoCompany *company = service->company;
  const DemoAccount *account = &company->accounts[index];
  if (account->first_won == BASE_DAY_NONE) return;
  demo_random_init(&service->random, company->options->seed, DEMO_STREAM_SERVICE, (guint64)index);
  double mean_days = 30 / demo_segments[account->segment].cases_per_month;
  double happiness = demo_random_normal(&service->random);
  for (double at = demo_random_exponential(&service->random, mean_days);
       account->first_won + 7 + (BaseDay)at < company->end - 4;
       at += demo_random_exponential(&service->random, mean_days))
    write_case(service, index, demo_workday(account->first_won + 7 + (BaseDay)at));
  for (BaseDay day = account->first_won + 90; day < company->end - 3; day += 182) {
    if (!demo_random_chance(&service->random, 0.3)) continue;
    DemoTime at = demo_office_time(&service->random, demo_workday(day + demo_random_between(&service->random, -20, 0)));
    int nps = score_between(7.8 + 1.2 * happiness + 1.1 * demo_random_normal(&service->random), 0, 10);
    write_survey(service, index, DEMO_NOBODY, DEMO_NOBODY, at, "nps", nps, 10);
    if (demo_random_chance(&service->random, 0.12)) write_note(service, index, at, nps);
  }
}

/* Twice a year everybody answers how they like it here, and leaders rate their reps' skills. */
static void survey_people(Service *service) {
  DemoCompany *company = service->company;
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    demo_random_init(&service->random, company->options->seed, DEMO_STREAM_SERVICE, G_GUINT64_CONSTANT(1000000000) + i);
    for (BaseDay day = company->start + 75; day < company->end - 7; day += 182) {
      BaseDay on = demo_workday(day + demo_random_between(&service->random, 0, 4));
      if (!demo_person_active(person, on)) continue;
      DemoTime at = demo_office_time(&service->random, on);
      gboolean leaving = person->left != BASE_DAY_NONE && person->left - on < 200;
      if (demo_random_chance(&service->random, 0.85))
        write_survey(service, -1, i, i, at, "engagement",
                     score_between(7.6 - 2.2 * leaving + 1.5 * demo_random_normal(&service->random), 0, 10), 10);
      if (person->role == DEMO_REP)
        write_survey(service, -1, i, i, at, "skill",
                     score_between(3.2 + 1.8 * person->skill + 0.5 * demo_random_normal(&service->random), 1, 5), 5);
    }
  }
}

gboolean demo_service_write(DemoCompany *company, GError **error) {
  Service service = {.company = company, .next_case = 1, .next_survey = 1, .next_feedback = 1};
  service.cases = demo_csv_open(
      company->exports, "support_cases.csv",
      "Case ID,Account ID,Agent ID,Opened,First Response,Resolved,Reopened,Priority,Contacts,Subject", error);
  if (service.cases == NULL) return FALSE;
  service.surveys = demo_csv_open(company->exports, "surveys.csv",
                                  "Answer ID,Answered,Account ID,User ID,About User ID,Survey,Score,Scale", error);
  service.feedback = service.surveys == NULL
                         ? NULL
                         : demo_csv_open(company->exports, "feedback.csv",
                                         "Note ID,Written,Account ID,About User ID,Text,Tag,Sentiment", error);
  if (service.feedback == NULL) {
    demo_csv_discard(service.cases);
    demo_csv_discard(service.surveys);
    return FALSE;
  }
  for (gint64 i = 0; i < company->n_accounts && !demo_csv_failed(service.cases); i++) serve_account(&service, i);
  survey_people(&service);
  gboolean cases = demo_company_close(company, service.cases, error);
  gboolean surveys = demo_company_close(company, service.surveys, cases ? error : NULL);
  gboolean feedback = demo_company_close(company, service.feedback, cases && surveys ? error : NULL);
  return cases && surveys && feedback;
}
