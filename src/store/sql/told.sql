-- All that is told of the deals, each deal's changes in order of time, one deal after the other. A `word` is a number for the name of a
-- stage: comparing and joining by it costs less than by texts.
CREATE OR REPLACE TEMP TABLE derived_word AS
SELECT stage, row_number() OVER ()::INTEGER AS word
FROM (SELECT stage FROM derived_change WHERE stage IS NOT NULL UNION SELECT stage FROM derived_deal WHERE stage IS NOT NULL);

CREATE OR REPLACE TEMP TABLE derived_told AS
SELECT opportunity, "at", at_day, change.stage, word, amount, currency, probability, expected_close, expected_close_day, forecast_category
FROM derived_change change
LEFT JOIN derived_word ON derived_word.stage = change.stage
WHERE opportunity IS NOT NULL
ORDER BY opportunity, "at", recorded_at, id, key;
