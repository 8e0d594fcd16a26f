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
--
-- Most deals only ever rise, in one pipeline: each step is a visit, and what lies between two steps was skipped, so that looking one
-- step back and one ahead in the sorted steps is enough. The others (`derived_crooked`) take the way of the general rule.

-- The stages in order: `stage_key` stands for a name within a pipeline, capitals aside.
CREATE OR REPLACE TEMP TABLE derived_rung AS
SELECT match_pipeline, match_name, min(key) AS stage_key, arg_min(name, key) AS name, arg_min(position, key) AS position,
  arg_min(outcome, key) AS outcome, arg_min(outcome, key) NOT IN ('won', 'lost', 'abandoned') AS is_open,
  CASE WHEN arg_min(outcome, key) = 'won' THEN 1000000000 WHEN arg_min(outcome, key) IN ('lost', 'abandoned') THEN NULL
    ELSE arg_min(position, key) END AS height
FROM (
  SELECT key, coalesce(name, id) AS name, lower(coalesce(name, id)) AS match_name, lower(coalesce(pipeline, '')) AS match_pipeline,
    position, coalesce(lower(outcome), 'open') AS outcome
  FROM stage)
GROUP BY match_pipeline, match_name;

-- Where each pipeline and stage that deals name stand in them. There are few, so names are compared here once and not for each deal.
CREATE OR REPLACE TEMP TABLE derived_place AS
WITH
anywhere AS (
  SELECT match_name, arg_min(stage_key, match_pipeline) AS stage_key FROM derived_rung GROUP BY match_name),
named AS (
  SELECT pipeline, stage FROM derived_deal
  UNION
  SELECT pipeline, stage FROM (SELECT DISTINCT pipeline FROM derived_deal) CROSS JOIN derived_word
  WHERE lower(stage) IN (SELECT match_name FROM derived_rung))
SELECT named.pipeline, dense_rank() OVER (ORDER BY named.pipeline) AS pipe, named.stage, word.word, coalesce(exact.stage_key, anywhere.stage_key) AS stage_key
FROM named
LEFT JOIN derived_rung exact
  ON exact.match_pipeline = lower(coalesce(named.pipeline, '')) AND exact.match_name = lower(named.stage)
LEFT JOIN anywhere ON anywhere.match_name = lower(named.stage)
LEFT JOIN derived_word word ON word.stage = named.stage;

CREATE OR REPLACE TEMP TABLE derived_placed AS
WITH
only_pipeline AS (
  SELECT min(match_pipeline) AS match_pipeline FROM derived_rung HAVING count(DISTINCT match_pipeline) = 1),
place AS (
  SELECT place.pipeline, place.pipe, place.stage, place.stage_key, own.is_open,
    coalesce(known.match_pipeline, own.match_pipeline, only_pipeline.match_pipeline) AS ladder
  FROM derived_place place
  LEFT JOIN derived_rung own ON own.stage_key = place.stage_key
  LEFT JOIN (SELECT DISTINCT match_pipeline FROM derived_rung) known
    ON known.match_pipeline = lower(coalesce(place.pipeline, ''))
  LEFT JOIN only_pipeline ON TRUE)
SELECT deal.key, deal.created_at, deal.created_at_day, deal.recorded_at, deal.stage, deal.pipeline, place.pipe,
  deal.outcome IS NOT DISTINCT FROM 'won' AS is_won, place.stage_key, place.is_open, place.ladder,
  CASE WHEN deal.outcome IS DISTINCT FROM 'open' THEN deal.closed_at END AS end_at,
  CASE WHEN deal.outcome IS DISTINCT FROM 'open' THEN deal.closed_at_day END AS end_day
FROM derived_deal deal
LEFT JOIN place ON place.pipeline IS NOT DISTINCT FROM deal.pipeline AND place.stage IS NOT DISTINCT FROM deal.stage;

-- A deal of which nothing is told began in the stage it is in, and once it is closed, in the first one.
CREATE OR REPLACE TEMP TABLE derived_assumed AS
WITH
first_rung AS (
  SELECT match_pipeline, arg_min(stage_key, position) AS stage_key FROM derived_rung WHERE is_open AND position IS NOT NULL
  GROUP BY match_pipeline)
SELECT placed.key AS opportunity, coalesce(created_at, end_at) AS "at", coalesce(created_at_day, end_day) AS day, placed.recorded_at,
  CASE WHEN end_at IS NULL OR placed.is_open THEN placed.stage_key ELSE first_rung.stage_key END AS stage_key,
  CASE WHEN end_at IS NULL AND placed.stage_key IS NULL THEN placed.stage END AS unplaced
FROM derived_placed placed
LEFT JOIN first_rung ON first_rung.match_pipeline = placed.ladder
ANTI JOIN (SELECT opportunity FROM derived_told WHERE stage IS NOT NULL) told ON told.opportunity = placed.key
WHERE coalesce(created_at, end_at) IS NOT NULL;

