/* Marketing and sales cost by month, and the website by day and channel. Leads in web traffic are the very leads of
 * leads.csv. */
#include "demo/company.h"

typedef struct {
  DemoCsv *csv;
  gint64 next;
} Spending;

static void write_spend(Spending *spending, BaseDay day, const char *channel, const char *category, double eur) {
  if (eur <= 0) return;
  demo_csv_id(spending->csv, "SPD-", spending->next++);
  demo_csv_day(spending->csv, day);
  demo_csv_text(spending->csv, channel);
  demo_csv_text(spending->csv, category);
  demo_csv_money(spending->csv, (gint64)(eur * 100 + 0.5));
  demo_csv_text(spending->csv, "EUR");
  demo_csv_end(spending->csv);
}

static gint64 leads_between(const DemoCompany *company, guint source, BaseDay from, BaseDay until) {
  gint64 n = 0;
  gsize days = (gsize)(company->end - company->start);
  for (BaseDay day = MAX(from, company->start); day < MIN(until, company->end); day++)
    n += company->channel_leads[source * days + (gsize)(day - company->start)];
  return n;
}

static void write_month(Spending *spending, const DemoCompany *company, BaseDay from, BaseDay until,
                        DemoRandom *random) {
  static const char *const departments[] = {"Sales", "Sales", "Sales", "Sales", "Sales development", NULL, "Marketing"};
  static const double monthly[] = {14000, 10300, 8200, 6500, 4300, 0, 4700};
  BaseDay day = MIN(until, company->end) - 1;
  for (guint s = 0; s < DEMO_LEAD_SOURCES; s++) {
    double cost = (double)leads_between(company, s, from, until) * demo_sources[s].cost_per_lead;
    write_spend(spending, day, demo_sources[s].name, s == DEMO_TRADE_FAIR ? "events" : "advertising",
                cost * (0.85 + 0.3 * demo_random_unit(random)));
  }
  double salaries[3] = {0};
  guint heads = 0;
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    if (!demo_person_active(person, day) || departments[person->role] == NULL) continue;
    salaries[person->role == DEMO_SDR ? 1 : person->role == DEMO_MARKETER ? 2 : 0] += monthly[person->role];
    heads++;
  }
  write_spend(spending, day, "Sales", "salaries", salaries[0]);
  write_spend(spending, day, "Sales development", "salaries", salaries[1]);
  write_spend(spending, day, "Marketing", "salaries", salaries[2]);
  write_spend(spending, day, "Sales", "tools", heads * 145.0);
  write_spend(spending, day, "Sales", "overhead", heads * 610.0);
}

/* What the rest of the company costs: development and administration, as shares of what is won. */
static void write_company(Spending *spending, const DemoCompany *company, BaseDay from, BaseDay until) {
  guint quarter = demo_quarter_index(company, MAX(from, company->start));
  double won = 0;
  for (guint i = 0; i < company->n_people; i++) won += company->won_eur[i * DEMO_QUARTERS + quarter] / 3;
  BaseDay day = MIN(until, company->end) - 1;
  write_spend(spending, day, "Company", "research", won * 0.17);
  write_spend(spending, day, "Company", "overhead", won * 0.22);
}

/* Commission is paid in the month after the quarter. */
static void write_commission(Spending *spending, const DemoCompany *company, BaseDay from) {
  BaseCivil civil = base_day_to_civil(from);
  if (civil.month % 3 != 1 || from <= company->start + 80) return;
  guint quarter = demo_quarter_index(company, from) - 1;
  double won = 0;
  for (guint i = 0; i < company->n_people; i++) won += company->won_eur[i * DEMO_QUARTERS + quarter];
  write_spend(spending, MIN(from + 14, company->end - 1), "Sales", "commission", won * 0.062);
}

static gboolean write_spending(DemoCompany *company, GError **error) {
  Spending spending = {.next = 1};
  spending.csv =
      demo_csv_open(company->exports, "spend.csv", "Booking ID,Booked On,Channel,Category,Amount,Currency", error);
  if (spending.csv == NULL) return FALSE;
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_MARKETING, 0);
  BaseCivil first = base_day_to_civil(company->start);
  for (BaseDay from = base_day_from_civil(first.year, first.month, 1); from < company->end;
       from = base_day_add_months(from, 1)) {
    write_month(&spending, company, from, base_day_add_months(from, 1), &random);
    write_company(&spending, company, from, base_day_add_months(from, 1));
    write_commission(&spending, company, from);
  }
  return demo_company_close(company, spending.csv, error);
}

static gboolean write_traffic(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "web_traffic.csv", "Row ID,Date,Channel,Sessions,Visitors,Leads", error);
  if (csv == NULL) return FALSE;
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_MARKETING, 1);
  gint64 next = 1;
  for (BaseDay day = company->start; day < company->end; day++) {
    double quiet = base_day_weekday(day) > 5 ? 0.4 : 1;
    for (guint s = 0; s < DEMO_LEAD_SOURCES; s++) {
      if (demo_sources[s].sessions_per_lead <= 0) continue;
      gint64 leads = leads_between(company, s, day, day + 1);
      double weekly = (double)leads_between(company, s, day - 3, day + 4) / 7;
      double sessions =
          (weekly + 0.3) * demo_sources[s].sessions_per_lead * quiet * demo_random_lognormal(&random, 1, 0.12);
      gint64 n = MAX((gint64)sessions, leads + 1);
      demo_csv_id(csv, "W-", next++);
      demo_csv_day(csv, day);
      demo_csv_text(csv, demo_sources[s].name);
      demo_csv_int(csv, n);
      gint64 visitors = (gint64)((double)n * (0.7 + 0.15 * demo_random_unit(&random)));
      demo_csv_int(csv, MAX(visitors, leads));
      demo_csv_int(csv, leads);
      demo_csv_end(csv);
    }
  }
  return demo_company_close(company, csv, error);
}

gboolean demo_marketing_write(DemoCompany *company, GError **error) {
  return write_spending(company, error) && write_traffic(company, error);
}
