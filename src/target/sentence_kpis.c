/* What people call KPIs, beside their names and titles. A row without a KPI names what Attain does not measure, or what
 * several KPIs are called, with those to choose from. */
#include "target/sentence_private.h"

#define KPI(pattern, name) \
  { pattern, SAYS_KPI, .kpi = name }
#define WEAK_KPI(pattern, name, rank) \
  { pattern, SAYS_KPI, .kpi = name, .weak = rank }
#define NO_KPI(pattern, choose) \
  { pattern, SAYS_KPI, .near = choose }

const SentenceRow sentence_kpis[] = {
    WEAK_KPI("sales", "revenue", 1),
    WEAK_KPI("sell|selling|sells", "revenue", 2),
    KPI("sales revenue|revenues|turnover|bookings|volume|value|income", "revenue"),
    KPI("revenues|turnover|bookings|booking|takings", "revenue"),
    KPI("won|closed|booked revenue|sales|business|value", "revenue"),
    KPI("[closed] won amount|value", "revenue"),
    KPI("top line", "revenue"),
    KPI("invoiced|billed revenue|sales", "invoiced_revenue"),
    KPI("billings|invoicing|invoices", "invoiced_revenue"),
    WEAK_KPI("sales growth", "revenue", 1),
    KPI("growth rate", "sales_growth"),
    KPI("quota|target attainment|achievement", "quota_attainment"),
    {"{a} of [the|our|my|their] quota", SAYS_KPI, ROLE_TO, "quota_attainment"},
    WEAK_KPI("quota", "quota_attainment", 1),
    KPI("reps|people at|on|making quota|target", "people_at_quota"),
    KPI("margin|margins", "gross_margin"),
    KPI("gross profit [margin]", "gross_margin"),
    KPI("[net] profit margin", "net_margin"),
    KPI("[average|mean] discount|discounts|discounting [rate|level]", "average_discount"),
    KPI("discounts given", "average_discount"),
    KPI("[average|mean] deal|contract|order|sale|opportunity size|value|sizes", "average_deal_size"),
    KPI("average ticket size", "average_deal_size"),
    KPI("ticket size", "average_deal_size"),
    KPI("acv|asp", "average_deal_size"),
    KPI("average|annual contract value", "average_deal_size"),
    KPI("average selling|sales price", "average_deal_size"),
    KPI("dealsize", "average_deal_size"),
    KPI("median deal size", "median_deal_size"),
    KPI("average basket|ticket|receipt [value]", "average_ticket"),
    KPI("aov", "average_ticket"),
    KPI("revenue|sales per head|seller|salesperson|person", "revenue_per_rep"),
    KPI("[customer] acquisition cost|costs", "cac"),
    KPI("cost of acquisition", "cac"),
    KPI("cost per customer|acquisition", "cac"),
    KPI("payback [period|time]", "cac_payback"),
    KPI("cac payback period|time", "cac_payback"),
    KPI("ltv|cltv", "clv"),
    KPI("[customer] lifetime value", "clv"),
    KPI("ltv : cac [ratio]", "ltv_to_cac"),
    KPI("ltv / cac [ratio]", "ltv_to_cac"),
    KPI("ltv cac [ratio]", "ltv_to_cac"),
    KPI("[monthly] recurring revenue", "mrr"),
    KPI("[annual|annualised|annualized|yearly] recurring revenue", "arr"),
    KPI("monthly recurring revenue", "mrr"),
    KPI("recurring revenue", "mrr"),
    KPI("net revenue|dollar retention [rate]", "nrr"),
    KPI("net retention [rate]", "nrr"),
    KPI("gross retention [rate]", "grr"),
    KPI("ndr", "nrr"),
    KPI("gross revenue|dollar retention [rate]", "grr"),
    KPI("gdr", "grr"),
    KPI("revenue per account|customer|user", "arpa"),
    KPI("average revenue per account|customer|user", "arpa"),
    KPI("arpu", "arpa"),
    KPI("commission|commissions|compensation cost|costs|share", "compensation_cost"),

    KPI("pipeline", "open_pipeline"),
    KPI("[sales|total|open] pipeline [value|size|volume]", "open_pipeline"),
    KPI("funnel [value]", "open_pipeline"),
    KPI("pipeline generation|generated|creation|gen|built|build|added", "pipeline_created"),
    KPI("new|created|generated|fresh pipeline", "pipeline_created"),
    {"generate|generates|create|build|source {a} [of|in] [new|qualified] pipeline", SAYS_KPI, ROLE_TO,
     "pipeline_created"},
    KPI("weighted forecast|pipe", "weighted_pipeline"),
    KPI("coverage [ratio]", "pipeline_coverage"),
    KPI("pipe coverage [ratio]", "pipeline_coverage"),
    KPI("pipeline coverage ratio", "pipeline_coverage"),
    KPI("win|winning|close|closing|closure|hit|success rate|rates|ratio|percentage", "win_rate"),
    KPI("winrate|winrates", "win_rate"),
    KPI("deal conversion [rate]", "win_rate"),
    KPI("deals|opportunities conversion [rate]", "win_rate"),
    KPI("opportunity to win|deal conversion|rate", "win_rate"),
    {"win|close|convert {a} of [the|our|my|all] deals|opportunities", SAYS_KPI, ROLE_TO, "win_rate"},
    KPI("lead conversion rate|ratio", "lead_conversion"),
    KPI("lead to customer|deal|win|sale [conversion] [rate]", "lead_conversion"),
    KPI("conversion of leads", "lead_conversion"),
    KPI("convert [more] leads", "lead_conversion"),
    KPI("leads converted", "lead_conversion"),
    KPI("mql to sql [conversion] [rate]", "mql_to_sql"),
    KPI("mql conversion [rate]", "mql_to_sql"),
    KPI("sql to opportunity|opp [conversion] [rate]", "sql_to_opportunity"),
    KPI("stage conversion rate", "stage_conversion"),
    KPI("days|time in stage", "time_in_stage"),
    KPI("[median] sales|deal|selling cycle|cycles [length|time|duration]", "sales_cycle"),
    KPI("[median] cycle length|time", "sales_cycle"),
    KPI("length of the|our sales cycle", "sales_cycle"),
    KPI("salescycle", "sales_cycle"),
    KPI("days|time to close|win [a] [deal]", "sales_cycle"),
    KPI("average|mean sales|deal cycle [length|time]", "mean_sales_cycle"),
    KPI("velocity", "sales_velocity"),
    KPI("pipeline|deal velocity", "sales_velocity"),
    KPI("slippage|slips", "slip_rate"),
    KPI("slipped|slipping deals|opportunities", "slip_rate"),
    KPI("deal slippage [rate]", "slip_rate"),
    KPI("deals|opportunities slip|slipping|slipped", "slip_rate"),
    KPI("pushes|pushed deals|opportunities", "pushes_per_deal"),
    KPI("stale|untouched|neglected|stalled deals|opportunities", "untouched_deals"),
    KPI("deals|opportunities with [a] next step|steps", "next_step_coverage"),
    KPI("next step|steps", "next_step_coverage"),
    KPI("accuracy of the|our forecast|forecasts", "forecast_accuracy"),
    KPI("forecast accuracy|precision", "forecast_accuracy"),
    KPI("forecasting accuracy", "forecast_accuracy"),

    WEAK_KPI("deals|deal", "won_deals", 1),
    WEAK_KPI("win|wins|close|closes|closed|winning", "won_deals", 2),
    KPI("won|closed|signed deals|opportunities|contracts|deal", "won_deals"),
    KPI("deals|opportunities|contracts|deal won|closed|signed", "won_deals"),
    KPI("closed won [deals|opportunities]", "won_deals"),
    KPI("number of wins|deals", "won_deals"),
    WEAK_KPI("orders|contracts", "won_deals", 1),
    KPI("lost opportunities|deals|deal", "lost_deals"),
    KPI("losses", "lost_deals"),
    {"lose|losing more than {a} deals|opportunities|opps", SAYS_KPI, ROLE_ABOVE, "lost_deals"},
    {"lose|losing [no|not] more|fewer|less than {a} deals|opportunities|opps", SAYS_KPI, ROLE_BELOW, "lost_deals"},
    {"lose|losing at most {a} deals|opportunities|opps", SAYS_KPI, ROLE_BELOW, "lost_deals"},
    KPI("opportunities|opps|opportunity", "created_deals"),
    KPI("new|created|qualified opportunities|opps|opportunity", "created_deals"),
    KPI("opportunities|opps|deals created|opened", "created_deals"),
    KPI("new deals", "created_deals"),
    KPI("open|active opportunities|opps", "open_deals"),
    KPI("[new|inbound|incoming|generated] leads|enquiries|inquiries", "leads"),
    KPI("[new] lead", "leads"),
    KPI("lead generation|gen|volume", "leads"),

    KPI("[sales|phone|outbound|cold|outgoing] call|calls|dials|phonecalls [made|done|logged]", "calls"),
    KPI("email|mails|mail [sent]", "emails"),
    KPI("emails sent", "emails"),
    KPI("[customer|client|sales|discovery|face] meeting|meetings|appointments|visits [held|done|booked|completed]",
        "meetings"),
    KPI("[product|sales|customer|live] demo|demos|demonstrations|demonstration [held|done|given|completed|booked]",
        "demos"),
    KPI("[sales] activity|activities|touches|touchpoints [logged|done]", "activities"),
    KPI("contact|connection|call|connected rate", "connect_rate"),
    KPI("[meeting] show|attendance [up] rate", "meetings_held_rate"),
    KPI("meeting held|show rate", "meetings_held_rate"),
    KPI("touches per won deal|win", "touches_per_win"),
    KPI("selling time", "selling_time_share"),
    KPI("time [spent] selling", "selling_time_share"),
    KPI("speed|time to [first] touch|contact|response|lead|leads", "speed_to_lead"),
    KPI("[average|median|initial] first response|reply|touch|contact [time|times]", "speed_to_lead"),
    KPI("respond|reply|responding|replying to [new|all|inbound] [inbound] leads|enquiries|inquiries", "speed_to_lead"),
    KPI("contact|call [new|all] leads", "speed_to_lead"),
    KPI("[lead] response|reply time|times", "lead_response_time"),
    KPI("quote to close|win|order [rate|conversion]", "quote_to_close"),
    KPI("quote conversion [rate]", "quote_to_close"),

    KPI("new|additional customer|customers|client|clients|logo|logos|account|accounts|buyers", "new_customers"),
    KPI("[customer|client|logo] acquisition|acquisitions", "new_customers"),
    KPI("customers|clients|logos won|acquired|added|signed", "new_customers"),
    {"win|gain|acquire|sign|land|onboard|add {a} [more] customers|clients|accounts|logos", SAYS_KPI, ROLE_TO,
     "new_customers"},
    KPI("win|gain|acquire|sign|land|onboard [more] customers|clients|logos", "new_customers"),
    KPI("logos", "new_customers"),
    WEAK_KPI("clients|client base", "customers", 1),
    KPI("customer|client base", "customers"),
    KPI("active clients", "active_customers"),
    KPI("[customer|client|account|logo] retention [rate]", "retention_rate"),
    KPI("renewal|renewals [rate]", "retention_rate"),
    KPI("retain [more] customers|clients", "retention_rate"),
    {"retain|keep {a} of [our|the|my|all] customers|clients|accounts", SAYS_KPI, ROLE_TO, "retention_rate"},
    KPI("[customer|client|logo|account] churn [rate]", "churn_rate"),
    KPI("attrition of customers", "churn_rate"),
    KPI("lose [fewer|less] customers|clients", "churn_rate"),
    NO_KPI("lose|losing [no|not|at] [more|fewer|less|most] [than] {a} customers|clients|accounts|logos",
           "churn rate or retention rate"),
    KPI("repeat purchases|purchase|business [rate]", "repeat_purchase_rate"),
    KPI("penetration", "market_penetration"),
    KPI("expansion|upsell|upselling rate", "expansion_rate"),
    KPI("expansion|upsell|cross revenue|sales|selling|sell [revenue]", "expansion_won"),
    KPI("upsell|upsells|upselling|expansion", "expansion_won"),
    KPI("account|client|customer engagement", "account_engagement"),

    KPI("[website|web|site] sessions|traffic|visits", "website_sessions"),
    KPI("[website|web|site] visitors", "website_visitors"),
    KPI("website visits|traffic", "website_sessions"),
    KPI("visitor conversion [rate]", "visitor_to_lead"),
    KPI("visitor to lead [conversion] [rate]", "visitor_to_lead"),
    KPI("cpl", "cost_per_lead"),
    KPI("lead cost|costs", "cost_per_lead"),

    KPI("customer|client satisfaction [score|rate]", "csat"),
    KPI("csat score", "csat"),
    KPI("mean|average csat [score]", "csat_mean"),
    KPI("net promoter score", "nps"),
    KPI("nps score", "nps"),
    KPI("customer effort [score]", "ces"),
    KPI("support|service cases|tickets", "cases"),
    KPI("tickets", "cases"),
    KPI("fcr", "first_contact_resolution"),
    KPI("time to resolution|resolve", "resolution_time"),
    KPI("resolve|resolving [support|customer] tickets|cases|issues", "resolution_time"),

    KPI("ramp [up] [time|period]", "ramp_time"),
    KPI("time to ramp|productivity", "ramp_time"),
    KPI("coaching [sessions]", "coaching_adherence"),
    KPI("training|trainings completed|completion", "training_completion"),
    KPI("rep|staff|employee turnover|attrition", "rep_attrition"),
    KPI("enps", "employee_engagement"),
    KPI("headcount", "headcount"),

    NO_KPI("conversion|conversions [rate|rates|ratio]", "lead conversion, stage conversion or win rate"),
    NO_KPI("convert", "lead conversion, stage conversion or win rate"),
    NO_KPI("market share", "market penetration (the share of the target accounts that are customers)"),
    NO_KPI("proposal|proposals|quotes|quotations|offers [sent|made]", "quote to close or created deals"),
    NO_KPI("profit|profits|earnings|ebit|ebitda", "gross margin or net margin"),
    NO_KPI("sqls|sql|mqls|mql|sals|sal", "leads, MQL to SQL or SQL to opportunity"),
    NO_KPI("productivity|efficiency", "revenue per rep, sales velocity or selling time share"),
    NO_KPI("satisfaction|happiness|happy", "CSAT, NPS or employee engagement"),
    NO_KPI("cost|costs|spend|spending|expenses", "CAC, cost per lead or compensation cost"),
    NO_KPI("[sold] units|pieces|licences|licenses|seats [sold]", "revenue, won deals or new customers"),
    NO_KPI("engagement", "account engagement or employee engagement"),
    NO_KPI("attrition", "churn rate (of customers) or rep attrition"),
    NO_KPI("resolution", "resolution time or first contact resolution"),
    NO_KPI("response", "speed to lead or lead response time"),
    NO_KPI("linkedin|social [messages|touches|posts]", "activities or emails"),
    NO_KPI("forecast|forecasting", "forecast accuracy, forecast bias or commit conversion"),
};
const gsize sentence_n_kpis = G_N_ELEMENTS(sentence_kpis);

