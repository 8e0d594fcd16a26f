/* Deals: opened day by day along the seasons, each drawn from its own stream and written at once.
 *
 * Deal i of n is opened where i/n of the expected deals have been opened, so deals come in the order of their creation
 * without being kept. Whether a deal will be won is drawn when it opens, from its true probability; its history is then
 * drawn to fit. Both halves are needed: wins of a cohort follow the truth exactly as a binomial, whatever was still
 * open at the end. */
#include "demo/deal.h"

#define FAULT_EVERY     400 /* one deal in so many has its product spelled another way */
#define FORGOTTEN_EVERY 600 /* … has no account */
#define PROGRESS_EVERY  4096

/* Deals in the order of opening: the state that moves with the day. */
typedef struct {
  BaseDay day;
  double before;   /* share of deals opened before `day` */
  guint *reps;     /* who works on that day, and */
  double *weights; /* how many deals each opens, cumulated */
  guint n_reps;
  gint64 available[DEMO_REGIONS]; /* accounts that exist */
} Today;

static double rep_weight(const DemoCompany *company, const DemoPerson *person, BaseDay day, int month) {
  guint region = company->teams[demo_person_spell(person, day)->team].region;
  return person->volume * demo_person_ramp(person, day) * demo_regions[region].season[month];
}

static double day_factor(const DemoCompany *company, BaseDay day) {
  int month = base_day_to_civil(day).month - 1;
  double years = (double)(day - company->start) / 365;
  return demo_season[month] * (1 + DEMO_GROWTH_PER_YEAR * years);
}

static void weigh_reps(const DemoCompany *company, Today *today) {
  int month = base_day_to_civil(today->day).month - 1;
  double total = 0;
  today->n_reps = 0;
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    if (person->role != DEMO_REP || !demo_person_active(person, today->day)) continue;
    total += rep_weight(company, person, today->day, month);
    today->reps[today->n_reps] = i;
    today->weights[today->n_reps++] = total;
  }
}

/* What each day has of the deals: the company's season and growth, times the reps at work. */
static void weigh_days(DemoCompany *company, Today *today) {
  BaseDay n = company->end - company->start;
  company->day_weight = g_new0(double, n);
  double total = 0;
  for (BaseDay i = 0; i < n; i++) {
    today->day = company->start + i;
    if (base_day_weekday(today->day) > 5) continue;
    weigh_reps(company, today);
    company->day_weight[i] = day_factor(company, today->day) * today->weights[today->n_reps - 1];
    total += company->day_weight[i];
  }
  for (BaseDay i = 0; i < n; i++) company->day_weight[i] /= total;
}

/* Goes to the day on which `share` of all deals have been opened. */
static void advance(const DemoCompany *company, Today *today, double share) {
  BaseDay before = today->day;
  while (today->day < company->end - 1 && share >= today->before + company->day_weight[today->day - company->start])
    today->before += company->day_weight[today->day++ - company->start];
  while (base_day_weekday(today->day) > 5) today->day--;
  if (today->day == before && today->n_reps > 0) return;
  weigh_reps(company, today);
  for (guint r = 0; r < company->n_regions; r++) {
    gint64 n = company->region_first[r + 1] - company->region_first[r];
    while (today->available[r] < n &&
           company->accounts[company->region_first[r] + today->available[r]].created < today->day)
      today->available[r]++;
  }
}

static guint pick_rep(const Today *today, DemoRandom *random) {
  double at = demo_random_unit(random) * today->weights[today->n_reps - 1];
  guint low = 0, high = today->n_reps - 1;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (today->weights[middle] > at)
      high = middle;
    else
      low = middle + 1;
  }
  return today->reps[low];
}

/* --- what the deal is --- */

gint64 demo_list_price(guint product, DemoCurrency currency) {
  static const int percent[DEMO_CURRENCIES] = {100, 90, 105};
  return demo_products[product].list_minor * percent[currency] / 100;
}

static void draw_account(const DemoCompany *company, DemoDeal *deal, const Today *today) {
  gint64 n = today->available[deal->region];
  gint64 recent = MAX(n / 6, 1);
  gint64 offset = demo_random_chance(&deal->random, 0.4)
                      ? n - 1 - (gint64)(demo_random_unit(&deal->random) * (double)recent)
                      : (gint64)(demo_random_unit(&deal->random) * (double)n);
  deal->account = company->region_first[deal->region] + offset;
  deal->account_data = &company->accounts[deal->account];
  deal->segment = deal->account_data->segment;
  deal->currency = demo_account_currency(deal->account_data);
}

