-- All that is told of the deals, each deal's changes in order of time, one deal after the other.
CREATE OR REPLACE TEMP TABLE derived_told AS
SELECT opportunity, "at", at_day, stage, amount, currency, probability, expected_close, expected_close_day, forecast_category
FROM derived_change
WHERE opportunity IS NOT NULL
ORDER BY opportunity, "at", recorded_at, id, key;
