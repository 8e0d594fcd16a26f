/* Accounts, products, territories and exchange rates.
 *
 * Accounts stand in the array by region and, within it, by the day they were made: those that exist on a day are a
 * prefix of their region, which is how deals find one in constant time. A name is not stored but made from a number
 * that counts within a group of countries and an industry, so names repeat only where all combinations with a city are
 * used up. */
#include "demo/company.h"

#define EARLY_SHARE 0.45 /* of accounts that are older than the history */
#define EARLY_DAYS  1800

static void draw_account(DemoCompany *company, gint64 index, guint region, double position, guint32 *counters) {
  DemoAccount *account = &company->accounts[index];
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_ACCOUNT, (guint64)index);
  account->region = (guint8)region;
  account->country = (guint8)demo_random_below(&random, demo_regions[region].n_countries);
  account->industry = (guint8)demo_random_below(&random, DEMO_INDUSTRIES);
  double shares[DEMO_SEGMENTS];
  for (guint s = 0; s < DEMO_SEGMENTS; s++) shares[s] = demo_segments[s].share;
  account->segment = (guint8)demo_random_pick(&random, shares, DEMO_SEGMENTS);
  DemoGroup group = demo_regions[region].countries[account->country].group;
  account->name_number = counters[group * DEMO_INDUSTRIES + account->industry]++;
  account->first_won = account->first_subscribed = BASE_DAY_NONE;
  BaseDay length = company->end - company->start;
  account->created = position < EARLY_SHARE
                         ? company->start - EARLY_DAYS + (BaseDay)(EARLY_DAYS * position / EARLY_SHARE)
                         : company->start + (BaseDay)(length * (position - EARLY_SHARE) / (1 - EARLY_SHARE));
}

static void make_rates(DemoCompany *company) {
  static const double first[DEMO_CURRENCIES] = {1, 1.1600, 1.0300};
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_COMPANY, 1);
  for (guint c = 0; c < DEMO_CURRENCIES; c++) {
    double rate = first[c];
    for (guint m = 0; m < G_N_ELEMENTS(company->fx[c]); m++) {
      company->fx[c][m] = (double)(gint64)(rate * 10000 + 0.5) / 10000;
      if (c != DEMO_EUR) rate *= 1 + 0.009 * demo_random_normal(&random);
    }
  }
}

void demo_accounts_make(DemoCompany *company) {
  double market = 0;
  for (guint r = 0; r < company->n_regions; r++) market += demo_regions[r].market;
  gint64 wanted = MAX(200, company->options->deals / 4);
  company->accounts = g_new(DemoAccount, wanted + DEMO_REGIONS);
  g_autofree guint32 *counters = g_new0(guint32, DEMO_GROUPS * DEMO_INDUSTRIES);
  for (guint r = 0; r < company->n_regions; r++) {
    gint64 n = (gint64)((double)wanted * demo_regions[r].market / market) + 1;
    company->region_first[r] = company->n_accounts;
    for (gint64 i = 0; i < n; i++)
      draw_account(company, company->n_accounts++, r, ((double)i + 0.5) / (double)n, counters);
  }
  for (guint r = company->n_regions; r <= DEMO_REGIONS; r++) company->region_first[r] = company->n_accounts;
  make_rates(company);
}

void demo_account_name(const DemoCompany *company, const DemoAccount *account, gboolean with_form, GString *name) {
  const DemoNames *names = &company->words->names[demo_regions[account->region].countries[account->country].group];
  const DemoList *word = &names->word[account->industry];
  guint32 number = account->name_number;
  guint32 place = number / (names->last.n * word->n);
  /* 7 has no factor in common with the lengths of the lists: all surnames come before one comes again */
  g_string_append(name, names->last.items[(number * 7 + account->industry * 3) % names->last.n]);
  g_string_append_c(name, ' ');
  g_string_append(name, word->items[(number / names->last.n + number) % word->n]);
  if (place > 0) {
    g_string_append_c(name, ' ');
    g_string_append(name, names->city.items[(place - 1) % names->city.n]);
  }
  if (place > names->city.n) g_string_append_printf(name, " %u", (place - 1) / names->city.n + 1);
  if (with_form) {
    g_string_append_c(name, ' ');
    g_string_append(name, names->form.items[(number + account->country) % names->form.n]);
  }
}

DemoCurrency demo_account_currency(const DemoAccount *account) {
  return demo_regions[account->region].countries[account->country].currency;
}

double demo_fx(const DemoCompany *company, DemoCurrency currency, BaseDay day) {
  return company->fx[currency][demo_month_index(company, day)];
}

/* --- files --- */

/* The owner now: a rep of the region, always the same for an account. */
static guint account_owner(const GArray *owners, gint64 index, guint fallback) {
  return owners->len == 0 ? fallback : g_array_index(owners, guint, (guint)(index % owners->len));
}

