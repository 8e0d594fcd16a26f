-- The stages in order: the first stage stands for a name within a pipeline, capitals aside.
SELECT rung.stage_key, rung.match_pipeline, rung.match_name, rung.position, rung.outcome,
  coalesce(named.name, named.id) AS name, named.pipeline, named.position AS named_position
FROM (
  SELECT match_pipeline, match_name, min(key) AS stage_key, arg_min(position, key) AS position, arg_min(outcome, key) AS outcome
  FROM (
    SELECT key, lower(coalesce(name, id)) AS match_name, lower(coalesce(pipeline, '')) AS match_pipeline, position,
      coalesce(lower(outcome), 'open') AS outcome
    FROM stage)
  GROUP BY match_pipeline, match_name) rung
JOIN stage named ON named.key = rung.stage_key
ORDER BY rung.stage_key
