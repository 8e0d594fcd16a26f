/* truth.json: what the company was drawn from, for whoever wants to know whether a KPI finds it. Numbers have six
 * decimals; the text is the same on every machine. */
#include "demo/company.h"

#include <stdarg.h>

typedef struct {
  GString *text;
  guint depth;
  gboolean first;
} Json;

static void next_item(Json *json, const char *key) {
  if (!json->first) g_string_append_c(json->text, ',');
  if (json->depth > 0) g_string_append_c(json->text, '\n');
  for (guint i = 0; i < json->depth; i++) g_string_append(json->text, "  ");
  if (key != NULL) g_string_append_printf(json->text, "\"%s\": ", key);
  json->first = FALSE;
}

static void begin(Json *json, const char *key, char bracket) {
  next_item(json, key);
  g_string_append_c(json->text, bracket);
  json->depth++;
  json->first = TRUE;
}

static void end(Json *json, char bracket) {
  json->depth--;
  g_string_append_c(json->text, '\n');
  for (guint i = 0; i < json->depth; i++) g_string_append(json->text, "  ");
  g_string_append_c(json->text, bracket);
  json->first = FALSE;
}

static void put_number(Json *json, const char *key, double value) {
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  next_item(json, key);
  g_string_append(json->text, g_ascii_formatd(buffer, sizeof buffer, "%.6f", value));
}

static void put_integer(Json *json, const char *key, gint64 value) {
  next_item(json, key);
  g_string_append_printf(json->text, "%" G_GINT64_FORMAT, value);
}

/* Names come from the word lists, which have no quotes and no backslashes. */
static void put_text(Json *json, const char *key, const char *value) {
  next_item(json, key);
  g_string_append_printf(json->text, "\"%s\"", value);
}

static void put_day(Json *json, const char *key, BaseDay day) {
  if (day == BASE_DAY_NONE) {
    next_item(json, key);
    g_string_append(json->text, "null");
    return;
  }
  g_autofree char *text = base_day_format(day);
  put_text(json, key, text);
}

static void put_id(Json *json, const char *key, const char *prefix, gint64 number) {
  next_item(json, key);
  g_string_append_printf(json->text, "\"%s%" G_GINT64_FORMAT "\"", prefix, number);
}

static void put_numbers(Json *json, const char *key, const double *values, guint n) {
  begin(json, key, '[');
  for (guint i = 0; i < n; i++) put_number(json, NULL, values[i]);
  end(json, ']');
}

/* --- parts --- */

static void put_wins(Json *json, gint64 deals, gint64 won, double sum_p) {
  put_integer(json, "deals", deals);
  put_integer(json, "drawn_wins", won);
  put_number(json, "expected_wins", sum_p);
  put_number(json, "mean_win_probability", deals > 0 ? sum_p / (double)deals : 0);
}

static void put_people(Json *json, const DemoCompany *company) {
  begin(json, "reps", '[');
  for (guint i = 0; i < company->n_people; i++) {
    const DemoPerson *person = &company->people[i];
    if (person->role != DEMO_REP) continue;
    begin(json, NULL, '{');
    put_id(json, "id", "U-", DEMO_PERSON_ID + (gint64)i);
    put_text(json, "name", person->name);
    put_number(json, "skill_log_odds", person->skill);
    put_number(json, "volume", person->volume);
    put_number(json, "early_meeting_share", person->meeting_habit);
    put_number(json, "demo_share", person->demo_habit);
    put_number(json, "emails_per_deal", person->email_habit);
    put_number(json, "connect_rate", person->connect_rate);
    put_day(json, "working_course_completed", person->completed[DEMO_WORKING_COURSE]);
    put_wins(json, person->n_deals, person->n_won, person->sum_p);
    end(json, '}');
  }
  end(json, ']');
}

