-- A company for measuring: made in the ledger's own form, from hashes of row numbers, so that every run makes the same one.
-- {deals} is the number of deals, {people} that of reps; everything else is in proportion to the deals. Rows are in the order of time, as CRMs export them.
-- Nothing here is meant to be believable (attain demo is): only sizes, spreads and shares of empty values are.

CREATE OR REPLACE TEMP MACRO u(i, salt) AS (hash(i * 64 + salt) >> 11)::DOUBLE / 9007199254740992.0;
CREATE OR REPLACE TEMP MACRO pick(i, salt, n) AS (hash(i * 64 + salt) % (n)::UBIGINT)::BIGINT;
CREATE OR REPLACE TEMP MACRO deal_key(i) AS hash(i * 2 + 1000000000001);
CREATE OR REPLACE TEMP MACRO lead_key(i) AS hash(i * 2 + 2000000000001);
-- A moment `days` after 2023-01-01, to the second.
CREATE OR REPLACE TEMP MACRO moment(days) AS make_timestamp(1672531200000000 + (days * 86400)::BIGINT * 1000000);
CREATE OR REPLACE TEMP MACRO n_people() AS {people};
CREATE OR REPLACE TEMP MACRO n_accounts() AS greatest(100, {deals} // 50);
CREATE OR REPLACE TEMP MACRO n_leads() AS {deals} * 2 // 5;
-- Nine of ten deals are with the account's own rep.
CREATE OR REPLACE TEMP MACRO owner_of(i, account) AS (1 + CASE WHEN u(i, 21) < 0.9 THEN account % n_people() ELSE pick(i, 6, n_people()) END)::INTEGER;
-- The clock stands at day 1420, 2026-11-21.
CREATE OR REPLACE TEMP MACRO today() AS 1420;

INSERT INTO team BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'T' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known,
  'Team ' || i AS name, CASE WHEN i > 5 THEN (1 + i % 5)::INTEGER END AS parent, CASE WHEN i > 5 THEN 'team' ELSE 'division' END AS level,
  (n_people() + i)::INTEGER AS manager, ['North', 'South', 'East', 'West'][1 + i % 4] AS region
FROM range(1, 56) r(i);

INSERT INTO person BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'P' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known, 'EUR' AS currency,
  printf('Person %04d', i) AS name, CASE WHEN i <= n_people() THEN 'rep' ELSE 'manager' END AS role,
  (6 + i % 50)::INTEGER AS team,
  moment(CASE WHEN i % 4 = 0 THEN pick(i, 1, 1200) ELSE -400 END) AS hired_at, hired_at::DATE AS hired_at_day,
  hired_at + INTERVAL 120 DAY AS ramped_at, ramped_at::DATE AS ramped_at_day,
  CASE WHEN i % 25 = 0 THEN moment(1200 + i % 200) END AS left_at, left_at::DATE AS left_at_day,
  i <= n_people() AS quota_carrying, 7000000 AS cost
FROM range(1, n_people() + 56) r(i);

INSERT INTO membership BY NAME
SELECT hash(i * 2 + j) AS key, 'bench' AS from_source, 'M' || i || '-' || j AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load,
  i::INTEGER AS person, (6 + (i + j) % 50)::INTEGER AS team,
  CASE WHEN j = 1 THEN moment(900 + i % 300) END AS from_at, from_at::DATE AS from_at_day,
  CASE WHEN j = 0 AND i % 3 = 0 THEN moment(900 + i % 300) END AS until_at, until_at::DATE AS until_at_day
FROM range(1, n_people() + 1) r(i), range(2) s(j)
WHERE j = 0 OR i % 3 = 0;

INSERT INTO territory BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'R' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known,
  'Territory ' || i AS name, 8000 AS target_accounts
FROM range(1, 21) r(i);

INSERT INTO account BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'A' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known, 'EUR' AS currency,
  'Account ' || i AS name, ['Software', 'Retail', 'Health', 'Machines', 'Banking', 'Energy'][1 + pick(i, 1, 6)] AS industry,
  ['North', 'South', 'East', 'West'][1 + pick(i, 2, 4)] AS region, (1 + i % n_people())::INTEGER AS owner,
  (1 + pick(i, 4, 20))::INTEGER AS territory
FROM range(1, n_accounts() + 1) r(i);

INSERT INTO product BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'G' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known, 'EUR' AS currency,
  'Product ' || i AS name, 'Family ' || (i % 6) AS family, i * 10000 AS list_price
FROM range(1, 41) r(i);

INSERT INTO stage BY NAME
SELECT i::INTEGER AS key, 'bench' AS from_source, 'S' || i AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, TRUE AS known,
  ['Qualify', 'Propose', 'Negotiate', 'Won', 'Lost'][i] AS name, i AS position, ['open', 'open', 'open', 'won', 'lost'][i] AS outcome
FROM range(1, 6) r(i);

INSERT INTO opportunity BY NAME
WITH
begun AS (
  SELECT i, i * today()::DOUBLE / {deals} AS created_on, 3 - ln(1 - u(i, 1)) * 55 AS days, u(i, 2) AS fate, u(i, 3) AS luck
  FROM range({deals}) r(i)),
ended AS (SELECT *, created_on + days < today() AS is_closed, least(created_on + days, today()) AS lived_until FROM begun)
SELECT deal_key(i) AS key, 'bench' AS from_source, 'D' || i AS id, moment(lived_until) AS recorded_at, 1 AS load, 'EUR' AS currency,
  'Deal ' || i AS name, (1 + floor(u(i, 4) * u(i, 5) * n_accounts()))::INTEGER AS account,
  owner_of(i, account) AS owner, moment(created_on) AS created_at, created_at::DATE AS created_at_day,
  CASE WHEN is_closed THEN moment(created_on + days) END AS closed_at, closed_at::DATE AS closed_at_day,
  moment(created_on + days * (0.5 + u(i, 7))) AS expected_close, expected_close::DATE AS expected_close_day,
  CASE WHEN NOT is_closed THEN 'open' WHEN fate < 0.27 THEN 'won' WHEN fate < 0.9 THEN 'lost' ELSE 'abandoned' END AS outcome,
  CASE WHEN outcome = 'won' THEN 'Won' WHEN is_closed THEN 'Lost' ELSE ['Qualify', 'Propose', 'Negotiate'][1 + pick(i, 8, 3)] END AS stage,
  CASE WHEN luck > 0.03 THEN (100 * (100 + floor(-ln(1 - u(i, 9)) * 15000)))::BIGINT END AS amount,
  CASE WHEN u(i, 10) < 0.8 THEN amount + amount * pick(i, 11, 25) // 100 END AS list_amount,
  [0.1, 0.3, 0.6, 0.9][1 + pick(i, 12, 4)] AS probability,
  ['pipeline', 'best_case', 'commit', 'omitted'][1 + pick(i, 13, 4)] AS forecast_category,
  ['new', 'new', 'new', 'expansion', 'renewal'][1 + pick(i, 14, 5)] AS type,
  ['web', 'referral', 'event', 'outbound', 'partner', 'ads'][1 + pick(i, 15, 6)] AS source,
  (1 + pick(i, 16, 40))::INTEGER AS product,
  CASE WHEN outcome = 'lost' THEN ['price', 'timing', 'competitor', 'no need'][1 + pick(i, 17, 4)] END AS lost_reason,
  CASE WHEN NOT is_closed AND u(i, 18) < 0.5 THEN moment(today() + pick(i, 19, 30)) END AS next_step_at, next_step_at::DATE AS next_step_at_day,
  CASE WHEN u(i, 20) < 0.6 THEN moment(least(created_on + days * 0.6, lived_until)) END AS quoted_at, quoted_at::DATE AS quoted_at_day
FROM ended;

-- One to three changes of a deal: it was opened, went on, and its expected close moved.
INSERT INTO stage_change BY NAME
WITH change AS (
  SELECT i, k, 1 + pick(i, 1, 3) AS n, i * today()::DOUBLE / {deals} AS created_on, 3 - ln(1 - u(i, 1)) * 55 AS days, i * 4 + k AS c
  FROM range({deals}) r(i), range(3) s(k))
SELECT hash(c * 2 + 3000000000001) AS key, 'bench' AS from_source, 'C' || c AS id, moment(least(created_on + days * k / n, today())) AS recorded_at,
  1 AS load, 'EUR' AS currency, deal_key(i) AS opportunity,
  moment(created_on + days * k / n) AS "at", "at"::DATE AS at_day, ['Qualify', 'Propose', 'Negotiate'][1 + k] AS stage,
  CASE WHEN u(i, 3) > 0.03 THEN (100 * (100 + floor(-ln(1 - u(i, 9)) * 15000)))::BIGINT * (100 - (n - 1 - k) * pick(c, 2, 20)) // 100 END AS amount,
  [0.1, 0.3, 0.6][1 + k] AS probability,
  moment(created_on + days * (CASE WHEN k = n - 1 THEN 0.5 + u(i, 7) ELSE 0.4 + u(c, 3) END)) AS expected_close, expected_close::DATE AS expected_close_day,
  ['pipeline', 'best_case', 'commit', 'omitted'][1 + pick(c, 4, 4)] AS forecast_category
FROM change
WHERE k < n AND created_on + days * k / n < today();

INSERT INTO lead BY NAME
WITH begun AS (
  SELECT i, i * (today() - 0.5) / n_leads() AS created_on, u(i, 1) AS care, pick(i, 2, {deals}) AS deal FROM range(n_leads()) r(i))
SELECT lead_key(i) AS key, 'bench' AS from_source, 'L' || i AS id, moment(created_on) AS recorded_at, 1 AS load, 'Lead ' || i AS name,
  (1 + pick(i, 3, n_people()))::INTEGER AS owner, ['web', 'referral', 'event', 'outbound', 'partner', 'ads'][1 + pick(i, 4, 6)] AS source,
  moment(created_on) AS created_at, created_at::DATE AS created_at_day,
  moment(created_on + u(i, 5) * 0.2) AS assigned_at, assigned_at::DATE AS assigned_at_day,
  CASE WHEN care < 0.85 THEN moment(created_on + least(-ln(1 - u(i, 6)) * 0.1, today() - created_on)) END AS first_touched_at,
  first_touched_at::DATE AS first_touched_at_day,
  CASE WHEN care < 0.5 THEN moment(created_on + least(u(i, 7) * 20, today() - created_on)) END AS marketing_qualified_at,
  marketing_qualified_at::DATE AS marketing_qualified_at_day,
  CASE WHEN care < 0.3 THEN moment(created_on + least(20 + u(i, 8) * 40, today() - created_on)) END AS qualified_at,
  qualified_at::DATE AS qualified_at_day,
  CASE WHEN care < 0.2 THEN moment(created_on + least(60 + u(i, 9) * 40, today() - created_on)) END AS converted_at,
  converted_at::DATE AS converted_at_day,
  CASE WHEN care < 0.2 THEN deal_key(least(i * 5 // 2 + 1000, {deals} - 1)) END AS opportunity
FROM begun;

-- Four activities for each deal, nine of ten linked to it, one of ten to a lead; some planned and never done.
INSERT INTO activity BY NAME
WITH
act AS (
  SELECT a, a // 4 AS i, (a // 4) * today()::DOUBLE / {deals} AS created_on, 3 - ln(1 - u(a // 4, 1)) * 55 AS days, u(a, 2) AS what, u(a, 3) AS how
  FROM range({deals} * 4) r(a)),
placed AS (SELECT *, least(created_on + days * u(a, 4), today() - 0.01) AS done_on FROM act)
SELECT hash(a * 2 + 4000000000001) AS key, 'bench' AS from_source, 'V' || a AS id, moment(done_on) AS recorded_at, 1 AS load,
  owner_of(i, (1 + floor(u(i, 4) * u(i, 5) * n_accounts()))::INTEGER) AS owner,
  CASE WHEN how < 0.9 THEN (1 + floor(u(i, 4) * u(i, 5) * n_accounts()))::INTEGER END AS account,
  CASE WHEN how < 0.9 THEN deal_key(i) END AS opportunity,
  CASE WHEN how >= 0.9 THEN lead_key(least(i * 2 // 5, n_leads() - 1)) END AS lead,
  CASE WHEN what < 0.4 THEN 'call' WHEN what < 0.72 THEN 'email' WHEN what < 0.84 THEN 'meeting' WHEN what < 0.89 THEN 'demo'
    WHEN what < 0.92 THEN 'proposal' ELSE 'internal' END AS kind,
  CASE WHEN u(a, 5) < 0.8 THEN 'outbound' ELSE 'inbound' END AS direction,
  CASE WHEN what >= 0.72 AND what < 0.89 THEN moment(done_on) END AS scheduled_at, scheduled_at::DATE AS scheduled_at_day,
  CASE WHEN u(a, 6) < 0.95 THEN moment(done_on) END AS done_at, done_at::DATE AS done_at_day,
  600 + pick(a, 7, 60) * 60 AS duration,
  CASE WHEN what < 0.4 THEN ['connected', 'no_answer', 'no_answer', 'voicemail'][1 + pick(a, 8, 4)]
    WHEN what < 0.72 THEN CASE WHEN u(a, 9) < 0.2 THEN 'replied' END
    WHEN what < 0.89 THEN ['held', 'held', 'held', 'held', 'cancelled', 'no_show'][1 + pick(a, 10, 6)] END AS outcome
FROM placed;

INSERT INTO sale BY NAME
SELECT hash(i * 2 + 5000000000001) AS key, 'bench' AS from_source, 'I' || i AS id, moment(i * (today() - 0.5) / ({deals} * 2 // 5)) AS recorded_at,
  1 AS load, 'EUR' AS currency, 'N' || (i // 2) AS document, (1 + floor(u(i // 2, 1) * u(i // 2, 2) * n_accounts()))::INTEGER AS account,
  owner_of(i // 2, account) AS owner, (1 + pick(i, 4, 40))::INTEGER AS product,
  moment((i // 2 * 2) * (today() - 0.5) / ({deals} * 2 // 5)) AS "at", "at"::DATE AS at_day, (1 + pick(i, 5, 5))::DOUBLE AS quantity,
  CASE WHEN u(i, 6) < 0.04 THEN 'refund' ELSE 'sale' END AS kind,
  CASE WHEN kind = 'refund' THEN -1 ELSE 1 END * (5000 + pick(i, 7, 400000)) AS net_amount,
  CASE WHEN u(i, 8) < 0.9 THEN net_amount + net_amount * pick(i, 9, 20) // 100 END AS list_amount,
  CASE WHEN u(i, 10) < 0.9 THEN net_amount * (40 + pick(i, 11, 30)) // 100 END AS cost
FROM range({deals} * 2 // 5) r(i);

INSERT INTO subscription_change BY NAME
SELECT hash(i * 2 + 6000000000001) AS key, 'bench' AS from_source, 'U' || i AS id, moment(i * (today() - 0.5) / ({deals} // 25)) AS recorded_at, 1 AS load,
  'EUR' AS currency, (1 + pick(i, 1, n_accounts() // 2))::INTEGER AS account, (1 + account % n_people())::INTEGER AS owner,
  moment(i * (today() - 0.5) / ({deals} // 25)) AS "at", "at"::DATE AS at_day,
  CASE WHEN u(i, 3) < 0.5 THEN 'new' WHEN u(i, 3) < 0.75 THEN 'expansion' WHEN u(i, 3) < 0.9 THEN 'contraction' ELSE 'churn' END AS kind,
  CASE WHEN kind IN ('new', 'expansion') THEN 1 ELSE -1 END * (2000 + pick(i, 4, 30000)) AS mrr_change
FROM range({deals} // 25) r(i);

INSERT INTO spend BY NAME
SELECT hash(i * 2 + 7000000000001) AS key, 'bench' AS from_source, 'X' || i AS id, moment(i // 12) AS recorded_at, 1 AS load, 'EUR' AS currency,
  moment(i // 12) AS "at", "at"::DATE AS at_day, ['web', 'events', 'print'][1 + i % 3] AS channel,
  ['advertising', 'events', 'tools', 'salaries', 'commission', 'overhead'][1 + i % 6] AS category, 10000 + pick(i, 1, 500000) AS amount,
  CASE WHEN i % 6 = 4 THEN (1 + pick(i, 2, n_people()))::INTEGER END AS owner
FROM range(today() * 12) r(i);

INSERT INTO web_traffic BY NAME
SELECT hash(i * 2 + 8000000000001) AS key, 'bench' AS from_source, 'W' || i AS id, moment(i // 3) AS recorded_at, 1 AS load,
  moment(i // 3) AS day, day::DATE AS day_day, ['web', 'ads', 'social'][1 + i % 3] AS channel, 500 + pick(i, 1, 900) AS sessions,
  300 + pick(i, 2, 200) AS visitors, pick(i, 3, 30) AS leads
FROM range(today() * 3) r(i);

INSERT INTO survey BY NAME
SELECT hash(i * 2 + 9000000000001) AS key, 'bench' AS from_source, 'Q' || i AS id, moment(i * (today() - 0.5) / ({deals} // 25)) AS recorded_at, 1 AS load,
  moment(i * (today() - 0.5) / ({deals} // 25)) AS "at", "at"::DATE AS at_day, (1 + pick(i, 1, n_accounts()))::INTEGER AS account,
  (1 + pick(i, 2, n_people()))::INTEGER AS owner, ['csat', 'nps', 'ces'][1 + i % 3] AS kind,
  CASE i % 3 WHEN 0 THEN 1 + pick(i, 3, 5) WHEN 1 THEN pick(i, 3, 11) ELSE 1 + pick(i, 3, 7) END AS score, [5, 10, 7][1 + i % 3] AS scale
FROM range({deals} // 25) r(i);

INSERT INTO "case" BY NAME
SELECT hash(i * 2 + 1100000000001) AS key, 'bench' AS from_source, 'K' || i AS id, moment(i * (today() - 0.5) / ({deals} // 12)) AS recorded_at, 1 AS load,
  (1 + pick(i, 1, n_accounts()))::INTEGER AS account, (1 + pick(i, 2, n_people()))::INTEGER AS owner,
  moment(i * (today() - 0.5) / ({deals} // 12)) AS opened_at, opened_at::DATE AS opened_at_day,
  least(opened_at + to_seconds(pick(i, 3, 36000)), moment(today())) AS first_response_at, first_response_at::DATE AS first_response_at_day,
  CASE WHEN u(i, 4) < 0.93 THEN least(opened_at + to_seconds(3600 + pick(i, 5, 400000)), moment(today())) END AS resolved_at,
  resolved_at::DATE AS resolved_at_day, u(i, 6) < 0.1 AS reopened, 1 + pick(i, 7, 4) AS contacts
FROM range({deals} // 12) r(i);

INSERT INTO training BY NAME
SELECT hash(i * 2 + 1200000000001) AS key, 'bench' AS from_source, 'E' || i AS id, moment(i % today()) AS recorded_at, 1 AS load,
  (1 + i % n_people())::INTEGER AS person, 'Course ' || (i % 20) AS course,
  moment(i % today()) AS assigned_at, assigned_at::DATE AS assigned_at_day, assigned_at + INTERVAL 30 DAY AS due_at, due_at::DATE AS due_at_day,
  CASE WHEN u(i, 1) < 0.8 THEN least(assigned_at + to_days((pick(i, 2, 45))::INTEGER), moment(today())) END AS completed_at,
  completed_at::DATE AS completed_at_day, completed_at + INTERVAL 365 DAY AS certified_until, certified_until::DATE AS certified_until_day
FROM range(n_people() * 40) r(i);

INSERT INTO quota BY NAME
SELECT hash(p * 64 + m) AS key, 'bench' AS from_source, 'Z' || p || '-' || m AS id, TIMESTAMP '2026-11-20' AS recorded_at, 1 AS load, 'EUR' AS currency,
  p::INTEGER AS owner, 'revenue' AS kpi, DATE '2023-01-01'::TIMESTAMP + to_months(m::INTEGER) AS starts_at, starts_at::DATE AS starts_at_day,
  starts_at + INTERVAL 1 MONTH AS ends_at, ends_at::DATE AS ends_at_day, 100 * (8000 + pick(p, 1, 9000)) * 100 AS amount
FROM range(1, n_people() + 1) r(p), range(48) s(m);

INSERT INTO coaching BY NAME
SELECT hash(i * 2 + 1300000000001) AS key, 'bench' AS from_source, 'H' || i AS id, moment(i % today()) AS recorded_at, 1 AS load,
  (1 + i % n_people())::INTEGER AS person, moment(i % today()) AS due_at, due_at::DATE AS due_at_day,
  CASE WHEN u(i, 1) < 0.7 THEN due_at END AS held_at, held_at::DATE AS held_at_day
FROM range(n_people() * 60) r(i);

INSERT INTO action BY NAME
SELECT hash(i * 2 + 1400000000001) AS key, 'bench' AS from_source, 'O' || i AS id, moment(i % today()) AS recorded_at, 1 AS load,
  (1 + i % n_people())::INTEGER AS owner, moment(i % today()) AS due_at, due_at::DATE AS due_at_day,
  CASE WHEN u(i, 1) < 0.7 THEN least(due_at + to_days((pick(i, 2, 9))::INTEGER - 5), moment(today())) END AS done_at, done_at::DATE AS done_at_day
FROM range(n_people() * 60) r(i);
