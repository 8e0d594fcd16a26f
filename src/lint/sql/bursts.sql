-- Runs of at least 5 activities of one person, kind, subject and length in [$1, $2), each done within a minute of the one before. Mails and
-- messages are left out, for programs send them; and so are times of the day that more than a twentieth of all activities share: those
-- are dates without a time.
WITH done AS (
  SELECT key, id, owner, kind, coalesce(subject, '') AS subject, coalesce(duration, -1) AS duration, outcome, done_at, done_at_day
  FROM activity
  WHERE kind IN ('call', 'meeting', 'demo', 'proposal', 'task') AND owner IS NOT NULL AND done_at_day >= $1 AND done_at_day < $2),
dated AS (
  SELECT done_at::TIME AS time FROM done GROUP BY 1 HAVING count(*) > 20 AND count(*) > 0.05 * (SELECT count(*) FROM done)),
gaps AS (
  SELECT *, epoch(done_at) - epoch(lag(done_at) OVER (PARTITION BY owner, kind, subject, duration ORDER BY done_at, key)) AS gap
  FROM done WHERE done_at::TIME NOT IN (SELECT time FROM dated)),
runs AS (
  SELECT *, count(*) FILTER (WHERE gap IS NULL OR gap > 60) OVER (PARTITION BY owner, kind, subject, duration ORDER BY done_at, key) AS run
  FROM gaps),
bursts AS (
  SELECT owner, kind, subject, duration, run, count(*) AS n, min(done_at) AS began, max(done_at) AS ended, min(done_at_day) AS day,
    count(*) FILTER (WHERE coalesce(outcome, '') IN ('', 'done', 'no_answer', 'sent')) AS without_outcome
  FROM runs GROUP BY ALL HAVING count(*) >= 5)
SELECT b.owner, p.name, b.kind, b.subject, b.duration, b.n, b.began, b.ended, b.day, b.without_outcome,
  (SELECT count(*) FROM done d WHERE d.owner = b.owner) AS n_all, (SELECT count(DISTINCT d.done_at_day) FROM done d WHERE d.owner = b.owner)
FROM bursts b LEFT JOIN person p ON p.key = b.owner
ORDER BY b.owner, b.n DESC, b.began LIMIT 200000