static void put_sources(Json *json, const DemoCompany *company) {
  begin(json, "sources", '[');
  for (guint s = 0; s < DEMO_SOURCES; s++) {
    begin(json, NULL, '{');
    put_text(json, "name", demo_sources[s].name);
    put_number(json, "effect_log_odds", demo_sources[s].effect);
    put_wins(json, company->by_source[s].deals, company->by_source[s].won, company->by_source[s].sum_p);
    if (s < DEMO_LEAD_SOURCES) {
      put_number(json, "lead_conversion", demo_sources[s].lead_conversion);
      put_integer(json, "leads", company->leads[s]);
      put_integer(json, "leads_converted", company->leads_converted[s]);
      put_number(json, "cost_per_lead_eur", demo_sources[s].cost_per_lead);
    }
    end(json, '}');
  }
  end(json, ']');
  begin(json, "speed_to_lead", '[');
  for (guint b = 0; b < DEMO_RESPONSES; b++) {
    begin(json, NULL, '{');
    put_text(json, "response", demo_responses[b].name);
    put_number(json, "share_of_leads", demo_responses[b].share);
    put_number(json, "relative_conversion", demo_responses[b].multiplier);
    end(json, '}');
  }
  end(json, ']');
}

static void put_products(Json *json, const DemoCompany *company) {
  begin(json, "products", '[');
  for (guint p = 0; p < DEMO_DEAL_PRODUCTS; p++) {
    begin(json, NULL, '{');
    put_text(json, "name", demo_products[p].name);
    put_number(json, "discount_at_start", demo_products[p].discount);
    put_number(json, "discount_growth_per_year", demo_products[p].discount_per_year);
    put_wins(json, company->by_product[p].deals, company->by_product[p].won, company->by_product[p].sum_p);
    begin(json, "fit_log_odds_by_industry", '{');
    for (guint i = 0; i < DEMO_INDUSTRIES; i++) put_number(json, demo_industries[i], demo_fit(p, i));
    end(json, '}');
    end(json, '}');
  }
  end(json, ']');
}

static void put_stages(Json *json) {
  begin(json, "stages", '[');
  for (guint s = 0; s < DEMO_OPEN_STAGES; s++) {
    begin(json, NULL, '{');
    put_text(json, "name", demo_stages[s].name);
    put_number(json, "mean_days", demo_stages[s].mean_days);
    put_number(json, "share_of_losses", demo_stages[s].loss_share);
    end(json, '}');
  }
  end(json, ']');
  put_number(json, "stage_skip_chance", DEMO_SKIP_CHANCE);
  put_number(json, "stage_return_chance", DEMO_RETURN_CHANCE);
  put_number(json, "abandoned_share_of_not_won", DEMO_ABANDONED_SHARE);
  put_number(json, "never_closed_share_of_not_won", DEMO_STALE_SHARE);
  put_integer(json, "longest_deal_days", DEMO_LONGEST_DAYS);
}

static void put_segments(Json *json) {
  begin(json, "segments", '[');
  for (guint s = 0; s < DEMO_SEGMENTS; s++) {
    const DemoSegmentTruth *segment = &demo_segments[s];
    begin(json, NULL, '{');
    put_text(json, "name", segment->name);
    put_number(json, "median_deal_eur_at_list", segment->median_deal);
    put_number(json, "deal_sigma", segment->deal_sigma);
    put_number(json, "stage_time_factor", segment->speed);
    put_number(json, "churn_per_month", segment->churn_per_month);
    put_number(json, "expansion_per_month", segment->expansion_per_month);
    put_number(json, "contraction_per_month", segment->contraction_per_month);
    put_number(json, "cases_per_month", segment->cases_per_month);
    end(json, '}');
  }
  end(json, ']');
}