-- The steps, each with the one before and the one after it. `is_crooked` says that a step is not simply one up.
CREATE OR REPLACE TEMP TABLE derived_step AS
WITH
turned AS (
  SELECT opportunity, "at", at_day, word
  FROM (
    SELECT opportunity, "at", at_day, word, CASE WHEN lag(opportunity) OVER () = opportunity THEN lag(word) OVER () END AS word_before
    FROM derived_told
    WHERE word IS NOT NULL)
  WHERE word IS DISTINCT FROM word_before),
around AS (
  SELECT opportunity, "at", at_day, word,
    CASE WHEN lag(opportunity) OVER () = opportunity THEN lag(word) OVER () END AS word_before,
    CASE WHEN lead(opportunity) OVER () = opportunity THEN lead("at") OVER () END AS next_at,
    CASE WHEN lead(opportunity) OVER () = opportunity THEN lead(at_day) OVER () END AS next_day,
    CASE WHEN lead(opportunity) OVER () = opportunity THEN lead(word) OVER () END AS word_after
  FROM turned),
place AS (
  SELECT place.pipe, place.word, place.stage_key, rung.is_open, rung.height, rung.match_pipeline AS ladder
  FROM derived_place place
  JOIN derived_rung rung ON rung.stage_key = place.stage_key),
step AS (
  SELECT around.opportunity, least("at", end_at) AS "at", least(at_day, end_day) AS day, least(next_at, end_at) AS next_at,
    least(next_day, end_day) AS next_day, here.stage_key, here.is_open, here.height, here.ladder,
    before.stage_key AS key_before, before.is_open AS open_before, before.height AS height_before, before.ladder AS ladder_before,
    word_before IS NOT NULL AS has_before, word_after IS NOT NULL AS has_after, after.height AS height_after,
    at_day > end_day AS is_late, deal.end_at, deal.end_day, deal.is_won, deal.ladder AS deal_ladder
  FROM around
  JOIN derived_placed deal ON deal.key = around.opportunity
  LEFT JOIN place here ON here.pipe = deal.pipe AND here.word = around.word
  LEFT JOIN place before ON before.pipe = deal.pipe AND before.word = around.word_before
  LEFT JOIN place after ON after.pipe = deal.pipe AND after.word = around.word_after
  UNION ALL
  SELECT assumed.opportunity, assumed."at", assumed.day, NULL, NULL, assumed.stage_key, rung.is_open, rung.height, rung.match_pipeline,
    NULL, NULL, NULL, NULL, FALSE, FALSE, NULL,
    assumed."at" > deal.end_at, deal.end_at, deal.end_day, deal.is_won, deal.ladder
  FROM derived_assumed assumed
  JOIN derived_placed deal ON deal.key = assumed.opportunity
  LEFT JOIN derived_rung rung ON rung.stage_key = assumed.stage_key)
SELECT opportunity, "at", day, next_at, next_day, stage_key, is_open, height, ladder, key_before, height_before, height_after, has_after,
  end_at, end_day, is_won,
  coalesce(is_late, FALSE) OR stage_key IS NULL OR (is_open AND height IS NULL)
    OR (has_before AND (open_before IS NOT TRUE OR ladder_before <> ladder OR (is_open AND height <= height_before)))
    OR (NOT has_after AND end_at IS NOT NULL
      AND (ladder IS DISTINCT FROM deal_ladder OR (NOT is_open AND (height IS NOT NULL) <> is_won))) AS is_crooked
FROM step;

CREATE OR REPLACE TEMP TABLE derived_crooked AS
SELECT DISTINCT opportunity AS key FROM derived_step WHERE is_crooked
UNION ALL
SELECT key FROM derived_placed ANTI JOIN derived_step step ON step.opportunity = key WHERE end_at IS NOT NULL;

INSERT INTO stage_stay BY NAME
WITH
named AS (
  SELECT key, coalesce(name, id) AS name, pipeline, position FROM stage),

-- The straight deals: visits, and what lies below a step and above the one before, or above the last one of a deal that was won.
straight AS (
  SELECT * FROM derived_step step ANTI JOIN derived_crooked crooked ON crooked.key = step.opportunity),
rise AS (
  SELECT opportunity, "at", day, ladder, height, height_before, key_before FROM straight
  UNION ALL
  SELECT opportunity, end_at, end_day, ladder, 1000000000, height, stage_key FROM straight
  WHERE is_open AND NOT has_after AND end_at IS NOT NULL AND is_won),
