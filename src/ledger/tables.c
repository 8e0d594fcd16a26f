/* The built-in ledger tables. One row here is all that a new fact, dimension or column takes. */
#include "ledger/tables.h"

#define REQ  LEDGER_REQUIRED
#define PLAN LEDGER_PLAN
#define OWN  LEDGER_OWNED

#define TABLE(table, table_kind, money, text, reads)                                                              \
  {                                                                                                               \
    .name = #table, .kind = (table_kind), .columns = table##_columns, .n_columns = G_N_ELEMENTS(table##_columns), \
    .has_money = (money), .about = (text), .needs = (reads)                                                       \
  }

/* --- dimensions --- */

static const LedgerColumn person_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "full name"},
    {"email", LEDGER_TEXT, NULL, 0, "mail address; identifies the person across sources"},
    {"title", LEDGER_TEXT, NULL, 0, "job title"},
    {"role", LEDGER_TEXT, NULL, 0, "rep, leader, manager, sdr, service, marketing, other"},
    {"manager", LEDGER_REF, "person", 0, "to whom the person reports now"},
    {"team", LEDGER_REF, "team", 0, "team now; `membership` holds the past"},
    {"region", LEDGER_TEXT, NULL, 0, "region now, where the team does not say"},
    {"hired_at", LEDGER_INSTANT, NULL, 0, "first day"},
    {"ramped_at", LEDGER_INSTANT, NULL, PLAN, "first day at full quota"},
    {"left_at", LEDGER_INSTANT, NULL, 0, "day of leaving"},
    {"quota_carrying", LEDGER_BOOL, NULL, 0, "has a sales target"},
    {"cost", LEDGER_MONEY, NULL, 0, "yearly cost of employment"},
    {"merged_into", LEDGER_REF, "person", 0, "the record that survived a merge"},
};

static const LedgerColumn team_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name"},
    {"parent", LEDGER_REF, "team", 0, "the team above"},
    {"level", LEDGER_TEXT, NULL, 0, "what this level is called: team, region, division…"},
    {"manager", LEDGER_REF, "person", 0, "who leads it now; `leadership` holds the past"},
    {"region", LEDGER_TEXT, NULL, 0, "region"},
};

static const LedgerColumn membership_columns[] = {
    {"person", LEDGER_REF, "person", REQ, "who"},
    {"team", LEDGER_REF, "team", 0, "in which team"},
    {"manager", LEDGER_REF, "person", 0, "under which manager; the team's when empty"},
    {"region", LEDGER_TEXT, NULL, 0, "in which region; the team's when empty"},
    {"role", LEDGER_TEXT, NULL, 0, "as what"},
    {"from_at", LEDGER_INSTANT, NULL, 0, "first day; empty = since ever"},
    {"until_at", LEDGER_INSTANT, NULL, PLAN, "first day no longer; empty = still"},
};

static const LedgerColumn leadership_columns[] = {
    {"team", LEDGER_REF, "team", REQ, "which team"},
    {"person", LEDGER_REF, "person", 0, "who leads it; empty = nobody"},
    {"from_at", LEDGER_INSTANT, NULL, 0, "first day; empty = since ever"},
    {"until_at", LEDGER_INSTANT, NULL, PLAN, "first day no longer; empty = still"},
};

static const LedgerColumn account_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name"},
    {"industry", LEDGER_TEXT, NULL, 0, "industry"},
    {"segment", LEDGER_TEXT, NULL, 0, "size class or segment"},
    {"region", LEDGER_TEXT, NULL, 0, "region"},
    {"country", LEDGER_TEXT, NULL, 0, "country"},
    {"employees", LEDGER_COUNT, NULL, 0, "number of employees"},
    {"annual_revenue", LEDGER_MONEY, NULL, 0, "yearly revenue"},
    {"owner", LEDGER_REF, "person", OWN, "account owner"},
    {"territory", LEDGER_REF, "territory", 0, "territory"},
    {"parent", LEDGER_REF, "account", 0, "parent account"},
    {"created_at", LEDGER_INSTANT, NULL, 0, "when the account was made"},
    {"merged_into", LEDGER_REF, "account", 0, "the record that survived a merge"},
};

