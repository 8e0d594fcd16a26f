/* One deal, from its first lead to its invoice, before it is written. Private to src/demo.
 *
 *   draw_deal (deals.c)          whose, for whom, what, how likely, won or not
 *      │
 *   demo_history_draw            when
 *      │
 *   written                      opportunities, opportunity_history, splits (deals.c), leads (leads.c),
 *                                activities (activities.c), order lines (orders.c) */
#pragma once

#include "demo/company.h"

/* The deal as it stands after one change. */
typedef struct {
  DemoTime at;
  DemoStage stage;
  gint64 amount_minor;
  BaseDay expected_close;
  const char *forecast;
  guint by;
} DemoStep;

#define DEMO_MAX_STEPS 64

typedef struct {
  gint64 index;
  DemoRandom random; /* of this deal's own draws */
  guint owner;       /* who opened it */
  guint owner_now;   /* who has it at the end: another one when the opener left */
  gint64 account;    /* -1: somebody forgot it */
  const DemoAccount *account_data;
  guint product, region;
  DemoSourceId source;
  DemoCurrency currency;
  guint segment;
  const char *type; /* New Business, Expansion, Renewal */
  double p;         /* true probability of winning */
  gboolean early_meeting, demo;
  gboolean will_win;         /* decided at once; not yet known while the deal is open at the end of the history */
  gboolean stale;            /* will not win, and nobody closes it */
  DemoStage last_stage;      /* for a deal that is not won: where it ends */
  DemoTime created, closed;  /* closed: DEMO_TIME_NONE while open */
  DemoTime decided;          /* when it is closed, also beyond the end of the history */
  DemoStage outcome;         /* DEMO_WON, DEMO_LOST, DEMO_ABANDONED, or the open stage it is in */
  gint64 units, first_units; /* at the end; as first estimated */
  gint64 unit_list_minor;    /* list price in the deal's currency */
  double discount;
  gint64 amount_minor, list_minor;
  DemoTime quoted; /* DEMO_TIME_NONE: not yet */
  DemoStep steps[DEMO_MAX_STEPS];
  guint n_steps;
  gint64 lead; /* number of its lead, 0 = none */
} DemoDeal;

typedef struct {
  DemoCompany *company;
  DemoCsv *deals, *history, *splits, *leads, *activities, *orders;
  gint64 next_lead, next_activity, next_history, next_order, next_split, next_credit;
  GString *text; /* scratch */
} DemoDealFiles;

/* Times of all stages and changes; sets closed, outcome, quoted and the steps. Needs all that stands above them. */
void demo_history_draw(const DemoCompany *company, DemoDeal *deal);
/* Writes the deal's lead and those of the same kind that came to nothing; sets deal->lead. Before the deal is written.
 */
void demo_leads_write(DemoDealFiles *files, DemoDeal *deal);
void demo_activities_of_deal(DemoDealFiles *files, const DemoDeal *deal);
/* Meetings, desk work and training of the people, by week: what is no deal's. */
void demo_activities_of_people(DemoDealFiles *files);
void demo_activity_of_lead(DemoDealFiles *files, gint64 lead, guint owner, DemoTime at, DemoRandom *random);
void demo_orders_of_deal(DemoDealFiles *files, const DemoDeal *deal);

extern const char demo_activity_header[], demo_lead_header[], demo_order_header[];
/* The price list in a currency: fixed factors, not the day's rate, as price lists are. */
gint64 demo_list_price(guint product, DemoCurrency currency);
