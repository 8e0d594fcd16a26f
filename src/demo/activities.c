/* Activities: what people did for deals, for leads and for themselves.
 *
 * What matters is drawn with the deal (an early meeting, a demo) and is placed here so that the data shows it: the
 * meeting within 14 days of opening, the demo within 30. Mails and calls are drawn from habits of the rep alone and
 * know nothing of the outcome. */
#include "demo/deal.h"

const char demo_activity_header[] =
    "Activity ID,Type,Direction,Owner ID,Account ID,Opportunity ID,Lead ID,Created,Scheduled For,Completed,Duration "
    "(s),Result,"
    "Subject";

static const char *const labels[DEMO_KINDS] = {"Call", "Email", "Meeting", "Demo", "Proposal", "Internal meeting",
                                               "Admin"};

typedef struct {
  DemoKind kind;
  gboolean inbound;
  guint owner;
  const DemoDeal *deal; /* or NULL */
  gint64 lead;          /* or 0 */
  DemoTime created, scheduled, done;
  int seconds;
  const char *result;
} Activity;

static void write_activity(DemoDealFiles *files, const Activity *activity, DemoRandom *random) {
  DemoCsv *csv = files->activities;
  demo_csv_id(csv, "AC-", files->next_activity++);
  demo_csv_text(csv, labels[activity->kind]);
  demo_csv_text(csv, activity->kind >= DEMO_INTERNAL ? NULL : activity->inbound ? "Inbound" : "Outbound");
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)activity->owner);
  if (activity->deal != NULL) {
    demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + activity->deal->account);
    demo_csv_id(csv, "D-", DEMO_DEAL_ID + activity->deal->index);
  } else {
    demo_csv_empty(csv);
    demo_csv_empty(csv);
  }
  if (activity->lead > 0)
    demo_csv_id(csv, "L-", activity->lead);
  else
    demo_csv_empty(csv);
  demo_csv_time(csv, activity->created);
  demo_csv_time(csv, activity->scheduled);
  demo_csv_time(csv, activity->done);
  if (activity->done == DEMO_TIME_NONE)
    demo_csv_empty(csv);
  else
    demo_csv_int(csv, activity->seconds);
  demo_csv_text(csv, activity->result);
  demo_csv_text(csv, demo_list_pick(files->company->words->subjects[activity->kind], random));
  demo_csv_end(csv);
}

/* --- of deals --- */

/* The part of the deal's life in which things are done for it. */
static DemoTime life_end(const DemoCompany *company, const DemoDeal *deal) {
  DemoTime end = deal->closed == DEMO_TIME_NONE ? demo_time(company->end, 0) : deal->closed;
  DemoTime last = deal->steps[deal->n_steps - 1].at + 20 * DEMO_DAY_MINUTES;
  return deal->stale ? MIN(end, last) : end;
}

/* A moment between two days after opening; in the middle of what there is when the deal did not live so long. */
static DemoTime place(const DemoDeal *deal, DemoTime end, int low_days, int high_days, DemoRandom *random) {
  BaseDay opened = demo_time_day(deal->created);
  BaseDay last = MIN(opened + high_days, demo_time_day(end));
  BaseDay day = demo_random_between(random, opened + MIN(low_days, last - opened), last);
  DemoTime at = demo_office_time(random, demo_workday(day));
  if (at > deal->created && at < end) return at;
  return deal->created + (end - deal->created) / 2;
}

static guint owner_at(const DemoCompany *company, const DemoDeal *deal, DemoTime at) {
  return demo_person_active(&company->people[deal->owner], demo_time_day(at)) ? deal->owner : deal->owner_now;
}

