-- Leaders of teams, dated: whom the versions of a team's record named, until the load that named another. A record that
-- named nobody said nothing: who is named first always led it. The days are those of UTC.
INSERT INTO leadership BY NAME
WITH versions AS (
  SELECT key, id, from_source, manager, superseded_at AS until FROM team_history WHERE known
  UNION ALL SELECT key, id, from_source, manager, NULL FROM team WHERE known),
ordered AS (
  SELECT *, lag(manager) OVER one AS before, lag(until) OVER one AS since, row_number() OVER one AS n FROM versions
  WINDOW one AS (PARTITION BY key ORDER BY until NULLS LAST)),
changes AS (SELECT * FROM ordered WHERE n = 1 OR manager IS DISTINCT FROM before),
said AS (
  SELECT *, lead(since) OVER one AS ends, row_number() OVER one AS place FROM changes
  WINDOW one AS (PARTITION BY key ORDER BY since NULLS FIRST)),
named AS (SELECT * FROM said WHERE NOT (place = 1 AND manager IS NULL)),
spans AS (
  SELECT *, min(place) OVER (PARTITION BY key) = place AS is_first, count(*) OVER (PARTITION BY key) AS n_spans
  FROM named)
SELECT hash(from_source || chr(31) || new_id) AS key, from_source, new_id AS id,
  (SELECT max("at") FROM load) AS recorded_at, (SELECT max("load") FROM load) AS "load", team, person, from_at,
  CAST(from_at AS DATE) AS from_at_day, ends AS until_at, CAST(ends AS DATE) AS until_at_day
FROM (
  SELECT *, key AS team, manager AS person, CASE WHEN is_first THEN NULL ELSE since END AS from_at,
    'inferred:' || id || ':' || CASE WHEN is_first THEN 'first' ELSE CAST(epoch_us(since) AS VARCHAR) END AS new_id
  FROM spans WHERE n_spans > 1);
INSERT INTO ledger_stat BY NAME
SELECT 'leadership' AS table_name, count(*) AS n_rows, FALSE AS has_foreign_currency FROM leadership HAVING count(*) > 0
  AND NOT EXISTS (SELECT 1 FROM ledger_stat WHERE table_name = 'leadership');
