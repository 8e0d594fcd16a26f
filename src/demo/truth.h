/* What is true in the simulated company: the constants that everything is drawn from, in tables.
 *
 * All effects on winning are in log-odds and add up: base + the rep's skill + source + fit of product and industry + an
 * early meeting + a demo + the course that works + what ramping lacks. What is not in that sum (number of mails, other
 * courses, the discount) has no effect, however much of it there is. truth_file.c writes the same numbers to
 * truth.json. */
#pragma once

#include "base/day.h"

typedef enum {
  DEMO_QUALIFICATION,
  DEMO_DISCOVERY,
  DEMO_SOLUTION,
  DEMO_PROPOSAL,
  DEMO_NEGOTIATION,
  DEMO_OPEN_STAGES,
  DEMO_WON = DEMO_OPEN_STAGES,
  DEMO_LOST,
  DEMO_ABANDONED,
  DEMO_STAGES
} DemoStage;

typedef struct {
  const char *name;
  int probability_pct;  /* what the CRM shows for it */
  double mean_days;     /* of a stay, before segment and team */
  double loss_share;    /* of deals that are not won, how many end here */
  const char *forecast; /* category it usually carries */
} DemoStageTruth;
extern const DemoStageTruth demo_stages[DEMO_STAGES];

typedef enum {
  DEMO_WEBSITE,
  DEMO_PAID_SEARCH,
  DEMO_CONTENT,
  DEMO_TRADE_FAIR,
  DEMO_REFERRAL,
  DEMO_PARTNER,
  DEMO_OUTBOUND,
  DEMO_LEAD_SOURCES,
  DEMO_CUSTOMER_BASE = DEMO_LEAD_SOURCES, /* deals with customers; without a lead */
  DEMO_SOURCES
} DemoSourceId;

typedef struct {
  const char *name;
  double share;             /* of new-business deals */
  double lead_conversion;   /* of leads that become deals, at the usual response times */
  double effect;            /* on winning */
  double cost_per_lead;     /* EUR */
  double sessions_per_lead; /* web visits for each lead; 0 = not a web channel */
} DemoSourceTruth;
extern const DemoSourceTruth demo_sources[DEMO_SOURCES];

typedef struct {
  const char *name;
  int low_minutes, high_minutes; /* time to the first touch; high 0 = never touched */
  double share;                  /* of leads */
  double multiplier;             /* on the odds-free chance to convert, before it is scaled to the source's mean */
} DemoResponseTruth;
#define DEMO_RESPONSES 6
extern const DemoResponseTruth demo_responses[DEMO_RESPONSES];

typedef struct {
  const char *name, *family;
  gint64 list_minor; /* one unit; a year of it for subscriptions */
  double cost_share; /* of the list price */
  double share;      /* of deals */
  gboolean subscription;
  double discount;          /* mean share at the start */
  double discount_per_year; /* growth of it */
} DemoProductTruth;
#define DEMO_DEAL_PRODUCTS 8
#define DEMO_INSTALLATION  DEMO_DEAL_PRODUCTS /* sold as a second line only */
#define DEMO_PRODUCTS      (DEMO_DEAL_PRODUCTS + 1)
#define DEMO_COLD_CHAIN    3
extern const DemoProductTruth demo_products[DEMO_PRODUCTS];

typedef struct {
  const char *name;
  double share;       /* of accounts */
  double median_deal; /* EUR at list price */
  double deal_sigma;
  double speed;           /* factor on time in stages */
  double churn_per_month; /* of subscription customers */
  double expansion_per_month;
  double contraction_per_month;
  double cases_per_month;
  int employees_low, employees_high;
} DemoSegmentTruth;
#define DEMO_SEGMENTS 3
extern const DemoSegmentTruth demo_segments[DEMO_SEGMENTS];

#define DEMO_INDUSTRIES 8
extern const char *const demo_industries[DEMO_INDUSTRIES];
/* Fit of product and industry, in log-odds. */
double demo_fit(guint product, guint industry);

typedef enum { DEMO_EUR, DEMO_GBP, DEMO_CHF, DEMO_CURRENCIES } DemoCurrency;
extern const char *const demo_currencies[DEMO_CURRENCIES];

/* Countries that share word lists. */
typedef enum { DEMO_DE, DEMO_NORDIC, DEMO_EN, DEMO_NL, DEMO_FR, DEMO_ES, DEMO_IT, DEMO_PL, DEMO_GROUPS } DemoGroup;
typedef struct {
  const char *name;
  DemoGroup group;
  DemoCurrency currency;
} DemoCountry;
typedef struct {
  const char *name;
  DemoCountry countries[3];
  guint n_countries;
  double market;     /* how much there is to sell to, relative */
  double season[12]; /* on the number of deals opened, on top of the company's */
} DemoRegionTruth;
#define DEMO_REGIONS       6
#define DEMO_SEASON_REGION 1 /* the Nordic July */
extern const DemoRegionTruth demo_regions[DEMO_REGIONS];
extern const double demo_season[12]; /* of the company: deals opened by month */
#define DEMO_GROWTH_PER_YEAR 0.06

typedef struct {
  const char *name;
  double effect; /* on winning deals opened after completion */
} DemoCourse;
#define DEMO_COURSES        4
#define DEMO_WORKING_COURSE 0
extern const DemoCourse demo_courses[DEMO_COURSES];

#define DEMO_BASE_LOG_ODDS        (-1.55)
#define DEMO_SKILL_SIGMA          0.32
#define DEMO_SKILL_LIMIT          0.5 /* nobody but the planted strong rep is better */
#define DEMO_STAR_SKILL           1.5
#define DEMO_EARLY_MEETING_EFFECT 0.45 /* held within 14 days of opening */
#define DEMO_DEMO_EFFECT          0.35 /* shown within 30 days of opening */
#define DEMO_EARLY_MEETING_DAYS   14
#define DEMO_DEMO_DAYS            30
#define DEMO_RAMP_EFFECT          (-0.7) /* on day one, gone at full ramp */
#define DEMO_ABANDONED_SHARE      0.08   /* of deals not won: closed without a decision */
#define DEMO_STALE_SHARE          0.03   /* of deals not won: never closed by the rep */
#define DEMO_SKIP_CHANCE          0.08
#define DEMO_RETURN_CHANCE        0.04
#define DEMO_LONGEST_DAYS         280 /* a deal that closes has closed by then */
#define DEMO_BOTTLENECK_FACTOR    2.6 /* on the days in Proposal of the bottleneck team */
#define DEMO_PLATEAU_WIN_RATE     0.70

/* Share of full productivity after so many months in the job. */
#define DEMO_RAMP_MONTHS 9
extern const double demo_ramp[DEMO_RAMP_MONTHS];