straight_stay AS (
  SELECT opportunity, stage_key, NULL AS unplaced, "at" AS entered_at, day AS entered_day,
    CASE WHEN has_after THEN next_at ELSE end_at END AS left_at, CASE WHEN has_after THEN next_day ELSE end_day END AS left_day,
    CASE WHEN has_after THEN CASE WHEN height_after IS NOT NULL THEN next_at END WHEN is_won THEN end_at END AS passed_at,
    CASE WHEN has_after THEN CASE WHEN height_after IS NOT NULL THEN next_day END WHEN is_won THEN end_day END AS passed_day,
    CASE WHEN has_after THEN height_after IS NOT NULL ELSE is_won AND end_at IS NOT NULL END AS is_passed,
    FALSE AS skipped, FALSE AS returned
  FROM straight
  WHERE is_open
  UNION ALL
  SELECT rise.opportunity, rung.stage_key, NULL, rise."at", rise.day, rise."at", rise.day, rise."at", rise.day, TRUE, TRUE, FALSE
  FROM rise
  JOIN derived_rung rung ON rung.match_pipeline = rise.ladder AND rung.is_open AND rung.position < rise.height
    AND rung.position >= coalesce(rise.height_before, rung.position) AND rung.stage_key IS DISTINCT FROM rise.key_before),

-- The others: what is told of them up to the day of the close, or else assumed …
deal AS (
  SELECT placed.* FROM derived_placed placed SEMI JOIN derived_crooked crooked ON crooked.key = placed.key),
told AS (
  SELECT c.opportunity, least(c."at", deal.end_at) AS "at", least(c.at_day, deal.end_day) AS day,
    0 AS turn, c."at" AS sort_at, c.recorded_at, c.id, place.stage_key,
    CASE WHEN place.stage_key IS NULL THEN c.stage END AS unplaced,
    deal.end_at IS NOT NULL AND c."at" >= deal.end_at AS is_at_close
  FROM derived_change c
  JOIN deal ON deal.key = c.opportunity
  LEFT JOIN derived_place place ON place.pipeline IS NOT DISTINCT FROM deal.pipeline AND place.stage = c.stage
  WHERE c.stage IS NOT NULL AND (deal.end_day IS NULL OR c.at_day <= deal.end_day)),
assumed AS (
  SELECT opportunity, "at", day, 0 AS turn, "at" AS sort_at, recorded_at, '' AS id, stage_key, unplaced, FALSE AS is_at_close
  FROM derived_assumed
  SEMI JOIN derived_crooked crooked ON crooked.key = opportunity),
-- … and its close.
step AS (
  SELECT e.*, rung.match_pipeline AS ladder, rung.name,
    rung.height AS position,
    coalesce(rung.is_open, NOT is_at_close) AS is_open
  FROM (SELECT * FROM told UNION ALL SELECT * FROM assumed) e
  LEFT JOIN derived_rung rung ON rung.stage_key = e.stage_key
  WHERE e.stage_key IS NOT NULL OR e.unplaced IS NOT NULL
  UNION ALL
  SELECT key, end_at, end_day, 1, end_at, recorded_at, '', NULL, NULL, TRUE, ladder, NULL,
    CASE WHEN is_won THEN 1000000000 END, FALSE
  FROM deal
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
  JOIN derived_rung rung ON rung.match_pipeline = walk.ladder AND rung.is_open AND rung.position < walk.position
    AND rung.position >= coalesce(walk.position_before, rung.position)
  WHERE walk.position > coalesce(walk.position_before, -1000000000)
  GROUP BY walk.opportunity, rung.stage_key),
crooked_stay AS (
  SELECT coalesce(visit.opportunity, pass.opportunity) AS opportunity, coalesce(visit.stage_key, pass.stage_key) AS stage_key,
    visit.unplaced,
    coalesce(visit.entered_at, pass."at") AS entered_at, coalesce(visit.entered_day, pass.day) AS entered_day,
    CASE WHEN visit.opportunity IS NULL THEN pass."at" ELSE visit.left_at END AS left_at,
    CASE WHEN visit.opportunity IS NULL THEN pass.day ELSE visit.left_day END AS left_day,
    greatest(pass."at", visit.entered_at) AS passed_at, greatest(pass.day, visit.entered_day) AS passed_day,
    pass.opportunity IS NOT NULL AS is_passed,
    visit.opportunity IS NULL AS skipped, coalesce(visit.returned, FALSE) AS returned
  FROM visit
  FULL JOIN pass ON pass.opportunity = visit.opportunity AND pass.stage_key = visit.stage_key),
stay AS (
  SELECT * FROM straight_stay UNION ALL BY NAME SELECT * FROM crooked_stay)
SELECT
  deal.key,
  deal.key AS opportunity, deal.owner, deal.account, deal.product, deal.source,
  coalesce(deal.pipeline, named.pipeline) AS pipeline, coalesce(named.name, stay.unplaced) AS stage, named.position,
  stay.entered_at, stay.entered_day AS entered_at_day,
  stay.left_at, stay.left_day AS left_at_day,
  CASE WHEN is_passed THEN stay.passed_at WHEN named.position IS NULL AND deal.outcome = 'won' THEN deal.closed_at END AS passed_at,
  CASE WHEN is_passed THEN stay.passed_day WHEN named.position IS NULL AND deal.outcome = 'won' THEN deal.closed_at_day END
    AS passed_at_day,
  stay.skipped, stay.returned
FROM stay
JOIN derived_deal deal ON deal.key = stay.opportunity
LEFT JOIN named ON named.key = stay.stage_key;