static const LedgerColumn product_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name"},
    {"family", LEDGER_TEXT, NULL, 0, "product family or series"},
    {"list_price", LEDGER_MONEY, NULL, 0, "list price of one"},
    {"cost", LEDGER_MONEY, NULL, 0, "cost of one"},
};

static const LedgerColumn territory_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name"},
    {"parent", LEDGER_REF, "territory", 0, "the territory above"},
    {"target_accounts", LEDGER_COUNT, NULL, 0, "how many accounts its market has"},
};

static const LedgerColumn stage_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name as deals carry it"},
    {"pipeline", LEDGER_TEXT, NULL, 0, "pipeline or process"},
    {"position", LEDGER_COUNT, NULL, 0, "order in the pipeline, from 1"},
    {"probability", LEDGER_SHARE, NULL, 0, "default probability"},
    {"outcome", LEDGER_TEXT, NULL, 0, "open, won, lost or abandoned"},
};

static const LedgerColumn fx_rate_columns[] = {
    {"currency", LEDGER_TEXT, NULL, REQ, "the foreign currency"},
    {"day", LEDGER_INSTANT, NULL, REQ, "first day on which the rate holds, until the next one"},
    {"rate", LEDGER_NUMBER, NULL, REQ, "units of the organisation's currency that one unit of it buys"},
};

/* --- facts --- */

static const LedgerColumn opportunity_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "name of the deal"},
    {"account", LEDGER_REF, "account", 0, "customer or prospect"},
    {"owner", LEDGER_REF, "person", OWN, "the rep"},
    {"lead", LEDGER_REF, "lead", 0, "the lead it came from"},
    {"created_at", LEDGER_INSTANT, NULL, 0, "when the deal was opened"},
    {"closed_at", LEDGER_INSTANT, NULL, 0, "when it was decided"},
    {"expected_close", LEDGER_INSTANT, NULL, PLAN, "when it is expected to close"},
    {"outcome", LEDGER_TEXT, NULL, 0, "open, won, lost or abandoned"},
    {"stage", LEDGER_TEXT, NULL, 0, "stage now"},
    {"pipeline", LEDGER_TEXT, NULL, 0, "pipeline or process"},
    {"amount", LEDGER_MONEY, NULL, 0, "value"},
    {"list_amount", LEDGER_MONEY, NULL, 0, "value at list price"},
    {"probability", LEDGER_SHARE, NULL, 0, "probability of winning"},
    {"forecast_category", LEDGER_TEXT, NULL, 0, "omitted, pipeline, best_case, commit or closed"},
    {"type", LEDGER_TEXT, NULL, 0, "new, expansion or renewal"},
    {"source", LEDGER_TEXT, NULL, 0, "where the deal came from"},
    {"campaign", LEDGER_TEXT, NULL, 0, "campaign"},
    {"product", LEDGER_REF, "product", 0, "main product"},
    {"lost_reason", LEDGER_TEXT, NULL, 0, "why it was lost"},
    {"competitor", LEDGER_TEXT, NULL, 0, "against whom"},
    {"next_step_at", LEDGER_INSTANT, NULL, PLAN, "when the next agreed step is due"},
    {"quoted_at", LEDGER_INSTANT, NULL, 0, "when the first quote or proposal went out"},
    {"modified_at", LEDGER_INSTANT, NULL, 0, "when the source last changed it"},
};

static const LedgerColumn stage_change_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", REQ, "the deal"},
    {"at", LEDGER_INSTANT, NULL, REQ, "when"},
    {"stage", LEDGER_TEXT, NULL, 0, "stage from then on"},
    {"amount", LEDGER_MONEY, NULL, 0, "value from then on"},
    {"probability", LEDGER_SHARE, NULL, 0, "probability from then on"},
    {"expected_close", LEDGER_INSTANT, NULL, PLAN, "expected close from then on"},
    {"forecast_category", LEDGER_TEXT, NULL, 0, "forecast category from then on"},
    {"by", LEDGER_REF, "person", OWN, "who changed it"},
    {"inferred", LEDGER_BOOL, NULL, 0, "seen by comparing two loads, not told by the source"},
};

