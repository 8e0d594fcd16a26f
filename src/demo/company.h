/* The simulated company while it is being made: its people, teams, accounts and counters. Private to src/demo.
 *
 * Made in this order, each part reading those before it:
 *
 *   people ─► accounts ─► deals ─► subscriptions ─► service ─► enablement ─► marketing ─► truth
 *                           └─ with their history, leads, activities, orders and splits
 *
 * People and accounts are arrays. Deals are made one at a time in the order of their creation and written at once, so
 * memory grows with people, accounts and won subscriptions (24 bytes each), not with deals. */
#pragma once

#include "demo/demo.h"
#include "demo/random.h"
#include "demo/truth.h"
#include "demo/words.h"
#include "demo/write.h"

#define DEMO_NOBODY   G_MAXUINT
#define DEMO_YEARS    3
#define DEMO_MONTHS   (DEMO_YEARS * 12 + 12) /* from January of the first year */
#define DEMO_QUARTERS (DEMO_MONTHS / 3)

typedef enum {
  DEMO_HEAD,
  DEMO_MANAGER,
  DEMO_LEADER,
  DEMO_REP,
  DEMO_SDR,
  DEMO_SERVICE,
  DEMO_MARKETER,
  DEMO_ROLES
} DemoRole;

typedef struct {
  guint team;
  guint manager;
  BaseDay from;
  BaseDay until; /* BASE_DAY_NONE: still */
} DemoSpell;

typedef struct {
  char *name, *email;
  DemoRole role;
  guint region;
  BaseDay hired, left; /* left: first day no longer; BASE_DAY_NONE */
  DemoSpell spells[2];
  guint n_spells;
  double skill;                     /* log-odds */
  double volume;                    /* deals opened, relative */
  double meeting_habit, demo_habit; /* chance of an early meeting, of a demo */
  double email_habit;               /* mails a deal */
  double discount_habit;            /* added to the discount */
  double connect_rate;              /* of calls */
  double courtesy;                  /* of service people: on satisfaction */
  BaseDay completed[DEMO_COURSES];  /* BASE_DAY_NONE: not (yet) */
  double sum_p;                     /* of the deals that carry this owner: expected wins, and */
  gint64 n_deals, n_won;
} DemoPerson;

typedef struct {
  char *name;
  const char *level;
  guint parent; /* DEMO_NOBODY: none */
  guint lead;
  guint region;  /* DEMO_NOBODY: all */
  DemoRole kind; /* of its members */
} DemoTeam;

typedef struct {
  guint32 name_number; /* within group of countries and industry */
  guint8 region, country, industry, segment;
  BaseDay created;
  BaseDay first_won, first_subscribed; /* BASE_DAY_NONE: not yet */
} DemoAccount;

/* A won deal of a subscription product. */
typedef struct {
  gint64 account;
  gint32 mrr_minor;
  BaseDay day;
  guint16 owner;
  guint8 product, currency;
} DemoWin;

typedef struct {
  const DemoOptions *options;
  DemoWords *words;
  char *folder, *exports;
  BaseDay start;  /* first day of the history */
  BaseDay end;    /* first day after it */
  guint n_months; /* of the history, months touched */
  guint n_regions;

  DemoPerson *people;
  guint n_people;
  guint role_first[DEMO_ROLES], role_count[DEMO_ROLES];
  DemoTeam *teams;
  guint n_teams;
  guint star, plateaued, bottleneck_team; /* the planted stories */

  DemoAccount *accounts; /* by region, then creation */
  gint64 n_accounts;
  gint64 region_first[DEMO_REGIONS + 1];

  double *day_weight;                      /* expected share of deals opened, by day of the history */
  double fx[DEMO_CURRENCIES][DEMO_MONTHS]; /* EUR for one unit, by month from the first of the history's year */
  int first_year;

  GArray *wins;          /* of DemoWin */
  gint64 *channel_leads; /* by source and day of the history */
  double *won_eur;       /* by person and quarter: EUR won */
  struct {
    double sum_p, variance;
    gint64 deals, won;
  } by_source[DEMO_SOURCES], by_product[DEMO_DEAL_PRODUCTS], by_region[DEMO_REGIONS];
  gint64 leads[DEMO_LEAD_SOURCES], leads_converted[DEMO_LEAD_SOURCES];
  gint64 n_won, n_lost, n_abandoned, n_open, n_stale;
  gint64 n_rows, n_bytes;
} DemoCompany;

/* people.c */
void demo_people_make(DemoCompany *company);
gboolean demo_people_write(DemoCompany *company, GError **error);
void demo_people_cast(const DemoCompany *company, char cast[DEMO_CASTS][DEMO_EMAIL_BYTES]);
gboolean demo_person_active(const DemoPerson *person, BaseDay day);
/* The spell that holds on a day (the nearest one for a day outside all of them). */
const DemoSpell *demo_person_spell(const DemoPerson *person, BaseDay day);
double demo_person_ramp(const DemoPerson *person, BaseDay day);
/* Somebody of a role who works on that day, by chance; of a team when `team` is not DEMO_NOBODY. DEMO_NOBODY when there
 * is none. */
guint demo_person_any(const DemoCompany *company, DemoRole role, guint team, BaseDay day, DemoRandom *random);

/* accounts.c */
void demo_accounts_make(DemoCompany *company);
gboolean demo_accounts_write(DemoCompany *company, GError **error);
/* "Hartmann Logistik" (short) or "Hartmann Logistik GmbH". */
void demo_account_name(const DemoCompany *company, const DemoAccount *account, gboolean with_form, GString *name);
DemoCurrency demo_account_currency(const DemoAccount *account);
/* EUR for one unit on a day. */
double demo_fx(const DemoCompany *company, DemoCurrency currency, BaseDay day);

/* The other parts: each writes its files. */
gboolean demo_deals_write(DemoCompany *company, GError **error);
gboolean demo_subscriptions_write(DemoCompany *company, GError **error);
gboolean demo_service_write(DemoCompany *company, GError **error);
gboolean demo_enablement_write(DemoCompany *company, GError **error);
gboolean demo_marketing_write(DemoCompany *company, GError **error);
gboolean demo_truth_write(const DemoCompany *company, GError **error);
gboolean demo_workspace_write(const DemoCompany *company, GError **error);

/* Adds a closed file to the company's counts. */
gboolean demo_company_close(DemoCompany *company, DemoCsv *csv, GError **error);
/* A moment of a working day, 08:00 to 18:00. */
DemoTime demo_office_time(DemoRandom *random, BaseDay day);
/* The day itself, or the Monday after. */
BaseDay demo_workday(BaseDay day);
const char *demo_list_pick(DemoList list, DemoRandom *random);
guint demo_quarter_index(const DemoCompany *company, BaseDay day); /* from the first of first_year's quarters */
guint demo_month_index(const DemoCompany *company, BaseDay day);

#define DEMO_PERSON_ID  100
#define DEMO_ACCOUNT_ID 10001
#define DEMO_DEAL_ID    100001
