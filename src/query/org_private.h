/* The parts of a QueryOrg, private to src/query/org*.c. */
#pragma once

#include "query/org.h"

typedef struct {
  gint32 survivor;   /* 0 = itself */
  guint first_place; /* in places */
  guint n_places;
  gboolean has_memberships; /* of any day */
} OrgPerson;

typedef struct {
  gint32 parent;
  gint32 manager;
  gint32 region; /* code, -1 = none */
  const char *level;
  guint first_leader; /* in leaders */
  guint n_leaders;
} OrgTeam;

/* Who leads a team for a span of days; 0: nobody. Those of a team are in order, without gaps, over all days. */
typedef struct {
  BaseDay from, until;
  gint32 person;
} OrgLeader;

struct QueryOrg {
  const QueryContext *context;
  GArray *people;  /* OrgPerson, by key */
  GArray *places;  /* QueryPlace */
  GArray *teams;   /* OrgTeam, by key */
  GArray *leaders; /* OrgLeader */
  GPtrArray *levels;
  GHashTable *region_codes; /* name (folded) -> code + 1 */
  GPtrArray *region_names;
  GPtrArray *currencies; /* QueryRates, by currency */
  GHashTable *splits;    /* guint64 key -> GArray of QueryCredit */
  GHashTable *moves;     /* table name -> (guint64 key -> GArray of OrgMove) or an empty table */
};

/* In the version superseded at this instant, the owner was: */
typedef struct {
  gint64 until_us;
  BaseDay until; /* the local day of it */
  gint32 owner;
} OrgMove;

/* After the teams. */
gboolean query_org_load_leaders(QueryOrg *org, GError **error);
/* The first day after `day` on which a team, or one above it, has another leader; BASE_DAY_MAX: it never has. */
BaseDay query_org_next_leader(const QueryOrg *org, gint32 team, BaseDay day);
/* Whether a team has the same leaders on all days in both. */
gboolean query_org_same_leaders(const QueryOrg *a, const QueryOrg *b, gint32 team);
gboolean query_org_load_rates(QueryOrg *org, GError **error);
gboolean query_org_load_splits(QueryOrg *org, GError **error);
