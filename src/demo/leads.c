/* Leads: the one that became a deal, and those of the same source that came to nothing.
 *
 * A source turns a known share c of its leads into deals. Deals are what the simulation starts from, so the leads that
 * failed are drawn to fit: (1 - c) / c for each that converted. Answering fast truly matters: the chance to convert
 * given the response time is c times the multiplier of truth.h. By Bayes' rule response times are then drawn
 *
 *   of converted leads   by  share * multiplier
 *   of failed ones       by  share * (1 - c * multiplier)
 *
 * and both observations agree. */
#include "demo/deal.h"

const char demo_lead_header[] =
    "Lead ID,Lead Name,Owner ID,Account ID,Opportunity ID,Lead Source,Campaign,Status,Created,Assigned,First Contact,"
    "Marketing Qualified,Sales Qualified,Converted";

/* When leads come in. */
#define EARLIEST_MINUTE       (7 * 60)
#define LATEST_MINUTE         (21 * 60)
#define LONGEST_RESPONSE_DAYS 4

typedef struct {
  DemoSourceId source;
  guint owner;
  DemoTime created, assigned, touched, marketing_qualified, qualified, converted;
  const DemoDeal *deal; /* NULL: came to nothing */
  const char *status;
} Lead;

/* Mean of the multipliers, so that a source's mean conversion is what its table says. */
static double mean_multiplier(void) {
  double mean = 0;
  for (guint b = 0; b < DEMO_RESPONSES; b++) mean += demo_responses[b].share * demo_responses[b].multiplier;
  return mean;
}

static int draw_response(DemoSourceId source, gboolean converted, DemoRandom *random) {
  double weights[DEMO_RESPONSES];
  for (guint b = 0; b < DEMO_RESPONSES; b++) {
    double chance = demo_sources[source].lead_conversion * demo_responses[b].multiplier / mean_multiplier();
    weights[b] = demo_responses[b].share * (converted ? chance : 1 - chance);
  }
  const DemoResponseTruth *response = &demo_responses[demo_random_pick(random, weights, DEMO_RESPONSES)];
  if (response->high_minutes == 0) return -1;
  return demo_random_between(random, response->low_minutes, response->high_minutes);
}

/* A rep's own contacts bring referrals and partner leads; the rest goes to sales development. */
static guint draw_owner(const DemoCompany *company, const DemoDeal *deal, DemoSourceId source, BaseDay day,
                        DemoRandom *random) {
  gboolean own = source == DEMO_REFERRAL || source == DEMO_PARTNER;
  const DemoPerson *rep = &company->people[deal->owner];
  if (own && demo_person_active(rep, day) && demo_person_active(rep, day + LONGEST_RESPONSE_DAYS)) return deal->owner;
  return demo_person_any(company, DEMO_SDR, DEMO_NOBODY, day, random);
}

static void write_name(DemoDealFiles *files, const Lead *lead, const DemoDeal *deal, DemoRandom *random) {
  GString *text = files->text;
  const DemoCompany *company = files->company;
  DemoAccount other = *deal->account_data;
  if (lead->deal == NULL) {
    other.country = (guint8)demo_random_below(random, demo_regions[other.region].n_countries);
    other.industry = (guint8)demo_random_below(random, DEMO_INDUSTRIES);
    other.name_number = demo_random_below(random, 4000);
  }
  const DemoNames *names = &company->words->names[demo_regions[other.region].countries[other.country].group];
  g_string_truncate(text, 0);
  g_string_append(text, demo_list_pick(names->first, random));
  g_string_append_c(text, ' ');
  g_string_append(text, demo_list_pick(names->last, random));
  g_string_append(text, ", ");
  demo_account_name(company, &other, FALSE, text);
  demo_csv_text(files->leads, text->str);
}

static void write_lead(DemoDealFiles *files, const Lead *lead, const DemoDeal *deal, DemoRandom *random) {
  DemoCsv *csv = files->leads;
  const DemoCompany *company = files->company;
  demo_csv_id(csv, "L-", files->next_lead);
  write_name(files, lead, deal, random);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)lead->owner);
  if (lead->deal != NULL) {
    demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + deal->account);
    demo_csv_id(csv, "D-", DEMO_DEAL_ID + deal->index);
  } else {
    demo_csv_empty(csv);
    demo_csv_empty(csv);
  }
  demo_csv_text(csv, demo_sources[lead->source].name);
  demo_csv_text(csv, demo_list_pick(company->words->campaigns[lead->source], random));
  demo_csv_text(csv, lead->status);
  demo_csv_time(csv, lead->created);
  demo_csv_time(csv, lead->assigned);
  demo_csv_time(csv, lead->touched);
  demo_csv_time(csv, lead->marketing_qualified);
  demo_csv_time(csv, lead->qualified);
  demo_csv_time(csv, lead->converted);
  demo_csv_end(csv);
}