/* --- names of the catalogue --- */

typedef struct {
  char **words;
  const KpiDefinition *kpi;
} Name;

static void clear_name(gpointer name) {
  g_strfreev(((Name *)name)->words);
}

gboolean sentence_may_have(const Sentence *sentence, const char *name) {
  if (!g_ascii_isalpha(name[0])) return TRUE;
  for (guint i = 0; i < sentence->tokens->len; i++)
    if (sentence_token(sentence, i)->text[0] == g_ascii_tolower(name[0])) return TRUE;
  return FALSE;
}

static void learn_name(Sentence *sentence, const char *text, const KpiDefinition *kpi) {
  if (!sentence_may_have(sentence, text)) return;
  Name name = {.words = sentence_name_words(text), .kpi = kpi};
  g_array_append_val(sentence->names, name);
}

void sentence_learn_names(Sentence *sentence) {
  const KpiCatalogue *catalogue = sentence->hearing->catalogue;
  sentence->names = g_array_new(FALSE, TRUE, sizeof(Name));
  g_array_set_clear_func(sentence->names, clear_name);
  guint n = kpi_catalogue_n_kpis(catalogue);
  for (guint i = 0; i < n; i++)
    learn_name(sentence, kpi_catalogue_kpi(catalogue, i)->name, kpi_catalogue_kpi(catalogue, i));
  for (guint i = 0; i < n; i++)
    learn_name(sentence, kpi_catalogue_kpi(catalogue, i)->title, kpi_catalogue_kpi(catalogue, i));
}

