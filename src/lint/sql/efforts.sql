-- Of everybody with deals and activities in [$1, $2): activities with customers, days on which there were some, deals won.
WITH efforts AS (
  SELECT owner, count(*) AS n, count(DISTINCT done_at_day) AS days FROM activity
  WHERE kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'task', 'message') AND done_at_day >= $1 AND done_at_day < $2
  GROUP BY 1),
wins AS (SELECT owner, count(*) FILTER (WHERE outcome = 'won') AS won, count(*) AS decided FROM opportunity
  WHERE outcome IN ('won', 'lost') AND closed_at_day >= $1 AND closed_at_day < $2 GROUP BY 1)
SELECT e.owner, p.name, e.n, e.days, w.won FROM efforts e JOIN wins w USING (owner) JOIN person p ON p.key = e.owner
WHERE e.days >= 20 ORDER BY e.owner