static void draw_product(DemoDeal *deal) {
  double weights[DEMO_DEAL_PRODUCTS];
  for (guint p = 0; p < DEMO_DEAL_PRODUCTS; p++) {
    double fit = demo_fit(p, deal->account_data->industry);
    weights[p] = demo_products[p].share * (1 + fit);
  }
  deal->product = demo_random_pick(&deal->random, weights, DEMO_DEAL_PRODUCTS);
}

static void draw_source(DemoDeal *deal) {
  BaseDay day = demo_time_day(deal->created);
  gboolean customer = deal->account_data->first_won != BASE_DAY_NONE && deal->account_data->first_won < day;
  deal->type = "New Business";
  if (customer) {
    BaseDay subscribed = deal->account_data->first_subscribed;
    gboolean renewal = demo_products[deal->product].subscription && subscribed != BASE_DAY_NONE && subscribed < day &&
                       demo_random_chance(&deal->random, 0.35);
    deal->type = renewal ? "Renewal" : "Expansion";
  }
  if (customer && demo_random_chance(&deal->random, 0.75)) {
    deal->source = DEMO_CUSTOMER_BASE;
    return;
  }
  double shares[DEMO_LEAD_SOURCES];
  for (guint s = 0; s < DEMO_LEAD_SOURCES; s++) shares[s] = demo_sources[s].share;
  deal->source = (DemoSourceId)demo_random_pick(&deal->random, shares, DEMO_LEAD_SOURCES);
}

/* The truth of truth.h, added up. */
static double win_probability(const DemoCompany *company, const DemoDeal *deal) {
  if (deal->owner == company->plateaued) return DEMO_PLATEAU_WIN_RATE;
  const DemoPerson *person = &company->people[deal->owner];
  BaseDay day = demo_time_day(deal->created);
  BaseDay course = person->completed[DEMO_WORKING_COURSE];
  double odds = DEMO_BASE_LOG_ODDS + person->skill + demo_sources[deal->source].effect +
                demo_fit(deal->product, deal->account_data->industry);
  if (deal->early_meeting) odds += DEMO_EARLY_MEETING_EFFECT;
  if (deal->demo) odds += DEMO_DEMO_EFFECT;
  if (course != BASE_DAY_NONE && course < day) odds += demo_courses[DEMO_WORKING_COURSE].effect;
  odds += DEMO_RAMP_EFFECT * (1 - demo_person_ramp(person, day));
  return demo_logistic(odds);
}

static void draw_value(const DemoCompany *company, DemoDeal *deal) {
  const DemoProductTruth *product = &demo_products[deal->product];
  const DemoSegmentTruth *segment = &demo_segments[deal->segment];
  double years = (double)(demo_time_day(deal->created) - company->start) / 365;
  deal->unit_list_minor = demo_list_price(deal->product, deal->currency);
  double list = demo_random_lognormal(&deal->random, segment->median_deal * 100, segment->deal_sigma);
  deal->units = MAX(1, (gint64)(list / (double)product->list_minor + 0.5));
  deal->first_units = deal->units;
  if (demo_random_chance(&deal->random, 0.3))
    deal->first_units = (gint64)((double)deal->units * (0.7 + 0.7 * demo_random_unit(&deal->random)) + 0.5);
  deal->first_units = MAX(1, deal->first_units);
  double discount = product->discount + product->discount_per_year * years +
                    company->people[deal->owner].discount_habit + 0.035 * demo_random_normal(&deal->random) +
                    0.01 * deal->segment;
  deal->discount = discount < 0 || demo_random_chance(&deal->random, 0.12) ? 0 : MIN(discount, 0.45);
}

static void draw_end(DemoDeal *deal) {
  double shares[DEMO_OPEN_STAGES];
  for (guint s = 0; s < DEMO_OPEN_STAGES; s++) shares[s] = demo_stages[s].loss_share;
  deal->will_win = demo_random_chance(&deal->random, deal->p);
  deal->last_stage = (DemoStage)demo_random_pick(&deal->random, shares, DEMO_OPEN_STAGES);
  deal->stale = !deal->will_win && demo_random_chance(&deal->random, DEMO_STALE_SHARE);
}