static guint name_length(const Sentence *sentence, guint at, const Name *name) {
  const SentenceToken *token = sentence_token(sentence, at);
  if (token->kind == TOKEN_QUOTED) {
    g_autofree char *plain = sentence_fold(name->kpi->name), *title = sentence_fold(name->kpi->title);
    return g_str_equal(token->text, plain) || g_str_equal(token->text, title);
  }
  guint n = 0;
  for (; name->words[n]; n++)
    if (!sentence_token_is(sentence, at + n, name->words[n])) return 0;
  return n;
}

guint sentence_read_kpi_name(Sentence *sentence, guint at, const KpiDefinition **kpi) {
  guint longest = 0;
  for (guint i = 0; i < sentence->names->len; i++) {
    const Name *name = &g_array_index(sentence->names, Name, i);
    guint length = name_length(sentence, at, name);
    if (length <= longest) continue;
    longest = length;
    *kpi = name->kpi;
  }
  return longest ? at + longest : SENTENCE_NO_MATCH;
}

/* --- deciding --- */

static const KpiDefinition *kpi_of(const Sentence *sentence, const SentencePiece *piece) {
  if (piece->bound.kpi || !piece->row->kpi) return piece->bound.kpi;
  const KpiCatalogue *catalogue = sentence->hearing->catalogue;
  for (guint i = 0; i < kpi_catalogue_n_kpis(catalogue); i++)
    if (g_str_equal(kpi_catalogue_kpi(catalogue, i)->name, piece->row->kpi)) return kpi_catalogue_kpi(catalogue, i);
  return NULL;
}

