-- The spans in which nothing was done on a deal: from its creation or a done activity to the next activity or the close.
-- Two touches at the same moment leave no span between them. An activity that is planned and not done ends no silence; until when
-- something is planned is told beside it.
WITH
touch AS (
  SELECT key AS opportunity, created_at AS "at", created_at_day AS day FROM opportunity WHERE created_at IS NOT NULL
  UNION ALL
  SELECT opportunity, done_at, done_at_day FROM activity WHERE opportunity IS NOT NULL AND done_at IS NOT NULL),
deal AS (
  SELECT *,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at END AS end_at,
    CASE WHEN outcome IS DISTINCT FROM 'open' THEN closed_at_day END AS end_day
  FROM opportunity
  WHERE created_at IS NOT NULL),
planned AS (
  SELECT opportunity, max(scheduled_at) AS planned_until, max(scheduled_at_day) AS planned_until_day
  FROM activity
  WHERE opportunity IS NOT NULL AND done_at IS NULL AND outcome IS DISTINCT FROM 'cancelled' AND outcome IS DISTINCT FROM 'no_show'
  GROUP BY opportunity),
span AS (
  SELECT opportunity, "at", day,
    lead("at") OVER by_time AS next_at,
    lead(day) OVER by_time AS next_day
  FROM touch
  WINDOW by_time AS (PARTITION BY opportunity ORDER BY "at"))
SELECT
  deal.key, deal.from_source, deal.id, deal.currency,
  deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source, deal.stage, deal.amount,
  span."at" AS since, span.day AS since_day,
  least(span.next_at, deal.end_at) AS ended_at,
  least(span.next_day, deal.end_day) AS ended_at_day,
  planned.planned_until, planned.planned_until_day
FROM span
JOIN deal ON deal.key = span.opportunity
LEFT JOIN planned ON planned.opportunity = span.opportunity
WHERE span."at" >= deal.created_at
  AND (deal.end_at IS NULL OR span."at" < deal.end_at)
  AND (span.next_at IS NULL OR span.next_at > span."at")
