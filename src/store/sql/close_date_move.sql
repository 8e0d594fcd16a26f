-- Every change of a deal's expected close to another day, up to the day on which the deal was decided.
INSERT INTO close_date_move BY NAME
WITH
told AS (
  SELECT opportunity, "at", at_day, expected_close, expected_close_day,
    CASE WHEN lag(opportunity) OVER () = opportunity THEN lag(expected_close) OVER () END AS before,
    CASE WHEN lag(opportunity) OVER () = opportunity THEN lag(expected_close_day) OVER () END AS before_day
  FROM derived_told
  WHERE expected_close IS NOT NULL)
SELECT
  deal.key,
  deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source,
  told."at", told.at_day,
  told.before AS moved_from, told.before_day AS moved_from_day,
  told.expected_close AS moved_to, told.expected_close_day AS moved_to_day,
  CASE WHEN told.expected_close_day > told.before_day THEN 'pushed' ELSE 'pulled_in' END AS kind
FROM told
JOIN derived_deal deal ON deal.key = told.opportunity
WHERE told.expected_close_day <> told.before_day
  AND (deal.closed_at IS NULL OR deal.outcome IS NOT DISTINCT FROM 'open' OR told.at_day <= deal.closed_at_day);
