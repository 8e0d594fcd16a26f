-- A deal's passage through each open stage of its pipeline: one row for each stage it was in or jumped over.
--
--   stage_change, in order of time   Qualify ── Propose ── Qualify ── Close ── won
--   position                            1          2          1          3     won
--   each rise passes                      1 ►               1, 2 ►   3 ►
--
-- A step up from one position to a higher one passes every stage of the pipeline from the first to below the second, whether the deal
-- was ever in it (`visit`) or not (skipped); the first step of a deal passes all below it. A stage counts as passed at the first time
-- that this happens. Winning is above all stages. A stage that nobody put in order (not in the `stage` table) is passed only by
-- winning. See docs/ledger.md for deals without history.
WITH
named AS (
  SELECT key, coalesce(name, id) AS name, lower(coalesce(name, id)) AS match_name,
    pipeline, lower(coalesce(pipeline, '')) AS match_pipeline, position, coalesce(lower(outcome), 'open') AS outcome
  FROM stage),
rung AS (
  SELECT match_pipeline, match_name, min(key) AS stage_key, arg_min(name, key) AS name, arg_min(position, key) AS position,
    arg_min(outcome, key) AS outcome, arg_min(outcome, key) NOT IN ('won', 'lost', 'abandoned') AS is_open
  FROM named
  GROUP BY match_pipeline, match_name),
anywhere AS (
  SELECT match_name, arg_min(stage_key, match_pipeline) AS stage_key FROM rung GROUP BY match_name),
first_rung AS (
  SELECT match_pipeline, arg_min(stage_key, position) AS stage_key FROM rung WHERE is_open AND position IS NOT NULL
  GROUP BY match_pipeline),
only_pipeline AS (
  SELECT min(match_pipeline) AS match_pipeline FROM rung HAVING count(DISTINCT match_pipeline) = 1),

deal AS (
  SELECT o.key, o.created_at, o.created_at_day, o.recorded_at, o.stage, lower(o.stage) AS match_stage, o.pipeline,
    lower(coalesce(o.pipeline, '')) AS match_pipeline, o.outcome IS NOT DISTINCT FROM 'won' AS is_won,
    CASE WHEN o.outcome IS DISTINCT FROM 'open' THEN o.closed_at END AS end_at,
    CASE WHEN o.outcome IS DISTINCT FROM 'open' THEN o.closed_at_day END AS end_day
  FROM opportunity o),
placed AS (
  SELECT deal.*, coalesce(exact.stage_key, anywhere.stage_key) AS stage_key,
    coalesce(known.match_pipeline, own.match_pipeline, only_pipeline.match_pipeline) AS ladder
  FROM deal
  LEFT JOIN rung exact ON exact.match_pipeline = deal.match_pipeline AND exact.match_name = deal.match_stage
  LEFT JOIN anywhere ON anywhere.match_name = deal.match_stage
  LEFT JOIN rung own ON own.stage_key = coalesce(exact.stage_key, anywhere.stage_key)
  LEFT JOIN (SELECT DISTINCT match_pipeline FROM rung) known ON known.match_pipeline = deal.match_pipeline
  LEFT JOIN only_pipeline ON TRUE),

-- What is told of each deal: its changes up to the day of its close …
told AS (
  SELECT c.opportunity, least(c."at", deal.end_at) AS "at", least(c.at_day, deal.end_day) AS day,
    0 AS turn, c."at" AS sort_at, c.recorded_at, c.id, coalesce(exact.stage_key, anywhere.stage_key) AS stage_key,
    CASE WHEN coalesce(exact.stage_key, anywhere.stage_key) IS NULL THEN c.stage END AS unplaced,
    deal.end_at IS NOT NULL AND c."at" >= deal.end_at AS is_at_close
  FROM stage_change c
  JOIN deal ON deal.key = c.opportunity
  LEFT JOIN rung exact ON exact.match_pipeline = deal.match_pipeline AND exact.match_name = lower(c.stage)
  LEFT JOIN anywhere ON anywhere.match_name = lower(c.stage)
  WHERE c.stage IS NOT NULL AND (deal.end_day IS NULL OR c.at_day <= deal.end_day)),
-- … or, where nothing is told, that it began in the stage it is in, and once it is closed, in the first one …
assumed AS (
  SELECT placed.key AS opportunity, coalesce(created_at, end_at) AS "at", coalesce(created_at_day, end_day) AS day,
    0 AS turn, coalesce(created_at, end_at) AS sort_at, placed.recorded_at, '' AS id,
    CASE WHEN end_at IS NULL OR own.is_open THEN placed.stage_key ELSE first_rung.stage_key END AS stage_key,
    CASE WHEN end_at IS NULL AND placed.stage_key IS NULL THEN placed.stage END AS unplaced, FALSE AS is_at_close
  FROM placed
  LEFT JOIN rung own ON own.stage_key = placed.stage_key
  LEFT JOIN first_rung ON first_rung.match_pipeline = placed.ladder
  ANTI JOIN (SELECT opportunity FROM stage_change WHERE stage IS NOT NULL) c ON c.opportunity = placed.key
  WHERE coalesce(created_at, end_at) IS NOT NULL),
