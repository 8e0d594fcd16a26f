-- Some deals won in [$2, $3) by $1, or by anybody where it is null.
SELECT o.id, coalesce(o.name, ''), o.closed_at_day FROM opportunity o
WHERE o.outcome = 'won' AND o.closed_at_day >= $2 AND o.closed_at_day < $3 AND ($1::BIGINT IS NULL OR o.owner = $1)
ORDER BY o.amount DESC NULLS LAST, o.id LIMIT 5
