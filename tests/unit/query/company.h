/* A random company in a ledger, for the tests of answers: people who change teams, accounts with deals that are open,
 * won and lost, in two currencies. The oracles of the tests loop over its records one by one. */
#pragma once

#include "query/query.h"
#include "unit.h"

#define N_PEOPLE   6
#define N_TEAMS    3
#define N_ACCOUNTS 60
#define N_DEALS    400

typedef struct {
  int owner;
  int account;
  BaseDay created, closed; /* closed: BASE_DAY_NONE = open */
  gboolean won;
  int amount; /* major units */
  gboolean in_dollars;
} Deal;

typedef struct {
  Deal deals[N_DEALS];
  int first_team[N_PEOPLE], second_team[N_PEOPLE];
  BaseDay moved[N_PEOPLE];
  BaseDay base;
} Company;

typedef struct {
  ConfOrganisation *organisation;
  LedgerSchema *schema;
  Calendar *calendar;
  KpiCatalogue *catalogue;
  Store *store;
  QueryContext context;
} World;
void world_clear(World *world);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

/* A seed, printed; ATTAIN_SEED gives it. */
guint32 company_seed(void);
Company company_new(GRand *random, BaseDay base);
int company_team_on(const Company *company, int person, BaseDay day);
/* Runs a statement, which must succeed. */
void company_sql(Store *store, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* A ledger without records. */
World world_empty(const char *definitions);
World world_new(const Company *company, const char *definitions, gboolean backwards);
/* --- a company by hand, piece by piece; keys are 1, 2, 3 … --- */

typedef struct {
  int owner;          /* a person's key */
  const char *closed; /* the day, "2026-11-05" */
  const char *outcome;
  int amount; /* major units */
} WorldDeal;

void world_add_team(const World *world, int key, const char *name);
/* In a team all the time; team 0: in none. */
void world_add_person(const World *world, int key, const char *name, int team);
/* Created on one day. They must be all of the company: what the ledger knows of its deals' days is told of them. */
void world_add_deals(const World *world, const char *created, const WorldDeal *deals, guint n);
/* Tells what the ledger knows of its deals' days, after they were inserted in another way. */
void world_count_deals(const World *world);
/* Sets the clock to the end of a day. */
void world_set_clock(World *world, BaseDay today);
/* A KPI by a dimension (NULL: of all), month by month. */
QueryResult *company_ask(const World *world, const char *kpi, const char *by, const char *period);
/* The company's months. Free it. */
char *company_span(const Company *company);
void assert_near(double expected, double value);
