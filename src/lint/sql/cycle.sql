-- How long deals won in [$1, $2) were open, in days: the time that nine of ten did not exceed, and how many there were.
SELECT quantile_cont(closed_at_day - created_at_day, 0.9), count(*) FROM opportunity
WHERE outcome = 'won' AND closed_at_day >= $1 AND closed_at_day < $2 AND created_at_day <= closed_at_day