static const LedgerColumn lead_columns[] = {
    {"name", LEDGER_TEXT, NULL, 0, "person or company"},
    {"owner", LEDGER_REF, "person", OWN, "who works it"},
    {"account", LEDGER_REF, "account", 0, "account, once known"},
    {"source", LEDGER_TEXT, NULL, 0, "where it came from"},
    {"campaign", LEDGER_TEXT, NULL, 0, "campaign"},
    {"status", LEDGER_TEXT, NULL, 0, "status now"},
    {"created_at", LEDGER_INSTANT, NULL, 0, "when it came in"},
    {"assigned_at", LEDGER_INSTANT, NULL, 0, "when it was given to its owner"},
    {"first_touched_at", LEDGER_INSTANT, NULL, 0, "first call or mail to it"},
    {"marketing_qualified_at", LEDGER_INSTANT, NULL, 0, "when marketing called it qualified"},
    {"qualified_at", LEDGER_INSTANT, NULL, 0, "when sales called it qualified"},
    {"converted_at", LEDGER_INSTANT, NULL, 0, "when it became an opportunity"},
    {"opportunity", LEDGER_REF, "opportunity", 0, "the deal it became"},
};

static const LedgerColumn activity_columns[] = {
    {"owner", LEDGER_REF, "person", OWN, "who did it"},
    {"account", LEDGER_REF, "account", 0, "with which account"},
    {"opportunity", LEDGER_REF, "opportunity", 0, "for which deal"},
    {"lead", LEDGER_REF, "lead", 0, "for which lead"},
    {"kind", LEDGER_TEXT, NULL, 0, "call, email, meeting, demo, proposal, task, message, internal, training, admin"},
    {"direction", LEDGER_TEXT, NULL, 0, "inbound or outbound"},
    {"created_at", LEDGER_INSTANT, NULL, 0, "when it was entered"},
    {"scheduled_at", LEDGER_INSTANT, NULL, PLAN, "when it was planned for"},
    {"done_at", LEDGER_INSTANT, NULL, 0, "when it was done"},
    {"duration", LEDGER_DURATION, NULL, 0, "how long it took"},
    {"outcome", LEDGER_TEXT, NULL, 0, "connected, no_answer, held, cancelled, no_show, replied, …"},
    {"subject", LEDGER_TEXT, NULL, 0, "subject"},
};

static const LedgerColumn sale_columns[] = {
    {"document", LEDGER_TEXT, NULL, 0, "order or invoice number; its lines share it"},
    {"account", LEDGER_REF, "account", 0, "customer"},
    {"owner", LEDGER_REF, "person", OWN, "who is credited"},
    {"opportunity", LEDGER_REF, "opportunity", 0, "the deal it fulfils"},
    {"product", LEDGER_REF, "product", 0, "product"},
    {"at", LEDGER_INSTANT, NULL, REQ, "order or invoice date"},
    {"quantity", LEDGER_NUMBER, NULL, 0, "quantity; negative for a return"},
    {"list_amount", LEDGER_MONEY, NULL, 0, "at list price"},
    {"net_amount", LEDGER_MONEY, NULL, 0, "after discount, without tax; negative for a credit note"},
    {"cost", LEDGER_MONEY, NULL, 0, "cost of goods"},
    {"channel", LEDGER_TEXT, NULL, 0, "channel or shop"},
    {"kind", LEDGER_TEXT, NULL, 0, "sale, refund"},
};

static const LedgerColumn subscription_change_columns[] = {
    {"account", LEDGER_REF, "account", REQ, "customer"},
    {"owner", LEDGER_REF, "person", OWN, "who is credited"},
    {"product", LEDGER_REF, "product", 0, "product"},
    {"at", LEDGER_INSTANT, NULL, REQ, "when it takes effect"},
    {"kind", LEDGER_TEXT, NULL, 0, "new, expansion, contraction, churn or reactivation"},
    {"mrr_change", LEDGER_MONEY, NULL, REQ, "change of monthly recurring revenue, signed"},
};

static const LedgerColumn spend_columns[] = {
    {"at", LEDGER_INSTANT, NULL, REQ, "when"},
    {"channel", LEDGER_TEXT, NULL, 0, "channel"},
    {"category", LEDGER_TEXT, NULL, 0, "advertising, events, tools, salaries, commission, overhead, …"},
    {"amount", LEDGER_MONEY, NULL, REQ, "cost"},
    {"owner", LEDGER_REF, "person", OWN, "whose cost, where it is a person's"},
};