static void draw_deal(const DemoCompany *company, DemoDeal *deal, gint64 index, const Today *today) {
  demo_random_init(&deal->random, company->options->seed, DEMO_STREAM_DEAL, (guint64)index);
  deal->index = index;
  deal->lead = 0;
  deal->owner = pick_rep(today, &deal->random);
  const DemoPerson *person = &company->people[deal->owner];
  deal->region = company->teams[demo_person_spell(person, today->day)->team].region;
  deal->created = demo_office_time(&deal->random, today->day);
  draw_account(company, deal, today);
  draw_product(deal);
  draw_source(deal);
  deal->early_meeting = demo_random_chance(&deal->random, person->meeting_habit);
  deal->demo = demo_random_chance(&deal->random, person->demo_habit);
  deal->p = win_probability(company, deal);
  draw_value(company, deal);
  draw_end(deal);
  demo_history_draw(company, deal);
}

/* --- what is remembered of it --- */

static void count_deal(DemoCompany *company, const DemoDeal *deal) {
  double variance = deal->p * (1 - deal->p);
  DemoPerson *person = &company->people[deal->owner];
  person->sum_p += deal->p;
  person->n_deals++;
  person->n_won += deal->will_win;
#define COUNT(group)                      \
  do {                                    \
    company->group.sum_p += deal->p;      \
    company->group.variance += variance;  \
    company->group.deals++;               \
    company->group.won += deal->will_win; \
  } while (0)
  COUNT(by_source[deal->source]);
  COUNT(by_product[deal->product]);
  COUNT(by_region[deal->region]);
#undef COUNT
  company->n_won += deal->outcome == DEMO_WON;
  company->n_lost += deal->outcome == DEMO_LOST;
  company->n_abandoned += deal->outcome == DEMO_ABANDONED;
  company->n_open += deal->closed == DEMO_TIME_NONE;
  company->n_stale += deal->stale;
}

static void remember_win(DemoCompany *company, const DemoDeal *deal) {
  if (deal->outcome != DEMO_WON) return;
  BaseDay day = demo_time_day(deal->closed);
  DemoAccount *account = &company->accounts[deal->account];
  if (account->first_won == BASE_DAY_NONE || day < account->first_won) account->first_won = day;
  double eur = (double)deal->amount_minor / 100 * demo_fx(company, deal->currency, day);
  company->won_eur[deal->owner_now * DEMO_QUARTERS + demo_quarter_index(company, day)] += eur;
  if (!demo_products[deal->product].subscription) return;
  if (account->first_subscribed == BASE_DAY_NONE || day < account->first_subscribed) account->first_subscribed = day;
  if (deal->type[0] == 'R') return; /* goes on at the old price: no change of recurring revenue */
  DemoWin win = {deal->account,
                 (gint32)MIN(deal->amount_minor / 12, G_MAXINT32),
                 day,
                 (guint16)deal->owner_now,
                 (guint8)deal->product,
                 (guint8)deal->currency};
  g_array_append_val(company->wins, win);
}

/* --- files --- */

static const char deal_header[] =
    "Opportunity ID,Opportunity Name,Account ID,Owner ID,Lead ID,Created,Close Date,Closed "
    "On,Stage,Pipeline,Amount,List Amount,"
    "Currency,Probability (%),Forecast Category,Type,Lead Source,Product,Loss Reason,Competitor,Next Step,Next Step "
    "Date,"
    "Quote Sent,Last Modified";

static void write_name(DemoDealFiles *files, const DemoDeal *deal, DemoRandom *random) {
  GString *text = files->text;
  g_string_truncate(text, 0);
  demo_account_name(files->company, deal->account_data, FALSE, text);
  const DemoWords *words = files->company->words;
  const DemoList *topics = &words->topics[deal->product];
  if (deal->type[0] == 'R') topics = &words->renewal_topics;
  if (deal->type[0] == 'E' && demo_random_chance(random, 0.5)) topics = &words->expansion_topics;
  g_string_append(text, " – ");
  g_string_append(text, demo_list_pick(*topics, random));
  demo_csv_text(files->deals, text->str);
}

static void write_product(DemoCsv *csv, const DemoDeal *deal) {
  gboolean misspelled = deal->product == 1 && deal->index % FAULT_EVERY == 7;
  demo_csv_text(csv, misspelled ? "FleetSuite" : demo_products[deal->product].name);
}

static void write_loss(DemoDealFiles *files, const DemoDeal *deal, DemoRandom *random) {
  if (deal->outcome != DEMO_LOST && deal->outcome != DEMO_ABANDONED) {
    demo_csv_empty(files->deals);
    demo_csv_empty(files->deals);
    return;
  }
  const DemoWords *words = files->company->words;
  const char *reason = deal->outcome == DEMO_ABANDONED ? "No decision" : demo_list_pick(words->lost_reasons, random);
  demo_csv_text(files->deals, reason);
  gboolean named = reason[0] == 'C' && reason[2] == 'm';
  if (named || demo_random_chance(random, 0.25))
    demo_csv_text(files->deals, demo_list_pick(words->competitors, random));
  else
    demo_csv_empty(files->deals);
}