static void hold(DemoDealFiles *files, const DemoDeal *deal, DemoKind kind, DemoTime at, DemoRandom *random) {
  int notice = demo_random_between(random, 1, 6) * DEMO_DAY_MINUTES;
  Activity activity = {.kind = kind,
                       .deal = deal,
                       .owner = owner_at(files->company, deal, at),
                       .created = MAX(deal->created, at - notice),
                       .scheduled = at,
                       .done = at,
                       .seconds = 60 * 15 * demo_random_between(random, 2, kind == DEMO_DEMO ? 5 : 6),
                       .result = "held"};
  if (demo_random_chance(random, 0.14)) {
    Activity missed = activity;
    missed.scheduled = at - demo_random_between(random, 1, 3) * DEMO_DAY_MINUTES;
    missed.scheduled = MAX(deal->created, missed.scheduled);
    missed.created = MIN(missed.created, missed.scheduled);
    missed.owner = owner_at(files->company, deal, missed.scheduled);
    missed.done = DEMO_TIME_NONE;
    missed.result = demo_random_chance(random, 0.6) ? "no_show" : "cancelled";
    write_activity(files, &missed, random);
  }
  write_activity(files, &activity, random);
}

static void write_meetings(DemoDealFiles *files, const DemoDeal *deal, DemoTime end, DemoRandom *random) {
  int life_days = (end - deal->created) / DEMO_DAY_MINUTES;
  if (deal->early_meeting)
    hold(files, deal, DEMO_MEETING, place(deal, end, 1, DEMO_EARLY_MEETING_DAYS - 3, random), random);
  if (life_days > DEMO_EARLY_MEETING_DAYS + 4 && demo_random_chance(random, 0.5))
    hold(files, deal, DEMO_MEETING, place(deal, end, DEMO_EARLY_MEETING_DAYS + 2, life_days, random), random);
  if (deal->demo) hold(files, deal, DEMO_DEMO, place(deal, end, 2, DEMO_DEMO_DAYS - 3, random), random);
  if (!deal->demo && life_days > DEMO_DEMO_DAYS + 4 && demo_random_chance(random, 0.2))
    hold(files, deal, DEMO_DEMO, place(deal, end, DEMO_DEMO_DAYS + 2, life_days, random), random);
}

static void write_touches(DemoDealFiles *files, const DemoDeal *deal, DemoTime end, DemoRandom *random) {
  const DemoPerson *person = &files->company->people[deal->owner];
  int life_days = MAX(1, (end - deal->created) / DEMO_DAY_MINUTES);
  guint n_calls = demo_random_poisson(random, 1.9);
  guint n_emails = demo_random_poisson(random, person->email_habit);
  for (guint i = 0; i < n_calls + n_emails; i++) {
    gboolean call = i < n_calls;
    DemoTime at = place(deal, end, 0, life_days, random);
    gboolean answered = demo_random_chance(random, call ? person->connect_rate : 0.3);
    Activity activity = {.kind = call ? DEMO_CALL : DEMO_EMAIL,
                         .inbound = demo_random_chance(random, call ? 0.1 : 0.25),
                         .deal = deal,
                         .owner = owner_at(files->company, deal, at),
                         .created = at,
                         .scheduled = DEMO_TIME_NONE,
                         .done = at};
    if (activity.inbound) answered = TRUE;
    activity.seconds = !call      ? demo_random_between(random, 240, 900)
                       : answered ? demo_random_between(random, 150, 1800)
                                  : 40;
    activity.result = call               ? (answered ? "connected" : "no_answer")
                      : activity.inbound ? "received"
                      : answered         ? "replied"
                                         : "sent";
    write_activity(files, &activity, random);
  }
}

static void write_proposal(DemoDealFiles *files, const DemoDeal *deal, DemoRandom *random) {
  if (deal->quoted == DEMO_TIME_NONE) return;
  Activity activity = {.kind = DEMO_PROPOSAL_SENT,
                       .deal = deal,
                       .owner = owner_at(files->company, deal, deal->quoted),
                       .created = deal->quoted,
                       .scheduled = DEMO_TIME_NONE,
                       .done = deal->quoted,
                       .seconds = 60 * demo_random_between(random, 45, 210),
                       .result = "sent"};
  write_activity(files, &activity, random);
}