static char *say_kpi(const KpiDefinition *kpi) {
  return g_strdelimit(g_strdup(kpi->name), "_", ' ');
}

static void ask_which(Sentence *sentence, const SentencePiece *vague) {
  if (vague && vague->row->near) {
    g_autofree char *words = sentence_words(sentence, vague->from, vague->to);
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Which KPI is '%s'? Near to it: %s.", words, vague->row->near);
    return;
  }
  g_autoptr(GString) words = g_string_new(NULL);
  for (guint i = 0; i < sentence->unknown->len; i++) {
    guint at = g_array_index(sentence->unknown, guint, i);
    g_autofree char *word = sentence_words(sentence, at, at + 1);
    g_string_append_printf(words, "%s%s", words->len ? " " : "", word);
  }
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < kpi_catalogue_n_kpis(sentence->hearing->catalogue); i++)
    g_ptr_array_add(names, (gpointer)kpi_catalogue_kpi(sentence->hearing->catalogue, i)->title);
  const char *nearest = words->len ? base_nearest(words->str, (const char *const *)names->pdata, names->len) : NULL;
  if (nearest)
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Which KPI? There is no '%s'; did you mean %s?", words->str, nearest);
  else if (words->len)
    sentence_ask(
        sentence, TARGET_LACKS_SPECIFIC,
        "Which KPI? '%s' is none; say for example revenue, win rate, new customers or demos ('attain kpis' lists "
        "them all).",
        words->str);
  else
    sentence_ask(
        sentence, TARGET_LACKS_SPECIFIC,
        "Which KPI? Say for example revenue, win rate, new customers or demos ('attain kpis' lists them all).");
}