static const LedgerColumn web_traffic_columns[] = {
    {"day", LEDGER_INSTANT, NULL, REQ, "day"},
    {"channel", LEDGER_TEXT, NULL, 0, "channel"},
    {"sessions", LEDGER_COUNT, NULL, 0, "sessions"},
    {"visitors", LEDGER_COUNT, NULL, 0, "visitors, distinct within the day and channel"},
    {"leads", LEDGER_COUNT, NULL, 0, "leads left"},
};

static const LedgerColumn survey_columns[] = {
    {"at", LEDGER_INSTANT, NULL, REQ, "when answered"},
    {"account", LEDGER_REF, "account", 0, "who answered, a customer"},
    {"person", LEDGER_REF, "person", 0, "who answered or is rated, one of ours"},
    {"owner", LEDGER_REF, "person", OWN, "whose work it is about"},
    {"kind", LEDGER_TEXT, NULL, 0, "csat, nps, ces, engagement or skill"},
    {"score", LEDGER_NUMBER, NULL, 0, "answer"},
    {"scale", LEDGER_NUMBER, NULL, 0, "highest answer possible"},
    {"comment", LEDGER_TEXT, NULL, 0, "words"},
};

static const LedgerColumn case_columns[] = {
    {"account", LEDGER_REF, "account", 0, "customer"},
    {"owner", LEDGER_REF, "person", OWN, "who handles it"},
    {"opened_at", LEDGER_INSTANT, NULL, 0, "opened"},
    {"first_response_at", LEDGER_INSTANT, NULL, 0, "first answer by a person"},
    {"resolved_at", LEDGER_INSTANT, NULL, 0, "resolved"},
    {"reopened", LEDGER_BOOL, NULL, 0, "was opened again"},
    {"priority", LEDGER_TEXT, NULL, 0, "priority"},
    {"contacts", LEDGER_COUNT, NULL, 0, "exchanges until resolved"},
    {"subject", LEDGER_TEXT, NULL, 0, "subject"},
};

static const LedgerColumn feedback_columns[] = {
    {"at", LEDGER_INSTANT, NULL, REQ, "when"},
    {"by", LEDGER_REF, "person", 0, "who wrote it"},
    {"owner", LEDGER_REF, "person", OWN, "about which of ours"},
    {"account", LEDGER_REF, "account", 0, "about which customer"},
    {"kpi", LEDGER_TEXT, NULL, 0, "about which KPI"},
    {"text", LEDGER_TEXT, NULL, 0, "words"},
    {"tags", LEDGER_TEXT, NULL, 0, "tags"},
    {"sentiment", LEDGER_NUMBER, NULL, 0, "-1 to 1"},
};

static const LedgerColumn training_columns[] = {
    {"person", LEDGER_REF, "person", REQ | OWN, "who"},
    {"course", LEDGER_TEXT, NULL, 0, "course"},
    {"assigned_at", LEDGER_INSTANT, NULL, 0, "assigned"},
    {"due_at", LEDGER_INSTANT, NULL, PLAN, "due"},
    {"started_at", LEDGER_INSTANT, NULL, 0, "started"},
    {"completed_at", LEDGER_INSTANT, NULL, 0, "completed"},
    {"score", LEDGER_NUMBER, NULL, 0, "score"},
    {"certified_until", LEDGER_INSTANT, NULL, PLAN, "certificate valid until"},
};

static const LedgerColumn split_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", REQ, "the deal"},
    {"person", LEDGER_REF, "person", REQ, "who is credited"},
    {"share", LEDGER_SHARE, NULL, REQ, "share of the amount"},
    {"kind", LEDGER_TEXT, NULL, 0, "split (shares make up the whole) or overlay (on top of it)"},
};

static const LedgerColumn quota_columns[] = {
    {"owner", LEDGER_REF, "person", OWN, "whose; empty = the company's"},
    {"kpi", LEDGER_TEXT, NULL, 0, "which KPI; revenue when empty"},
    {"starts_at", LEDGER_INSTANT, NULL, REQ | PLAN, "first day"},
    {"ends_at", LEDGER_INSTANT, NULL, REQ | PLAN, "first day after"},
    {"amount", LEDGER_MONEY, NULL, REQ, "target"},
};