static DemoTime before_end(const DemoCompany *company, DemoTime at) {
  return at < demo_time(company->end, 0) ? at : DEMO_TIME_NONE;
}

static void draw_converted(const DemoCompany *company, DemoDeal *deal, Lead *lead, DemoRandom *random) {
  int response = draw_response(deal->source, TRUE, random);
  int work = 90 + (int)demo_random_exponential(random, 4 * DEMO_DAY_MINUTES);
  int scale = demo_random_between(random, 25, 75);
  lead->created = deal->created - response - MIN(work, 45 * DEMO_DAY_MINUTES);
  int minute = lead->created % DEMO_DAY_MINUTES;
  if (minute < EARLIEST_MINUTE || minute > LATEST_MINUTE)
    lead->created =
        demo_time(demo_time_day(lead->created) - 1, demo_random_between(random, EARLIEST_MINUTE, LATEST_MINUTE));
  lead->touched = lead->created + response;
  int given = demo_random_between(random, 1, 20);
  lead->assigned = lead->created + MIN(response, given);
  lead->marketing_qualified = lead->source == DEMO_OUTBOUND ? DEMO_TIME_NONE : lead->assigned;
  lead->qualified = lead->touched + (deal->created - lead->touched) * scale / 100;
  lead->converted = deal->created;
  lead->status = "Converted";
  lead->deal = deal;
  lead->owner = draw_owner(company, deal, lead->source, demo_time_day(lead->created), random);
}

static void draw_failed(const DemoCompany *company, const DemoDeal *deal, DemoTime around, Lead *lead,
                        DemoRandom *random) {
  int response = draw_response(deal->source, FALSE, random);
  BaseDay day = demo_time_day(around) + demo_random_between(random, -10, 10);
  day = MIN(demo_workday(day), company->end - 1);
  lead->created = demo_time(day, demo_random_between(random, EARLIEST_MINUTE, LATEST_MINUTE));
  lead->assigned = before_end(company, lead->created + demo_random_between(random, 1, 45));
  lead->touched = response < 0 ? DEMO_TIME_NONE : before_end(company, lead->created + response);
  if (lead->assigned > lead->touched && lead->touched != DEMO_TIME_NONE) lead->assigned = lead->created;
  gboolean good = demo_random_chance(random, 0.5);
  lead->marketing_qualified = good && lead->source != DEMO_OUTBOUND ? lead->assigned : DEMO_TIME_NONE;
  lead->qualified = DEMO_TIME_NONE;
  if (good && lead->touched != DEMO_TIME_NONE && demo_random_chance(random, 0.35))
    lead->qualified = before_end(company, lead->touched + demo_random_between(random, 30, 5 * DEMO_DAY_MINUTES));
  lead->converted = DEMO_TIME_NONE;
  lead->deal = NULL;
  lead->owner = draw_owner(company, deal, lead->source, day, random);
  guint age = (guint)(company->end - day);
  lead->status = lead->touched == DEMO_TIME_NONE   ? "New"
                 : age < 20                        ? "Working"
                 : demo_random_chance(random, 0.4) ? "Nurturing"
                                                   : "Disqualified";
}

static void finish_lead(DemoDealFiles *files, const Lead *lead, const DemoDeal *deal, DemoRandom *random) {
  DemoCompany *company = files->company;
  write_lead(files, lead, deal, random);
  BaseDay day = demo_time_day(lead->created);
  if (day >= company->start)
    company
        ->channel_leads[(gsize)lead->source * (gsize)(company->end - company->start) + (gsize)(day - company->start)]++;
  if (lead->touched != DEMO_TIME_NONE)
    demo_activity_of_lead(files, files->next_lead, lead->owner, lead->touched, random);
  company->leads[lead->source]++;
  company->leads_converted[lead->source] += lead->deal != NULL;
  files->next_lead++;
}

void demo_leads_write(DemoDealFiles *files, DemoDeal *deal) {
  if (deal->source >= DEMO_LEAD_SOURCES) return;
  DemoRandom random;
  demo_random_init(&random, files->company->options->seed, DEMO_STREAM_LEAD, (guint64)deal->index);
  Lead lead = {.source = deal->source};
  draw_converted(files->company, deal, &lead, &random);
  deal->lead = files->next_lead;
  finish_lead(files, &lead, deal, &random);
  DemoTime around = lead.created;
  double conversion = demo_sources[deal->source].lead_conversion;
  double failed = (1 - conversion) / conversion;
  guint n = (guint)failed + demo_random_chance(&random, failed - (double)(guint)failed);
  for (guint i = 0; i < n; i++) {
    draw_failed(files->company, deal, around, &lead, &random);
    finish_lead(files, &lead, deal, &random);
  }
}
