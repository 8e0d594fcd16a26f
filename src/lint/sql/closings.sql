-- Deals decided in [$1, $2), by owner.
SELECT o.owner, p.name, count(*) FROM opportunity o LEFT JOIN person p ON p.key = o.owner
WHERE o.outcome IN ('won', 'lost') AND o.closed_at_day >= $1 AND o.closed_at_day < $2
GROUP BY ALL ORDER BY ALL
