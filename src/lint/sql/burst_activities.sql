-- The first activities of a burst of person $1 and kind $2 from $3 to $4.
SELECT id, done_at FROM activity WHERE owner = $1 AND kind = $2 AND done_at >= $3 AND done_at <= $4 ORDER BY done_at, id LIMIT 5