void sentence_decide_kpi(Sentence *sentence) {
  const SentencePiece *chosen = NULL, *rival = NULL, *vague = NULL;
  for (guint i = 0; i < sentence->pieces->len; i++) {
    const SentencePiece *piece = &g_array_index(sentence->pieces, SentencePiece, i);
    if (piece->row->says != SAYS_KPI) continue;
    const KpiDefinition *kpi = kpi_of(sentence, piece);
    if (!kpi) {
      if (!vague) vague = piece;
      continue;
    }
    if (!chosen || piece->row->weak < chosen->row->weak) {
      chosen = piece;
      rival = NULL;
    } else if (piece->row->weak == chosen->row->weak && kpi != kpi_of(sentence, chosen)) {
      rival = piece;
    }
  }
  const KpiDefinition *kpi = chosen ? kpi_of(sentence, chosen) : NULL;
  g_autofree char *words = chosen ? sentence_words(sentence, chosen->from, chosen->to) : NULL;
  if (kpi && rival) {
    g_autofree char *one = say_kpi(kpi), *two = say_kpi(kpi_of(sentence, rival));
    sentence_ask(sentence, TARGET_LACKS_SPECIFIC, "Which KPI: %s or %s? Write one target for each.", one, two);
  } else if (!kpi || (vague && chosen->row->weak > 0)) {
    ask_which(sentence, vague);
  } else {
    sentence->kpi = kpi;
    sentence->into->terms.kpi = g_strdup(kpi->name);
    g_autofree char *name = say_kpi(kpi), *folded = sentence_fold(words);
    if (chosen->row->kpi && !g_str_equal(folded, name) && strstr(folded, name) == NULL)
      sentence_assume(sentence, "'%s' is taken as %s", words, name);
  }
}
