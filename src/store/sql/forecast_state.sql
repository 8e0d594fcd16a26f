-- What was believed of a deal, and from when until when: each change of the deal begins a belief, which ends with the next change or
-- with the close. What a change does not tell stays as it was. What no change of a deal ever tells is taken from the deal as it is
-- now; so is everything of a deal that has no changes, in one belief from its creation to its close (of no length, when it was opened and
-- closed at once: it still was the `first`).
--
-- Most deals' changes tell a column either always or never; then nothing has to be carried on. The others are `is_mixed`.
CREATE OR REPLACE TEMP TABLE derived_never AS
SELECT opportunity, first_at, n_stage = 0 AS no_stage, n_amount = 0 AS no_amount, n_probability = 0 AS no_probability,
  n_expected_close = 0 AS no_expected_close, n_forecast_category = 0 AS no_forecast_category,
  n_stage NOT IN (0, n) OR n_amount NOT IN (0, n) OR n_currency NOT IN (0, n) OR n_probability NOT IN (0, n)
    OR n_expected_close NOT IN (0, n) OR n_forecast_category NOT IN (0, n) AS is_mixed
FROM (
  SELECT opportunity, min("at") AS first_at, count(*) AS n, count(stage) AS n_stage, count(amount) AS n_amount,
    count(CASE WHEN amount IS NOT NULL THEN currency END) AS n_currency, count(probability) AS n_probability,
    count(expected_close) AS n_expected_close, count(forecast_category) AS n_forecast_category
  FROM derived_told
  GROUP BY opportunity);

INSERT INTO forecast_state BY NAME
WITH
deal AS (
  SELECT *,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at END AS end_at,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at_day END AS end_day
  FROM derived_deal),
steady AS (
  SELECT opportunity, "at", at_day,
    CASE WHEN lead(opportunity) OVER () = opportunity THEN lead("at") OVER () END AS next_at,
    CASE WHEN lead(opportunity) OVER () = opportunity THEN lead(at_day) OVER () END AS next_day,
    stage, amount, currency, probability, expected_close, expected_close_day, forecast_category
  FROM derived_told),
-- `rowid` is the place in the order in which derived_told was made.
mixed AS (
  SELECT opportunity, "at", at_day,
    lead("at") OVER by_time AS next_at,
    lead(at_day) OVER by_time AS next_day,
    last_value(stage IGNORE NULLS) OVER so_far AS stage,
    last_value(amount IGNORE NULLS) OVER so_far AS amount,
    last_value(CASE WHEN amount IS NOT NULL THEN currency END IGNORE NULLS) OVER so_far AS currency,
    last_value(probability IGNORE NULLS) OVER so_far AS probability,
    last_value(expected_close IGNORE NULLS) OVER so_far AS expected_close,
    last_value(expected_close_day IGNORE NULLS) OVER so_far AS expected_close_day,
    last_value(forecast_category IGNORE NULLS) OVER so_far AS forecast_category
  FROM (
    SELECT told.*, told.rowid AS place FROM derived_told told
    SEMI JOIN (SELECT opportunity FROM derived_never WHERE is_mixed) these ON these.opportunity = told.opportunity)
  WINDOW
    by_time AS (PARTITION BY opportunity ORDER BY place),
    so_far AS (PARTITION BY opportunity ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
belief AS (
  SELECT *, FALSE AS is_mixed FROM steady
  UNION ALL
  SELECT *, TRUE FROM mixed),
told AS (
  SELECT
    deal.key, CASE WHEN no_amount THEN deal.currency ELSE belief.currency END AS currency,
    deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source,
    least(belief."at", deal.end_at) AS known_at,
    least(belief.at_day, deal.end_day) AS known_at_day,
    least(belief.next_at, deal.end_at) AS superseded_at,
    least(belief.next_day, deal.end_day) AS superseded_at_day,
    CASE WHEN no_stage THEN deal.stage ELSE belief.stage END AS stage,
    CASE WHEN no_amount THEN deal.amount ELSE belief.amount END AS amount,
    CASE WHEN no_probability THEN deal.probability ELSE belief.probability END AS probability,
    CASE WHEN no_expected_close THEN deal.expected_close ELSE belief.expected_close END AS expected_close,
    CASE WHEN no_expected_close THEN deal.expected_close_day ELSE belief.expected_close_day END AS expected_close_day,
    CASE WHEN no_forecast_category THEN deal.forecast_category ELSE belief.forecast_category END AS forecast_category,
    least(belief."at", deal.end_at) = least(never.first_at, deal.end_at) AS "first",
    belief.next_at IS NULL AND never.first_at >= deal.end_at AS closed_at_once
  FROM belief
  JOIN deal ON deal.key = belief.opportunity
  JOIN derived_never never ON never.opportunity = belief.opportunity AND never.is_mixed = belief.is_mixed)
-- Of several changes at one moment only the last begins a belief, so one row of a deal is its first.
SELECT * EXCLUDE (closed_at_once)
FROM told
WHERE superseded_at IS NULL OR superseded_at > known_at OR closed_at_once
UNION ALL BY NAME
SELECT
  key, currency, key AS opportunity, owner, account, product, source,
  created_at AS known_at, created_at_day AS known_at_day,
  CASE WHEN end_at IS NOT NULL THEN greatest(end_at, created_at) END AS superseded_at,
  CASE WHEN end_day IS NOT NULL THEN greatest(end_day, created_at_day) END AS superseded_at_day,
  stage, amount, probability, expected_close, expected_close_day, forecast_category, TRUE AS "first"
FROM deal
ANTI JOIN derived_never never ON never.opportunity = deal.key
WHERE created_at IS NOT NULL;