static const LedgerColumn absence_columns[] = {
    {"person", LEDGER_REF, "person", REQ | OWN, "who is away"},
    {"from_at", LEDGER_INSTANT, NULL, REQ | PLAN, "first day"},
    {"until_at", LEDGER_INSTANT, NULL, REQ | PLAN, "first day back"},
    {"kind", LEDGER_TEXT, NULL, 0, "leave, parental, sick…"},
    {"share", LEDGER_SHARE, NULL, 0, "of the working time; all of it when empty"},
};

static const LedgerColumn coaching_columns[] = {
    {"person", LEDGER_REF, "person", REQ | OWN, "who is coached"},
    {"by", LEDGER_REF, "person", 0, "by whom"},
    {"due_at", LEDGER_INSTANT, NULL, PLAN, "when it was due"},
    {"held_at", LEDGER_INSTANT, NULL, 0, "when it was held"},
};

static const LedgerColumn action_columns[] = {
    {"owner", LEDGER_REF, "person", OWN, "who promised"},
    {"text", LEDGER_TEXT, NULL, 0, "what"},
    {"due_at", LEDGER_INSTANT, NULL, PLAN, "by when"},
    {"done_at", LEDGER_INSTANT, NULL, 0, "done when"},
};

/* --- derived facts: made from the facts by src/store/derived.c --- */

static const LedgerColumn stage_stay_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", 0, "the deal"},
    {"owner", LEDGER_REF, "person", OWN, "the deal's owner"},
    {"account", LEDGER_REF, "account", 0, "the deal's account"},
    {"product", LEDGER_REF, "product", 0, "the deal's product"},
    {"source", LEDGER_TEXT, NULL, 0, "the deal's source"},
    {"pipeline", LEDGER_TEXT, NULL, 0, "the deal's pipeline"},
    {"stage", LEDGER_TEXT, NULL, 0, "an open stage, once for each deal"},
    {"position", LEDGER_COUNT, NULL, 0, "its order"},
    {"entered_at", LEDGER_INSTANT, NULL, 0, "first entry; for a skipped stage, when a later one was reached"},
    {"left_at", LEDGER_INSTANT, NULL, 0,
     "when the deal left it the first time, by moving or by closing; empty = still there"},
    {"passed_at", LEDGER_INSTANT, NULL, 0, "when a later stage was first reached or the deal was won; empty = never"},
    {"skipped", LEDGER_BOOL, NULL, 0, "jumped over: passed without a stay"},
    {"returned", LEDGER_BOOL, NULL, 0, "entered again later"},
};

static const LedgerColumn silence_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", 0, "an open deal"},
    {"owner", LEDGER_REF, "person", OWN, "the deal's owner"},
    {"account", LEDGER_REF, "account", 0, "the deal's account"},
    {"product", LEDGER_REF, "product", 0, "the deal's product"},
    {"source", LEDGER_TEXT, NULL, 0, "the deal's source"},
    {"stage", LEDGER_TEXT, NULL, 0, "the deal's stage now"},
    {"amount", LEDGER_MONEY, NULL, 0, "the deal's value"},
    {"since", LEDGER_INSTANT, NULL, 0, "creation, or an activity done"},
    {"ended_at", LEDGER_INSTANT, NULL, 0, "the next activity, or the close; empty = still silent"},
    {"planned_until", LEDGER_INSTANT, NULL, PLAN, "the last activity planned and not done; empty = nothing is planned"},
};

static const LedgerColumn forecast_state_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", 0, "the deal"},
    {"owner", LEDGER_REF, "person", OWN, "the deal's owner"},
    {"account", LEDGER_REF, "account", 0, "the deal's account"},
    {"product", LEDGER_REF, "product", 0, "the deal's product"},
    {"source", LEDGER_TEXT, NULL, 0, "the deal's source"},
    {"first", LEDGER_BOOL, NULL, 0, "the first that was believed of the deal: what it was opened with"},
    {"known_at", LEDGER_INSTANT, NULL, 0, "from when this was believed"},
    {"superseded_at", LEDGER_INSTANT, NULL, 0, "until when: the next change, or the close; empty = still"},
    {"stage", LEDGER_TEXT, NULL, 0, "stage in that time"},
    {"amount", LEDGER_MONEY, NULL, 0, "value in that time"},
    {"probability", LEDGER_SHARE, NULL, 0, "probability in that time"},
    {"expected_close", LEDGER_INSTANT, NULL, PLAN, "expected close in that time"},
    {"forecast_category", LEDGER_TEXT, NULL, 0, "forecast category in that time"},
};

