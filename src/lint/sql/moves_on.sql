-- Some deals moved in [$2, $3) by $1, or by anybody where it is null.
SELECT o.id, c.stage, c.at_day FROM stage_change c JOIN opportunity o ON o.key = c.opportunity
WHERE NOT coalesce(c.inferred, FALSE) AND c.at_day >= $2 AND c.at_day < $3
  AND c.stage NOT IN (SELECT name FROM stage WHERE outcome <> 'open')
  AND ($1::BIGINT IS NULL OR coalesce(c."by", o.owner) = $1)
ORDER BY o.amount DESC NULLS LAST, o.id, c."at" LIMIT 5