-- … and its close.
step AS (
  SELECT e.*, rung.match_pipeline AS ladder, rung.name,
    CASE WHEN rung.outcome = 'won' THEN 1000000000 WHEN rung.outcome IN ('lost', 'abandoned') THEN NULL ELSE rung.position END
      AS position,
    coalesce(rung.is_open, NOT is_at_close) AS is_open
  FROM (SELECT * FROM told UNION ALL SELECT * FROM assumed) e
  LEFT JOIN rung ON rung.stage_key = e.stage_key
  WHERE e.stage_key IS NOT NULL OR e.unplaced IS NOT NULL
  UNION ALL
  SELECT key, end_at, end_day, 1, end_at, recorded_at, '', NULL, NULL, TRUE, ladder, NULL,
    CASE WHEN is_won THEN 1000000000 END, FALSE
  FROM placed
  WHERE end_at IS NOT NULL),
-- Window functions cost by the number of deals and of functions, so there are as few as will do: `code` stands for the stage in one number.
coded AS (
  SELECT opportunity, "at", day, turn, sort_at, recorded_at, id, stage_key, unplaced, ladder, position, is_open,
    CASE WHEN NOT is_open THEN NULL WHEN stage_key IS NOT NULL THEN stage_key::BIGINT ELSE -1 - (hash(unplaced) >> 2)::BIGINT END AS code
  FROM step),
walk AS (
  SELECT opportunity, "at", day, stage_key, unplaced, ladder, position, is_open, code,
    lag(code) OVER by_time AS code_before,
    lead(code) OVER by_time AS code_after,
    lead("at") OVER by_time AS next_at,
    lead(day) OVER by_time AS next_day,
    lag(position) OVER by_time AS position_before
  FROM coded
  WINDOW by_time AS (PARTITION BY opportunity ORDER BY turn, sort_at, recorded_at, id)),

visit AS (
  SELECT opportunity, stage_key, unplaced, min("at") AS entered_at, min(day) AS entered_day,
    min(next_at) FILTER (WHERE code_after IS DISTINCT FROM code) AS left_at, min(next_day) FILTER (WHERE code_after IS DISTINCT FROM code) AS left_day,
    count(*) FILTER (WHERE code_before IS DISTINCT FROM code) > 1 AS returned
  FROM walk
  WHERE is_open
  GROUP BY opportunity, stage_key, unplaced),
pass AS (
  SELECT walk.opportunity, rung.stage_key, min(walk."at") AS "at", min(walk.day) AS day
  FROM walk
  JOIN rung ON rung.match_pipeline = walk.ladder AND rung.is_open AND rung.position < walk.position
    AND rung.position >= coalesce(walk.position_before, rung.position)
  WHERE walk.position > coalesce(walk.position_before, -1000000000)
  GROUP BY walk.opportunity, rung.stage_key),
stay AS (
  SELECT coalesce(visit.opportunity, pass.opportunity) AS opportunity, coalesce(visit.stage_key, pass.stage_key) AS stage_key,
    visit.unplaced,
    coalesce(visit.entered_at, pass."at") AS entered_at, coalesce(visit.entered_day, pass.day) AS entered_day,
    CASE WHEN visit.opportunity IS NULL THEN pass."at" ELSE visit.left_at END AS left_at,
    CASE WHEN visit.opportunity IS NULL THEN pass.day ELSE visit.left_day END AS left_day,
    greatest(pass."at", visit.entered_at) AS passed_at, greatest(pass.day, visit.entered_day) AS passed_day,
    pass.opportunity IS NOT NULL AS is_passed,
    visit.opportunity IS NULL AS skipped, coalesce(visit.returned, FALSE) AS returned
  FROM visit
  FULL JOIN pass ON pass.opportunity = visit.opportunity AND pass.stage_key = visit.stage_key)
SELECT
  deal.key, deal.from_source, deal.id,
  deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source,
  coalesce(deal.pipeline, named.pipeline) AS pipeline, coalesce(named.name, stay.unplaced) AS stage, named.position,
  stay.entered_at, stay.entered_day AS entered_at_day,
  stay.left_at, stay.left_day AS left_at_day,
  CASE WHEN is_passed THEN stay.passed_at WHEN named.position IS NULL AND deal.outcome = 'won' THEN deal.closed_at END AS passed_at,
  CASE WHEN is_passed THEN stay.passed_day WHEN named.position IS NULL AND deal.outcome = 'won' THEN deal.closed_at_day END
    AS passed_at_day,
  stay.skipped, stay.returned
FROM stay
JOIN opportunity deal ON deal.key = stay.opportunity
LEFT JOIN named ON named.key = stay.stage_key
