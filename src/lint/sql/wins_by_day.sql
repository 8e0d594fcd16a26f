-- Deals won by owner and day, in [$1, $2).
SELECT o.owner, p.name, o.closed_at_day, count(*)
FROM opportunity o LEFT JOIN person p ON p.key = o.owner
WHERE o.outcome = 'won' AND o.closed_at_day >= $1 AND o.closed_at_day < $2
GROUP BY ALL ORDER BY ALL
