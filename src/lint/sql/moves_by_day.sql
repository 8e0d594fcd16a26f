-- Deals moved to another open stage by who moved them and day, in [$1, $2): a deal once a day. What was only seen by comparing loads
-- says nothing of the day, and the first stage is no move.
WITH moves AS (
  SELECT c.opportunity, c.at_day, c.stage, coalesce(c."by", o.owner) AS who,
    lag(c.stage) OVER (PARTITION BY c.opportunity ORDER BY c."at", c.key) AS stage_before
  FROM stage_change c JOIN opportunity o ON o.key = c.opportunity
  WHERE NOT coalesce(c.inferred, FALSE)),
decided AS (SELECT DISTINCT name FROM stage WHERE outcome <> 'open')
SELECT m.who, p.name, m.at_day, count(DISTINCT m.opportunity)
FROM moves m LEFT JOIN person p ON p.key = m.who
WHERE m.stage_before IS NOT NULL AND m.stage IS DISTINCT FROM m.stage_before AND m.stage NOT IN (SELECT name FROM decided)
  AND m.at_day >= $1 AND m.at_day < $2
GROUP BY ALL ORDER BY ALL
