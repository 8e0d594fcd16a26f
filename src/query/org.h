/* The organisation in memory: people, teams and dated memberships; exchange rates; splits; deals that changed hands.
 *
 * Small tables, read once a question, so that credit, team and currency are decided in C while facts stream by. */
#pragma once

#include "query/context.h"

/* A person's place for a span of days [from, until), in which the team and all above it have the same leaders. Spans of
 * a person are in order and do not overlap. */
typedef struct {
  BaseDay from;
  BaseDay until;
  gint32 team;    /* 0 = none */
  gint32 manager; /* 0 = none */
  gint32 region;  /* code in QueryOrg.regions, -1 = none */
} QueryPlace;

typedef struct QueryOrg QueryOrg;

QueryOrg *query_org_load(const QueryContext *context, GError **error);
void query_org_free(QueryOrg *org);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryOrg, query_org_free)

/* --- people --- */
/* The record that survived all merges; the key itself when it was not merged. */
gint32 query_org_person(const QueryOrg *org, gint32 person);
/* The places of a person (a survivor), at least one; `n` is set. Under team credit "now" there is one: today's. */
const QueryPlace *query_org_places(const QueryOrg *org, gint32 person, guint *n);
/* The place on a day; with spans that leave the day out, a place of nothing. */
QueryPlace query_org_place_at(const QueryOrg *org, gint32 person, BaseDay day);
const char *query_org_region_name(const QueryOrg *org, gint32 region);
/* The clock's day, by which it was read. */
BaseDay query_org_today(const QueryOrg *org);
/* One more than the largest key of a person. */
gint32 query_org_n_people(const QueryOrg *org);
/* One more than the largest key of a team. */
gint32 query_org_n_teams(const QueryOrg *org);
/* What the level of a team is called; NULL: nothing. */
const char *query_org_team_level(const QueryOrg *org, gint32 team);
/* The team above; 0: none. */
gint32 query_org_team_parent(const QueryOrg *org, gint32 team);
/* Whether a team is `above`, or below it. */
gboolean query_org_team_is_within(const QueryOrg *org, gint32 team, gint32 above);
/* Who leads a team on a day; 0: nobody. Under team credit "now" whoever leads it today, on all days. */
gint32 query_org_team_leader(const QueryOrg *org, gint32 team, BaseDay day);
/* Whether a person (or whoever was merged into them) leads on a day a team or one above it. */
gboolean query_org_leads(const QueryOrg *org, gint32 person, gint32 team, BaseDay day);
/* The ancestor of a team (or the team itself) whose level has this name; 0 when there is none. */
gint32 query_org_team_at_level(const QueryOrg *org, gint32 team, const char *level);
gboolean query_org_has_level(const QueryOrg *org, const char *level);
/* Names of the levels there are, for messages. NULL-terminated, owned by org. */
const char *const *query_org_levels(const QueryOrg *org);

/* --- money --- */
typedef struct QueryRates QueryRates; /* of one foreign currency */
/* The currencies that have rates, in order; a currency's index stands for it in scans and cells. */
guint query_org_n_currencies(const QueryOrg *org);
const char *query_org_currency(const QueryOrg *org, guint index);
const QueryRates *query_org_rates(const QueryOrg *org, guint index);
/* Converts minor units at the rate of a day; FALSE when no rate holds on it. */
gboolean query_rates_convert(const QueryRates *rates, gint64 amount_minor, BaseDay day, gint64 *converted_minor);

/* --- shared credit: deal -> people --- */
typedef struct {
  gint32 person;
  gint32 share_ppm; /* millionths of the amount */
  gboolean overlay; /* on top of the whole */
} QueryCredit;
/* Whether rows of a fact are shared: deals, and what was believed of them. */
gboolean query_org_has_splits(const QueryOrg *org, const LedgerTable *fact);
/* The credits of a deal, or NULL when it is not shared; what the shares leave over is its owner's. */
const QueryCredit *query_org_credits(const QueryOrg *org, guint64 opportunity, guint *n);

/* --- deals that changed hands --- */
/* Whether any row of `table` had another owner in an earlier version. */
gboolean query_org_table_has_moves(QueryOrg *org, const LedgerTable *table);
/* The owner in the version believed at an instant; `owner_now` when nothing else is known. */
gint32 query_org_owner_at(const QueryOrg *org, const LedgerTable *table, guint64 key, gint64 at_us, gint32 owner_now);
/* The owner at the end of a day, and the first day at whose end somebody else is (BASE_DAY_MAX: never). */
gint32 query_org_owner_on(const QueryOrg *org, const LedgerTable *table, guint64 key, gint32 owner_now, BaseDay day,
                          BaseDay *until);