static void put_seasons(Json *json, const DemoCompany *company) {
  put_number(json, "growth_per_year", DEMO_GROWTH_PER_YEAR);
  put_numbers(json, "season_by_month", demo_season, 12);
  begin(json, "regions", '[');
  for (guint r = 0; r < company->n_regions; r++) {
    begin(json, NULL, '{');
    put_text(json, "name", demo_regions[r].name);
    put_numbers(json, "season_by_month", demo_regions[r].season, 12);
    put_wins(json, company->by_region[r].deals, company->by_region[r].won, company->by_region[r].sum_p);
    end(json, '}');
  }
  end(json, ']');
  begin(json, "expected_deals_by_month", '{');
  BaseDay day = company->start;
  while (day < company->end) {
    BaseCivil civil = base_day_to_civil(day);
    double share = 0;
    for (; day < company->end && base_day_to_civil(day).month == civil.month; day++)
      share += company->day_weight[day - company->start];
    g_autofree char *key = g_strdup_printf("%04d-%02d", civil.year, civil.month);
    put_number(json, key, share * (double)company->options->deals);
  }
  end(json, '}');
}

static void put_effects(Json *json) {
  begin(json, "effects_on_winning_log_odds", '{');
  put_number(json, "base", DEMO_BASE_LOG_ODDS);
  put_number(json, "meeting_held_within_14_days", DEMO_EARLY_MEETING_EFFECT);
  put_number(json, "demo_held_within_30_days", DEMO_DEMO_EFFECT);
  put_number(json, "emails", 0);
  put_number(json, "calls", 0);
  put_number(json, "discount", 0);
  put_number(json, "first_day_in_the_job", DEMO_RAMP_EFFECT);
  begin(json, "courses", '{');
  for (guint c = 0; c < DEMO_COURSES; c++) put_number(json, demo_courses[c].name, demo_courses[c].effect);
  end(json, '}');
  end(json, '}');
  put_numbers(json, "ramp_share_by_month", demo_ramp, DEMO_RAMP_MONTHS);
}

static void put_story(Json *json, const char *key, const char *about, const char *kind, const char *what) {
  begin(json, key, '{');
  put_text(json, "about", about);
  put_text(json, kind, what);
  end(json, '}');
}

static void put_stories(Json *json, const DemoCompany *company) {
  begin(json, "stories", '{');
  put_story(json, "strong_rep_low_volume", "wins far more than others and opens a third as many deals", "rep",
            company->people[company->star].name);
  put_story(json, "plateaued_rep", "wins 70 % of deals, whatever happens", "rep",
            company->people[company->plateaued].name);
  put_story(json, "bottleneck_team", "deals stay 2.6 times as long in Proposal", "team",
            company->teams[company->bottleneck_team].name);
  put_story(json, "many_leads_little_revenue", "most leads of all sources, and the lowest conversion and win rate",
            "source", demo_sources[DEMO_CONTENT].name);
  put_story(json, "growing_discount", "its discount grows by 7.5 points a year", "product",
            demo_products[DEMO_COLD_CHAIN].name);
  put_story(json, "regional_season", "opens 30 % of the usual deals in July", "region",
            demo_regions[DEMO_SEASON_REGION].name);
  end(json, '}');
}

gboolean demo_truth_write(const DemoCompany *company, GError **error) {
  g_autoptr(GString) text = g_string_new(NULL);
  Json json = {text, 0, TRUE};
  begin(&json, NULL, '{');
  put_text(&json, "about",
           "What the simulated company was drawn from. Win probabilities are of all deals opened; deals opened at "
           "least 300 days before the "
           "end have been decided, but for those never closed.");
  put_integer(&json, "people", company->options->people);
  put_integer(&json, "deals", company->options->deals);
  put_integer(&json, "seed", (gint64)company->options->seed);
  put_day(&json, "from", company->start);
  put_day(&json, "until", company->end - 1);
  put_integer(&json, "won", company->n_won);
  put_integer(&json, "lost", company->n_lost);
  put_integer(&json, "abandoned", company->n_abandoned);
  put_integer(&json, "open", company->n_open);
  put_stories(&json, company);
  put_effects(&json);
  put_seasons(&json, company);
  put_stages(&json);
  put_segments(&json);
  put_sources(&json, company);
  put_products(&json, company);
  put_people(&json, company);
  end(&json, '}');
  g_string_append_c(text, '\n');
  g_autofree char *path = g_build_filename(company->folder, "truth.json", NULL);
  return g_file_set_contents(path, text->str, (gssize)text->len, error);
}