static void write_next_step(DemoDealFiles *files, const DemoDeal *deal, DemoRandom *random) {
  gboolean open = deal->closed == DEMO_TIME_NONE;
  if (!open || deal->stale || !demo_random_chance(random, 0.62)) {
    demo_csv_empty(files->deals);
    demo_csv_empty(files->deals);
    return;
  }
  demo_csv_text(files->deals, demo_list_pick(files->company->words->next_steps, random));
  int offset =
      demo_random_chance(random, 0.75) ? demo_random_between(random, 0, 21) : -demo_random_between(random, 1, 25);
  demo_csv_day(files->deals, demo_workday(MAX(files->company->end + offset, demo_time_day(deal->created))));
}

static void write_times(DemoDealFiles *files, const DemoDeal *deal) {
  const DemoStep *last = &deal->steps[deal->n_steps - 1];
  demo_csv_time(files->deals, deal->created);
  gboolean spoiled = deal->index == files->company->options->deals / 3;
  if (spoiled)
    demo_csv_text(files->deals, "31.11.2025?");
  else
    demo_csv_day(files->deals, last->expected_close);
  demo_csv_time(files->deals, deal->closed);
}

static void write_deal(DemoDealFiles *files, const DemoDeal *deal) {
  DemoCsv *csv = files->deals;
  DemoRandom random = deal->random;
  const DemoStep *last = &deal->steps[deal->n_steps - 1];
  gboolean forgotten = deal->outcome != DEMO_WON && deal->index % FORGOTTEN_EVERY == 11;
  demo_csv_id(csv, "D-", DEMO_DEAL_ID + deal->index);
  write_name(files, deal, &random);
  if (forgotten)
    demo_csv_empty(csv);
  else
    demo_csv_id(csv, "A-", DEMO_ACCOUNT_ID + deal->account);
  demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)deal->owner_now);
  if (deal->lead > 0)
    demo_csv_id(csv, "L-", deal->lead);
  else
    demo_csv_empty(csv);
  write_times(files, deal);
  demo_csv_text(csv, demo_stages[deal->outcome].name);
  demo_csv_text(csv, "Sales");
  demo_csv_money(csv, deal->amount_minor);
  demo_csv_money(csv, deal->list_minor);
  demo_csv_text(csv, demo_currencies[deal->currency]);
  demo_csv_int(csv, demo_stages[deal->outcome].probability_pct);
  demo_csv_text(csv, last->forecast);
  demo_csv_text(csv, deal->type);
  demo_csv_text(csv, demo_sources[deal->source].name);
  write_product(csv, deal);
  write_loss(files, deal, &random);
  write_next_step(files, deal, &random);
  demo_csv_time(csv, deal->quoted);
  demo_csv_time(csv, last->at);
  demo_csv_end(csv);
}

static const char history_header[] =
    "History ID,Opportunity ID,Changed At,Stage,Amount,Currency,Probability (%),Close Date,Forecast Category,Changed "
    "By";

static void write_history(DemoDealFiles *files, const DemoDeal *deal) {
  DemoCsv *csv = files->history;
  for (guint i = 0; i < deal->n_steps; i++) {
    const DemoStep *step = &deal->steps[i];
    demo_csv_id(csv, "H-", files->next_history++);
    demo_csv_id(csv, "D-", DEMO_DEAL_ID + deal->index);
    demo_csv_time(csv, step->at);
    demo_csv_text(csv, demo_stages[step->stage].name);
    demo_csv_money(csv, step->amount_minor);
    demo_csv_text(csv, demo_currencies[deal->currency]);
    demo_csv_int(csv, demo_stages[step->stage].probability_pct);
    demo_csv_day(csv, step->expected_close);
    demo_csv_text(csv, step->forecast);
    demo_csv_id(csv, "U-", DEMO_PERSON_ID + (gint64)step->by);
    demo_csv_end(csv);
  }
}

static void write_share(DemoDealFiles *files, const DemoDeal *deal, guint person, int percent, const char *kind) {
  demo_csv_id(files->splits, "SP-", files->next_split++);
  demo_csv_id(files->splits, "D-", DEMO_DEAL_ID + deal->index);
  demo_csv_id(files->splits, "U-", DEMO_PERSON_ID + (gint64)person);
  demo_csv_int(files->splits, percent);
  demo_csv_text(files->splits, kind);
  demo_csv_end(files->splits);
}

