-- Open deals without a sign of life (created, activity done, change of its stage or dates) for more than $2 days before $1, due before
-- $1 or never, the longest silent first; and how many open deals there are.
WITH signs AS (
  SELECT opportunity AS key, max(done_at_day) AS day FROM activity WHERE done_at_day <= $1 GROUP BY 1
  UNION ALL SELECT opportunity, max(at_day) FROM stage_change WHERE at_day <= $1 GROUP BY 1),
last_sign AS (SELECT key, max(day) AS day FROM signs GROUP BY 1),
open_deals AS (
  SELECT o.id, o.name, o.owner, o.expected_close_day, greatest(o.created_at_day, s.day) AS day
  FROM opportunity o LEFT JOIN last_sign s ON s.key = o.key
  WHERE o.outcome = 'open' AND o.closed_at IS NULL AND o.created_at_day <= $1)
SELECT d.id, coalesce(d.name, ''), d.owner, p.name, d.expected_close_day, d.day, (SELECT count(*) FROM open_deals)
FROM open_deals d LEFT JOIN person p ON p.key = d.owner
WHERE $1 - d.day > $2 AND (d.expected_close_day IS NULL OR d.expected_close_day < $1)
ORDER BY d.day, d.id LIMIT 200000
