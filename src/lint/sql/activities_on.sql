-- Some activities done in [$2, $3) by $1, or by anybody where it is null.
SELECT a.id, concat_ws(', ', a.kind, a.subject), a.done_at_day FROM activity a
WHERE a.kind IN ('call', 'email', 'meeting', 'demo', 'proposal', 'task', 'message') AND a.done_at_day >= $2 AND a.done_at_day < $3
  AND ($1::BIGINT IS NULL OR a.owner = $1)
ORDER BY a.done_at DESC, a.id LIMIT 5