/* Now and then two reps of a team share a deal, and a team leader gets an overlay on a large one. */
static void write_splits(DemoDealFiles *files, const DemoDeal *deal) {
  const DemoCompany *company = files->company;
  DemoRandom random = deal->random;
  if (!demo_random_chance(&random, 0.05)) return;
  BaseDay day = demo_time_day(deal->closed == DEMO_TIME_NONE ? deal->created : deal->closed);
  guint team = demo_person_spell(&company->people[deal->owner_now], day)->team;
  if (demo_random_chance(&random, 0.3)) {
    write_share(files, deal, company->teams[team].lead, 20, "overlay");
    return;
  }
  guint other = demo_person_any(company, DEMO_REP, team, day, &random);
  if (other == DEMO_NOBODY || other == deal->owner_now) return;
  int share = 10 * demo_random_between(&random, 5, 8);
  write_share(files, deal, deal->owner_now, share, "split");
  write_share(files, deal, other, 100 - share, "split");
}

/* --- all of them --- */

static gboolean any_failed(const DemoDealFiles *files) {
  return demo_csv_failed(files->deals) || demo_csv_failed(files->history) || demo_csv_failed(files->splits) ||
         demo_csv_failed(files->leads) || demo_csv_failed(files->activities) || demo_csv_failed(files->orders);
}

static gboolean open_files(DemoDealFiles *files, GError **error) {
  const char *folder = files->company->exports;
  return (files->deals = demo_csv_open(folder, "opportunities.csv", deal_header, error)) != NULL &&
         (files->history = demo_csv_open(folder, "opportunity_history.csv", history_header, error)) != NULL &&
         (files->splits = demo_csv_open(folder, "opportunity_splits.csv",
                                        "Split ID,Opportunity ID,User ID,Percent,Kind", error)) != NULL &&
         (files->leads = demo_csv_open(folder, "leads.csv", demo_lead_header, error)) != NULL &&
         (files->activities = demo_csv_open(folder, "activities.csv", demo_activity_header, error)) != NULL &&
         (files->orders = demo_csv_open(folder, "order_lines.csv", demo_order_header, error)) != NULL;
}

static gboolean close_files(DemoDealFiles *files, GError **error) {
  DemoCsv **all[] = {&files->deals, &files->history, &files->splits, &files->leads, &files->activities, &files->orders};
  gboolean ok = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
    if (*all[i] == NULL) continue;
    if (ok)
      ok = demo_company_close(files->company, *all[i], error);
    else
      demo_csv_discard(*all[i]);
  }
  return ok;
}

static void make_deals(DemoDealFiles *files, Today *today) {
  DemoCompany *company = files->company;
  const DemoOptions *options = company->options;
  g_autofree DemoDeal *deal = g_new0(DemoDeal, 1);
  for (gint64 i = 0; i < options->deals && !any_failed(files); i++) {
    advance(company, today, ((double)i + 0.5) / (double)options->deals);
    draw_deal(company, deal, i, today);
    demo_leads_write(files, deal);
    write_deal(files, deal);
    if (i == options->deals / 2) write_deal(files, deal); /* the same record twice, as exports have it */
    write_history(files, deal);
    write_splits(files, deal);
    demo_activities_of_deal(files, deal);
    demo_orders_of_deal(files, deal);
    count_deal(company, deal);
    remember_win(company, deal);
    if (options->progress && i % PROGRESS_EVERY == 0)
      options->progress((double)i / (double)options->deals, options->user_data);
  }
}

gboolean demo_deals_write(DemoCompany *company, GError **error) {
  DemoDealFiles files = {.company = company,
                         .next_lead = 50001,
                         .next_activity = 1,
                         .next_history = 1,
                         .next_order = 1,
                         .next_split = 1,
                         .next_credit = 1,
                         .text = g_string_new(NULL)};
  Today today = {.reps = g_new(guint, company->n_people), .weights = g_new(double, company->n_people)};
  weigh_days(company, &today);
  today.day = company->start;
  today.n_reps = 0;
  gboolean opened = open_files(&files, error);
  if (opened) {
    make_deals(&files, &today);
    demo_activities_of_people(&files);
  }
  gboolean closed = close_files(&files, opened ? error : NULL);
  g_string_free(files.text, TRUE);
  g_free(today.reps);
  g_free(today.weights);
  return opened && closed;
}
