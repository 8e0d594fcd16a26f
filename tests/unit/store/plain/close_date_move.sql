-- Every change of a deal's expected close to another day, up to the day on which the deal was decided.
WITH
told AS (
  SELECT opportunity, "at", at_day, expected_close, expected_close_day,
    lag(expected_close) OVER by_time AS before,
    lag(expected_close_day) OVER by_time AS before_day
  FROM stage_change
  WHERE expected_close IS NOT NULL
  WINDOW by_time AS (PARTITION BY opportunity ORDER BY "at", recorded_at, id))
SELECT
  deal.key, deal.from_source, deal.id,
  deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source,
  told."at", told.at_day,
  told.before AS moved_from, told.before_day AS moved_from_day,
  told.expected_close AS moved_to, told.expected_close_day AS moved_to_day,
  CASE WHEN told.expected_close_day > told.before_day THEN 'pushed' ELSE 'pulled_in' END AS kind
FROM told
JOIN opportunity deal ON deal.key = told.opportunity
WHERE told.expected_close_day <> told.before_day
  AND (deal.closed_at IS NULL OR deal.outcome IS NOT DISTINCT FROM 'open' OR told.at_day <= deal.closed_at_day)
