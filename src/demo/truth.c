/* The tables of truth.h. Changing a number here changes the company, and truth.json with it; nothing else has to
 * follow. */
#include "demo/truth.h"

const DemoStageTruth demo_stages[DEMO_STAGES] = {
    {"Qualification", 10, 12, 0.30, "Pipeline"}, {"Discovery", 20, 18, 0.26, "Pipeline"},
    {"Solution", 40, 21, 0.18, "Best Case"},     {"Proposal", 60, 20, 0.16, "Best Case"},
    {"Negotiation", 80, 14, 0.10, "Commit"},     {"Closed Won", 100, 0, 0, "Closed"},
    {"Closed Lost", 0, 0, 0, "Omitted"},         {"Closed No Decision", 0, 0, 0, "Omitted"},
};

const DemoSourceTruth demo_sources[DEMO_SOURCES] = {
    {"Website", 0.22, 0.42, 0.05, 38, 28},          {"Paid search", 0.14, 0.28, -0.10, 92, 17},
    {"Content download", 0.10, 0.10, -1.10, 24, 9}, {"Trade fair", 0.12, 0.35, 0.0, 145, 0},
    {"Referral", 0.12, 0.58, 0.55, 20, 4},          {"Partner", 0.12, 0.54, 0.30, 60, 0},
    {"Outbound", 0.18, 0.35, -0.25, 75, 0},         {"Customer base", 0, 0, 0.45, 0, 0},
};

const DemoResponseTruth demo_responses[DEMO_RESPONSES] = {
    {"within 5 minutes", 1, 5, 0.12, 1.6},  {"within 1 hour", 6, 60, 0.25, 1.3},
    {"within 4 hours", 61, 240, 0.23, 1.0}, {"within 24 hours", 241, 1440, 0.22, 0.75},
    {"1 to 3 days", 1441, 4320, 0.13, 0.5}, {"never", 0, 0, 0.05, 0.0},
};

const DemoProductTruth demo_products[DEMO_PRODUCTS] = {
    {"Fleet Tracker", "Devices", 18900, 0.46, 0.20, FALSE, 0.08, 0.0},
    {"Fleet Suite", "Software", 26400, 0.16, 0.22, TRUE, 0.07, 0.0},
    {"Route Planner", "Software", 37200, 0.14, 0.14, TRUE, 0.06, 0.0},
    {"Cold Chain Monitor", "Devices", 32900, 0.42, 0.14, FALSE, 0.05, 0.075},
    {"Driver Coach", "Software", 11400, 0.12, 0.10, TRUE, 0.06, 0.0},
    {"Dock Scheduler", "Software", 290000, 0.15, 0.08, TRUE, 0.05, 0.0},
    {"Workshop Manager", "Software", 180000, 0.16, 0.06, TRUE, 0.05, 0.0},
    {"Data Connect", "Software", 480000, 0.10, 0.06, TRUE, 0.04, 0.0},
    {"Installation", "Services", 9500, 0.68, 0.0, FALSE, 0.0, 0.0},
};

const DemoSegmentTruth demo_segments[DEMO_SEGMENTS] = {
    {"Small", 0.58, 5200, 0.65, 0.75, 0.018, 0.010, 0.008, 0.10, 12, 99},
    {"Mid-market", 0.32, 19000, 0.70, 1.0, 0.009, 0.014, 0.007, 0.22, 100, 999},
    {"Enterprise", 0.10, 72000, 0.80, 1.5, 0.005, 0.018, 0.006, 0.50, 1000, 14000},
};

const char *const demo_industries[DEMO_INDUSTRIES] = {
    "Logistics", "Food and beverage", "Construction", "Public transport",
    "Utilities", "Field services",    "Retail",       "Pharma distribution",
};

/* Rows: products; columns: industries. A cold chain sells to food and pharma, docks to logistics and retail, and so on.
 */
static const double fit[DEMO_DEAL_PRODUCTS][DEMO_INDUSTRIES] = {
    {0.1, 0.0, 0.3, 0.0, 0.1, 0.2, -0.2, -0.1},  {0.2, 0.0, 0.1, 0.2, 0.1, 0.1, -0.1, 0.0},
    {0.2, 0.1, -0.3, -0.4, 0.0, 0.3, 0.2, 0.1},  {-0.1, 0.5, -0.6, -0.6, -0.5, -0.4, 0.1, 0.6},
    {0.1, 0.0, 0.0, 0.4, 0.1, 0.0, -0.1, -0.1},  {0.4, 0.2, -0.4, -0.6, -0.3, -0.3, 0.4, 0.1},
    {0.0, -0.1, 0.2, 0.4, 0.2, 0.0, -0.3, -0.3}, {0.1, 0.0, -0.1, 0.0, 0.1, 0.0, 0.1, 0.1},
};

double demo_fit(guint product, guint industry) {
  return fit[product][industry];
}

#define DE     "de"
#define NORDIC "nordic"
const DemoRegionTruth demo_regions[DEMO_REGIONS] = {
    {"DACH",
     {{"Germany", DEMO_DE, DEMO_EUR}, {"Austria", DEMO_DE, DEMO_EUR}, {"Switzerland", DEMO_DE, DEMO_CHF}},
     3,
     1.5,
     {1, 1, 1, 1, 1, 1, 1, 0.9, 1, 1, 1, 1}},
    {"Nordics",
     {{"Sweden", DEMO_NORDIC, DEMO_EUR}, {"Denmark", DEMO_NORDIC, DEMO_EUR}, {"Finland", DEMO_NORDIC, DEMO_EUR}},
     3,
     0.9,
     {1.05, 1.05, 1.1, 1.05, 1.05, 0.8, 0.30, 0.95, 1.15, 1.15, 1.1, 0.95}},
    {"UK and Ireland",
     {{"United Kingdom", DEMO_EN, DEMO_GBP}, {"Ireland", DEMO_EN, DEMO_EUR}},
     2,
     1.1,
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"Benelux and France",
     {{"Netherlands", DEMO_NL, DEMO_EUR}, {"Belgium", DEMO_NL, DEMO_EUR}, {"France", DEMO_FR, DEMO_EUR}},
     3,
     1.0,
     {1, 1, 1, 1, 1, 1, 1, 0.8, 1.05, 1, 1, 1}},
    {"Southern Europe",
     {{"Spain", DEMO_ES, DEMO_EUR}, {"Portugal", DEMO_ES, DEMO_EUR}, {"Italy", DEMO_IT, DEMO_EUR}},
     3,
     0.9,
     {1, 1, 1, 1, 1, 1, 1, 0.6, 1.1, 1, 1, 1}},
    {"Central Europe",
     {{"Poland", DEMO_PL, DEMO_EUR}, {"Czechia", DEMO_PL, DEMO_EUR}},
     2,
     0.8,
     {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
};

const double demo_season[12] = {0.95, 1.0, 1.15, 0.98, 0.96, 1.05, 0.84, 0.72, 1.14, 1.10, 1.12, 0.78};

const DemoCourse demo_courses[DEMO_COURSES] = {
    {"Discovery conversations", 0.35},
    {"Product update", 0.0},
    {"Negotiating with purchasing", 0.0},
    {"CRM basics", 0.0},
};

const char *const demo_currencies[DEMO_CURRENCIES] = {"EUR", "GBP", "CHF"};

const double demo_ramp[DEMO_RAMP_MONTHS] = {0.10, 0.20, 0.35, 0.50, 0.62, 0.73, 0.83, 0.91, 0.97};
