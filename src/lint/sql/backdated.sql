-- Deals decided in [$1, $2) that are dated into a month that was over when they were decided, and more than $3 days back. Three things
-- can tell when that was:
--   told   the source's own history has the deal reach a decided stage on a later day
--   seen   a load of the same source that came after the closing date still had the deal open
--   moved  the deal was decided, and its closing date was then moved back into a month that was over
WITH deals AS (
  SELECT key, id, name, owner, closed_at_day, load FROM opportunity
  WHERE outcome IN ('won', 'lost') AND closed_at_day >= $1 AND closed_at_day < $2),
told AS (
  SELECT c.opportunity AS key, min(c.at_day) AS known FROM stage_change c
  WHERE NOT coalesce(c.inferred, FALSE) AND c.stage IN (SELECT name FROM stage WHERE outcome IN ('won', 'lost'))
  GROUP BY 1),
versions AS (
  SELECT v.key, v.outcome, v.closed_at_day, v.recorded_at, v.load,
    lag(v.outcome) OVER w AS outcome_before, lag(v.closed_at_day) OVER w AS closed_before
  FROM (
    SELECT key, outcome, closed_at_day, recorded_at, load FROM opportunity WHERE key IN (SELECT key FROM deals)
    UNION ALL
    SELECT key, outcome, closed_at_day, recorded_at, load FROM opportunity_history WHERE key IN (SELECT key FROM deals)) v
  WINDOW w AS (PARTITION BY v.key ORDER BY v.recorded_at, v.load)),
loads AS (
  SELECT l.load, max(b."at") AS at_before FROM load l JOIN load b ON b.source = l.source AND b.load < l.load
  GROUP BY 1),
seen AS (
  SELECT v.key, max(l.at_before)::DATE AS known FROM versions v JOIN loads l ON l.load = v.load
  WHERE v.outcome IN ('won', 'lost') AND v.outcome_before = 'open' GROUP BY 1),
moved AS (
  SELECT v.key, max(v.recorded_at)::DATE AS known FROM versions v
  WHERE v.outcome IN ('won', 'lost') AND v.outcome_before IN ('won', 'lost')
    AND date_trunc('month', v.closed_at_day) < date_trunc('month', v.closed_before)
  GROUP BY 1),
late AS (
  SELECT key, known, 'told' AS how FROM told UNION ALL
  SELECT key, known, 'seen' FROM seen UNION ALL
  SELECT key, known, 'moved' FROM moved)
SELECT d.owner, p.name, d.id, coalesce(d.name, ''), d.closed_at_day, arg_max(l.known, l.known), arg_max(l.how, l.known)
FROM deals d JOIN late l ON l.key = d.key LEFT JOIN person p ON p.key = d.owner
WHERE date_trunc('month', d.closed_at_day) < date_trunc('month', l.known) AND l.known - d.closed_at_day > $3
GROUP BY d.key, d.owner, p.name, d.id, d.name, d.closed_at_day
ORDER BY max(l.known) - d.closed_at_day DESC, d.id LIMIT 200000