static const LedgerColumn close_date_move_columns[] = {
    {"opportunity", LEDGER_REF, "opportunity", 0, "the deal"},
    {"owner", LEDGER_REF, "person", OWN, "the deal's owner"},
    {"account", LEDGER_REF, "account", 0, "the deal's account"},
    {"product", LEDGER_REF, "product", 0, "the deal's product"},
    {"source", LEDGER_TEXT, NULL, 0, "the deal's source"},
    {"at", LEDGER_INSTANT, NULL, 0, "when the expected close moved"},
    {"moved_from", LEDGER_INSTANT, NULL, PLAN, "expected close before"},
    {"moved_to", LEDGER_INSTANT, NULL, PLAN, "expected close after"},
    {"kind", LEDGER_TEXT, NULL, 0, "pushed (later) or pulled_in (earlier)"},
};

static const LedgerTable tables[] = {
    TABLE(person, LEDGER_DIMENSION, TRUE, "people: reps, leaders, managers", NULL),
    TABLE(team, LEDGER_DIMENSION, FALSE, "teams and the levels above them", NULL),
    TABLE(account, LEDGER_DIMENSION, TRUE, "customers and prospects", NULL),
    TABLE(product, LEDGER_DIMENSION, TRUE, "products", NULL),
    TABLE(territory, LEDGER_DIMENSION, FALSE, "territories", NULL),
    TABLE(stage, LEDGER_DIMENSION, FALSE, "stages of the pipelines, in order", NULL),
    TABLE(membership, LEDGER_FACT, FALSE, "who was in which team, when", NULL),
    TABLE(leadership, LEDGER_FACT, FALSE, "who led which team, when", NULL),
    TABLE(fx_rate, LEDGER_FACT, FALSE, "dated exchange rates", NULL),
    TABLE(split, LEDGER_FACT, FALSE, "shared credit for a deal", NULL),
    TABLE(opportunity, LEDGER_FACT, TRUE, "deals", NULL),
    TABLE(stage_change, LEDGER_FACT, TRUE, "a deal's state after one change", NULL),
    TABLE(lead, LEDGER_FACT, FALSE, "people and companies that showed interest", NULL),
    TABLE(activity, LEDGER_FACT, FALSE, "calls, mails, meetings, demos, proposals", NULL),
    TABLE(sale, LEDGER_FACT, TRUE, "order and invoice lines and their reversals", NULL),
    TABLE(subscription_change, LEDGER_FACT, TRUE, "changes of recurring revenue", NULL),
    TABLE(spend, LEDGER_FACT, TRUE, "marketing and sales cost", NULL),
    TABLE(web_traffic, LEDGER_FACT, FALSE, "a day of a channel of the website", NULL),
    TABLE(survey, LEDGER_FACT, FALSE, "answers to surveys", NULL),
    TABLE(case, LEDGER_FACT, FALSE, "support cases", NULL),
    TABLE(feedback, LEDGER_FACT, FALSE, "notes in words", NULL),
    TABLE(training, LEDGER_FACT, FALSE, "one person in one course", NULL),
    TABLE(quota, LEDGER_FACT, TRUE, "targets brought from another system", NULL),
    TABLE(absence, LEDGER_FACT, FALSE, "who is away, when", NULL),
    TABLE(coaching, LEDGER_FACT, FALSE, "coaching sessions due and held", NULL),
    TABLE(action, LEDGER_FACT, FALSE, "promises made in reviews", NULL),
    TABLE(stage_stay, LEDGER_DERIVED, FALSE, "a deal's passage through one stage", "opportunity stage_change stage"),
    TABLE(silence, LEDGER_DERIVED, TRUE, "a span of an open deal without activity", "opportunity activity"),
    TABLE(forecast_state, LEDGER_DERIVED, TRUE, "what was believed of an open deal, and for how long",
          "opportunity stage_change"),
    TABLE(close_date_move, LEDGER_DERIVED, FALSE, "a change of a deal's expected close", "opportunity stage_change"),
};

const LedgerTable *ledger_builtin_tables(guint *n_tables) {
  *n_tables = G_N_ELEMENTS(tables);
  return tables;
}
