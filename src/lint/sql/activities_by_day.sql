-- Activities done with customers by owner and day, in [$1, $2).
SELECT a.owner, p.name, a.done_at_day, count(*)
FROM activity a LEFT JOIN person p ON p.key = a.owner
WHERE a.kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'task', 'message') AND a.done_at_day >= $1 AND a.done_at_day < $2
GROUP BY ALL ORDER BY ALL
