/* The made-up ledger. Randomness is the database's hash of a row, a purpose and the seed: the same seed gives the same
 * records. */
#include "ledger.h"

static const char people[] =
    "INSERT INTO person BY NAME SELECT p::INTEGER AS key, 'p' || p AS id, 'P' || p AS name, true AS known FROM "
    "range(1, %d) r(p);"
    "INSERT INTO stage BY NAME SELECT * FROM (VALUES (1, 'Discovery', 'open'), (2, 'Proposal', 'open'), (3, 'Won', "
    "'won'), "
    "(4, 'Lost', 'lost')) v(key, name, outcome);";

/* A working day of the year to a number in [0, 1): Mondays weigh twice, and each week has a weight of its own. */
static const char chance[] =
    "CREATE MACRO rnd(i, k) AS (hash(i * 7919 + k * 104729 + %u::BIGINT * 15485863) %% 1000000) / 1000000.0;"
    "CREATE TABLE made_day AS SELECT day::DATE AS day, "
    "sum(CASE WHEN dayofweek(day) = 1 THEN 2 ELSE 1 END * (0.6 + 0.8 * rnd(weekofyear(day), 99))) OVER (ORDER BY day) "
    "AS upto "
    "FROM generate_series(DATE '2025-10-01', DATE '2026-11-19', INTERVAL 1 DAY) d(day) WHERE dayofweek(day) BETWEEN 1 "
    "AND 5;"
    "CREATE MACRO some_day(x) AS (SELECT min(day) FROM made_day WHERE upto >= x * (SELECT max(upto) FROM made_day));";

static const char deals[] =
    "CREATE TABLE made AS SELECT i::UBIGINT AS key, (1 + i %% %d)::INTEGER AS owner, x.day AS closed, "
    "(x.day - (10 + 80 * rnd(i, 2))::INTEGER) AS created, CASE WHEN rnd(i, 3) < 0.5 THEN 'won' ELSE 'lost' END AS "
    "outcome, "
    "CASE WHEN rnd(i, 4) < 0.1 THEN x.day + (1 + 5 * rnd(i, 5))::INTEGER ELSE x.day END AS entered FROM range(1, 1501) "
    "r(i) "
    "ASOF JOIN made_day x ON rnd(r.i, 1) * (SELECT max(upto) FROM made_day) <= x.upto;"
    "INSERT INTO opportunity BY NAME SELECT key, 'd' || key AS id, 'Deal ' || key AS name, owner, created AS "
    "created_at_day, "
    "created::TIMESTAMP AS created_at, closed AS closed_at_day, closed::TIMESTAMP AS closed_at, outcome, 100 AS "
    "amount, 'EUR' "
    "AS currency, closed AS expected_close_day FROM made;"
    "INSERT INTO stage_change BY NAME SELECT (10 * key)::UBIGINT AS key, 's' || key AS id, key AS opportunity, "
    "created::TIMESTAMP AS \"at\", created AS at_day, 'Discovery' AS stage FROM made;"
    "INSERT INTO stage_change BY NAME SELECT (10 * m.key + 1)::UBIGINT AS key, 't' || m.key AS id, m.key AS "
    "opportunity, "
    "x.day::TIMESTAMP AS \"at\", x.day AS at_day, 'Proposal' AS stage FROM made m ASOF JOIN made_day x ON m.created + "
    "((m.closed "
    "- m.created) * rnd(m.key::BIGINT, 6))::INTEGER <= x.day;"
    "INSERT INTO stage_change BY NAME SELECT (10 * key + 2)::UBIGINT AS key, 'u' || key AS id, key AS opportunity, "
    "entered::TIMESTAMP AS \"at\", entered AS at_day, CASE outcome WHEN 'won' THEN 'Won' ELSE 'Lost' END AS stage FROM "
    "made;"
    "INSERT INTO opportunity BY NAME SELECT (5000 + i)::UBIGINT AS key, 'o' || i AS id, 'Open ' || i AS name, (1 + i "
    "%% %d)::INTEGER "
    "AS owner, DATE '2026-11-19' - (60 * rnd(i, 7))::INTEGER AS created_at_day, 'open' AS outcome, 100 AS amount, "
    "'EUR' AS "
    "currency, DATE '2026-11-19' + (60 * rnd(i, 8) - 20)::INTEGER AS expected_close_day FROM range(1, 121) r(i);";

static const char activities[] =
    "INSERT INTO activity BY NAME SELECT (100000 + i)::UBIGINT AS key, 'a' || i AS id, (1 + i %% %d)::INTEGER AS "
    "owner, "
    "['call', 'email', 'meeting', 'demo'][1 + (4 * rnd(i, 11))::INTEGER %% 4] AS kind, 'Subject ' || (12 * rnd(i, "
    "12))::INTEGER AS "
    "subject, 300 * (1 + (6 * rnd(i, 13))::INTEGER) AS duration, CASE WHEN rnd(i, 14) < 0.4 THEN 'connected' ELSE "
    "'no_answer' END AS "
    "outcome, x.day AS done_at_day, x.day::TIMESTAMP + INTERVAL 8 HOUR + to_seconds((9 * 3600 * rnd(i, 15))::INTEGER) "
    "AS done_at "
    "FROM range(1, 12001) r(i) ASOF JOIN made_day x ON rnd(r.i, 10) * (SELECT max(upto) FROM made_day) <= x.upto;";

World ledger_clean(guint seed) {
  World world = world_empty("kpis:\n  deals: {formula: count(opportunity on closed_at)}\n");
  company_sql(world.store, people, LEDGER_PEOPLE + 1);
  company_sql(world.store, chance, seed);
  company_sql(world.store, deals, LEDGER_PEOPLE, LEDGER_PEOPLE);
  company_sql(world.store, activities, LEDGER_PEOPLE);
  world_set_clock(&world, base_day_from_civil(2026, 11, 20));
  return world;
}

LintReport ledger_lint(const World *world, const char *rule) {
  const char *only[] = {rule, NULL};
  LintDesk desk = {.context = &world->context};
  LintReport report = {0};
  g_autoptr(GError) error = NULL;
  if (!lint_run(&desk, only, &report, &error)) fail_msg("%s", error->message);
  return report;
}

const LintFinding *ledger_about(const LintReport *report, const char *subject) {
  for (guint i = 0; i < report->findings->len; i++) {
    const LintFinding *finding = g_ptr_array_index(report->findings, i);
    if (g_str_equal(finding->subject, subject)) return finding;
  }
  return NULL;
}

double ledger_figure(const LintFinding *finding, const char *name) {
  for (guint i = 0; i < finding->figures->len; i++) {
    const LintFigure *figure = &g_array_index(finding->figures, LintFigure, i);
    if (g_str_equal(figure->name, name)) return figure->value;
  }
  fail_msg("no figure %s in %s", name, finding->evidence);
  return 0;
}