static void write_account(const DemoCompany *company, DemoCsv *csv, gint64 index, guint owner, GString *name) {
  const DemoAccount *account = &company->accounts[index];
  const DemoSegmentTruth *segment = &demo_segments[account->segment];
  const DemoRegionTruth *region = &demo_regions[account->region];
  DemoRandom random;
  demo_random_init(&random, company->options->seed, DEMO_STREAM_ACCOUNT,
                   (guint64)index + G_GUINT64_CONSTANT(1000000000));
  double size = demo_random_unit(&random);
  gint64 employees =
      segment->employees_low + (gint64)(size * size * (segment->employees_high - segment->employees_low));
  gint64 revenue = employees * demo_random_between(&random, 90, 260) * 1000;
  g_string_truncate(name, 0);
  demo_account_name(company, account, TRUE, name);
  demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + index);
  demo_csv_text(csv, name->str);
  demo_csv_text(csv, demo_industries[account->industry]);
  demo_csv_text(csv, segment->name);
  demo_csv_text(csv, region->name);
  demo_csv_text(csv, region->countries[account->country].name);
  demo_csv_int(csv, employees);
  demo_csv_money(csv, revenue * 100);
  demo_csv_text(csv, demo_currencies[region->countries[account->country].currency]);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)owner);
  demo_csv_id(csv, "TR-", account->region + 1);
  demo_csv_day(csv, account->created);
  demo_csv_end(csv);
}

static gboolean write_accounts(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "accounts.csv",
                    "Account ID,Account Name,Industry,Segment,Region,Country,Employees,Annual Revenue,Currency,"
                    "Owner ID,Territory ID,Created Date",
                    error);
  if (csv == NULL) return FALSE;
  g_autoptr(GString) name = g_string_new(NULL);
  for (guint r = 0; r < company->n_regions; r++) {
    g_autoptr(GArray) owners = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint i = 0; i < company->n_people; i++) {
      const DemoPerson *person = &company->people[i];
      if (person->role == DEMO_REP && person->region == r && demo_person_active(person, company->end - 1))
        g_array_append_val(owners, i);
    }
    for (gint64 i = company->region_first[r]; i < company->region_first[r + 1] && !demo_csv_failed(csv); i++)
      write_account(company, csv, i, account_owner(owners, i, company->teams[1 + r].lead), name);
  }
  return demo_company_close(company, csv, error);
}

static gboolean write_products(DemoCompany *company, GError **error) {
  DemoCsv *csv = demo_csv_open(company->exports, "products.csv",
                               "Product Code,Product,Family,List Price,Unit Cost,Currency,Billing", error);
  if (csv == NULL) return FALSE;
  for (guint p = 0; p < DEMO_PRODUCTS; p++) {
    const DemoProductTruth *product = &demo_products[p];
    demo_csv_id(csv, "P-", 10 + p);
    demo_csv_text(csv, product->name);
    demo_csv_text(csv, product->family);
    demo_csv_money(csv, product->list_minor);
    demo_csv_money(csv, (gint64)((double)product->list_minor * product->cost_share + 0.5));
    demo_csv_text(csv, "EUR");
    demo_csv_text(csv, product->subscription ? "yearly" : "once");
    demo_csv_end(csv);
  }
  return demo_company_close(company, csv, error);
}

static gboolean write_territories(DemoCompany *company, GError **error) {
  DemoCsv *csv = demo_csv_open(company->exports, "territories.csv", "Territory ID,Territory,Target Accounts", error);
  if (csv == NULL) return FALSE;
  for (guint r = 0; r < company->n_regions; r++) {
    demo_csv_id(csv, "TR-", r + 1);
    demo_csv_text(csv, demo_regions[r].name);
    demo_csv_int(csv, (company->region_first[r + 1] - company->region_first[r]) * 3);
    demo_csv_end(csv);
  }
  return demo_company_close(company, csv, error);
}

static gboolean write_rates(DemoCompany *company, GError **error) {
  DemoCsv *csv =
      demo_csv_open(company->exports, "exchange_rates.csv", "Rate ID,Currency,Valid From,EUR for One", error);
  if (csv == NULL) return FALSE;
  for (guint m = 0; m < company->n_months; m++) {
    BaseDay day = base_day_from_civil(company->first_year + (int)m / 12, (int)m % 12 + 1, 1);
    for (guint c = DEMO_GBP; c < DEMO_CURRENCIES; c++) {
      demo_csv_id(csv, demo_currencies[c], 1000 + m);
      demo_csv_text(csv, demo_currencies[c]);
      demo_csv_day(csv, day);
      demo_csv_scaled(csv, (gint64)(company->fx[c][m] * 10000 + 0.5), 4);
      demo_csv_end(csv);
    }
  }
  return demo_company_close(company, csv, error);
}

gboolean demo_accounts_write(DemoCompany *company, GError **error) {
  return write_accounts(company, error) && write_products(company, error) && write_territories(company, error) &&
         write_rates(company, error);
}
