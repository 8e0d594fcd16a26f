-- What was believed of a deal, and from when until when: each change of the deal begins a belief, which ends with the next change or
-- with the close. What a change does not tell stays as it was. What no change of a deal ever tells is taken from the deal as it is
-- now; so is everything of a deal that has no changes, in one belief from its creation to its close (of no length, when it was opened and
-- closed at once: it still was the `first`).
WITH
deal AS (
  SELECT *,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at END AS end_at,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at_day END AS end_day
  FROM opportunity),
belief AS (
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
  FROM stage_change
  WINDOW
    by_time AS (PARTITION BY opportunity ORDER BY "at", recorded_at, id),
    so_far AS (PARTITION BY opportunity ORDER BY "at", recorded_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
never AS (
  SELECT opportunity, min("at") AS first_at, count(stage) = 0 AS no_stage, count(amount) = 0 AS no_amount, count(probability) = 0 AS no_probability,
    count(expected_close) = 0 AS no_expected_close, count(forecast_category) = 0 AS no_forecast_category
  FROM stage_change
  GROUP BY opportunity),
told AS (
  SELECT
    deal.key, deal.from_source, deal.id, CASE WHEN no_amount THEN deal.currency ELSE belief.currency END AS currency,
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
  JOIN never ON never.opportunity = belief.opportunity)
-- Of several changes at one moment only the last begins a belief, so one row of a deal is its first.
SELECT * EXCLUDE (closed_at_once)
FROM told
WHERE superseded_at IS NULL OR superseded_at > known_at OR closed_at_once
UNION ALL
SELECT
  key, from_source, id, currency,
  key, owner, account, product, source,
  created_at, created_at_day,
  CASE WHEN end_at IS NOT NULL THEN greatest(end_at, created_at) END, CASE WHEN end_day IS NOT NULL THEN greatest(end_day, created_at_day) END,
  stage, amount, probability, expected_close, expected_close_day, forecast_category, TRUE
FROM deal
ANTI JOIN stage_change ON stage_change.opportunity = deal.key
WHERE created_at IS NOT NULL