/* A third of the open deals that are worked have a meeting in the diary. */
static void write_planned(DemoDealFiles *files, const DemoDeal *deal, DemoRandom *random) {
  BaseDay end = files->company->end;
  if (deal->closed != DEMO_TIME_NONE || deal->stale || !demo_random_chance(random, 0.35)) return;
  DemoTime entered = demo_time(end - 1, 9 * 60) - demo_random_between(random, 0, 4000);
  Activity activity = {.kind = demo_random_chance(random, 0.3) ? DEMO_DEMO : DEMO_MEETING,
                       .deal = deal,
                       .owner = deal->owner_now,
                       .created = MAX(deal->created, entered),
                       .scheduled = demo_office_time(random, demo_workday(end + demo_random_between(random, 1, 18))),
                       .done = DEMO_TIME_NONE,
                       .result = "planned"};
  write_activity(files, &activity, random);
}

void demo_activities_of_deal(DemoDealFiles *files, const DemoDeal *deal) {
  DemoRandom random;
  demo_random_init(&random, files->company->options->seed, DEMO_STREAM_ACTIVITY, (guint64)deal->index);
  DemoTime end = life_end(files->company, deal);
  write_meetings(files, deal, end, &random);
  write_touches(files, deal, end, &random);
  write_proposal(files, deal, &random);
  write_planned(files, deal, &random);
}

/* --- of leads and of people --- */

void demo_activity_of_lead(DemoDealFiles *files, gint64 lead, guint owner, DemoTime at, DemoRandom *random) {
  gboolean call = demo_random_chance(random, 0.6);
  gboolean answered = demo_random_chance(random, files->company->people[owner].connect_rate);
  Activity activity = {.kind = call ? DEMO_CALL : DEMO_EMAIL,
                       .lead = lead,
                       .owner = owner,
                       .created = at,
                       .scheduled = DEMO_TIME_NONE,
                       .done = at,
                       .seconds = call ? (answered ? demo_random_between(random, 120, 900) : 40) : 240,
                       .result = call       ? (answered ? "connected" : "no_answer")
                                 : answered ? "replied"
                                            : "sent"};
  write_activity(files, &activity, random);
}

static void write_week(DemoDealFiles *files, guint owner, BaseDay monday, DemoRandom *random) {
  const DemoCompany *company = files->company;
  const DemoPerson *person = &company->people[owner];
  static const DemoKind weekly[] = {DEMO_INTERNAL, DEMO_ADMIN};
  for (guint i = 0; i < G_N_ELEMENTS(weekly); i++) {
    BaseDay day = monday + (i == 0 ? 0 : demo_random_between(random, 1, 4));
    if (!demo_person_active(person, day) || day < company->start || day >= company->end) continue;
    DemoTime at = i == 0 ? demo_time(day, 9 * 60) : demo_office_time(random, day);
    int minutes = i == 0 ? 15 * demo_random_between(random, 3, 6) : 30 * demo_random_between(random, 3, 12);
    Activity activity = {.kind = weekly[i],
                         .owner = owner,
                         .created = at,
                         .scheduled = at,
                         .done = at,
                         .seconds = minutes * 60,
                         .result = "done"};
    write_activity(files, &activity, random);
  }
}

void demo_activities_of_people(DemoDealFiles *files) {
  const DemoCompany *company = files->company;
  BaseDay first = company->start - (base_day_weekday(company->start) - 1);
  for (guint i = 0; i < company->n_people; i++) {
    DemoRole role = company->people[i].role;
    if (role != DEMO_REP && role != DEMO_SDR && role != DEMO_LEADER) continue;
    DemoRandom random;
    demo_random_init(&random, company->options->seed, DEMO_STREAM_ACTIVITY, G_GUINT64_CONSTANT(1000000000) + i);
    for (BaseDay monday = first; monday < company->end; monday += 7) write_week(files, i, monday, &random);
  }
}
